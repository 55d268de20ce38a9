"""Mentions in a file or on standard input: JSON Lines, JSON arrays, CSV, TSV.

Everything streams: a file of a million rows needs no more memory than one of a thousand.
The first megabyte is looked at to find the encoding, the format, the header, and in which
order the parts of a date stand; where nothing in it tells, 04/05/2017 is the 4th of May.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import BinaryIO, Literal

from socialcare.channels.base import Broken
from socialcare.channels.records import FIELDS, Row, to_mention
from socialcare.channels.tables.charset import Opened, open_text
from socialcare.channels.tables.delimited import read_cells
from socialcare.channels.tables.header import find_header
from socialcare.channels.tables.jsonlines import json_lines, json_values
from socialcare.errors import UsageError
from socialcare.models import Mention
from socialcare.text import for_screen

TableFormat = Literal["jsonl", "csv"]
_AS_IT_IS: Mapping[str, str] = MappingProxyType({})


def read_rows(
    stream: BinaryIO,
    *,
    name: str,
    format: TableFormat | None = None,  # noqa: A002
    mapping: Mapping[str, str] = _AS_IT_IS,
) -> Iterator[Row | Broken]:
    """Read the records of a file. ``name`` is what messages call it.

    ``mapping`` says which column (or key) holds a field where its name does not;
    a field mapped to "" is not read at all. What cannot be read is yielded as
    :class:`Broken`, with its line.

    Raises
    ------
    InputError
        Not text, or a table without a column for the text; before the first row.
    UsageError
        ``mapping`` names a field that does not exist.

    """
    for field in mapping:
        if field not in FIELDS:
            raise UsageError(
                f'--map: there is no field "{for_screen(field, one_line=True, limit=60)}".',
                f"fields: {', '.join(FIELDS)}",
            )
    opened = open_text(stream, name)
    start = opened.head.lstrip("\ufeff \t\r\n")
    if format == "jsonl" or (format is None and _is_json(start)):
        rows = _json_rows(opened, start)
        yield from (_renamed(row, mapping) for row in rows) if mapping else rows
    elif start:
        yield from _table_rows(opened, name, mapping)


def read_mentions(
    stream: BinaryIO,
    *,
    name: str,
    now: datetime,
    channel: str = "import",
    source: str | None = None,
    format: TableFormat | None = None,  # noqa: A002
    mapping: Mapping[str, str] = _AS_IT_IS,
) -> Iterator[Mention | Broken]:
    """Read a file to the end: :func:`read_rows`, each row a mention or a dead letter."""
    for row in read_rows(stream, name=name, format=format, mapping=mapping):
        if isinstance(row, Broken):
            yield row
        else:
            yield to_mention(row, channel=channel, now=now, source=source)


def _is_json(start: str) -> bool:
    return start.startswith("{") or (start.startswith("[") and start[1:].lstrip()[:1] in {"{", "]"})


def _json_rows(opened: Opened, start: str) -> Iterator[Row | Broken]:
    """Lines are the rule; brackets around them, or records laid out for reading, are the exception."""
    laid_out = start.startswith("[") or start.partition("\n")[0].strip() == "{"
    return json_values(opened.text) if laid_out else json_lines(opened.text)


def _renamed(row: Row | Broken, mapping: Mapping[str, str]) -> Row | Broken:
    if isinstance(row, Broken):
        return row
    record = {**row.record, **{field: row.record.get(key) for field, key in mapping.items()}}
    return Row(row.line, record, row.raw)


def _table_rows(opened: Opened, name: str, mapping: Mapping[str, str]) -> Iterator[Row | Broken]:
    header = find_header(opened.head, whole=opened.whole, name=name, mapping=mapping)
    for row in read_cells(opened.text, header.delimiter, header.width):
        if isinstance(row, Broken):
            if _line(row) > header.line:
                yield row
        elif row.line > header.line:
            yield Row(row.line, header.layout.record(row.values), row.raw)


def _line(broken: Broken) -> int:
    return int(broken.where.rpartition(" ")[2])
