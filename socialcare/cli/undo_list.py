"""``socialcare undo --list``: what people did, and whether it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from socialcare.clock import format_time
from socialcare.inbox.actions import actions, handles
from socialcare.output.formats import chosen_fields, chosen_format, plain_value, write_records
from socialcare.output.history import Place, changed, where
from socialcare.output.layout import one_cell, wrap
from socialcare.output.records import list_of
from socialcare.output.styled import Line, Piece
from socialcare.output.table import Column, field_table, table
from socialcare.output.words import ago_spoken, clock_time

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.inbox.actions import Action
    from socialcare.inbox.database import Database
    from socialcare.output.records import Record

ROWS = 20
"""Rows of a table when ``--limit`` does not say; a pipe gets all."""
FIELDS = (
    *("v", "id", "at", "actor", "command", "undoes", "mentions", "accounts", "fields"),
    *("changed", "taken_back_by", "can_undo"),
)
COLUMNS = (
    Column("No", 2, 12, whole=True),
    Column("When", 12, 18, whole=True),
    Column("Who", 4, 10),
    Column("Command", 7, 15, from_width=70),
    Column("On", 4, 14, from_width=56),
    Column("Undone", 6, 12),
    Column("Changed", 7),
)


def list_actions(
    run: App, form: str | None, fields: str | None, *, as_json: bool, limit: int | None
) -> None:
    """Draw the table for a person, or write complete records for a program."""
    chosen = chosen_format(form, as_json=as_json, tty=run.streams.stdout_tty)
    names = chosen_fields(fields, FIELDS)
    db = run.read()
    if chosen == "table":
        rows = [] if db is None else list(actions(db, most=limit or ROWS))
        run.screen.data(*_drawn(run, db, rows, names))
        return
    found = iter(()) if db is None else (_record(run, db, a) for a in actions(db, most=limit))
    cells = _cells if names is None else None
    write_records(run.screen, found, chosen, fields=names or FIELDS, cells=cells)


def _record(run: App, db: Database, action: Action) -> Record:
    return {
        "v": 1,
        "id": action.id,
        "at": format_time(action.at),
        "actor": action.actor,
        "command": action.command,
        "undoes": action.undoes,
        "mentions": list(action.mentions),
        "accounts": handles(db, action.authors) if action.authors else [],
        "fields": list(dict.fromkeys(step.field for step in action.steps)),
        "changed": changed(action, _place(run)),
        "taken_back_by": action.taken_back_by,
        "can_undo": action.stays is None and action.taken_back_by is None,
    }


def _cells(record: Record) -> Sequence[str]:
    """A tab-separated line begins with the number; the version is for JSON."""
    mentions = " ".join(map(str, list_of(record, "mentions")))
    return [
        mentions if name == "mentions" else plain_value(record[name])
        for name in FIELDS
        if name != "v"
    ]


def _drawn(
    run: App, db: Database | None, rows: Sequence[Action], names: Sequence[str] | None
) -> Iterator[Line | str]:
    width = run.streams.width
    if db is None or not rows:
        yield "Nobody has changed anything yet."
    elif names is not None:
        records = [_record(run, db, row) for row in rows]
        cells = [[plain_value(record[name]) for name in names] for record in records]
        yield from field_table(names, cells, width)
    elif run.accessible:
        for number, row in enumerate(rows, 1):
            yield from wrap(f"{number} of {len(rows)}. {_spoken(run, row)}", width)
    else:
        yield from table(COLUMNS, [_row(run, row) for row in rows], width)


def _row(run: App, action: Action) -> list[Piece]:
    place = _place(run)
    cells = (
        str(action.id),
        clock_time(action.at, place.zone, place.now),
        action.actor,
        _command(action),
        where(action),
        _state(action),
        changed(action, place),
    )
    return [Piece(cell) for cell in cells]


def _command(action: Action) -> str:
    return action.command if action.undoes is None else f"{action.command} {action.undoes}"


def _state(action: Action) -> str:
    """Whether it can be taken back: nothing to say where it can."""
    if action.taken_back_by is not None:
        return f"by {action.taken_back_by}"
    return "" if action.stays is None else "cannot"


def _spoken(run: App, action: Action) -> str:
    place = _place(run)
    on = where(action)
    what = f"{changed(action, place)}{f' on {on}' if on else ''}"
    told = f"Change {action.id}, {_command(action)} by {action.actor}, "
    told += f"{ago_spoken(place.now - action.at)}: {one_cell(what)}."
    if action.taken_back_by is not None:
        return f"{told} Taken back by {action.taken_back_by}."
    return told if action.stays is None else f"{told} It cannot be taken back."


def _place(run: App) -> Place:
    return Place(run.clock.now(), run.zone)
