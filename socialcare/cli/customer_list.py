"""``socialcare customer list``: who writes to us, and who is muted by whom and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from socialcare.cli.context import App
from socialcare.cli.listing import view_of
from socialcare.cli.options import Fields, Format, Json, Quiet
from socialcare.errors import ExitCode
from socialcare.output.formats import chosen_fields, chosen_format, plain_value, write_records
from socialcare.output.layout import one_cell, wrap
from socialcare.output.records import Record, View, list_of, number_of, text_of
from socialcare.output.styled import Piece
from socialcare.output.table import Column, field_table, table
from socialcare.output.words import ago, ago_spoken, count, moment

if TYPE_CHECKING:
    from socialcare.inbox.database import Database

ROWS = 20
"""Rows of a table when ``--limit`` does not say; a pipe gets all."""
FIELDS = (
    *("v", "id", "handles", "name", "channels", "mentions", "complaints", "open", "first_seen"),
    *("last_seen", "customer", "muted", "muted_at", "muted_by", "muted_why"),
)
LIST_EXAMPLES = """\b
Examples:
  socialcare customer
  socialcare customer list mia --json
  socialcare customer --muted                 who is muted, by whom and why
"""
COLUMNS = (
    Column("Who", 12),
    Column("Channels", 8, 12, most_wide=30, gap=(2, 2), from_width=60),
    Column("Mentions", 8, 8, right=True, gap=(2, 2), from_width=72),
    Column("Complaints", 10, 10, right=True, gap=(2, 2), from_width=72),
    Column("Open", 4, 6, right=True, gap=(2, 2)),
    Column("Last seen", 9, 12, gap=(2, 2)),
    Column("Muted", 5, 16, gap=(2, 2), from_width=60),
)
MUTED_COLUMNS = (
    Column("Who", 12, 30, most_wide=50),
    Column("Muted by", 5, 12, gap=(2, 2)),
    Column("When", 9, 12, gap=(2, 2), from_width=56),
    Column("Mentions", 8, 8, right=True, gap=(2, 2), from_width=72),
    Column("Why", 13, gap=(2, 2)),
)


def list_(
    ctx: typer.Context,
    *,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]...", help="Part of a handle or name.")
    ] = None,
    muted: Annotated[bool, typer.Option("--muted", help="Who is muted, by whom and why.")] = False,
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
    """Who writes to us, most recent contact first."""
    run = App.of(ctx)
    chosen = chosen_format(form, as_json=as_json, tty=run.streams.stdout_tty)
    names = chosen_fields(fields, FIELDS)
    found = _found(run.read(), words or (), only_muted=muted)
    if chosen == "table":
        rows = limit or ROWS
        kept = list(islice(found, rows + 1))
        _draw(run, kept, names, rows, muted=muted, asked=bool(words))
    else:
        cells = _cells if chosen == "tsv" and names is None else None
        write_records(run.screen, islice(found, limit), chosen, fields=names or FIELDS, cells=cells)
    return ExitCode.OK


def _found(db: Database | None, words: Sequence[str], *, only_muted: bool) -> Iterator[Record]:
    if db is None:
        return iter(())
    from socialcare.inbox.contacts import list_people

    return list_people(db, words, only_muted=only_muted)


def _cells(record: Record) -> list[str]:
    """A tab-separated line begins with the handle; the version is for JSON."""
    return [plain_value(record[name]) for name in FIELDS if name != "v"]


def _draw(
    run: App,
    found: Sequence[Record],
    names: Sequence[str] | None,
    limit: int,
    *,
    muted: bool,
    asked: bool,
) -> None:
    view, width, kept = view_of(run), run.streams.width, found[:limit]
    if not kept:
        told = "Nobody is muted." if muted else "Nobody has written yet."
        run.screen.data("Nobody here is called so." if asked else told)
    elif names is not None:
        rows = [[plain_value(record[name]) for name in names] for record in kept]
        run.screen.data(*field_table(names, rows, width))
    elif run.accessible:
        run.screen.data(*_spoken(kept, view, width))
    elif muted:
        run.screen.data(*table(MUTED_COLUMNS, [_muted_row(one, view) for one in kept], width))
    else:
        run.screen.data(*table(COLUMNS, [_row(one, view) for one in kept], width))
    if len(found) > limit:
        run.screen.say(f"There are more: add --limit {limit * 2}")


def _row(record: Record, view: View) -> list[Piece]:
    return [
        Piece(_who(record)),
        Piece(", ".join(map(str, list_of(record, "channels")))),
        *(Piece(_number(record, name)) for name in ("mentions", "complaints", "open")),
        Piece(_ago(record, "last_seen", view)),
        Piece(f"by {text_of(record, 'muted_by')}" if record["muted"] else ""),
    ]


def _muted_row(record: Record, view: View) -> list[Piece]:
    return [
        Piece(_who(record)),
        Piece(text_of(record, "muted_by")),
        Piece(_ago(record, "muted_at", view)),
        Piece(_number(record, "mentions")),
        Piece(text_of(record, "muted_why")),
    ]


def _who(record: Record) -> str:
    return ", ".join(map(str, list_of(record, "handles")))


def _number(record: Record, name: str) -> str:
    return f"{number_of(record, name) or 0:,.0f}"


def _ago(record: Record, name: str, view: View) -> str:
    when = moment(record[name])
    return "" if when is None else ago(view.now - when)


def _spoken(found: Sequence[Record], view: View, width: int) -> Iterator[str]:
    for number, record in enumerate(found, 1):
        yield from wrap(f"{number} of {len(found)}. {one_cell(_sentences(record, view))}", width)


def _sentences(record: Record, view: View) -> str:
    """``@mia@mas.to, on mastodon: 2 mentions, 1 complaint, 1 open. Last seen 2 hours ago.``"""
    complaints = int(number_of(record, "complaints") or 0)
    counts = [
        count(int(number_of(record, "mentions") or 0), "mention"),
        count(complaints, "complaint") if complaints else "",
        f"{_number(record, 'open')} open" if record["open"] else "",
    ]
    channels = " and ".join(map(str, list_of(record, "channels")))
    told = f"{_who(record)}, on {channels}: {', '.join(filter(None, counts))}."
    if seen := moment(record["last_seen"]):
        told += f" Last seen {ago_spoken(view.now - seen)}."
    if muted := moment(record["muted_at"]):
        why = text_of(record, "muted_why")
        told += f" Muted by {text_of(record, 'muted_by')} {ago_spoken(view.now - muted)}"
        told += f": {why}." if why else "."
    return told
