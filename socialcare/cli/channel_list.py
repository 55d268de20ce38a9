"""``socialcare channel list``: which channels there are, and how they are doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import typer

from socialcare.cli.context import App
from socialcare.cli.options import Fields, Format, Json, Quiet
from socialcare.clock import format_time
from socialcare.errors import ExitCode
from socialcare.output.formats import chosen_fields, chosen_format, plain_value, write_records
from socialcare.output.layout import wrap
from socialcare.output.records import Record
from socialcare.output.styled import Piece
from socialcare.output.table import Column, field_table, table
from socialcare.output.words import ago, ago_spoken, count
from socialcare.workflow.standing import Standing, standings

LIST_EXAMPLES = """\b
Examples:
  socialcare channel
  socialcare channel list --json | jq '.[] | select(.state != "ok")'
  socialcare channel --format ids
"""
LIST_FIELDS = (
    "v", "name", "type", "state", "signed_in", "last_success", "last_item", "failures",
    "not_before", "possibly_missed", "error_code", "error", "hint", "reads",
)  # fmt: skip
COLUMNS = (
    Column("Name", 6, 40, whole=True),
    Column("Type", 6, 16, gap=(2, 2), from_width=60),
    Column("State", 7, 7, gap=(2, 2)),
    Column("Last success", 9, 14, gap=(2, 2)),
    Column("Last item", 9, 14, gap=(2, 2), from_width=50),
    Column("Signed in", 3, 9, gap=(2, 2), from_width=72),
)


def list_(
    ctx: typer.Context,
    *,
    as_json: Json = False,
    form: Format = None,
    fields: Fields = None,
    quiet: Quiet = False,  # noqa: ARG001 - read by the screen
) -> int:
    """How each channel is doing, and what to do about it."""
    run = App.of(ctx)
    chosen = chosen_format(form, as_json=as_json, tty=run.streams.stdout_tty)
    names = chosen_fields(fields, LIST_FIELDS)
    now = run.clock.now()
    found = standings(
        run.settings, run.read(), run.paths.with_files(run.settings), run.environ, now
    )
    records = [_record(standing) for standing in found]
    if chosen != "table":
        write_records(
            run.screen,
            records,
            chosen,
            fields=names or LIST_FIELDS,
            cells=_cells(LIST_FIELDS, names),
        )
    elif not found:
        run.screen.data("No channels yet. Add one: socialcare channel add hackernews:acme")
    elif names is not None:
        rows = [[plain_value(record[name]) for name in names] for record in records]
        run.screen.data(*field_table(names, rows, run.streams.width))
    elif run.accessible:
        run.screen.data(*_spoken(found, now, run.streams.width))
    else:
        run.screen.data(*table(COLUMNS, [_row(one, now) for one in found], run.streams.width))
        run.screen.data(*_troubles(run, found))
    return ExitCode.OK


def _cells(
    known: Sequence[str], asked: Sequence[str] | None
) -> Callable[[Record], Sequence[str]] | None:
    """A tab-separated line begins with the name; the version is for JSON."""
    if asked is not None:
        return None
    return lambda record: [plain_value(record[name]) for name in known if name != "v"]


def _record(standing: Standing) -> Record:
    return {
        "v": 1,
        "name": standing.channel.name,
        "type": standing.channel.type,
        "state": standing.state,
        "signed_in": standing.signed_in,
        "last_success": _time(standing.last_success),
        "last_item": _time(standing.last_item),
        "failures": standing.failures,
        "not_before": _time(standing.not_before),
        "possibly_missed": standing.possibly_missed,
        "error_code": standing.error_code,
        "error": standing.error,
        "hint": standing.hint,
        "reads": standing.reads,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)


def _row(standing: Standing, now: datetime) -> list[Piece]:
    state = standing.state
    return [
        Piece(standing.channel.name),
        Piece(standing.channel.type),
        Piece(state, "strong" if state == "failing" else "plain"),
        Piece(_ago(standing.last_success, now)),
        Piece(_ago(standing.last_item, now)),
        Piece("yes" if standing.signed_in else ""),
    ]


def _ago(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else ago(now - moment)


def _troubles(run: App, found: Sequence[Standing]) -> Iterator[str]:
    """Below the table: what is wrong in whole sentences, and what to do."""
    for standing in found:
        for message, hint in _trouble(run, standing):
            yield from wrap(f"{standing.channel.name}: {message}", run.streams.width)
            if hint:
                yield from wrap(f"fix: {hint}", run.streams.width, "  ")


def _trouble(run: App, standing: Standing) -> Iterator[tuple[str, str]]:
    if standing.not_before is not None:
        yield f"asked to slow down, trying again after {run.clock_time(standing.not_before)}", ""
    elif standing.failures:
        times = count(standing.failures, "failure")
        yield f"{standing.error} ({standing.error_code}, {times} in a row)", standing.hint or ""
    if standing.possibly_missed is not None:
        yield f"possibly missed some: {standing.possibly_missed}", ""


def _spoken(found: Sequence[Standing], now: datetime, width: int) -> Iterator[str]:
    for number, standing in enumerate(found, 1):
        channel = standing.channel
        parts = [
            f"{number} of {len(found)}. {channel.name}, type {channel.type}, {standing.state}."
        ]
        for what, moment in (("success", standing.last_success), ("item", standing.last_item)):
            told = "never" if moment is None else ago_spoken(now - moment)
            parts.append(f"Last {what} {told}.")
        if standing.failures:
            todo = f" To do: {standing.hint}" if standing.hint else ""
            parts.append(f"It failed: {str(standing.error).rstrip('.')}.{todo}")
        yield from wrap(" ".join(parts), width)
