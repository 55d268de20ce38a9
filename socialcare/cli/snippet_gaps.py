"""``socialcare snippet gaps``: what people ask that no ready-made answer covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Fields, Format, Json, Quiet
from socialcare.cli.snippet_shelf import shelf_of
from socialcare.errors import ExitCode, UsageError
from socialcare.output.formats import chosen_fields, chosen_format, plain_value, write_records
from socialcare.output.layout import one_cell, wrap
from socialcare.output.records import Record, list_of, text_of
from socialcare.output.styled import Piece
from socialcare.output.table import Column, field_table, table
from socialcare.output.words import count
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.snippets.gaps import Gap

FIELDS = ("v", "words", "count", "ids", "text")
ROWS = 20
"""Rows of a table when ``--limit`` does not say; a pipe gets all."""
EXAMPLES = 3
GAPS_EXAMPLES = """\b
Examples:
  socialcare snippet gaps                    of the last 7 days
  socialcare snippet gaps --since 30d --least 5
  socialcare snippet gaps --json | jq '.[0].ids'
"""
COLUMNS = (
    Column("Asked", 5, right=True),
    Column("About", 8, 24, most_wide=36, gap=(2, 2)),
    Column("Mentions", 8, 20, gap=(2, 2)),
    Column("For example", 10, gap=(2, 2), from_width=60),
)


def gaps(
    ctx: typer.Context,
    *,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="What was asked since: 7d, monday, 2026-11-01.")
    ] = "7d",
    least: Annotated[
        int, typer.Option("--least", metavar="N", min=2, help="Groups of at least so many.")
    ] = 2,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", metavar="N", min=1, help=f"At most so many; {ROWS} in a table, else all."
        ),
    ] = None,
    as_json: Json = False,
    form: Format = None,
    fields: Fields = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Questions that no snippet covers, grouped by the words that they share.

    A snippet covers a question when they have enough rare words in common, in its title, tags,
    words or text: what it lacks can be written behind words: in its header.
    """
    run = App.of(ctx)
    chosen = chosen_format(form, as_json=as_json, tty=run.streams.stdout_tty)
    names = chosen_fields(fields, FIELDS)
    found = [_record(gap) for gap in shelf_of(run).gaps(_start(run, since), least)]
    if chosen == "table":
        _draw(run, found, names, limit or ROWS)
    else:
        cells = _cells if chosen == "tsv" and names is None else None
        shown = found[:limit]
        write_records(run.screen, shown, chosen, fields=names or FIELDS, cells=cells)
    return ExitCode.OK


def _start(run: App, since: str) -> datetime:
    from socialcare.inbox.when import parse_when

    try:
        return parse_when(since, run.clock.now(), run.zone)
    except (ValueError, OverflowError):
        raise UsageError(
            f'"{for_screen(since, one_line=True, limit=60)}" is no time I know.',
            "--since 7d   --since monday   --since 2026-11-01",
        ) from None


def _record(gap: Gap) -> Record:
    words, ids = list(gap.words), list(gap.ids)
    return {"v": 1, "words": words, "count": gap.count, "ids": ids, "text": gap.text}


def _cells(record: Record) -> list[str]:
    """A tab-separated line begins with the number; the version is for JSON."""
    ids = " ".join(map(str, list_of(record, "ids")))
    return [
        plain_value(record["count"]),
        plain_value(record["words"]),
        ids,
        text_of(record, "text"),
    ]


def _draw(run: App, found: Sequence[Record], names: Sequence[str] | None, limit: int) -> None:
    width, kept = run.streams.width, found[:limit]
    if not kept:
        run.screen.data("No questions here that a snippet is missing for.")
    elif names is not None:
        rows = [[plain_value(record[name]) for name in names] for record in kept]
        run.screen.data(*field_table(names, rows, width))
    elif run.accessible:
        run.screen.data(*_spoken(kept, width))
    else:
        run.screen.data(*table(COLUMNS, [_row(record) for record in kept], width))
    if len(found) > limit:
        run.screen.say(f"There are more: add --limit {limit * 2}")
    if kept:
        run.screen.say("Write what is missing: socialcare snippet edit NAME")


def _ids(record: Record) -> str:
    ids = list_of(record, "ids")
    more = " ..." if len(ids) > EXAMPLES else ""
    return f"{', '.join(map(str, ids[:EXAMPLES]))}{more}"


def _row(record: Record) -> list[Piece]:
    words = " ".join(map(str, list_of(record, "words")))
    pieces = (f"{record['count']:,}", words, _ids(record), text_of(record, "text"))
    return [Piece(piece) for piece in pieces]


def _spoken(found: Sequence[Record], width: int) -> Iterator[str]:
    for number, record in enumerate(found, 1):
        words = " and ".join(map(str, list_of(record, "words")))
        asked = count(len(list_of(record, "ids")), "question")
        told = f"{asked} about {words}, mentions {_ids(record)}: {text_of(record, 'text')}"
        yield from wrap(f"{number} of {len(found)}. {one_cell(told)}", width)
