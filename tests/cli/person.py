"""Somebody at a real pseudo-terminal, who presses a key when the question is there."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pexpect
import pyte

from tests.cli.acme import Acme

ROOT = Path(__file__).resolve().parents[2]
AT_NOON = """\
import sys
from socialcare.cli import main
from socialcare.clock import FixedClock
from tests.cli.acme import NOW
sys.exit(main(sys.argv[1:], clock=FixedClock(NOW)))
"""
"""The program on a clock that stands still."""
ASKED = re.compile(
    r"(?:^|\n)(?:\d+ of \d+(?:, a letter and Enter)? > |What shall be done\?[^\n]*\n?[^\n]*letters: "
    r"| *(?:Until|It is|Whose|Now)\? | *(?:Note|Whose\? A name): | *Tags\?[^\n]*off: "
    r"| *Topics\?[^\n]*none: | *Answered at\?[^\n]*all: | *Until when\?[^\n]*09:00: "
    r"|[^\n]*\[x\] discard(?: {3}|\r\n)\[q\]uit\r\n|Posted\? [^\n]*\] |Its address[^\n]*: )$"
)
UP = "\x1b[A"
ENTER = "\r"


class Person:
    """``text`` is all that came, ``screen`` what a terminal of that size shows of it."""

    def __init__(
        self, shop: Acme, *words: str, columns: int = 80, rows: int = 300, **environ: str
    ) -> None:
        self.shop, self.text, self.screen = shop, "", pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self.child = pexpect.spawn(
            sys.executable,
            ["-c", AT_NOON, *(words or ("triage",))],
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=60,
            cwd=str(ROOT),
            env={
                "HOME": str(shop.home),
                "PATH": os.environ["PATH"],
                "SOCIALCARE_DB": str(shop.path),
                "SOCIALCARE_USER": "leo",
                "TERM": "xterm-256color",
                "PYTHONUTF8": "1",
                "TZ": "UTC",
                **environ,
            },
        )
        self.child.delaybeforesend = None

    def asked(self) -> str:
        """What came until the next question."""
        return self._until(ASKED)

    def press(self, *keys: str) -> str:
        """Answer the questions that are there, one after the other; what the last one led to."""
        told = ""
        for key in keys:
            self.child.send(key)
            told = self.asked()
        return told

    def end(self, key: str = "") -> str:
        """What came until the program was over."""
        self.child.send(key)
        return self._until(pexpect.EOF)

    @property
    def code(self) -> int | None:
        self.child.close()
        code: int | None = self.child.exitstatus
        return code

    def lines(self) -> list[str]:
        """The screen, without what is empty at its end."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip().split("\n")

    def _until(self, what: Any) -> str:
        self.child.expect(what)
        after = self.child.after
        came: str = self.child.before + (after if isinstance(after, str) else "")
        self.text += came
        self._stream.feed(came)
        return came.replace("\r\n", "\n")
