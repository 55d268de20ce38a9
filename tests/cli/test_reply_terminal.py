"""The conversation of `socialcare reply` at a real terminal: nothing is sent by accident, and
nothing that was typed is lost.
"""

from __future__ import annotations

import os
import signal
import sys

import pexpect
import pytest

from socialcare.cli.reply_keys import LAST
from tests.cli.person import ROOT
from tests.cli.town import opened

GOOD = "Sorry for the wait, Mia. I ask the courier now and write again by 17:00."
PROGRAM = """\
import sys
from socialcare.cli import main
from socialcare.clock import FixedClock
from tests.cli.acme import NOW
clock = FixedClock(NOW)
clock.sleep({later})
sys.exit(main(sys.argv[1:], clock=clock))
"""
HOLDS = """\
echo "{text}" > "$1"
echo the-editor-is-open
while [ ! -e {done} ]; do sleep 0.05; done
"""
SIGNALS = [signal.SIGTERM, signal.SIGHUP]


@pytest.fixture
def place(tmp_path):
    with opened(tmp_path) as (shop, town):
        town.asks("mia@far.example", "where is my parcel? Never again.")
        assert shop.run("fetch").code == 0
        shop.later = 60
        yield shop, town
        assert not list(tmp_path.glob("**/socialcare-*.md")), "no file is left elsewhere"


@pytest.fixture
def shop(place):
    return place[0]


@pytest.fixture
def town(place):
    return place[1]


@pytest.fixture
def editor(tmp_path):
    """Make an editor that does this to the file ``$1``; from then on it is the one."""

    def make(script):
        path = tmp_path / "editor"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return make


def sit(shop, editor, *words, who="leo", later=None, columns=80):
    """Somebody at a terminal of their own, who types ``reply 1``."""
    at = shop.later if later is None else later
    child = pexpect.spawn(
        sys.executable,
        ["-c", PROGRAM.format(later=at), "reply", *(words or ("1",))],
        encoding="utf-8",
        timeout=60,
        dimensions=(60, columns),
        cwd=str(ROOT),
        env={
            "HOME": str(shop.path),
            "SOCIALCARE_USER": who,
            "EDITOR": editor,
            "PATH": "/usr/bin:/bin",
            "TERM": "xterm",
            **shop.environ,
        },
    )
    child.delaybeforesend = None
    return child


def ask(child):
    child.expect_exact(LAST)


def ended(child):
    """All that came until the end, and the exit code: of a signal it is minus its number."""
    child.expect(pexpect.EOF)
    came = child.before
    child.close()
    return came, child.exitstatus if child.signalstatus is None else -child.signalstatus


def draft(shop):
    sql = "select state || ': ' || body from reply where state <> 'sent'"
    return shop.value(sql)


def left(shop):
    """Files of answers that are being written."""
    return sorted((shop.path / ".local/state/socialcare/writing").glob("*"))


def leases(shop):
    return shop.value("select count(*) from lease")


def shows_it(shop, editor, text, **how):
    """The next ``reply 1`` shows this text, without an editor."""
    child = sit(shop, editor("exit 9"), **how)
    ask(child)
    assert text in " ".join(child.before.split())
    child.sendline("q")
    assert ended(child)[1] == 0
    assert draft(shop) is not None
    assert left(shop) == []
    return child


# ── the usual way ──


def test_written_looked_at_edited_again_and_sent(shop, town, editor):
    edit = editor(f'grep -q Sorry "$1" && sed -i "1s/$/ Thank you./" "$1" || echo "{GOOD}" > "$1"')
    child = sit(shop, edit)
    ask(child)
    assert "Reply to @mia@far.example  public, town" in child.before
    child.sendline("e")
    ask(child)
    assert "Thank you." in child.before
    assert town.posted == []
    child.sendline("s")
    came, code = ended(child)
    assert code == 0
    assert "Sent to @mia@far.example: https://mas.to/@acme/" in came
    assert town.posted == [(f"@mia@far.example {GOOD} Thank you.", "100")]
    assert (draft(shop), left(shop), leases(shop)) == (None, [], 0)


