"""The inbox in a real pseudo-terminal, read by a terminal emulator that is not ours."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
import pyte

from tests.cli.acme import ANA, HOUR, MINUTE, Acme, judged, mention

HOSTILE = (
    "\x1b]0;owned\x07title",
    "\x1b[2J\x1b[Hclear",
    "\x9b31mred",
    "[/oops] [bold]loud[/]",
    "漢字かな交じり文" * 8,
    "\u202egnp.exe and back",
    "line\nafter\rline\tand tab",
    "z\u0301\u0302\u0303\u0304\u0305 zalgo",
)


def shown(shop: Acme, columns: int, *words: str) -> tuple[list[str], str]:
    """The rows of the screen after the command, and the title of the window."""
    screen = pyte.Screen(columns, 40)
    stream = pyte.Stream(screen)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "socialcare", *words],
        dimensions=(40, columns),
        encoding="utf-8",
        timeout=60,
        env={
            "HOME": str(shop.home),
            "SOCIALCARE_DB": str(shop.path),
            "TERM": "xterm-256color",
            "PYTHONUTF8": "1",
        },
    )
    stream.feed(child.read())
    child.close()
    assert child.exitstatus == 0
    return [line.rstrip() for line in screen.display if line.strip()], screen.title


def test_hostile_texts_in_a_real_terminal(tmp_path: Path) -> None:
    shop = Acme(tmp_path)
    shop.fill(
        *([judged(mention(n, ANA, text, HOUR), "complaint")] for n, text in enumerate(HOSTILE))
    )
    lines, title = shown(shop, 80, "inbox")
    assert title == ""
    header, rows = lines[1], lines[2 : 2 + len(HOSTILE)]
    says = header.index("Says")
    assert [row.split()[0] for row in rows] == [str(n) for n in range(1, len(HOSTILE) + 1)]
    assert all(row[says - 1] == " " != row[says] for row in rows)
    assert rows[0][says:] == "^[]0;owned^Gtitle"
    assert rows[3][says:] == "[/oops] [bold]loud[/]"
    assert lines[2 + len(HOSTILE)].endswith("Answer one: socialcare reply 1")


def test_the_width_is_that_of_the_terminal(tmp_path: Path) -> None:
    shop = Acme(tmp_path)
    shop.fill([judged(mention(1, ANA, "word " * 100, 10 * MINUTE), "question")])
    for columns in (40, 120):
        lines, _ = shown(shop, columns, "inbox")
        row = next(line for line in lines if line.startswith("1 "))
        assert row.endswith("…")
        assert columns - 6 <= len(row) <= columns
