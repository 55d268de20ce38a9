"""`socialcare reply`: a draft, the editor, the hand-over and the record. Nothing is sent."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from pathlib import Path

import jsonschema
import pexpect
import pytest

from socialcare.cli.reply_keys import LAST
from socialcare.output.schema import schema
from socialcare.workflow.reply import KEEP, SCISSORS
from tests.cli.acme import ANA, HOUR, LATE, NOW, QUESTION, Acme, judged, mention

LEVEL = re.compile(r"  (ok|look|STOP)  |  {10,}")
RECORDED = "Recorded: 1 is answered.\n"
SORRY = "Sorry for the wait, Mia. I am on it."


@pytest.fixture
def acme(tmp_path):
    """1 complaint by @mia@mas.to, 2 question by ana@example.org, 3 without a page."""
    (tmp_path / "home").mkdir()
    shop = Acme(tmp_path / "home")
    shop.fill([LATE], [QUESTION], [judged(mention(3, ANA, "Hm.", HOUR, url=None), "other")])
    return shop


def program(folder: Path, name: str, script: str) -> Path:
    """A program of ours on the PATH."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def editor(tmp_path: Path, script: str) -> str:
    """An editor that does this to the file ``$1``."""
    return str(program(tmp_path, "editor", script))


def checks(ran):
    """The lines of the checks: what they say is tested where they are."""
    return "".join(f"{line}\n" for line in ran.out.splitlines() if LEVEL.match(line))


def replies(shop):
    found = shop.value(
        "select json_group_array(json_array(mention_id, state, body, url)) from reply"
    )
    return [tuple(row) for row in json.loads(found)]


def state(shop, id_):
    sql = f"select json_array(status, close_reason, first_answer_at) from mentions where id = {id_}"
    return tuple(json.loads(shop.value(sql)))


def test_a_text_is_kept_as_a_draft_and_shown(acme):
    ran = acme.run("reply", "1", "--body", SORRY, tty=True, stdin_tty=False)
    assert ran.code == 0
    assert ran.out == (f"Reply to @mia@mas.to  public, mastodon\n\n    {SORRY}\n\n{checks(ran)}")
    assert checks(ran).startswith("  ok    length            36 of 500 characters\n")
    assert ran.err == (
        "Kept as a draft. Post it: socialcare reply 1 --copy --open\n"
        "and then: socialcare reply 1 --record URL\n"
    )
    assert replies(acme) == [(1, "draft", SORRY, None)]
    assert acme.value("select field || before || after from events") == f'draftnull"{SORRY}"'


def test_a_pipe_gets_the_text_alone(acme):
    ran = acme.run("reply", "1", "-b", "One.\n\nTwo.")
    assert (ran.code, ran.out, ran.err) == (0, "One.\n\nTwo.\n", "")
    assert acme.run("reply", "1").out == "One.\n\nTwo.\n"


def test_a_draft_of_a_colleague_is_never_written_over_unseen(acme):
    """Issue 4, changing: whoever gives a text with the command has not seen hers."""
    over = "This took the place of a draft by mia."
    acme.run("reply", "1", "--body", "Mia's words.", SOCIALCARE_USER="mia")
    assert acme.run("reply", "1", "--body", "Mia's words.\n").err == ""
    ran = acme.run("reply", "1", "--body", "Mine.")
    assert (ran.code, ran.out) == (0, "Mine.\n")
    assert ran.err == f"{over}   Take it back: socialcare undo\n"
    assert acme.run("reply", "1", "--body", "Mine, better.").err == ""
    assert acme.run("undo").code == acme.run("undo").code == 0
    assert replies(acme) == [(1, "draft", "Mia's words.", None)]
    assert over in acme.run("reply", "1", "--discard").err
    acme.run("undo")
    assert acme.run("reply", "1", "--record", "--body", "Mine.").err == f"{over}\n"


def test_the_text_comes_from_a_file_or_standard_input(acme, tmp_path):
    file = tmp_path / "answer.txt"
    file.write_text("  From a file.\n")
    assert acme.run("reply", "1", "--file", str(file)).out == "From a file.\n"
    assert acme.run("reply", "next", "-F", "-", stdin="From a pipe.\n").out == "From a pipe.\n"
    assert replies(acme) == [(1, "draft", "From a pipe.", None)]


