"""Taking back what people did: all of an action or nothing, and only what nobody changed since."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from socialcare.clock import parse_time
from socialcare.errors import BlockedError, NotFoundError
from socialcare.inbox import people
from socialcare.inbox.actions import Action, find_action, last_of
from socialcare.inbox.changes import Rehearsed, follow_up
from socialcare.inbox.database import Database
from socialcare.inbox.events import AuthorChange, Change, record, taken_back
from socialcare.inbox.fields import Hand, can_turn, is_as_left, turn
from socialcare.settings import Settings

COMMAND = "undo"
_EVENTS = """
select id, action_id, mention_id, author_id, field, before, after, why from event
where action_id = ? and (before is not null or after is not null) order by id desc
"""
_LATER = """
select e.id, e.action_id, e.mention_id, e.author_id, e.field, e.before, e.after, e.why, a.undoes
from event e join action a on a.id = e.action_id
where e.mention_id is ? and e.author_id is ? and e.field = ? and e.id > ?
  and (e.field <> 'tag' or ? in (e.before, e.after))
order by e.id desc
"""
# Who brought a value first: putting it back, or taking it away, does not make it another's.
_ORIGIN = """
select a.actor, a.at from event e join action a on a.id = e.action_id
where e.mention_id is ? and e.author_id is ? and e.field = ? and e.after = ? and e.id <= ?
  and a.undoes is null order by e.id desc limit 1
"""
AnyChange = Change | AuthorChange


@dataclass(frozen=True, slots=True)
class Undone:
    """``action`` took ``taken_back`` back; None in a rehearsal.

    ``concerns`` is what somebody did in the first place; with ``again`` it counts now.
    """

    action: int | None
    taken_back: Action
    concerns: Action
    again: bool
    mentions: tuple[int, ...]
    authors: tuple[int, ...]


class CannotUndoError(BlockedError):
    """An action that cannot be taken back: it stays, or ``by`` was done since.

    ``change`` is the field that is not as the action left it, ``since`` what became of it.
    """

    def __init__(
        self,
        action: Action,
        *,
        by: Action | None = None,
        change: AnyChange | None = None,
        since: AnyChange | None = None,
        instead: int | None = None,
    ) -> None:
        super().__init__(f"action {action.id} cannot be taken back.", "socialcare undo --list")
        self.action, self.by, self.change, self.since = action, by, change, since
        self.instead = instead
        """An earlier action that can be taken back, where none was named."""


def take_back(
    db: Database,
    number: int | None,
    settings: Settings,
    now: datetime,
    *,
    actor: str,
    rehearse: bool = False,
) -> Undone | None:
    """Take back one action, anybody's; without a number the last one of ``actor`` that counts.

    None where there is nothing to take back.

    Raises
    ------
    NotFoundError
        There is no such action.
    CannotUndoError
        It cannot be taken back, it is already, or something was changed since.

    """
    undone: Undone | None = None
    with suppress(Rehearsed), db.write() as tx:
        action, instead = _meant(db, number, actor)
        if action is not None:
            _check(db, action, instead)
            changes = _reverse(tx, db, action, Hand(actor, now, COMMAND), settings)
            undone = _undone(db, None, action, changes)
        if rehearse or action is None:
            raise Rehearsed
        hand = Hand(actor, now, COMMAND)
        made = record(tx, changes, actor=actor, command=COMMAND, at=hand.at, undoes=action.id)
        follow_up(tx, [c for c in changes if isinstance(c, Change)], settings)
        undone = _undone(db, made, action, changes)
    return undone


def _undone(
    db: Database, number: int | None, action: Action, changes: Sequence[AnyChange]
) -> Undone:
    first, again = action, False
    while first.undoes is not None and (before := find_action(db, first.undoes)) is not None:
        first, again = before, not again
    mentions = {c.mention_id for c in changes if isinstance(c, Change)}
    authors = {c.author_id for c in changes if isinstance(c, AuthorChange)}
    return Undone(number, action, first, again, tuple(sorted(mentions)), tuple(sorted(authors)))


def _meant(db: Database, number: int | None, actor: str) -> tuple[Action | None, int | None]:
    """The action, and where it was not named the one before that can be taken back."""
    if number is not None:
        action = find_action(db, number)
        if action is None:
            raise NotFoundError(
                f"there is no action {number}.", "see their numbers: socialcare undo --list"
            )
        return action, None
    own = last_of(db, actor)
    action = next(own, None)
    if action is None or action.stays is None:
        return action, None
    return action, next((each.id for each in own if each.stays is None), None)


def _check(db: Database, action: Action, instead: int | None) -> None:
    if action.stays is not None:
        raise CannotUndoError(action, instead=instead)
    if action.taken_back_by is not None:
        raise CannotUndoError(action, by=find_action(db, action.taken_back_by))


def _reverse(
    tx: sqlite3.Connection, db: Database, action: Action, hand: Hand, settings: Settings
) -> list[AnyChange]:
    """Turn every field round, the last one first, and bring the mentions of people in line."""
    was = people.muted(tx, people.accounts(tx, action.authors)) if action.authors else {}
    changes: list[AnyChange] = []
    for row in tx.execute(_EVENTS, (action.id,)).fetchall():
        done = _change(row)
        if not (can_turn(done) and is_as_left(tx, done)):
            raise _overtaken(tx, db, action, row)
        back = done._replace(before=done.after, after=done.before, why=None)
        turn(tx, back, _origin(tx, row, back) or hand)
        changes.append(back)
    if was:
        changes += people.settle_people(tx, was, settings)
    return changes


def _overtaken(
    tx: sqlite3.Connection, db: Database, action: Action, row: sqlite3.Row
) -> CannotUndoError:
    tag = row["before"] if row["after"] in (None, "null") else row["after"]
    whose = (row["mention_id"], row["author_id"], row["field"], row["id"])
    later = tx.execute(_LATER, (*whose, tag)).fetchall()
    if not later:
        return CannotUndoError(action, change=_change(row))
    gone = taken_back(tx, {each["action_id"] for each in later})
    # Rather who did it than who brought that back.
    counting = (e for e in later if e["undoes"] is None and e["action_id"] not in gone)
    latest = next(counting, later[0])
    by = find_action(db, latest["action_id"])
    return CannotUndoError(action, by=by, change=_change(row), since=_change(latest))


def _origin(tx: sqlite3.Connection, row: sqlite3.Row, back: AnyChange) -> Hand | None:
    value = back.before if back.after is None else back.after
    whose = (row["mention_id"], row["author_id"], row["field"])
    found = tx.execute(_ORIGIN, (*whose, json.dumps(value), row["id"])).fetchone()
    return None if found is None else Hand(found["actor"], parse_time(found["at"]), COMMAND)


def _change(row: sqlite3.Row) -> AnyChange:
    before, after = (
        None if row[name] is None else json.loads(row[name]) for name in ("before", "after")
    )
    if row["author_id"] is not None:
        return AuthorChange(row["author_id"], row["field"], before, after, row["why"])
    return Change(row["mention_id"], row["field"], before, after, row["why"])