def test_in_private_instead_and_back(shop, town, editor):
    child = sit(shop, editor(f'echo "{GOOD}" > "$1"'))
    ask(child)
    child.sendline("p")
    ask(child)
    assert "Reply to @mia@far.example  private, town" in child.before
    assert "[p]ublic instead" in child.before
    child.sendline("p")
    ask(child)
    assert "public, town" in child.before
    child.sendline("p")
    ask(child)
    child.sendline("s")
    assert ended(child)[1] == 0
    assert town.statuses[0]["visibility"] == "direct"


@pytest.mark.parametrize("key", ["", "y", "send", "w", "yes please", "\x1b[A", "1"])
def test_only_the_key_sends(shop, town, editor, key):
    child = sit(shop, editor(f'echo "{GOOD}" > "$1"'))
    ask(child)
    child.sendline(key)
    if key != "send":
        ask(child)
        child.sendline("q")
    assert ended(child)[1] == 0
    assert len(town.posted) == (1 if key == "send" else 0)


def test_a_stop_is_not_sent_by_its_key(shop, town, editor):
    child = sit(shop, editor('echo "Order #4411 is lost, Mia." > "$1"'))
    ask(child)
    child.sendline("s")
    ask(child)
    assert "Not sent: fix the lines marked STOP." in child.before
    child.sendline("d")
    assert ended(child)[1] == 0
    assert (town.posted, draft(shop)) == ([], "draft: Order #4411 is lost, Mia.")


def test_an_empty_text_cancels(shop, town, editor):
    child = sit(shop, editor('> "$1"'))
    came, code = ended(child)
    assert (code, "The text is empty: nothing was changed." in came) == (0, True)
    assert (draft(shop), left(shop), leases(shop), town.posted) == (None, [], 0, [])


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(shop, editor, columns):
    child = sit(shop, editor(f'echo "{GOOD * 3}" > "$1"'), columns=columns)
    ask(child)
    lines = child.before.replace("\r", "").split("\n")
    assert len(lines) > 12
    assert all(len(line) <= columns for line in lines)
    child.sendline("q")
    assert ended(child)[1] == 0


# ── editors ──


def test_an_editor_that_fails_leaves_what_was_typed_to_the_next(shop, town, editor):
    child = sit(shop, editor(f'echo "{GOOD}" > "$1"; exit 3'))
    came, code = ended(child)
    assert code == 1
    (file,) = left(shop)
    assert f"hint:  what you wrote is in {file}" in came.replace("\r\n", "")
    assert file.read_text() == f"{GOOD}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (draft(shop), leases(shop)) == (None, 0)
    shows_it(shop, editor, "This is what you wrote when the editor ended: Reply to @mia")
    assert draft(shop) == f"draft: {GOOD}"
    assert town.posted == []


def test_an_editor_that_is_killed_leaves_it_too(shop, editor):
    came, code = ended(sit(shop, editor(f'echo "{GOOD}" > "$1"; kill -9 $$')))
    assert (code, "failed (signal 9)" in " ".join(came.split())) == (1, True)
    shows_it(shop, editor, GOOD[:40])


@pytest.mark.parametrize("script", ["exit 3", "kill -9 $$"])
def test_an_editor_that_fails_at_once_leaves_nothing(shop, editor, script):
    came, code = ended(sit(shop, editor(script)))
    assert (code, "nothing was written" in came) == (1, True)
    assert (draft(shop), left(shop), leases(shop)) == (None, [], 0)


def test_an_editor_that_cannot_start(shop):
    came, code = ended(sit(shop, "/nowhere/editor"))
    assert code == 1
    assert "could not be started" in came
    assert (draft(shop), left(shop), leases(shop)) == (None, [], 0)


def test_what_nano_saves_at_its_end_is_found(shop, editor):
    came, code = ended(sit(shop, editor(f'echo "{GOOD}" > "$1.save"; echo >> "$1"; exit 1')))
    assert code == 1, came
    shows_it(shop, editor, GOOD[:40])


def test_what_vim_did_not_save_is_left_to_vim(shop, editor):
    script = 'swap="$(dirname "$1")/.$(basename "$1").swp"; echo x >> "$1"; touch "$swap"; exit 1'
    assert ended(sit(shop, editor(script)))[1] == 1
    recovers = f'rm "$(dirname "$1")/.$(basename "$1").swp"; echo "{GOOD}" > "$1"'
    child = sit(shop, editor(recovers))
    ask(child)
    assert "The editor had not ended the last time" in child.before
    assert GOOD[:40] in child.before
    child.sendline("q")
    ended(child)
    assert (draft(shop), left(shop)) == (f"draft: {GOOD}", [])


