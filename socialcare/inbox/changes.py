"""What people do to mentions: one transaction, one action number, an event for every field."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialcare.clock import format_time
from socialcare.inbox.database import Database
from socialcare.inbox.events import Change, record
from socialcare.inbox.judgement import corrected, rerank
from socialcare.inbox.store import later_of_same_author
from socialcare.models import CloseReason, Label, Priority, Status
from socialcare.settings import Settings


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall be different afterwards; None leaves a field as it is."""

    owner: str | None = None
    """A name; "" is nobody."""
    priority: Priority | None = None
    label: Label | None = None
    topics: tuple[str, ...] | None = None
    needs_answer: bool | None = None
    status: Status | None = None
    reason: CloseReason | None = None
    tag: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()
    note: str | None = None

    @property
    def corrections(self) -> dict[str, Any]:
        """Fields on which a person knows better than the classifier, for ever."""
        fields = {
            "label": self.label,
            "priority": self.priority,
            "topics": None if self.topics is None else list(self.topics),
            "needs_answer": self.needs_answer,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Done:
    """``action`` is the number of the change; None when nothing was different."""

    action: int | None
    changed: tuple[int, ...]
    skipped: tuple[int, ...]


class _Rehearsed(Exception):  # noqa: N818 - no error: it takes a rehearsal back
    """Ends the transaction of a change that was only tried."""


def change(
    db: Database,
    ids: Sequence[int],
    wish: Wish,
    settings: Settings,
    now: datetime,
    *,
    actor: str,
    command: str,
    rehearse: bool = False,
) -> Done:
    """Apply a wish to every id, all or nothing. What is so already is skipped.

    With ``rehearse`` everything is taken back again, and there is no action.
    """
    action: int | None = None
    changes: list[Change] = []
    with suppress(_Rehearsed), db.write() as tx:
        at = format_time(now)
        for id_ in ids:
            changes += _Changer(tx, id_, wish, at, actor).run()
        if rehearse:
            raise _Rehearsed
        _rerank(tx, ids, changes, wish, settings)
        action = record(tx, changes, actor=actor, command=command, at=at)
    changed = {c.mention_id for c in changes}
    return Done(
        action,
        tuple(id_ for id_ in ids if id_ in changed),
        tuple(id_ for id_ in ids if id_ not in changed),
    )


def _rerank(
    tx: sqlite3.Connection,
    ids: Sequence[int],
    changes: Sequence[Change],
    wish: Wish,
    settings: Settings,
) -> None:
    """A label, and whether a complaint was filtered, count for later mentions of that person."""
    if wish.corrections:
        rerank(tx, ids, settings)
        rerank(tx, later_of_same_author(tx, ids), settings)
        return
    back = [c.mention_id for c in changes if c.field == "status" and c.before == "filtered"]
    if back:
        rerank(tx, later_of_same_author(tx, back), settings)


class _Changer:
    def __init__(self, tx: sqlite3.Connection, id_: int, wish: Wish, at: str, actor: str) -> None:
        self.tx, self.id, self.wish, self.at, self.actor = tx, id_, wish, at, actor
        self.found: list[Change] = []

    def run(self) -> list[Change]:
        row = self.tx.execute("select * from triage where mention_id = ?", (self.id,)).fetchone()
        if row is None:
            return []
        self._owner(row)
        self._correct(row)
        self._status(row)
        self._tags()
        self._note()
        return self.found

    def _owner(self, row: sqlite3.Row) -> None:
        if self.wish.owner is None:
            return
        owner = self.wish.owner or None
        if owner != row["owner"]:
            self.tx.execute("update triage set owner = ? where mention_id = ?", (owner, self.id))
            self.found.append(Change(self.id, "owner", row["owner"], owner))

    def _correct(self, row: sqlite3.Row) -> None:
        before = corrected(self.tx, json.dumps([self.id])).get(self.id, {})
        shown = self._shown(row)
        for name, value in self.wish.corrections.items():
            if shown[name] == value and before.get(name) == value:
                continue
            self.tx.execute(
                "insert into correction values (?, ?, ?, ?, ?) on conflict do update set"
                " value = excluded.value, actor = excluded.actor, at = excluded.at",
                (self.id, name, json.dumps(value), self.actor, self.at),
            )
            self.found.append(Change(self.id, name, shown[name], value, "corrected by hand"))

    def _shown(self, row: sqlite3.Row) -> dict[str, Any]:
        view = self.tx.execute(
            "select label, priority, topics, needs_answer from mentions where id = ?", (self.id,)
        ).fetchone()
        return {
            "label": view["label"],
            "priority": view["priority"],
            "topics": json.loads(view["topics"]),
            "needs_answer": bool(row["needs_answer"]),
        }

    def _status(self, row: sqlite3.Row) -> None:
        wanted, reason = self.wish.status, self.wish.reason
        same = wanted == row["status"] and reason in (None, row["close_reason"])
        if wanted is None or same:
            return
        answered = self.at if reason == "answered" else None
        self.tx.execute(
            "update triage set status = ?, close_reason = ?, filtered_why = null,"
            " first_answer_at = coalesce(first_answer_at, ?) where mention_id = ?",
            (wanted, reason, answered, self.id),
        )
        self.found.append(Change(self.id, "status", row["status"], wanted, reason))
        if answered and row["first_answer_at"] is None:
            self.found.append(Change(self.id, "first_answer_at", None, answered))

    def _tags(self) -> None:
        for tag in self.wish.tag:
            if self.tx.execute(
                "insert into tag values (?, ?) on conflict do nothing", (self.id, tag)
            ).rowcount:
                self.found.append(Change(self.id, "tag", None, tag))
        for tag in self.wish.untag:
            if self.tx.execute(
                "delete from tag where mention_id = ? and tag = ?", (self.id, tag)
            ).rowcount:
                self.found.append(Change(self.id, "tag", tag, None))

    def _note(self) -> None:
        if self.wish.note:
            self.tx.execute(
                "insert into note (mention_id, author, at, text) values (?, ?, ?, ?)",
                (self.id, self.actor, self.at, self.wish.note),
            )
            self.found.append(Change(self.id, "note", None, self.wish.note))
