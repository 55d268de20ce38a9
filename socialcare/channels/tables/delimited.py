"""Rows of CSV and TSV as people and tools write them, with the line each begins on."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from socialcare.channels.base import Broken
from socialcare.channels.records import broken_row

DELIMITERS = (",", ";", "\t", "|")
MAX_CELL = 1 << 20
"""Characters of one cell, and so of what one open quote can swallow."""


class Readable(Protocol):
    def readline(self, size: int = -1, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Cells:
    line: int
    values: list[str]
    raw: str


def read_cells(
    text: Readable, delimiter: str, width: int | None = None
) -> Iterator[Cells | Broken]:
    """Yield rows; blank ones are skipped. ``width`` is the number of columns, once it is known.

    A quote that is never closed costs its own line only: the lines it swallowed are read again.
    """
    csv.field_size_limit(MAX_CELL)
    lines = _Lines(text)
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.begin()
        try:
            values = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield lines.give_up("a cell of more than 1 MB, or a quote that is never closed")
            continue
        if lines.ended and _open_quote(lines.taken, delimiter):
            yield lines.give_up("a quote that is never closed")
        elif width is not None and _too_wide(values, width):
            reason = f"{len(values)} cells where the header has {width}"
            yield lines.give_up(reason)
        elif any(map(str.strip, values)):
            yield Cells(lines.first, values, "".join(lines.taken))


def _too_wide(values: list[str], width: int) -> bool:
    """Empty cells at the end are the habit of some tools, and so are missing ones."""
    return len(values) > width and any(values[width:])


def _open_quote(taken: Iterable[str], delimiter: str) -> bool:
    """Whether one more line would still belong to this row."""
    return len(list(csv.reader([*taken, "x"], delimiter=delimiter))) == 1


class _Lines:
    """The lines of a file, those of the current row kept so that they can be read again."""

    def __init__(self, text: Readable) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._number = 1
        self._ends: tuple[str, ...] = ()
        self.ended = False
        self.first = 1
        self.taken: list[str] = []

    def begin(self) -> None:
        self.taken = []
        self.first = self._number

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._text.readline(MAX_CELL)
        self.ended = not line
        if not line:
            raise StopIteration
        # A bare \r ends a line only where it ends the first one: elsewhere it is part of a cell.
        self._ends = self._ends or (("\n",) if line.endswith("\n") else ("\n", "\r"))
        self._number += line.endswith(self._ends)
        self.taken.append(line)
        return line

    def give_up(self, reason: str) -> Broken:
        """Lose the first line of this row and read the others again."""
        lost, again = self.taken[0], self.taken[1:]
        self._number -= sum(line.endswith(self._ends) for line in again)
        self._again.extendleft(reversed(again))
        return broken_row(self.first, reason, lost)
