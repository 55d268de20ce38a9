"""``socialcare channel usage``: what reading cost today, where it is paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from socialcare.channels.prices import MILLS, dollars
from socialcare.cli.channel_try import channel_named
from socialcare.cli.context import App
from socialcare.cli.options import Fields, Format, Json, Quiet
from socialcare.errors import ExitCode
from socialcare.output.formats import chosen_fields, chosen_format, plain_value, write_records
from socialcare.output.layout import wrap
from socialcare.output.records import Record
from socialcare.output.styled import Piece
from socialcare.output.table import Column, field_table, table
from socialcare.workflow.spending import Cost, costs

USAGE_EXAMPLES = """\b
Examples:
  socialcare channel usage
  socialcare channel usage x --json | jq '.[0].left'
"""
FIELDS = ("v", "name", "type", "free", "spent", "budget", "left", "reads_left")
COLUMNS = (
    Column("Name", 6, 40, whole=True),
    Column("Spent today", 11, 12, gap=(2, 2), right=True),
    Column("Budget", 6, 12, gap=(2, 2), right=True),
    Column("Posts left", 10, 12, gap=(2, 2), right=True),
)


def usage(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this channel.")] = None,
    *,
    as_json: Json = False,
    form: Format = None,
    fields: Fields = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """What reading cost today, in dollars, and how much of the budget is left."""
    run = App.of(ctx)
    chosen = chosen_format(form, as_json=as_json, tty=run.streams.stdout_tty)
    asked = chosen_fields(fields, FIELDS)
    channels = [channel_named(run, name)] if name else list(run.settings.channels.values())
    found = costs(channels, run.read(), run.clock.now())
    records = [_record(cost) for cost in found]
    if chosen != "table":
        shown = asked or FIELDS
        cells = None if asked else lambda record: [plain_value(record[one]) for one in FIELDS[1:]]
        write_records(run.screen, records, chosen, fields=shown, cells=cells)
    elif asked is not None:
        rows = [[plain_value(record[one]) for one in asked] for record in records]
        run.screen.data(*field_table(asked, rows, run.streams.width))
    elif not found:
        run.screen.data("No channels yet. Add one: socialcare channel add hackernews:acme")
    elif run.accessible:
        run.screen.data(*_spoken(found, run.streams.width))
    else:
        run.screen.data(*table(COLUMNS, [_row(one) for one in found], run.streams.width))
    return ExitCode.OK


def _record(cost: Cost) -> Record:
    """Dollars have three places: the cheapest post costs a tenth of a cent."""
    day = cost.day
    return {
        "v": 1,
        "name": cost.channel.name,
        "type": cost.channel.type,
        "free": day is None,
        "spent": day.spent / MILLS if day else 0,
        "budget": day.budget / MILLS if day else None,
        "left": day.left / MILLS if day else None,
        "reads_left": day.reads_left if day else None,
    }


def _row(cost: Cost) -> list[Piece]:
    day = cost.day
    if day is None:
        return [Piece(cost.channel.name), Piece("free"), Piece(""), Piece("")]
    return [
        Piece(cost.channel.name),
        Piece(dollars(day.spent), "plain" if day.reads_left else "strong"),
        Piece(dollars(day.budget)),
        Piece(f"{day.reads_left:,}"),
    ]


def _spoken(found: Sequence[Cost], width: int) -> Iterator[str]:
    for number, cost in enumerate(found, 1):
        day, head = cost.day, f"{number} of {len(found)}. {cost.channel.name}"
        told = "free"
        if day is not None:
            told = (
                f"{dollars(day.spent)} of {dollars(day.budget)} spent today, "
                f"enough for {day.reads_left:,} more posts"
            )
        yield from wrap(f"{head}: {told}.", width)