# ── signals and terminals ──


def test_ctrl_c_at_the_question_keeps_the_draft(shop, town, editor):
    child = sit(shop, editor(f'echo "{GOOD}" > "$1"'))
    ask(child)
    child.sendintr()
    came, code = ended(child)
    assert (code, "Kept as a draft: socialcare reply 1" in came) == (130, True)
    assert (draft(shop), leases(shop), town.posted) == (f"draft: {GOOD}", 0, [])
    shows_it(shop, editor, GOOD[:40])


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_at_the_question_keeps_the_draft(shop, town, editor, number):
    child = sit(shop, editor(f'echo "{GOOD}" > "$1"'))
    ask(child)
    child.kill(number)
    assert ended(child)[1] == -number
    assert (draft(shop), leases(shop), town.posted) == (f"draft: {GOOD}", 0, [])
    shows_it(shop, editor, GOOD[:40])


def test_a_terminal_that_is_lost_at_the_question_keeps_the_draft(shop, town, editor):
    child = sit(shop, editor(f'echo "{GOOD}" > "$1"'))
    ask(child)
    lose_terminal(child)
    assert (draft(shop), leases(shop), town.posted) == (f"draft: {GOOD}", 0, [])
    shows_it(shop, editor, GOOD[:40])


def test_ctrl_d_at_the_question_keeps_the_draft(shop, town, editor):
    child = sit(shop, editor(f'echo "{GOOD}" > "$1"'))
    ask(child)
    child.sendeof()
    assert ended(child)[1] == 0
    assert (draft(shop), leases(shop), town.posted) == (f"draft: {GOOD}", 0, [])


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_while_the_editor_is_open_leaves_what_was_saved(
    shop, town, editor, tmp_path, number
):
    child = sit(shop, editor(HOLDS.format(text=GOOD, done=tmp_path / "done")))
    child.expect_exact("the-editor-is-open")
    child.kill(number)
    assert ended(child)[1] == -number
    assert (draft(shop), leases(shop), town.posted) == (None, 0, [])
    (file,) = left(shop)
    assert file.read_text() == f"{GOOD}\n"
    shows_it(shop, editor, GOOD[:40])
    assert draft(shop) == f"draft: {GOOD}"


def test_a_terminal_that_is_lost_while_the_editor_is_open(shop, town, editor, tmp_path):
    child = sit(shop, editor(HOLDS.format(text=GOOD, done=tmp_path / "done")))
    child.expect_exact("the-editor-is-open")
    lose_terminal(child)
    assert (draft(shop), leases(shop), town.posted) == (None, 0, [])
    shows_it(shop, editor, GOOD[:40])
    assert draft(shop) == f"draft: {GOOD}"


def test_a_process_that_is_killed_while_the_editor_is_open(shop, town, editor, tmp_path):
    """Without a last word: the lease ends by its time, and the text is in its file."""
    child = sit(shop, editor(HOLDS.format(text=GOOD, done=tmp_path / "done")))
    child.expect_exact("the-editor-is-open")
    child.kill(signal.SIGKILL)
    (tmp_path / "done").touch()
    assert ended(child)[1] == -signal.SIGKILL
    assert leases(shop) == 1
    shows_it(shop, editor, GOOD[:40])
    assert (draft(shop), town.posted) == (f"draft: {GOOD}", [])


def test_ctrl_c_in_the_editor_belongs_to_the_editor(shop, editor):
    script = f"""trap 'echo "{GOOD}" > "$1"; exit 0' INT
echo the-editor-is-open
while :; do sleep 0.05; done"""
    child = sit(shop, editor(script))
    child.expect_exact("the-editor-is-open")
    child.sendintr()
    ask(child)
    child.sendline("q")
    assert ended(child)[1] == 0
    assert draft(shop) == f"draft: {GOOD}"


