"""``socialcare inbox``: what needs an answer, most urgent first."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.commands import COMMANDS
from socialcare.cli.context import App
from socialcare.cli.listing import Found, find, view_of
from socialcare.cli.options import Fields, Format, Json, Query, Quiet
from socialcare.errors import UsageError
from socialcare.output.accessible import spoken_mentions
from socialcare.output.columns import MENTION_COLUMNS, mention_table, piped_cells
from socialcare.output.formats import chosen_fields, chosen_format, plain_value, write_records
from socialcare.output.header import header_lines, nothing_line, spoken_header
from socialcare.output.records import MENTION_FIELDS, Record, View
from socialcare.output.screen import Screen
from socialcare.output.styled import Line
from socialcare.output.table import field_table

ROWS = 20
"""Rows of a table when ``--limit`` does not say; a pipe gets all."""
REDRAW_SECONDS = 30.0
EXAMPLES = """\b
Examples:
  socialcare inbox                              what waits, most urgent first
  socialcare inbox refund is:late               late, and about a refund
  socialcare inbox is:any author:@mia           everything by one person
  socialcare inbox --json | jq -r '.[].url'
  socialcare inbox channel:feeds --format ids
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def inbox(
    ctx: typer.Context,
    *,
    query: Query = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help=f"At most so many; {ROWS} in a table, else all."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Draw it again every 30 seconds.")] = False,
    as_json: Json = False,
    form: Format = None,
    fields: Fields = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """List what needs an answer, most urgent first."""
    run = App.of(ctx)
    tty = run.streams.stdout_tty
    chosen = chosen_format(form, as_json=as_json, tty=tty)
    names = chosen_fields(fields, MENTION_FIELDS)
    words = query or []
    if watch:
        if not tty or chosen != "table":
            raise UsageError(
                "--watch needs a terminal and draws a table.",
                "for scripts use: socialcare inbox --json",
            )
        while True:
            screen = Screen(run.streams.measured(run.environ), run.quiet, run.accessible)
            screen.clear()
            show_inbox(run, screen, words, limit=limit or ROWS, fields=names)
            run.streams.flush()
            run.clock.sleep(REDRAW_SECONDS)
    if chosen == "table":
        show_inbox(run, run.screen, words, limit=limit or ROWS, fields=names)
        return 0
    found = find(run, words, limit)
    if found.header.demo:
        run.screen.say("demo data")
    cells = functools.partial(piped_cells, view=view_of(run)) if names is None else None
    write_records(run.screen, found.records, chosen, fields=names or MENTION_FIELDS, cells=cells)
    return 0


def show_inbox(
    run: App,
    screen: Screen,
    words: Sequence[str] = (),
    *,
    limit: int,
    fields: Sequence[str] | None = None,
) -> None:
    """Draw header and table for a person, or say that nothing waits."""
    found = find(run, words, limit + 1)
    records = list(found.records)
    view = view_of(run)
    if not records:
        screen.data(nothing_line(found.header, view.now, filtered=found.asked))
        return
    screen.data(*_drawn(screen, found, records[:limit], view, fields))
    if len(records) > limit:
        screen.say(f"There are more: add --limit {limit * 2}")
    screen.say(*_footer(records[0], screen.streams.width))


def _drawn(
    screen: Screen,
    found: Found,
    records: Sequence[Record],
    view: View,
    fields: Sequence[str] | None,
) -> Iterator[Line | str]:
    width = screen.streams.width
    if screen.accessible and fields is None:
        yield spoken_header(found.header, view.now)
        yield from spoken_mentions(records, view, width)
        return
    yield from header_lines(found.header, view.now, width)
    if fields is None:
        yield from mention_table(records, view, width, MENTION_COLUMNS)
        return
    rows = [[plain_value(record.get(name)) for name in fields] for record in records]
    yield from field_table(fields, rows, width)


def _footer(first: Record, width: int) -> list[str]:
    """What to do next, on one line where it fits."""
    top = first.get("id")
    look = (
        "Go through them: socialcare triage"
        if "triage" in COMMANDS
        else f"Look at one: socialcare show {top}"
    )
    parts = [look, f"Answer one: socialcare reply {top}"]
    line = "     ".join(parts)
    return [line] if len(line) <= width else parts
