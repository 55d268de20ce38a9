"""``socialcare channel types``: which channels there can be, and what each wants and gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from socialcare.channels.types import TypeInfo, abilities, all_types, info_of
from socialcare.cli.context import App
from socialcare.cli.options import Fields, Format, Json, Quiet
from socialcare.errors import ExitCode
from socialcare.output.formats import chosen_fields, chosen_format, plain_value, write_records
from socialcare.output.layout import wrap
from socialcare.output.records import Record
from socialcare.output.styled import Line, Piece
from socialcare.output.table import field_table

TYPES_EXAMPLES = """\b
Examples:
  socialcare channel types
  socialcare channel types x email
  socialcare channel types --json | jq '.[] | select(.costs=="nothing").type'
"""
FIELDS = (
    "v", "type", "reads", "needs", "posts", "examples", "keys", "secrets",
    "can", "costs", "tested", "closed", "secrets_from", "package",
)  # fmt: skip
LABELS = 9
"""Columns that the words before a text take."""
BESIDE_FROM = 60
"""On narrower screens a text begins right behind its label."""


def types(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[TYPE]...", help="Only these.")
    ] = None,
    *,
    as_json: Json = False,
    form: Format = None,
    fields: Fields = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Every channel type: what it reads and can, needs and costs, and how to add it."""
    run = App.of(ctx)
    chosen = chosen_format(form, as_json=as_json, tty=run.streams.stdout_tty)
    asked = chosen_fields(fields, FIELDS)
    infos = [info_of(name) for name in names] if names else all_types()
    records = [_record(info) for info in infos]
    if chosen == "ids":
        run.screen.data(*(info.type for info in infos))
    elif chosen != "table":
        cells = None if asked else _cells
        write_records(run.screen, records, chosen, fields=asked or FIELDS, cells=cells)
    elif asked is not None:
        rows = [[plain_value(record[name]) for name in asked] for record in records]
        run.screen.data(*field_table(asked, rows, run.streams.width))
    elif run.accessible:
        run.screen.data(*_spoken(infos, run.streams.width))
    else:
        run.screen.data(*_lines(infos, run.streams.width))
    return ExitCode.OK


def _record(info: TypeInfo) -> Record:
    return {
        "v": 1,
        "type": info.type,
        "reads": info.reads,
        "needs": info.needs,
        "posts": info.posts,
        "examples": list(info.examples),
        "keys": list(info.keys),
        "secrets": list(info.secrets),
        "can": None if info.can is None else list(info.can),
        "costs": info.costs,
        "tested": info.tested,
        "closed": info.closed,
        "secrets_from": dict(info.secrets),
        "package": info.package,
    }


def _cells(record: Record) -> list[str]:
    return [plain_value(record[name]) for name in FIELDS[1:]]


def _told(info: TypeInfo) -> Iterator[tuple[str, str]]:
    """What is said of a type below its name, each with its label."""
    yield "reads", info.reads
    yield "can", abilities(info.can)
    yield "needs", info.needs
    yield "costs", info.costs
    yield "tested", info.tested
    if info.closed:
        yield "but", info.closed
    if info.package:
        yield "from", f"the package {info.package}"


def _lines(infos: Sequence[TypeInfo], width: int) -> Iterator[Line | str]:
    """A paragraph for each: a table would cut what has to be typed."""
    for info in infos:
        yield (Piece(info.type, "strong"),)
        for label, text in _told(info):
            yield from _labelled(label, text, width)
        for number, example in enumerate(info.examples):
            command = f"socialcare channel add {example}"
            yield from _labelled("" if number else "add", command, width)


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    if width < BESIDE_FROM:
        yield from wrap(f"{label}: {text}" if label else text, width, "  ")
        return
    first, *rest = wrap(text, width - LABELS - 2)
    yield f"  {label:<{LABELS}}{first}"
    yield from (f"{' ' * (LABELS + 2)}{line}" for line in rest)


def _spoken(infos: Sequence[TypeInfo], width: int) -> Iterator[str]:
    for number, info in enumerate(infos, 1):
        parts = [f"{number} of {len(infos)}. {info.type}."]
        parts += [f"{label.capitalize()}: {text}." for label, text in _told(info)]
        if info.examples:
            parts.append(f"Add it: socialcare channel add {info.examples[0]}")
        yield from wrap(" ".join(parts), width)