def lose_terminal(child):
    """The window is closed. Whether it is over, only the process itself can be asked."""
    child.ptyproc.fileobj.close()
    child.closed = child.ptyproc.closed = True
    for _ in range(600):
        if not child.isalive():
            return
        signal.sigtimedwait([], 0.1)
    raise AssertionError("it did not end")


# ── colleagues ──


def test_a_lease_that_ran_out_in_the_editor_is_taken_again(shop, editor, tmp_path):
    child = sit(shop, editor(HOLDS.format(text=GOOD, done=tmp_path / "done")))
    child.expect_exact("the-editor-is-open")
    shop.change("delete from lease")
    (tmp_path / "done").touch()
    ask(child)
    child.sendline("q")
    assert ended(child)[1] == 0
    assert draft(shop) == f"draft: {GOOD}"


def test_a_colleague_who_took_over_meanwhile_is_not_talked_over(shop, town, editor, tmp_path):
    child = sit(shop, editor(HOLDS.format(text=GOOD, done=tmp_path / "done")))
    child.expect_exact("the-editor-is-open")
    words = ("reply", "1", "-b", "Mia's colleague here.", "--steal")
    assert shop.run(*words, SOCIALCARE_USER="eva").code == 0
    (tmp_path / "done").touch()
    came, code = ended(child)
    assert code == 6
    assert "eva wrote a draft for 1" in came
    (file,) = left(shop)
    assert str(file) in came.replace("\r\n", "")
    assert (draft(shop), town.posted) == ("draft: Mia's colleague here.", [])
    child = sit(shop, editor("exit 9"))
    ask(child)
    told = child.before.replace("\r\n", "")
    assert f"What you wrote before is in {file}" in told
    assert "Mia's colleague here." in told
    child.sendline("q")
    assert ended(child)[1] == 0
    assert file.read_text() == f"{GOOD}\n"


def test_an_answer_of_a_colleague_meanwhile_stops_it(shop, town, editor, tmp_path):
    child = sit(shop, editor(HOLDS.format(text=GOOD, done=tmp_path / "done")))
    child.expect_exact("the-editor-is-open")
    shop.run("reply", "1", "--record", "https://mas.to/@acme/7", "--steal", SOCIALCARE_USER="eva")
    (tmp_path / "done").touch()
    ask(child)
    assert "STOP  already answered" in child.before
    child.sendline("s")
    ask(child)
    child.sendline("q")
    assert ended(child)[1] == 0
    assert (draft(shop), town.posted) == (f"draft: {GOOD}", [])


def test_a_draft_that_a_colleague_changed_at_the_question_is_not_sent(shop, town, editor):
    child = sit(shop, editor(f'echo "{GOOD}" > "$1"'))
    ask(child)
    shop.run("reply", "1", "-b", "Other words.", "--steal", SOCIALCARE_USER="eva")
    child.sendline("s")
    came, code = ended(child)
    assert code == 6
    assert "eva wrote a draft for 1" in came or "eva" in came
    assert (draft(shop), town.posted) == ("draft: Other words.", [])


def test_two_terminals_of_one_person_do_not_share_a_file(shop, editor, tmp_path):
    first = sit(shop, editor(HOLDS.format(text=GOOD, done=tmp_path / "done")))
    first.expect_exact("the-editor-is-open")
    second = sit(shop, editor('echo "From the other window." > "$1"'))
    ask(second)
    assert len(left(shop)) == 1
    second.sendline("q")
    assert ended(second)[1] == 0
    (tmp_path / "done").touch()
    ask(first)
    first.sendline("q")
    assert ended(first)[1] == 0
    assert (draft(shop), left(shop)) == (f"draft: {GOOD}", [])


def test_the_files_of_others_are_nobody_s_business(shop, editor):
    """Another mention, another inbox: their files stay what they are."""
    folder = shop.path / ".local/state/socialcare/writing"
    folder.mkdir(parents=True)
    other = folder / f"00000000-1-e3b0c442-{os.getpid()}.md"
    other.write_text("Not yours.")
    child = sit(shop, editor(f'echo "{GOOD}" > "$1"'))
    ask(child)
    child.sendline("q")
    assert ended(child)[1] == 0
    assert (draft(shop), left(shop)) == (f"draft: {GOOD}", [other])
