"""`reply --snippet`, the ones that are offered before the editor opens, and the signature."""

from __future__ import annotations

import json
import sys

import jsonschema
import pexpect
import pytest

from socialcare.inbox.database import open_reader
from socialcare.inbox.letters import letter_of
from socialcare.output.schema import schema
from tests.cli.acme import LATE, PRAISE, QUESTION, Acme
from tests.cli.snippets import folder, stock
from tests.snippets.folder import page

FILLED = "Sorry for the wait, Mia. You hear from me by 18:00 today."


@pytest.fixture
def acme(tmp_path):
    """1 complaint by Mia about parcel 4411, 2 question about Norway, 3 praise."""
    (tmp_path / "home").mkdir()
    shop = Acme(tmp_path / "home", {"TZ": "UTC"})
    shop.fill([LATE], [QUESTION], [PRAISE])
    configure(shop)
    stock(shop)
    return shop


def configure(shop: Acme, text: str = "") -> None:
    config = shop.home / ".config/socialcare/config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f'[answer_by]\ntimezone = "UTC"\n{text}')


def kept(shop: Acme, id_: int = 1):
    """The body of the draft and the snippet that it was made from."""
    db = open_reader(shop.path)
    try:
        letter = letter_of(db, id_)
        return None if letter is None else (letter.words.body, letter.words.snippet)
    finally:
        db.close()


def editor(shop: Acme, code: str) -> str:
    script = shop.home / "editor.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfile = Path(sys.argv[1])\n"
        f"text = file.read_text()\n{code}\nfile.write_text(text)\n"
    )
    return f"{sys.executable} {script}"


# ── by name ──


def test_a_snippet_is_filled_and_kept_with_its_name(acme):
    ran = acme.run("reply", "1", "--snippet", "delay", "--json")
    told = json.loads(ran.out)
    jsonschema.validate(told, schema("reply"))
    assert (told["body"], told["snippet"], told["state"]) == (FILLED, "delay", "draft")
    assert kept(acme) == (FILLED, "delay")