def test_json_is_one_object_of_the_schema(acme):
    ran = acme.run("reply", "1", "--body", SORRY, "--json")
    told = json.loads(ran.out)
    jsonschema.validate(told, schema("reply"))
    levels = [one["level"] for one in told.pop("checks")]
    assert told == {
        "v": 1,
        "mention": 1,
        "state": "draft",
        "body": SORRY,
        "length": 36,
        "max_length": 500,
        "fits": True,
        "url": "https://mastodon.example/p/101",
        "private": False,
        "follow_up": None,
        "snippet": None,
        "posted": None,
        "error": None,
        "waiting_for": None,
        "action": 1,
    }
    assert len(levels) > 2
    assert set(levels) <= {"ok", "look"}
    again = json.loads(acme.run("reply", "1", "--body", SORRY, "--json").out)
    assert len(again.pop("checks")) == len(levels)
    assert again == told | {"action": None}
    read = json.loads(acme.run("reply", "1", "--json").out)
    assert read | {"checks": None} == again | {"checks": None}


def test_a_text_that_is_too_long_is_marked_and_kept(acme):
    long = "x" * 501
    at_desk = acme.run("reply", "1", "--body", long, tty=True)
    assert at_desk.code == 6
    assert "  STOP  length            501 of 500 characters\n" in at_desk.out
    assert all(len(line) <= 80 for line in at_desk.out.splitlines())
    assert at_desk.err == (
        "error: not sent: fix the lines marked STOP.\nhint:  edit it: socialcare reply 1 --edit\n"
    )
    piped = acme.run("reply", "1", "--body", long)
    assert (piped.code, piped.out) == (6, "")
    assert piped.err == f"STOP  length: 501 of 500 characters\n{at_desk.err}"
    read = acme.run("reply", "1")
    assert (read.code, read.out) == (0, f"{long}\n")
    assert read.err == "STOP  length: 501 of 500 characters\n"
    ran = acme.run("reply", "1", "--body", long, "--json")
    told = json.loads(ran.out)
    jsonschema.validate(told, schema("reply"))
    assert (ran.code, ran.err) == (6, "")
    assert (told["length"], told["max_length"], told["fits"]) == (501, 500, False)
    assert (told["state"], told["error"]) == ("draft", "not sent: fix the lines marked STOP.")
    assert replies(acme) == [(1, "draft", long, None)]


def test_a_text_that_nobody_could_keep_is_refused_whole(acme):
    ran = acme.run("reply", "1", "--body", "x" * 20_001)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: the reply has 20,001 characters; up to 20,000 are kept.\nhint:  shorten it\n"
    )
    assert replies(acme) == []


def test_a_recorded_answer_stops_the_clock(acme):
    acme.run("reply", "1", "--body", SORRY)
    ran = acme.run("reply", "1", "--record", "https://mas.to/@acme/9")
    assert (ran.code, ran.out, ran.err) == (0, "Recorded: 1 is answered.\n", "")
    assert replies(acme) == [(1, "sent", SORRY, "https://mas.to/@acme/9")]
    assert state(acme, 1) == ("pending", None, "2026-11-21T14:00:00.000Z")
    fields = json.loads(acme.value("select json_group_array(field) from events"))
    assert fields == ["draft", "draft", "answer", "first_answer_at", "status"]


@pytest.mark.parametrize(
    "words",
    [["2", "--record"], ["--record", "2"], ["2", "--record", "--json"], ["--record", "--", "2"]],
)
def test_an_answer_is_recorded_without_an_address(acme, words):
    assert acme.run("reply", *words).code == 0
    assert replies(acme) == [(2, "sent", "", None)]
    assert state(acme, 2) == ("closed", "answered", "2026-11-21T14:00:00.000Z")


