"""The table of commands: name, section of the help, one line of help, module.

A module is imported only when its command runs, so that what one command needs never
slows down another.
"""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    section: str
    summary: str
    module: str


DAILY, LEARN, SET_UP, DATA = "Every day", "Look and learn", "Set up", "Data and scripts"

COMMANDS: dict[str, Command] = {}

HIDDEN: dict[str, Command] = {}
"""Commands that are called by programs: not in the help."""