def test_a_text_of_ones_own_takes_the_name_away(acme):
    acme.run("reply", "1", "--snippet", "delay")
    acme.run("reply", "1", "--body", "Hello Mia.")
    assert kept(acme) == ("Hello Mia.", None)
    acme.run("reply", "1", "--snippet", "delay")
    acme.run(
        "reply", "1", "-e", tty=True, stdin="d\n", EDITOR=editor(acme, "text = 'Mine. ' + text")
    )
    assert kept(acme) == (f"Mine. {FILLED}", "delay")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--snippet", "dely"), 3, 'there is no snippet "dely".'),
        (("--snippet", "Delay"), 2, '"Delay" is no name of a snippet.'),
        (("--snippet", "broken"), 2, "broken.md line 1: it does not begin with ---."),
        (("--snippet", "delay", "--body", "x"), 2, "cannot both be given."),
        (("--snippet", "delay", "--file", "-"), 2, "cannot both be given."),
        (("--snippet", "delay", "--record", "https://a.example"), 2, "--record"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(acme, words, code, told):
    stock(acme, broken="Hello")
    ran = acme.run("reply", "1", *words)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert kept(acme) is None


def test_a_missing_value_leaves_no_hole(acme):
    ran = acme.run("reply", "2", "--snippet", "delay")
    assert (ran.code, ran.out) == (6, "")
    assert ran.err.splitlines() == [
        "error: snippet delay: {first_name} is missing: mastodon tells no name of theirs.",
        "hint:  write it yourself: socialcare reply 2 --edit",
    ]
    assert kept(acme, 2) is None
    wrong = json.loads(acme.run("reply", "2", "--snippet", "order", "--json").err)["error"]
    assert wrong["code"] == "missing_value"


def test_many_are_not_answered_with_one_snippet(acme):
    ran = acme.run("reply", "1", "2", "--snippet", "delay", "--send")
    assert ran.code == 2
    assert (kept(acme), kept(acme, 2)) == (None, None)


# ── the signature ──

SIGNED = '[reply]\nsignature = "- {me}"\n'


def test_what_is_to_be_sent_is_signed_once(acme):
    configure(acme, SIGNED)
    acme.run("reply", "1", "--snippet", "delay")
    assert kept(acme) == (f"{FILLED}\n- leo", "delay")
    acme.run("reply", "1", "--private")
    acme.run(
        "reply", "1", "-e", tty=True, stdin="d\n", EDITOR=editor(acme, "text = 'Mia. ' + text")
    )
    assert kept(acme)[0] == f"Mia. {FILLED}\n- leo"
    acme.run("reply", "1", "--body", "Hello.")
    assert kept(acme) == ("Hello.\n- leo", None)
    acme.run("reply", "1", "--body", "Hello.\n- leo")
    assert kept(acme) == ("Hello.\n- leo", None)


def test_a_signature_that_was_taken_out_stays_out(acme):
    configure(acme, SIGNED)
    acme.run("reply", "1", "--body", "Hello.")
    edit = editor(acme, "text = text.replace('- leo', '')")
    acme.run("reply", "1", "-e", tty=True, stdin="d\n", EDITOR=edit)
    assert kept(acme) == ("Hello.", None)


def test_a_colleagues_signature_stays_theirs(acme):
    configure(acme, SIGNED)
    acme.run("reply", "1", "--body", "Hello.", SOCIALCARE_USER="mia")
    edit = editor(acme, "text = 'Oh. ' + text")
    acme.run("reply", "1", "-e", tty=True, stdin="d\n", EDITOR=edit)
    assert kept(acme) == ("Oh. Hello.\n- mia", None)


def test_what_was_written_in_the_editor_is_signed(acme):
    configure(acme, SIGNED)
    edit = editor(acme, "text = 'Hello.\\n' + text[text.index('# ---'):]")
    acme.run("reply", "3", tty=True, stdin="d\n", EDITOR=edit)
    assert kept(acme, 3) == ("Hello.\n- leo", None)


@pytest.mark.parametrize("code", ["pass", "text = ''"])
def test_a_signature_alone_is_no_answer(acme, code):
    configure(acme, SIGNED)
    acme.run("reply", "3", tty=True, stdin="d\n", EDITOR=editor(acme, code))
    assert kept(acme, 3) is None
    assert acme.run("reply", "3", "--body", " ").code == 1
    assert kept(acme, 3) is None


def test_what_was_posted_by_hand_is_recorded_as_it_was(acme):
    configure(acme, SIGNED)
    acme.run("reply", "1", "--record", "-b", "On its way.")
    assert acme.value("select body from reply") == "On its way."


def test_a_signature_with_a_slip_stops_before_anything_is_kept(acme):
    configure(acme, '[reply]\nsignature = "- {mee}"\n')
    ran = acme.run("reply", "1", "--body", "Hello.")
    assert (ran.code, kept(acme)) == (2, None)
    assert ran.err.startswith("error: [reply] signature: there is no variable {mee}.\n")


# ── before the editor opens ──

OFFER = "[1] delay   [2] order   [enter] write it yourself"


def test_those_that_fit_are_offered_and_one_is_taken(acme):
    ran = acme.run("reply", "1", tty=True, stdin="1\nd\n", EDITOR="false")
    assert ran.code == 0
    assert ran.err.startswith(f"{OFFER}\n")
    assert FILLED in ran.out
    assert kept(acme) == (FILLED, "delay")


@pytest.mark.parametrize("answer", ["delay", "[1]", "9\n1", "x\nnope\n1"])
def test_a_name_does_as_well_and_what_is_none_is_asked_again(acme, answer):
    ran = acme.run("reply", "1", tty=True, stdin=f"{answer}\nd\n", EDITOR="false")
    assert (ran.code, kept(acme)) == (0, (FILLED, "delay"))
    assert ran.err.count(OFFER) == answer.count("\n") + 1


def test_enter_opens_the_editor_that_names_them_below_the_scissors(acme):
    seen = acme.home / "seen"
    code = f"Path({str(seen)!r}).write_text(text); text = 'Hello Mia.'"
    ran = acme.run("reply", "1", tty=True, stdin="\nd\n", EDITOR=editor(acme, code))
    assert (ran.code, kept(acme)) == (0, ("Hello Mia.", None))
    above, _, below = seen.read_text().partition("# ----")
    assert "Snippets" not in above
    assert below.endswith("\nSnippets: delay | order\n")


def test_a_hole_is_told_and_the_question_comes_again(acme):
    stock(acme, delay=page("{url:nope}", "Parcel is late", words="[parcel]"))
    ran = acme.run(
        "reply", "1", tty=True, stdin="delay\n\nd\n", EDITOR=editor(acme, "text = 'Hi.'")
    )
    assert "[urls] of the config has no nope" in ran.err
    assert ran.err.count("[enter] write it yourself") == 2
    assert kept(acme) == ("Hi.", None)


def test_nobody_who_answers_is_no_answer(acme):
    ran = acme.run("reply", "1", tty=True, stdin="", EDITOR="false")
    assert (ran.code, kept(acme)) == (0, None)
    assert ran.err.endswith("Nothing was changed.\n")


def test_nothing_is_asked_where_nothing_fits_or_something_is_written(acme):
    hello = editor(acme, "text = 'Hello.'")
    assert (
        "write it yourself" not in acme.run("reply", "3", tty=True, stdin="d\n", EDITOR=hello).err
    )
    acme.run("reply", "1", "--body", "Hello.")
    assert (
        "write it yourself" not in acme.run("reply", "1", tty=True, stdin="d\n", EDITOR=hello).err
    )
    assert (
        "write it yourself"
        not in acme.run("reply", "2", "-e", tty=True, stdin="d\n", EDITOR=hello).err
    )


def test_at_40_columns_and_for_who_listens(acme):
    ran = acme.run("reply", "1", tty=True, stdin="1\nd\n", width=40, EDITOR="false")
    assert ran.err.startswith("[1] delay   [2] order\n[enter] write it yourself\n")
    heard = acme.run("reply", "2", tty=True, stdin="", SOCIALCARE_ACCESSIBLE="1", EDITOR="false")
    assert heard.err.startswith("[1] ship   [enter] write it yourself\n")


def test_through_a_terminal(acme, tmp_path):
    child = pexpect.spawn(
        sys.executable,
        ["-m", "socialcare", "reply", "1"],
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 80),
        env={
            "HOME": str(acme.home),
            "SOCIALCARE_DB": str(acme.path),
            "SOCIALCARE_USER": "leo",
            "PATH": "/usr/bin:/bin",
            "TERM": "xterm",
            "EDITOR": "false",
        },
    )
    child.expect_exact("[enter] write it yourself")
    child.sendline("1")
    child.expect_exact("Sorry for the wait, Mia.")
    child.expect_exact("keep for later")
    child.sendline("d")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    body, snippet = kept(acme)
    assert (body.startswith("Sorry for the wait, Mia. You hear from me by "), snippet) == (
        True,
        "delay",
    )


def test_without_a_folder_reply_is_as_it_was(acme):
    for path in folder(acme).iterdir():
        path.unlink()
    hello = editor(acme, "text = 'Hello.'")
    ran = acme.run("reply", "1", tty=True, stdin="d\n", EDITOR=hello)
    assert (ran.code, kept(acme)) == (0, ("Hello.", None))
    assert "write it yourself" not in ran.err