def test_a_call_an_hour_ago_stops_the_clock_then_and_a_promise_is_due(acme):
    ran = acme.run("reply", "1", "--record", "--at", "13:00", "--promise", "2h")
    assert (ran.code, ran.out, ran.err) == (0, "Recorded: 1 is answered.\n", "")
    row = "select json_array(status, first_answer_at, due_for, due_at) from mentions where id = 1"
    assert json.loads(acme.value(row)) == [
        "pending",
        "2026-11-21T13:00:00.000Z",
        "promise",
        "2026-11-21T16:00:00.000Z",
    ]
    assert acme.run("inbox", "is:soon", "--format", "ids").out == ""
    assert "1\n" in acme.run("inbox", "is:pending", "--format", "ids").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--record", "--at", "23:00"], '"23:00" has not come yet.'),
        (["--record", "--at", "25:00"], '"25:00" is no time I know.'),
        (["--record", "--at", "2020-01-01 10:00"], "1 was not written yet at that time."),
        (["--record", "--promise", "yesterday"], '"yesterday" is no time I know.'),
        (
            ["--record", "--promise", "2026-11-20"],
            '"2026-11-20" is past: nothing can be promised until then.',
        ),
        (["--promise", "2h"], "--promise goes with --send or --approve or --record."),
        (["--body", "x", "--at", "9:00"], "--at goes with --record."),
    ],
)
def test_times_that_cannot_be_are_two_lines(acme, words, message):
    ran = acme.run("reply", "1", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}\nhint:  ")
    assert ran.err.count("\n") == 2
    assert acme.value("select count(*) from event") == 0


@pytest.mark.parametrize(
    ("when", "due"),
    [("17:30", "2026-11-21T17:30:00.000Z"), ("9:00", "2026-11-22T09:00:00.000Z")],
)
def test_a_promise_for_a_time_of_day_is_the_next_one(acme, when, due):
    acme.run("reply", "1", "--record", "--promise", when, TZ="UTC")
    assert acme.value("select due_at from mentions where id = 1") == due


def test_recording_the_same_address_twice_is_once(acme):
    for _ in range(2):
        assert acme.run("reply", "2", "--record", "https://mas.to/@acme/9").code == 0
    assert len(replies(acme)) == 1
    told = json.loads(acme.run("reply", "2", "--record=https://mas.to/@acme/9", "--json").out)
    jsonschema.validate(told, schema("reply"))
    assert (told["state"], told["action"]) == ("recorded", None)


def test_an_answer_to_what_was_put_away_brings_it_back(acme):
    acme.run("close", "1", "--reason", "not-us")
    acme.run("reply", "1", "--record")
    assert state(acme, 1) == ("pending", None, "2026-11-21T14:00:00.000Z")


def test_a_draft_is_thrown_away_and_stays_in_the_history(acme):
    acme.run("reply", "1", "--body", SORRY)
    ran = acme.run("reply", "1", "--discard")
    assert (ran.code, ran.out) == (0, "The draft for 1 is gone.\n")
    assert replies(acme) == []
    assert acme.value("select before || after from events order by id desc") == f'"{SORRY}"null'
    gone = acme.run("reply", "1", "--discard")
    assert (gone.code, gone.err) == (
        3,
        "error: 1 has no draft.\nhint:  write one: socialcare reply 1 --body TEXT\n",
    )


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["999", "--body", "x"], 3, "there is no mention 999."),
        (["1-3", "--body", "x"], 2, "--body is for one mention at a time."),
        (["late parcel", "--body", "x"], 2, "--body is for one mention at a time."),
        (["1-3"], 2, "an answer is for one mention at a time."),
        (["1"], 2, "there is no draft for 1, and nobody is here to write one."),
        (["1", "-e"], 2, "there is no draft for 1, and nobody is here to write one."),
        (["1", "--body", "  "], 1, "the reply is empty."),
        (["1", "-b", "x", "-F", "y"], 2, "--body and --file cannot both be given."),
        (["1", "-F", "nowhere.txt"], 1, "nowhere.txt cannot be read: No such file or directory."),
        (["1", "-F", "/"], 1, "/ cannot be read: Is a directory."),
        (["1", "--copy"], 3, "1 has no draft to copy."),
        (["1", "--record", "mas.to/9"], 2, '"mas.to/9" is no address of a page.'),
        (["1", "--record", "javascript://x"], 2, '"javascript://x" is no address of a page.'),
        (["1", "--discard", "--record"], 2, "--discard and --record cannot both be given."),
        ([], 2, "no mention is named."),
    ],
)
def test_wrong_use_changes_nothing(acme, words, code, message):
    ran = acme.run("reply", *words)
    first, second = ran.err.splitlines()
    assert (ran.code, ran.out, first) == (code, "", f"error: {message}")
    assert second.startswith("hint:  ")
    assert replies(acme) == []


