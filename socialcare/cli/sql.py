"""``socialcare sql``: ask the database, read only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.cli.options import Format, Json, Quiet
from socialcare.errors import ExitCode, NotFoundError, UsageError
from socialcare.inbox import sql as question
from socialcare.output.formats import chosen_format, plain_value, write_records
from socialcare.output.layout import one_cell, wrap
from socialcare.output.table import field_table

EXAMPLES = """\b
Examples:
  socialcare sql --schema
  socialcare sql "select label, count(*) from mentions group by label"
  socialcare sql "select day, label, mentions from daily" --format csv
"""

app = new_app()


@app.command(epilog=EXAMPLES)
def sql(
    ctx: typer.Context,
    *,
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="One select; - reads it from stdin.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="The views and their columns.")] = False,
    as_json: Json = False,
    form: Format = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """Ask the database in SQL; nothing can be changed this way.

    The views inbox, mentions, conversations, replies, people, daily, events and orders stay as they are
    from version to version; the tables below them do not.
    """
    run = App.of(ctx)
    db = run.read()
    if db is None:
        raise NotFoundError("there is no database yet.", "get mentions: socialcare fetch")
    chosen = chosen_format(form, as_json=as_json, tty=run.streams.stdout_tty)
    if schema and chosen == "table":
        for name, found in question.schema(db):
            run.screen.data(name, *wrap(", ".join(found), run.streams.width, indent="  "))
        return ExitCode.OK
    if schema:
        columns: Sequence[str] = ("view", "columns")
        rows = iter([(name, " ".join(found)) for name, found in question.schema(db)])
    else:
        answer = question.ask(db, _text(run, query), run.clock)
        columns, rows = _unique(answer.columns), answer.rows
    if chosen == "ids" and "id" not in columns:
        raise UsageError("the answer has no column id.", 'socialcare sql "select id from inbox"')
    if chosen == "table":
        cells = [[plain_value(value) for value in row] for row in rows]
        # A name of a column is whatever the question says.
        names = [one_cell(name) for name in columns]
        run.screen.data(*field_table(names, cells, run.streams.width))
    else:
        records = (dict(zip(columns, row, strict=True)) for row in rows)
        write_records(run.screen, records, chosen, fields=columns)
    return ExitCode.OK


def _text(run: App, query: str | None) -> str:
    if query is None:
        raise UsageError("sql needs a question.", 'socialcare sql "select * from inbox limit 5"')
    return run.streams.stdin.read() if query == "-" else query


def _unique(columns: Sequence[str]) -> tuple[str, ...]:
    """Names as keys of a record: a second ``count(*)`` is not lost."""
    found: list[str] = []
    for name in columns:
        number = 2
        unique = name
        while unique in found:
            unique = f"{name}_{number}"
            number += 1
        found.append(unique)
    return tuple(found)
