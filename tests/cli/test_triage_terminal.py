"""What terminals do to ``socialcare triage``: sizes, signals, pastes, and their own end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import termios

import pexpect
import pytest

from socialcare.errors import ExitCode
from tests.cli.acme import LATE, PRAISE, QUESTION, Acme
from tests.cli.person import ASKED, AT_NOON, ENTER, ROOT, Person
from tests.cli.test_triage import QUIT, consistent, program

WHY = """\
why urgent: base +20, complaint +25, urgent words +25, speaks to you directly
+10, 1,240 followers +5 = 85
"""
KEYS_80 = """\
[r]eply  [c]lose  [x] not about us  [e] answered elsewhere  [s]nooze  [a]ssign
[t]ag  [n]ote  [f]ix labels  [o]pen page  [u]ndo  [b]ack  [?] keys  [q]uit
[enter] next
"""
MARK = "the-editor-is-open"
AT_80 = f"""\

#1  urgent  1h12 late ──────────────────────────────────────────────────────────
@mia@mas.to on mastodon, 2h12 ago, 1,240 followers

    Third email about order #4411 and still no parcel.

complaint 0.90   sentiment -0.30   topics delivery   owner nobody   open, new
{WHY}why complaint: waiting "still no parcel" +2.1
https://mastodon.example/p/101

{KEYS_80}1 of 3 >"""


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION], [PRAISE])
    return shop


# ── sizes and looks ──


def test_a_card_at_80_columns(acme):
    leo = Person(acme)
    leo.asked()
    assert "\n".join(leo.lines()) == AT_80
    leo.press("c")
    told = "\n".join(leo.lines()).removeprefix(AT_80)
    assert told.startswith(" c\n  #1 closed. u takes it back\n\n#2  normal  3h00 left ─")
    assert told.endswith(f"\n\n{KEYS_80}2 of 3 >")


def test_a_card_at_40_columns(acme):
    leo = Person(acme, columns=40)
    leo.asked()
    leo.press("s", "m")
    assert (
        "\n".join(leo.lines()).partition("\n#2")[0]
        == """\

#1  urgent  1h12 late ──────────────────
@mia@mas.to on mastodon, 2h12 ago, 1,240
followers

    Third email about order #4411 and
    still no parcel.

complaint 0.90   sentiment -0.30
topics delivery   owner nobody
open, new
why urgent: base +20, complaint +25,
urgent words +25, speaks to you directly
+10, 1,240 followers +5 = 85
why complaint: waiting "still no parcel"
+2.1
https://mastodon.example/p/101

[r]eply  [c]lose  [x] not about us
[e] answered elsewhere  [s]nooze
[a]ssign  [t]ag  [n]ote  [f]ix labels
[o]pen page  [u]ndo  [b]ack  [?] keys
[q]uit  [enter] next
1 of 3 > s
  [h] 1 h  [t]omorrow 09:00
  [m]onday 09:00  [r] they write again
  [w]hen: type it
  Until? m
  #1 snoozed until Mon 23 Nov 09:00. u
  takes it back
"""
    )


def test_a_card_at_120_columns(acme):
    leo = Person(acme, columns=120)
    leo.asked()
    leo.press("f", "p")
    before, _, after = "\n".join(leo.lines()).partition("1 of 3 > f\n")
    assert before.endswith("""\
why complaint: waiting "still no parcel" +2.1
https://mastodon.example/p/101

[r]eply  [c]lose  [x] not about us  [e] answered elsewhere  [s]nooze  [a]ssign  [t]ag  [n]ote  [f]ix labels  [o]pen page
[u]ndo  [b]ack  [?] keys  [q]uit  [enter] next
""")
    assert after.startswith("""\
  [c]omplaint  [q]uestion  [p]raise  [o]ther  [u]nsure  [1] urgent  [2] high  [3] normal  [4] low  [t]opics: type them
  It is? p
  #1 label praise. u takes it back
""")


def test_for_people_who_listen(acme):
    leo = Person(acme, columns=70, SOCIALCARE_ACCESSIBLE="1")
    leo.asked()
    leo.press("c\r", "s\r", "r\r", "zz\r", ENTER)
    assert "\x1b" not in leo.text
    assert (
        "\n".join(leo.lines()).partition("\n3 of 3.")[0]
        == """\

1 of 3.
Mention 1, urgent, 1 hour 12 minutes late, complaint, negative. From
@mia@mas.to on mastodon, about delivery.
Written 2 hours 12 minutes ago, 1,240 followers.

    Third email about order #4411 and still no parcel.