def test_in_the_editor_the_scissors_part_the_text_from_the_rest(acme, tmp_path):
    seen = tmp_path / "seen"
    edit = editor(tmp_path, f'cp "$1" {seen}; sed -i "1s/.*/#sorry Mia./" "$1"')
    ran = acme.run("reply", "1", "-e", tty=True, stdin="d\n", EDITOR=edit)
    assert ran.code == 0
    assert seen.read_text() == (
        "@mia@mas.to \n"
        "\n"
        f"{SCISSORS}\n"
        f"{KEEP}\n"
        "Empty text above = cancel.        mastodon, public, 500 characters\n"
        "\n"
        "@mia@mas.to wrote:\n"
        "\n"
        "Third email about order #4411 and still no parcel.\n"
    )
    assert replies(acme) == [(1, "draft", "#sorry Mia.", None)]
    assert "\n    #sorry Mia.\n" in ran.out
    assert ran.err.startswith(
        "[s] copy it and open the page   [r]ecord as posted   [e]dit\n"
        "[d]raft, keep for later   [x] discard   [q]uit\n"
    )


@pytest.mark.parametrize(
    "script",
    ["true", '> "$1"', 'sed -i "1d" "$1"', f'printf "\\n \\n{SCISSORS}\\nx" > "$1"'],
)
def test_an_empty_text_cancels(acme, tmp_path, script):
    ran = acme.run("reply", "1", tty=True, EDITOR=editor(tmp_path, script))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "The text is empty: nothing was changed.\n"
    assert replies(acme) == []


def test_an_empty_text_leaves_an_older_draft(acme, tmp_path):
    acme.run("reply", "1", "--body", SORRY)
    ran = acme.run("reply", "1", tty=True, stdin="e\nq\n", EDITOR=editor(tmp_path, '> "$1"'))
    assert "The text is empty: nothing was changed.\n" in ran.err
    assert replies(acme) == [(1, "draft", SORRY, None)]


def test_scissors_that_were_deleted_do_not_quote_the_person(acme, tmp_path):
    edit = editor(tmp_path, 'sed -i -e "1s/.*/Sorry./" -e "/>8/d" "$1"')
    acme.run("reply", "1", tty=True, stdin="d\n", EDITOR=edit)
    assert replies(acme) == [(1, "draft", "Sorry.", None)]


def test_visual_comes_before_editor_and_may_have_options(acme, tmp_path):
    edit = editor(tmp_path, 'test "$1" = -w && printf ok > "$2"')
    acme.run("reply", "1", tty=True, stdin="d\n", VISUAL=f"{edit} -w", EDITOR="false")
    assert replies(acme) == [(1, "draft", "ok", None)]


def test_when_the_editor_fails_the_text_stays_and_the_hint_says_where(acme, tmp_path):
    edit = editor(tmp_path, 'printf "An hour of work." > "$1"; exit 3')
    ran = acme.run("reply", "1", tty=True, EDITOR=edit)
    first, second = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert first == f"error: the editor {edit} failed (exit 3)."
    kept = Path(second.removeprefix("hint:  what you wrote is in "))
    assert kept.read_text() == "An hour of work."
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.unlink()


def test_when_the_text_cannot_be_kept_it_stays_too(acme, tmp_path):
    edit = editor(tmp_path, 'head -c 20001 /dev/zero | tr "\\0" x > "$1"')
    ran = acme.run("reply", "1", tty=True, EDITOR=edit)
    assert ran.code == 1
    kept = Path(ran.err.splitlines()[1].removeprefix("hint:  what you wrote is in "))
    assert kept.read_text() == "x" * 20_001
    kept.unlink()


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("/nowhere/editor", 1, "the editor /nowhere/editor could not be started: "),
        ("'unclosed", 2, "the command in VISUAL or EDITOR has an unclosed quote."),
        ("", 2, "there is no editor."),
    ],
)
def test_an_editor_that_cannot_start_leaves_nothing_behind(
    acme, tmp_path, monkeypatch, command, code, message
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "home"))
    ran = acme.run("reply", "1", tty=True, EDITOR=command, PATH=str(tmp_path))
    assert ran.code == code
    assert ran.err.startswith(f"error: {message}")
    assert [path.name for path in acme.home.glob("socialcare-*")] == []


