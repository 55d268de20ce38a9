"""Where the header of a table is, what separates its cells, and what to say if there is none."""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

from socialcare.channels.tables.delimited import DELIMITERS, Cells, read_cells
from socialcare.channels.tables.layouts import Layout, layout_of, with_dates_of
from socialcare.errors import InputError
from socialcare.text import for_screen

STANDARD_INPUT = "standard input"
"""What a stream without a file name is called in messages."""
_SEARCHED = 40
"""Rows above which the header must stand: some tools put their own lines before it."""
_NEAR = 1 << 16
_DATES = 20_000
"""Rows that are asked in which order the parts of a date stand."""


@dataclass(frozen=True, slots=True)
class Header:
    delimiter: str
    line: int
    width: int
    layout: Layout


@dataclass(frozen=True, slots=True)
class _Found:
    delimiter: str
    row: Cells
    layout: Layout
    ragged: int
    """Rows near the header that have more cells than it."""

    @property
    def merit(self) -> tuple[int, int, int]:
        return len(self.layout.columns), -self.ragged, -DELIMITERS.index(self.delimiter)


def find_header(head: str, *, whole: bool, name: str, mapping: Mapping[str, str]) -> Header:
    """Look for the row that names the most columns we know, the text among them.

    Raises
    ------
    InputError
        There is no such row, or a mapped column is not there.

    """
    tries = {
        mark: _rows(head[:_NEAR], mark, whole=whole and len(head) <= _NEAR) for mark in DELIMITERS
    }
    found = [hit for mark, rows in tries.items() if (hit := _best(mark, rows, mapping))]
    if not found:
        _refuse(name, tries, mapping)
    best = max(found, key=lambda hit: hit.merit)
    after = (row for row in _rows(head, best.delimiter, whole=whole) if row.line > best.row.line)
    sample = [row.values for row in islice(after, _DATES)]
    layout = with_dates_of(best.layout, sample)
    return Header(best.delimiter, best.row.line, len(best.row.values), layout)


def _rows(head: str, delimiter: str, *, whole: bool) -> list[Cells]:
    rows = list(read_cells(io.StringIO(head, newline=""), delimiter))
    kept = rows if whole else rows[:-1]
    return [row for row in kept if isinstance(row, Cells)]


def _best(delimiter: str, rows: Sequence[Cells], mapping: Mapping[str, str]) -> _Found | None:
    found: _Found | None = None
    for place, row in enumerate(rows[:_SEARCHED]):
        layout = layout_of(row.values, mapping)
        if layout is None:
            continue
        ragged = sum(len(later.values) > len(row.values) for later in rows[place:])
        hit = _Found(delimiter, row, layout, ragged)
        if found is None or len(layout.columns) > len(found.layout.columns):
            found = hit
    return found


def _refuse(
    name: str, tries: Mapping[str, Sequence[Cells]], mapping: Mapping[str, str]
) -> NoReturn:
    rows = max(tries.values(), key=lambda rows: max((len(row.values) for row in rows), default=0))
    widest = max(rows[:_SEARCHED], key=lambda row: sum(map(bool, row.values)), default=None)
    columns = [] if widest is None else [cell.strip() for cell in widest.values if cell.strip()]
    shown = ", ".join(_shown(column) for column in columns[:20])
    missing = [column for column in mapping.values() if column and column not in columns]
    file = for_screen(name, one_line=True, limit=200)
    if missing:
        raise InputError(
            f'{file} has no column "{_shown(missing[0])}".',
            f"its columns: {shown}",
            code="no_column",
        )
    argument = "-" if name == STANDARD_INPUT else shlex.quote(file)
    example = shlex.quote(f"text={_shown(_wordiest(rows, widest)) or 'COLUMN'}")
    raise InputError(
        f"{file} has no column that I know as the text of a mention.",
        f"name it: socialcare import {argument} --map {example}   its columns: {shown}",
        code="no_text_column",
    )


def _wordiest(rows: Iterable[Cells], header: Cells | None) -> str:
    """The column with the longest cells: most likely the text."""
    if header is None:
        return ""
    sizes = [0] * len(header.values)
    for row in rows:
        if row.line > header.line:
            for index, cell in enumerate(row.values[: len(sizes)]):
                sizes[index] += len(cell)
    return header.values[sizes.index(max(sizes))].strip()


def _shown(column: str) -> str:
    return for_screen(column, one_line=True, limit=60)