complaint 0.90, sentiment -0.30, topics delivery, owner nobody, open,
new.
why urgent: base +20, complaint +25, urgent words +25, speaks to you
directly +10, 1,240 followers +5 = 85
why complaint: waiting "still no parcel" +2.1
https://mastodon.example/p/101
What shall be done? A letter, then Enter; a question mark
lists the letters: c
Mention 1 closed. u takes it back

2 of 3.
Mention 2, normal, 3 hours left, question, neutral. From
ana@example.org on mastodon.
Written 1 hour ago.

    Do you ship to Norway?

question 0.90, sentiment +0.00, topics none, owner nobody, open, new.
why normal: base +20, question +10 = 30
https://mastodon.example/p/102
What shall be done? A letter, then Enter; a question mark
lists the letters: s
[h] 1 h  [t]omorrow 09:00  [m]onday 09:00  [r] they write again
[w]hen: type it
Until? r
Mention 2 snoozed until they write again. u takes it back
"""
    )
    assert "\r\nOne letter, then Enter. Nothing was taken.\r\n" in leo.text
    assert leo.end("q\r").endswith(QUIT.format(2, 1))


def test_a_dumb_terminal_gets_no_sequences_and_sends_lines(acme):
    leo = Person(acme, TERM="dumb")
    assert leo.asked().endswith("\n1 of 3, a letter and Enter > ")
    assert "\n  #1 closed. u takes it back\n" in leo.press("c\r")
    assert leo.end("\x04").endswith(QUIT.format(1, 2))
    assert "\x1b" not in leo.text
    assert leo.code == 0


def test_without_colour_late_still_stands_out(acme):
    leo = Person(acme, NO_COLOR="1")
    leo.asked()
    assert set(re.findall(r"\x1b\[[0-9;]*m", leo.text)) == {"\x1b[1;7m", "\x1b[0m"}


def test_another_size_draws_the_card_again(acme):
    leo = Person(acme)
    leo.asked()
    leo.child.setwinsize(300, 40)
    came = leo.asked()
    assert came.startswith("\x1b[H\x1b[2J")
    drawn = came.removeprefix("\x1b[H\x1b[2J")
    assert all(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= 40 for line in drawn.split("\n"))
    assert "\n[r]eply  [c]lose  [x] not about us\n" in drawn
    assert "#1 closed." in leo.press("c")


def test_a_line_that_is_being_typed_survives_another_size(acme):
    leo = Person(acme)
    leo.asked()
    leo.press("n")
    leo.child.send("call ")
    leo.child.setwinsize(300, 40)
    assert "#1 note added." in leo.press("her\r")
    assert acme.value("select text from note") == "call her"


# ── pastes ──


@pytest.mark.parametrize("pasted", ["ccccc", "close this please\r", "c\rc\rc\r"])
def test_what_is_pasted_closes_nothing(acme, pasted):
    leo = Person(acme)
    leo.asked()
    leo.child.send(pasted)
    assert leo.asked().endswith("\n  Several keys came at once: none of them was taken.\n1 of 3 > ")
    leo.end("q")
    assert acme.value("select count(*) from action where actor = 'leo'") == 0


def test_what_is_typed_ahead_closes_nothing(acme, tmp_path):
    wait = f"printf {MARK}; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; exit 3"
    editor = program(tmp_path / "editor", wait)
    leo = Person(acme, EDITOR=str(editor))
    leo.asked()
    leo.child.send("r")
    leo.child.expect(MARK)
    leo.child.send("c")
    leo.child.expect("c")  # the terminal has it, and shows it
    (tmp_path / "go").touch()
    assert leo.asked().endswith("\n1 of 3 > ")
    assert leo.child.expect([ASKED, pexpect.TIMEOUT], timeout=0.5) == 1
    leo.end("q")
    assert acme.value("select count(*) from action where actor = 'leo'") == 0


# ── the end ──


def in_a_card(leo):
    leo.press("c")


def in_a_menu(leo):
    leo.press("c", "s")


def in_a_line(leo):
    leo.press("c", "n")
    leo.child.send("half a no")


def in_an_answer(leo):
    leo.press("c", "r")


PLACES = [in_a_card, in_a_menu, in_a_line, in_an_answer]


@pytest.fixture
def leo(acme, tmp_path):
    editor = program(tmp_path / "editor", 'printf "Yes, we do.\\n" > "$1"')
    person = Person(acme, EDITOR=str(editor))
    person.asked()
    return person


def one_is_closed(acme, place):
    """What was done is done, and nothing else."""
    assert acme.value("select group_concat(id) from mentions where status = 'closed'") == "1"
    assert acme.value("select count(*) from note") == 0
    drafts = acme.value("select count(*) from reply where state = 'draft'")
    assert drafts == (place is in_an_answer)
    consistent(acme)
    assert not list(acme.home.rglob("*.log"))
    assert acme.run("undo").code == 0
    consistent(acme)


@pytest.mark.parametrize("key", ["\x03", "\x1c"])
@pytest.mark.parametrize("place", PLACES[:3])
def test_ctrl_c_says_what_was_done(acme, leo, place, key):
    place(leo)
    assert leo.end(key).endswith("\nInterrupted. Done for now: 1 handled, 2 left.\n")
    assert leo.code == ExitCode.INTERRUPTED
    one_is_closed(acme, place)


def test_ctrl_c_in_an_answer_says_what_was_done(acme, leo):
    in_an_answer(leo)
    assert leo.end("\x03").endswith("\nInterrupted. Done for now: 1 handled, 2 left.\n")
    assert leo.code == ExitCode.INTERRUPTED
    one_is_closed(acme, in_an_answer)


@pytest.mark.parametrize("place", PLACES)
def test_being_told_to_end_says_what_was_done(acme, leo, place):
    place(leo)
    leo.child.kill(signal.SIGTERM)
    assert leo.end().endswith("\nInterrupted. Done for now: 1 handled, 2 left.\n")
    assert leo.code == ExitCode.INTERRUPTED
    one_is_closed(acme, place)


@pytest.mark.parametrize("place", PLACES)
def test_a_dying_terminal_ends_it_quietly(acme, leo, place):
    place(leo)
    child = leo.child
    child.ptyproc.fileobj.close()
    _, status = os.waitpid(child.pid, 0)
    assert os.waitstatus_to_exitcode(status) == ExitCode.INTERRUPTED
    child.ptyproc.fd = child.child_fd = -1
    child.ptyproc.closed = child.closed = child.ptyproc.terminated = True
    one_is_closed(acme, place)


def test_a_hang_up_ends_it_quietly(acme, leo):
    in_a_card(leo)
    leo.child.kill(signal.SIGHUP)
    assert leo.end() == ""
    assert leo.code == ExitCode.INTERRUPTED
    one_is_closed(acme, in_a_card)


def test_the_terminal_is_left_as_it_was_found(acme, tmp_path):
    """While it is stopped and after it was interrupted, the shell has its echo back."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    (tmp_path / "noon.py").write_text(AT_NOON)
    shell = pexpect.spawn(
        bash,
        ["--norc", "--noprofile", "--noediting", "-i"],
        encoding="utf-8",
        timeout=60,
        dimensions=(60, 80),
        cwd=str(tmp_path),
        env={
            "HOME": str(acme.home),
            "PATH": os.environ["PATH"],
            "SOCIALCARE_DB": str(acme.path),
            "SOCIALCARE_USER": "leo",
            "TERM": "xterm",
            "PS1": "READY",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        },
    )
    shell.expect("READY")
    shell.sendline(f"stty -a > before; {sys.executable} noon.py triage")
    shell.expect(ASKED)
    shell.send("\x1a")
    shell.expect("READY")
    shell.sendline("stty -a > stopped; fg")
    shell.expect(ASKED)
    shell.send("c")
    shell.expect(r"#1 closed\.")
    shell.expect(ASKED)
    shell.send("\x03")
    shell.expect("Interrupted. Done for now: 1 handled, 2 left.")
    shell.expect("READY")
    shell.sendline("stty -a > after; exit")
    shell.expect(pexpect.EOF)
    shell.close()
    before, stopped, after = (
        (tmp_path / name).read_text() for name in ("before", "stopped", "after")
    )
    assert " echo " in before
    assert before == stopped == after
    consistent(acme)