@pytest.mark.parametrize(
    ("key", "found", "out"),
    [
        ("d\n", [(1, "draft", SORRY, None)], ""),
        ("", [(1, "draft", SORRY, None)], ""),
        ("?\n", [(1, "draft", SORRY, None)], ""),
        ("x\n", [], "The draft for 1 is gone.\n"),
        ("q\n", [(1, "draft", SORRY, None)], ""),
        ("r\n", [(1, "draft", SORRY, None)], ""),
        ("r\n\n", [(1, "sent", SORRY, None)], RECORDED),
        ("R\nhttps://a.example/9\n", [(1, "sent", SORRY, "https://a.example/9")], RECORDED),
        ("s\n", [(1, "draft", SORRY, None)], ""),
        ("s\nn\n", [(1, "draft", SORRY, None)], ""),
        ("s\nyes\n", [(1, "sent", SORRY, None)], RECORDED),
        ("s\nhttps://a.example/9\n", [(1, "sent", SORRY, "https://a.example/9")], RECORDED),
    ],
)
def test_one_key_says_what_happens_with_it(acme, tmp_path, key, found, out):
    edit = editor(tmp_path, f'printf "{SORRY}" > "$1"')
    ran = acme.run("reply", "1", tty=True, stdin=key, EDITOR=edit, PATH="/nowhere")
    assert ran.code == 0
    assert replies(acme) == found
    assert ran.out.endswith(f"{checks(ran)}{out}")


def test_e_opens_the_editor_again_with_what_is_there(acme, tmp_path):
    edit = editor(tmp_path, 'sed -i "1s/$/!/" "$1"')
    acme.run("reply", "1", "--body", "Hi")
    acme.run("reply", "1", tty=True, stdin="e\ne\ne\nd\n", EDITOR=edit)
    assert replies(acme) == [(1, "draft", "Hi!!!", None)]


def test_with_json_standard_output_is_one_object_also_after_the_editor(acme, tmp_path):
    edit = editor(tmp_path, f'printf "{SORRY}" > "$1"')
    ran = acme.run("reply", "1", "--json", tty=True, stdin="d\n", EDITOR=edit)
    told = json.loads(ran.out)
    jsonschema.validate(told, schema("reply"))
    assert told["body"] == SORRY
    assert f"    {SORRY}\n" in ran.err


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_screen(acme, tmp_path, width):
    edit = editor(tmp_path, f'printf "{SORRY * 9}" > "$1"')
    ran = acme.run("reply", "1", tty=True, stdin="d\n", width=width, EDITOR=edit)
    lines = [*ran.out.splitlines(), *ran.err.splitlines()]
    assert len(lines) > 8
    assert all(len(line) <= max(width, 58) for line in lines)
    assert all(len(line) <= width for line in ran.out.splitlines())


def test_the_draft_goes_to_the_clipboard_and_the_page_to_the_browser(acme, tmp_path, monkeypatch):
    program(tmp_path, "wl-copy", f"cat > {tmp_path}/copied")
    browser = program(tmp_path, "browser", f'echo "$1" > {tmp_path}/opened')
    monkeypatch.setenv("BROWSER", str(browser))
    acme.run("reply", "1", "--body", SORRY)
    path = f"{tmp_path}:{os.environ['PATH']}"
    ran = acme.run("reply", "1", "--copy", "--open", tty=True, PATH=path, BROWSER=str(browser))
    assert ran.code == 0
    assert ran.err.startswith("Copied.\nOpened the page.\nKept as a draft.")
    assert (tmp_path / "copied").read_text() == SORRY
    assert (tmp_path / "opened").read_text() == "https://mastodon.example/p/101\n"
    assert state(acme, 1) == ("open", None, None)


def test_without_clipboard_and_page_it_says_so(acme, tmp_path):
    program(tmp_path, "xclip", "exit 1")
    acme.run("reply", "3", "--body", "Hello.")
    ran = acme.run("reply", "3", "--copy", "--open", PATH=str(tmp_path))
    assert (ran.code, ran.out) == (0, "Hello.\n")
    assert ran.err == (
        "There is no clipboard here: copy the text by hand.\nIts page: none is known\n"
    )


def test_only_pages_are_opened(acme, tmp_path, monkeypatch):
    monkeypatch.setenv("BROWSER", str(program(tmp_path, "browser", f"echo $1 > {tmp_path}/open")))
    for url in ("file:///etc/passwd", "javascript:alert(1)", "-x", "https://a.example/\x1b[2J"):
        acme.change("update mention set url = ? where id = 1", url)
        ran = acme.run("reply", "1", "--open", BROWSER="browser")
        assert ran.err.startswith("Its page: ")
        assert "\x1b" not in ran.err
    assert not (tmp_path / "open").exists()


