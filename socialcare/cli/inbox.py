"""``socialcare inbox``: what needs an answer, most urgent first."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Annotated, NoReturn

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.listing import find, view_of
from socialcare.cli.options import Fields, Format, Json, Query, Quiet
from socialcare.errors import UsageError
from socialcare.output.formats import Format as OutputFormat
from socialcare.output.formats import chosen_fields, chosen_format, write_records
from socialcare.output.records import MENTION_FIELDS, Record
from socialcare.output.screen import Screen

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
        typer.Option(
            "--limit", metavar="N", min=1, help=f"At most so many; {ROWS} in a table, else all."
        ),
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
        _watch(run, words, limit or ROWS, names)
    list_inbox(run, words, chosen, limit=limit, fields=names)
    return 0


def list_inbox(
    run: App,
    words: Sequence[str],
    form: OutputFormat,
    *,
    limit: int | None,
    fields: Sequence[str] | None = None,
) -> None:
    """Draw the table for a person, or write complete records for a program."""
    if form == "table":
        from socialcare.cli.inbox_table import show_inbox

        show_inbox(run, run.screen, words, limit=limit or ROWS, fields=fields)
        return
    found = find(run, words, limit)
    if found.header.demo:
        run.screen.say("demo data")
    cells = _cells(run) if form == "tsv" and fields is None else None
    write_records(run.screen, found.records, form, fields=fields or MENTION_FIELDS, cells=cells)


def _cells(run: App) -> Callable[[Record], Sequence[str]]:
    from socialcare.output.columns import piped_cells

    return functools.partial(piped_cells, view=view_of(run))


def _watch(run: App, words: Sequence[str], limit: int, fields: Sequence[str] | None) -> NoReturn:
    from socialcare.cli.inbox_table import show_inbox

    while True:
        screen = Screen(run.streams.measured(run.environ), run.quiet, run.accessible)
        screen.clear()
        show_inbox(run, screen, words, limit=limit, fields=fields)
        run.streams.flush()
        run.clock.sleep(REDRAW_SECONDS)
