"""`socialcare snippet edit`: written in the editor, checked before it counts, or begun with an answer."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from socialcare.clock import FixedClock
from socialcare.models import Author, Judged
from tests.cli.acme import DAY, HOUR, LATE, LEO, NOW, PRAISE, QUESTION, Acme, judged, mention
from tests.cli.snippets import SORRY, folder, stock

PETRA = Author("9", "@petra@mas.to", "Petra Sand")
US = Author("99", "@acme@mas.to", "Acme", is_us=True)


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path, {"TZ": "UTC"})
    shop.fill([LATE], [QUESTION], [PRAISE])
    return shop


def editor(shop: Acme, code: str) -> str:
    """An editor that does this to ``text``."""
    script = shop.home / "editor.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfile = Path(sys.argv[1])\n"
        f"text = file.read_text()\n{code}\nfile.write_text(text)\n"
    )
    return f"{sys.executable} {script}"


def edit(shop: Acme, *words: str, code: str = "pass", **more):
    return shop.run("snippet", "edit", *words, EDITOR=editor(shop, code), **more)


def begun(shop: Acme, *words: str) -> str:
    """What the editor was given."""
    seen = shop.home / "seen"
    seen.unlink(missing_ok=True)
    edit(shop, *words, code=f"Path({str(seen)!r}).write_text(text); text = ''")
    return seen.read_text()


def test_a_new_one_is_written(acme):
    ran = edit(acme, "late-parcel", code=f"text = {SORRY!r}", tty=True)
    assert (ran.code, ran.out) == (0, "Kept: late-parcel\n")
    assert "socialcare reply ID --snippet late-parcel" in ran.err
    path = folder(acme) / "late-parcel.md"
    assert path.read_text() == SORRY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert acme.run("snippet", "--format", "ids").out == "late-parcel\n"


def test_it_begins_with_what_can_be_kept(acme):
    assert begun(acme, "late-parcel") == (
        "---\ntitle: Late parcel\n---\nThank you for writing, {first_name}.\n"
    )
    stock(acme, delay=SORRY)
    assert begun(acme, "delay") == SORRY
    assert begun(acme, "delay.de").endswith(
        "---\n---\nSorry for the wait, {first_name}. You hear from me by {in:4h}.\n"
    )


@pytest.mark.parametrize("code", ["pass", "text = ''", "text = ' \\n'"])
def test_what_is_left_as_it_was_is_not_kept(acme, code):
    ran = edit(acme, "late", code=code)
    assert (ran.code, ran.out, ran.err) == (0, "", "Nothing was changed.\n")
    stock(acme, delay=SORRY)
    assert edit(acme, "delay", code=code).err == "Nothing was changed.\n"
    assert [path.name for path in folder(acme).iterdir()] == ["delay.md"]
    assert (folder(acme) / "delay.md").read_text() == SORRY


def test_a_slip_keeps_what_was_typed_and_the_file_as_it_was(acme):
    stock(acme, delay=SORRY)
    ran = edit(acme, "delay", code="text = text.replace('{first_name}', '{firstname}')")
    assert (ran.code, ran.out) == (2, "")
    message, hint = ran.err.splitlines()
    assert message == "error: delay.md line 6: there is no variable {firstname}."
    assert "{firstname}" in Path(hint.rpartition(" ")[2]).read_text()
    assert (folder(acme) / "delay.md").read_text() == SORRY


def test_a_broken_one_can_be_mended(acme):
    stock(acme, delay="title: Late\n")
    assert edit(acme, "delay", code=f"text = {SORRY!r}").code == 0
    assert acme.run("snippet", "show", "delay").code == 0


def test_what_a_colleague_changed_meanwhile_is_not_written_over(acme):
    path = stock(acme, delay=SORRY) / "delay.md"
    ran = edit(acme, "delay", code=f"Path({str(path)!r}).write_text('theirs'); text += 'ours'")
    assert ran.code == 2
    assert "somebody else changed delay.md meanwhile." in ran.err
    assert path.read_text() == "theirs"


def test_an_editor_that_fails_loses_nothing(acme):
    ran = edit(acme, "late", code="file.write_text('typed'); sys.exit(3)")
    assert ran.code == 1
    assert Path(ran.err.splitlines()[1].rpartition(" ")[2]).read_text() == "typed"
    assert not folder(acme).exists()


@pytest.mark.parametrize("name", ["../late", "Late", "a b", "", "a/b"])
def test_a_name_that_is_none_makes_no_file(acme, name):
    ran = edit(acme, name, code="text = 'x'")
    assert ran.code == 2
    assert not folder(acme).exists()


def test_a_shared_inbox_shares_them(acme, tmp_path):
    (tmp_path / "acme.toml").write_text('[team]\nshare = "group"\n')
    ran = edit(
        acme, "late", code=f"text = {SORRY!r}", SOCIALCARE_CONFIG=str(tmp_path / "acme.toml")
    )
    assert ran.code == 0
    path = Path(
        acme.run(
            "snippet", "path", "late", SOCIALCARE_CONFIG=str(tmp_path / "acme.toml")
        ).out.strip()
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


# ── from an answer ──


def answer(shop: Acme, id_: str, body: str) -> None:
    clock = FixedClock(NOW - HOUR)
    assert shop.run("reply", id_, "--record", "-b", body, clock=clock).code == 0


def test_names_handles_and_numbers_become_variables(acme):
    acme.fill(
        [judged(mention(201, PETRA, "Where is order 4411?", DAY), "question", topics=("delivery",))]
    )
    answer(
        acme,
        "4",
        "Hi Petra! @petra@mas.to, your order #4411 left today, Petra Sand. {x}\n- leo",
    )
    assert begun(acme, "left-today", "--from", "4") == (
        "---\ntitle: Left today\ntopics: [delivery]\n---\n"
        "Hi {first_name}! {handle}, your order #{order} left today, {name}. {{x}}\n- {me}\n"
    )
    assert edit(acme, "left-today", "--from", "4").code == 0
    acme.fill(
        [
            judged(
                mention(202, Author("7", "@kim@mas.to", "Kim Lo"), "And order 5512?", HOUR),
                "question",
            )
        ]
    )
    ran = acme.run("reply", "5", "--snippet", "left-today", "--json")
    assert json.loads(ran.out)["body"] == (
        "Hi Kim! @kim@mas.to, your order #5512 left today, Kim Lo. {x}\n- leo"
    )


def test_words_that_only_look_like_a_name_stay(acme):
    acme.fill([judged(mention(201, Author("7", "@may@mas.to", "May"), "Hm", DAY), "question")])
    answer(acme, "4", "Maybe on Mayday, May.")
    assert "Maybe on Mayday, {first_name}.\n" in begun(acme, "x", "--from", "4")


def test_an_answer_on_the_channel_itself_is_one_too(acme):
    ours = mention(300, US, "We do, Ana.", HOUR, role="answer", in_reply_to="102")
    acme.fill([Judged(ours, None)])
    assert "We do, Ana.\n" in begun(acme, "x", "--from", "2")


def test_the_good_answer_of_another_customer_is_taken_with_a_note_whose_it_is(acme):
    asked = mention(400, PETRA, "How do I wax my boots?", 5 * HOUR)
    told = mention(
        401, LEO, "@petra@mas.to Warm them, Petra, then beeswax.", 4 * HOUR, in_reply_to="400"
    )
    acme.fill([judged(asked, "question", topics=("howto_info",)), judged(told, "other")])
    assert begun(acme, "wax", "--from", "5") == (
        "---\ntitle: Wax\ntopics: [howto_info]\n"
        "source: @leo@mastodon.social, https://mastodon.example/p/401\n---\n"
        "{handle} Warm them, {first_name}, then beeswax.\n"
    )
    assert edit(acme, "wax", "--from", "5").code == 0
    assert "wax.md, from @leo@mastodon.social, https" in acme.run("snippet", "show", "wax").out


def test_what_was_never_answered_and_answers_nobody_is_told(acme):
    ran = edit(acme, "x", "--from", "2")
    assert (ran.code, "2 has no answer that was sent." in ran.err) == (3, True)
    assert edit(acme, "x", "--from", "99").code == 3
    assert edit(acme, "x", "--from", "is:open").code == 2
    assert not folder(acme).exists()


def test_one_that_is_there_is_not_begun_anew(acme):
    stock(acme, delay=SORRY)
    answer(acme, "1", "On its way.")
    ran = edit(acme, "delay", "--from", "1")
    assert (ran.code, "snippet delay is there already." in ran.err) == (2, True)
    assert (folder(acme) / "delay.md").read_text() == SORRY