def in_terminal(acme, tmp_path, *words, **environ):
    return pexpect.spawn(
        sys.executable,
        ["-m", "socialcare", *words],
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 80),
        env={
            "HOME": str(acme.home),
            "SOCIALCARE_DB": str(acme.path),
            "SOCIALCARE_USER": "leo",
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "TERM": "xterm",
            **environ,
        },
    )


@pytest.mark.parametrize(
    ("keys", "said", "found"),
    [
        (["s", "n"], "Copied.", (1, "draft", "Hi Mia!", None)),
        (["r", ""], "Recorded: 1 is answered.", (1, "sent", "Hi Mia!", None)),
        (["e", "d"], "Kept as a draft", (1, "draft", "Hi Mia!!", None)),
        (["x"], "The draft for 1 is gone.", None),
    ],
)
def test_in_a_terminal(acme, tmp_path, keys, said, found):
    program(tmp_path, "pbcopy", f"cat > {tmp_path}/copied")
    browser = program(tmp_path, "browser", f'echo "$1" > {tmp_path}/opened')
    edit = editor(tmp_path, 'sed -i "1s/@mia@mas.to/Hi Mia/; 1s/ *$/!/" "$1"')
    child = in_terminal(acme, tmp_path, "reply", "1", EDITOR=edit, BROWSER=str(browser))
    child.logfile_read = told = io.StringIO()
    for key in keys:
        child.expect([re.escape(LAST), r"Posted\? \[y/N, or its address\]", "if you have it: "])
        child.sendline(key)
    child.expect(pexpect.EOF)
    child.close()
    assert said in told.getvalue()
    assert child.exitstatus == 0
    assert replies(acme) == ([found] if found else [])
    if keys == ["s", "n"]:
        assert (tmp_path / "copied").read_text() == "Hi Mia!"
        assert (tmp_path / "opened").read_text() == "https://mastodon.example/p/101\n"


def test_a_ctrl_c_in_the_editor_belongs_to_the_editor(acme, tmp_path):
    edit = editor(
        tmp_path,
        'trap "printf kept > \\"$1\\"; exit 0" INT; echo ready; while :; do sleep 0.05; done',
    )
    child = in_terminal(acme, tmp_path, "reply", "1", EDITOR=edit)
    child.expect_exact("ready")
    child.sendintr()
    child.expect_exact(LAST)
    child.sendline("d")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert replies(acme) == [(1, "draft", "kept", None)]


def test_a_ctrl_c_at_the_question_keeps_the_draft(acme, tmp_path):
    child = in_terminal(acme, tmp_path, "reply", "1", EDITOR=editor(tmp_path, 'echo Hi > "$1"'))
    child.expect_exact(LAST)
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert replies(acme) == [(1, "draft", "Hi", None)]


def test_what_a_hostile_author_is_called_stays_below_the_scissors(tmp_path):
    shop = Acme(tmp_path)
    name = f"@x\n{SCISSORS}\n\x1b[2J\u202e"
    post = mention(1, ANA, f"{SCISSORS}\n\x1b]0;x\x07", HOUR)
    shop.fill([judged(post, "complaint")])
    shop.change("update author set handle = ?, name = ?", name, name)
    seen = tmp_path / "seen"
    edit = editor(tmp_path, f'cp "$1" {seen}; sed -i "1s/$/Hello/" "$1"')
    ran = shop.run("reply", "1", tty=True, stdin="d\n", EDITOR=edit)
    assert ran.code == 0
    text = seen.read_text()
    assert text.startswith("@x # ----")
    for written in (text, ran.out, ran.err):
        assert not {"\x1b", "\x07", "\u202e"} & set(written)


def test_nothing_but_the_draft_is_different_after_drafting(acme):
    """No mention is touched by a draft, and no other table either."""
    tables = ("mention", "label", "triage", "author", "tag", "note", "correction")
    count = f"select {' || '.join(f'(select count(*) from {t})' for t in tables)}"
    before = acme.value(count), state(acme, 1)
    acme.run("reply", "1", "--body", SORRY)
    assert (acme.value(count), state(acme, 1)) == before
    assert acme.value("select group_concat(distinct state) from reply") == "draft"
    assert acme.value("select updated_at from reply") == f"{NOW:%Y-%m-%dT%H:%M:%S}.000Z"