def modes(leo):
    return termios.tcgetattr(leo.child.child_fd)


@pytest.mark.parametrize("key", ["q", "\x04", "\x03", "\x1c", signal.SIGTERM, signal.SIGHUP])
def test_each_way_out_leaves_the_terminal_as_it_was(acme, key):
    leo = Person(acme)
    found = modes(leo)
    leo.asked()
    assert modes(leo) != found
    if isinstance(key, str):
        leo.end(key)
    else:
        leo.child.kill(key)
        leo.end()
    assert modes(leo) == found


def test_an_unexpected_error_leaves_the_terminal_as_it_was(acme):
    leo = Person(acme)
    found = modes(leo)
    leo.asked()
    acme.change("drop table tag")
    assert "Done for now: 0 handled, 3 left." in leo.end("c")
    assert modes(leo) == found
    assert leo.code == ExitCode.FAILED


def test_a_stopped_one_that_is_told_to_end_gives_its_card_back(acme, leo):
    in_a_card(leo)
    leo.child.kill(signal.SIGSTOP)
    leo.child.kill(signal.SIGTERM)
    leo.child.kill(signal.SIGCONT)
    assert leo.end().endswith("\nInterrupted. Done for now: 1 handled, 2 left.\n")
    one_is_closed(acme, in_a_card)
