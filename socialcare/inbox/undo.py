"""Taking back what people did: all of an action or nothing, and only what nobody changed since."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from socialcare.clock import format_time, parse_time
from socialcare.errors import BlockedError, NotFoundError
from socialcare.inbox import people
from socialcare.inbox.actions import ERASED_SINCE, Action, concern, find_action, last_of
from socialcare.inbox.changes import Rehearsed, follow_up
from socialcare.inbox.database import Database
from socialcare.inbox.events import FETCH_ACTOR, AuthorChange, Change, record
from socialcare.inbox.fields import Hand, can_turn, is_as_left, standing, turn
from socialcare.settings import Settings

COMMAND = "undo"
_EVENTS = f"""
select id, action_id, mention_id, author_id, field, before, after, why from event
where action_id = ? and (before is not null or after is not null)
  and not ({ERASED_SINCE}) order by id desc
"""
_LATER = """
select id, action_id, mention_id, author_id, field, before, after, why from event
where {whose} = ? and field = ? and id > ?
  and (field <> 'tag' or ? in (before, after))
order by id desc
"""
_STATE = """
select id, action_id, mention_id, author_id, field, before, after, why from event
where action_id = ? and mention_id = ? and field = 'status'
"""
_BEFORE = """
select a.actor, a.at from event e join action a on a.id = e.action_id
where e.{whose} = ? and e.field = ? and e.after = ? and a.id < ?
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
            changes = _Reversal(tx, db, action, Hand(actor, now, COMMAND)).run(settings)
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
    first, again = concern(db, action)
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


class _Reversal:
    """Turns the fields of one action round, the last one first."""

    def __init__(self, tx: sqlite3.Connection, db: Database, action: Action, hand: Hand) -> None:
        self.tx, self.db, self.action, self.hand = tx, db, action, hand
        self.first, self.again = concern(db, action)
        self._roots: dict[int, Action] = {}

    def run(self, settings: Settings) -> list[AnyChange]:
        """Where the mentions of people stand follows from their accounts: those decide."""
        action = self.action
        if not action.authors:
            done_back = [
                back
                for row in self._events()
                if (back := self._decided(row, change_of(row))) is not None
            ]
            hidden = [
                c.mention_id for c in done_back if isinstance(c, Change) and c.after == "filtered"
            ]
            return done_back + people.let_go(self.tx, hidden)
        was = people.muted(self.tx, people.accounts(self.tx, action.authors))
        changes: list[AnyChange] = []
        for row in self._events():
            done = change_of(row)
            if isinstance(done, AuthorChange):
                back = self._decided(row, done)
                changes += [] if back is None else [back]
            elif can_turn(done) and is_as_left(self.tx, done):
                changes.append(self._turned(done, self.hand))
        since = format_time(action.at)
        return changes + people.settle_people(self.tx, was, settings, since=since)

    def _events(self) -> list[sqlite3.Row]:
        return self.tx.execute(_EVENTS, (self.action.id,)).fetchall()

    def _decided(self, row: sqlite3.Row, done: AnyChange) -> AnyChange | None:
        """The change turned round; None where its time has come and did it already."""
        # What is done again goes on top of what there is; what is taken away must lie there.
        above = None if self.again else self._above(row)
        if above is not None and self._ended_by_itself(done, above):
            return None
        if above is not None or not (can_turn(done) and is_as_left(self.tx, done)):
            raise self._overtaken(row, above)
        return self._turned(done, origin(self.tx, self.first, self.again, _back(done)) or self.hand)

    def _ended_by_itself(self, done: AnyChange, above: sqlite3.Row) -> bool:
        """A snooze whose time has come: it is as it was before, and nobody decided anything."""
        if isinstance(done, AuthorChange) or done.field not in ("status", "snoozed_until"):
            return False
        if self._root(above["action_id"]).actor != FETCH_ACTOR:
            return False
        return bool(standing(self.tx, done.mention_id, done.field) == done.before)

    def _turned(self, done: AnyChange, hand: Hand) -> AnyChange:
        back = _back(done)
        turn(self.tx, back, hand)
        return back

    def _above(self, row: sqlite3.Row) -> sqlite3.Row | None:
        """The newest event of the same field that counts and is later than the action's own."""
        if row["field"] == "note":
            return None  # every note stands for itself
        for later in _later(self.tx, row):
            root = self._root(later["action_id"])
            if root.id == self.first.id:
                return None
            if root.taken_back_by is None:
                return later
        return None

    def _root(self, number: int) -> Action:
        if number not in self._roots:
            action = find_action(self.db, number)
            assert action is not None, "an event has its action"
            self._roots[number] = concern(self.db, action)[0]
        return self._roots[number]

    def _overtaken(self, row: sqlite3.Row, above: sqlite3.Row | None) -> CannotUndoError:
        latest = above or next(iter(_later(self.tx, row)), None)
        if latest is None:
            return CannotUndoError(self.action, change=change_of(row))
        # A state says more than the reasons and times that went with it.
        whose = (latest["action_id"], latest["mention_id"])
        since = change_of(self.tx.execute(_STATE, whose).fetchone() or latest)
        by = find_action(self.db, latest["action_id"])
        return CannotUndoError(self.action, by=by, change=change_of(row), since=since)


def _back(done: AnyChange) -> AnyChange:
    return done._replace(before=done.after, after=done.before, why=None)


def _later(tx: sqlite3.Connection, row: sqlite3.Row) -> list[sqlite3.Row]:
    """Later events of the same field, the newest first; of a tag only those of the same one."""
    tag = row["before"] if row["after"] in (None, "null") else row["after"]
    whose = "mention_id" if row["author_id"] is None else "author_id"
    sql = _LATER.format(whose=whose)
    return tx.execute(sql, (row[whose], row["field"], row["id"], tag)).fetchall()


def origin(tx: sqlite3.Connection, first: Action, again: bool, change: AnyChange) -> Hand | None:
    """Who brought the value that a change puts back or takes away: that it was away in between
    does not make it another's.
    """
    if again is (change.after is not None):
        return Hand(first.actor, first.at, first.command)
    value = change.before if change.after is None else change.after
    sql = _BEFORE.format(whose="author_id" if isinstance(change, AuthorChange) else "mention_id")
    found = tx.execute(sql, (change[0], change.field, json.dumps(value), first.id)).fetchone()
    return None if found is None else Hand(found["actor"], parse_time(found["at"]), COMMAND)


def change_of(row: sqlite3.Row) -> AnyChange:
    """The change that a row of the events holds."""
    before, after = (
        None if row[name] is None else json.loads(row[name]) for name in ("before", "after")
    )
    if row["author_id"] is not None:
        return AuthorChange(row["author_id"], row["field"], before, after, row["why"])
    return Change(row["mention_id"], row["field"], before, after, row["why"])
