"""Records as a program reads them: json, jsonl, csv, tsv, ids. Complete, safe to look at.

What was written by others leaves unchanged through JSON only (and CSV with ``raw``);
everywhere else it passes :func:`socialcare.text.for_screen`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal, get_args

from socialcare.errors import UsageError
from socialcare.output.jsontext import to_json
from socialcare.output.records import Record
from socialcare.output.screen import Screen
from socialcare.text import for_screen

Format = Literal["table", "json", "jsonl", "csv", "ids", "tsv"]
FORMATS: tuple[Format, ...] = get_args(Format)
BATCH = 500
"""Records that are written at once: a write for every line costs more than the line."""

# What a spreadsheet takes for a formula, also behind blanks and signs that do not show,
# and behind quotes of our own, so that one quote can be taken off again.
_FORMULA = re.compile("'*[\\s\x00\u00a0\u200b-\u200f\u2060\ufeff]*[=+\\-@\t\r＝＋－＠]")
_SIMPLE = re.compile(r"[^\s\[]\S*")
_QUOTED = re.compile('[",\r\n]')


def chosen_format(name: str | None, *, as_json: bool, tty: bool) -> Format:
    """What the options ask for; without any, a table for people and tab-separated lines for programs.

    Raises
    ------
    UsageError
        There is no such format.

    """
    if name is None:
        return "json" if as_json else ("table" if tty else "tsv")
    for known in FORMATS:
        if name == known:
            return known
    raise UsageError(
        f'there is no format "{name[:60]}".',
        f"use one of: {', '.join(FORMATS)}",
        code="unknown_format",
    )


def chosen_fields(wanted: str | None, known: Sequence[str]) -> tuple[str, ...] | None:
    """The fields of ``--fields a,b``, in that order; None when all are wanted.

    Raises
    ------
    UsageError
        One of them does not exist.

    """
    if wanted is None:
        return None
    names = tuple(name.strip() for name in wanted.split(",") if name.strip())
    for name in names:
        if name not in known:
            raise UsageError(
                f'there is no field "{name[:60]}".',
                f"{_meant(name, known)}fields: {', '.join(known)}",
                code="unknown_field",
            )
    if not names:
        raise UsageError(
            "--fields names no field.", f"fields: {', '.join(known)}", code="unknown_field"
        )
    return names


def write_records(
    screen: Screen,
    records: Iterable[Record],
    form: Format,
    *,
    fields: Sequence[str],
    cells: Callable[[Record], Sequence[str]] | None = None,
    raw: bool = False,
) -> None:
    """Write records in any format but the table. ``cells`` are those of one tab-separated line.

    Nothing is written before the first record is there, so that a failing query leaves
    stdout empty.
    """
    stream = iter(records)
    first = list(islice(stream, 1))
    chosen = ({name: record.get(name) for name in fields} for record in _chain(first, stream))
    ascii_only = not is_utf(screen.streams.stdout.encoding)
    if form == "json":
        chunks = _json_array(chosen, ascii_only=ascii_only)
    elif form == "jsonl":
        chunks = (f"{to_json(record, ascii_only=ascii_only)}\n" for record in chosen)
    elif form == "csv":
        chunks = _csv_lines(chosen, fields, raw=raw)
    elif form == "ids":
        chunks = (
            f"{as_cell(record.get('id', record.get('name')))}\n" for record in _chain(first, stream)
        )
    elif cells is not None:
        chunks = (tsv_line(cells(record)) for record in _chain(first, stream))
    else:
        chunks = (tsv_line([plain_value(value) for value in rec.values()]) for rec in chosen)
    while batch := "".join(islice(chunks, BATCH)):
        screen.encoded(batch)


def write_object(screen: Screen, record: Record) -> None:
    """One thing is one JSON object."""
    ascii_only = not is_utf(screen.streams.stdout.encoding)
    screen.encoded(f"{to_json(dict(record), ascii_only=ascii_only)}\n")


def plain_value(value: object) -> str:
    """A value as text: nothing for null, ``true`` and ``false``, lists by blanks or as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return _plain_list(list(value))
    return to_json(value) if isinstance(value, dict) else str(value)


def as_cell(value: object) -> str:
    """One field of one line, cleaned and complete."""
    return for_screen(plain_value(value), one_line=True, limit=sys.maxsize)


def tsv_line(cells: Sequence[str]) -> str:
    return "\t".join(as_cell(cell) for cell in cells) + "\n"


def csv_cell(value: object, *, raw: bool = False) -> str:
    """One CSV field; a text that a spreadsheet could take for a formula gets a quote before it."""
    text = plain_value(value)
    if not raw and not isinstance(value, int | float):
        text = for_screen(text, limit=sys.maxsize)
        text = f"'{text}" if _FORMULA.match(text) else text
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _csv_lines(records: Iterator[Record], fields: Sequence[str], *, raw: bool) -> Iterator[str]:
    yield ",".join(csv_cell(name, raw=raw) for name in fields) + "\n"
    for record in records:
        yield ",".join(csv_cell(value, raw=raw) for value in record.values()) + "\n"


def _json_array(records: Iterator[Record], *, ascii_only: bool) -> Iterator[str]:
    before = "["
    for record in records:
        yield f"{before}{to_json(record, ascii_only=ascii_only)}"
        before = ",\n"
    yield "]\n" if before != "[" else "[]\n"


def _plain_list(values: list[object]) -> str:
    """By blanks where that can be read back, else as JSON."""
    words = [value for value in values if isinstance(value, str) and _SIMPLE.fullmatch(value)]
    return " ".join(words) if len(words) == len(values) else to_json(values)


def _meant(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]} ?  " if close else ""


def is_utf(encoding: str | None) -> bool:
    return encoding is None or encoding.lower().replace("_", "-").startswith("utf")


def _chain(first: list[Record], rest: Iterator[Record]) -> Iterator[Record]:
    yield from first
    yield from rest
