"""Orders of a shop in a table, as its shop software writes it: the number, and everything else."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from socialcare.channels.base import Broken
from socialcare.channels.records import broken_row
from socialcare.channels.tables.charset import open_text
from socialcare.channels.tables.delimited import DELIMITERS, Cells, read_cells
from socialcare.channels.tables.header import STANDARD_INPUT
from socialcare.channels.tables.layouts import plain_name
from socialcare.errors import InputError, UsageError
from socialcare.text import at_door, for_screen

NAMES = (
    *("ordernumber", "orderno", "ordernr", "orderid", "order", "ordername", "number", "orderref"),
    *("orderreference", "incrementid", "purchaseorder", "name", "id"),
)
"""Names of the column with the number, best first, as :func:`plain_name` writes them; ``name``
is that of Shopify."""
MAX_NUMBER = 60
MAX_CELL = 2_000
MAX_COLUMNS = 200
_SEARCHED = 40
_NEAR = 1 << 16
_WHOLE = re.compile(r"(\d{1,18})\.0+")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """``data`` holds what stands in the other columns, by their names."""

    number: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Header:
    delimiter: str
    line: int
    names: Sequence[str]
    number: int


def order_number(text: str) -> str:
    """``#4411`` and ``4411`` are one order; ``4411.0`` is what a spreadsheet made of it."""
    number = text.strip().removeprefix("#").strip()
    whole = _WHOLE.fullmatch(number)
    return whole[1] if whole else number


def read_orders(
    stream: BinaryIO, *, name: str, mapping: Mapping[str, str]
) -> Iterator[OrderRow | Broken]:
    """Read CSV or TSV. Rows of one order that follow each other are joined: its items.

    ``name`` is what messages call the file; ``mapping`` may say which column holds the
    ``number``.

    Raises
    ------
    InputError
        Not text, or no column with the number; before the first row.
    UsageError
        ``mapping`` names anything but the number.

    """
    for field in mapping:
        if field != "number":
            raise UsageError(
                f'--map: an order has no field "{for_screen(field, one_line=True, limit=60)}".',
                "--map number=COLUMN   all other columns are kept as they are",
            )
    opened = open_text(stream, name)
    if opened.head.strip("\ufeff \t\r\n"):
        header = _find_header(opened.head, name, mapping.get("number"))
        rows = read_cells(opened.text, header.delimiter, len(header.names))
        yield from _joined(_row(row, header) for row in rows if _line(row) > header.line)


def _find_header(head: str, name: str, wanted: str | None) -> _Header:
    near = {
        mark: [
            row
            for row in read_cells(io.StringIO(head[:_NEAR], newline=""), mark)
            if isinstance(row, Cells)
        ][:_SEARCHED]
        for mark in DELIMITERS
    }
    found = [
        _Header(mark, row.line, [_label(cell, at) for at, cell in enumerate(row.values)], at)
        for mark, rows in near.items()
        for row in rows
        if (at := _number_column(row.values, wanted)) is not None
    ]
    if not found:
        _refuse(name, near, wanted)
    return max(found, key=lambda each: (len(each.names), -each.line))


def _number_column(cells: Sequence[str], wanted: str | None) -> int | None:
    if wanted is not None:
        names = [cell.strip() for cell in cells]
        return names.index(wanted.strip()) if wanted.strip() in names else None
    plain = [plain_name(cell) for cell in cells]
    return next((plain.index(name) for name in NAMES if name in plain), None)


def _label(cell: str, at: int) -> str:
    return at_door(" ".join(cell.split()), 100) or f"column {at + 1}"


def _refuse(name: str, near: Mapping[str, Sequence[Cells]], wanted: str | None) -> NoReturn:
    rows = max(near.values(), key=lambda rows: max((len(row.values) for row in rows), default=0))
    widest = max(rows, key=lambda row: len(row.values), default=None)
    columns = [cell.strip() for cell in (widest.values if widest else ()) if cell.strip()]
    shown = ", ".join(_shown(column) for column in columns[:20])
    file = for_screen(name, one_line=True, limit=200)
    if wanted is not None:
        raise InputError(
            f'{file} has no column "{_shown(wanted)}".', f"its columns: {shown}", code="no_column"
        )
    argument = "-" if name == STANDARD_INPUT else shlex.quote(file)
    example = shlex.quote(f"number={_shown(columns[0]) if columns else 'COLUMN'}")
    raise InputError(
        f"{file} has no column that I know as the number of an order.",
        f"name it: socialcare import --orders {argument} --map {example}   its columns: {shown}",
        code="no_number_column",
    )


def _line(row: Cells | Broken) -> int:
    return row.line if isinstance(row, Cells) else int(row.where.rpartition(" ")[2])


def _row(row: Cells | Broken, header: _Header) -> OrderRow | Broken:
    if isinstance(row, Broken):
        return row
    cell = row.values[header.number] if header.number < len(row.values) else ""
    number = at_door(order_number(cell), MAX_NUMBER + 1)
    if not number:
        return broken_row(row.line, "no number of an order", row.raw)
    if len(number) > MAX_NUMBER:
        reason = f"a number of an order of more than {MAX_NUMBER} characters"
        return broken_row(row.line, reason, row.raw)
    if _ROUNDED.fullmatch(number):
        return broken_row(row.line, f"{number} was rounded by a spreadsheet", row.raw)
    data = {
        name: at_door(value.strip(), MAX_CELL)
        for at, (name, value) in enumerate(zip(header.names, row.values, strict=False))
        if at != header.number and at < MAX_COLUMNS and value.strip()
    }
    return OrderRow(number, data)


def _joined(rows: Iterator[OrderRow | Broken]) -> Iterator[OrderRow | Broken]:
    """Shop software writes a row for every item, most of its cells empty but in the first."""
    open_: OrderRow | None = None
    for row in rows:
        if isinstance(row, Broken):
            yield row
        elif open_ is not None and open_.number.casefold() == row.number.casefold():
            open_ = OrderRow(open_.number, _both(open_.data, row.data))
        else:
            if open_ is not None:
                yield open_
            open_ = row
    if open_ is not None:
        yield open_


def _both(first: Mapping[str, str], second: Mapping[str, str]) -> Mapping[str, str]:
    joined = dict(first)
    for name, value in second.items():
        known = joined.get(name)
        if known is None:
            joined[name] = value
        elif value not in known.split("; "):
            joined[name] = at_door(f"{known}; {value}", MAX_CELL)
    return joined


def _shown(column: str) -> str:
    return for_screen(column, one_line=True, limit=60)
