"""What people do to mentions: one transaction, one action number, an event for every field."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from socialcare.clock import format_time
from socialcare.inbox.actions import BY_PEOPLE
from socialcare.inbox.conflicts import refuse_overwriting
from socialcare.inbox.conversations import members, wake
from socialcare.inbox.database import Database
from socialcare.inbox.events import Change, record
from socialcare.inbox.fields import CORRECTIONS, Hand, put, standing, stands
from socialcare.inbox.judgement import later_of_same_author, rerank
from socialcare.inbox.leases import Lease, held_among, refuse, take_away
from socialcare.inbox.settling import settle
from socialcare.inbox.tombstones import erased_among, refuse_erased
from socialcare.models import CloseReason, Label, Priority, Status
from socialcare.settings import Settings

_TOLD = ("owner", "status", "close_reason", *CORRECTIONS)
"""Fields of which it is said what they were when somebody else had set them."""
_SETTERS = f"""
select mention_id, field, actor from (
  select e.mention_id, e.field, a.actor,
    row_number() over (partition by e.mention_id, e.field order by e.id desc) as n
  from event e join action a on a.id = e.action_id
  where e.mention_id in (select value from json_each(?)) and {BY_PEOPLE})
where n = 1
"""

Held = Literal["refuse", "skip", "steal"]
"""What becomes of a mention that a colleague is answering."""


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
    snoozed_until: datetime | None = None
    """With status snoozed; None there is until the person writes again."""
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

    @property
    def decides(self) -> bool:
        """Whether it would cut across a colleague who is answering; notes and tags never do."""
        return bool(self.corrections) or self.owner is not None or self.status is not None


class Replaced(NamedTuple):
    """A value that somebody else had set, or another owner; ``by`` is None where no person did."""

    mention_id: int
    field: str
    before: Any
    by: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """``action`` is the number of the change; None when nothing was different."""

    action: int | None
    changed: tuple[int, ...]
    skipped: tuple[int, ...]
    replaced: tuple[Replaced, ...] = ()
    held: tuple[Lease, ...] = ()
    """Who has those of the skipped ones that a colleague is answering."""
    along: tuple[int, ...] = ()
    """Those of the changed ones that were not named: the rest of their conversations."""


class Rehearsed(Exception):  # noqa: N818 - no error: it takes a rehearsal back
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
    held: Held = "refuse",
    seen: Mapping[int, int] | None = None,
) -> Done:
    """Apply a wish to every id, all or nothing. What is so already is skipped.

    With ``rehearse`` everything is taken back again, and there is no action. ``seen`` is the
    last event of each mention that the person has seen.

    Raises
    ------
    HeldError
        A colleague has one of them, and that is to be refused.
    NotFoundError
        One of them was erased, and they were named.
    BlockedError
        Somebody else changed since ``seen`` what this would write over.

    """
    action: int | None = None
    changes: list[Change] = []
    replaced: tuple[Replaced, ...] = ()
    kept_out: Mapping[int, Lease] = {}
    with suppress(Rehearsed), db.write() as tx:
        hand = Hand(actor, now, command)
        wake(tx, hand.at, settings)
        if held != "skip":
            refuse_erased(tx, ids)
        left_out = erased_among(tx, ids) if held == "skip" else set()
        kept_out = _kept_out(tx, ids, hand, held) if wish.decides else {}
        free = [id_ for id_ in ids if id_ not in left_out and id_ not in kept_out]
        for id_ in free:
            changes += Changer(tx, id_, wish, hand).run(named=True)
        for id_ in moving_along(tx, free, wish):
            changes += Changer(tx, id_, wish, hand).run(named=False)
        touched = [(c.mention_id, c.field) for c in changes]
        refuse_overwriting(tx, touched, seen or {}, actor, now)
        replaced = _replaced(tx, changes, actor)
        if rehearse:
            raise Rehearsed
        action = record(tx, changes, actor=actor, command=command, at=hand.at)
        follow_up(tx, changes, settings)
    changed = dict.fromkeys(c.mention_id for c in changes)
    skipped = tuple(id_ for id_ in ids if id_ not in changed)
    along = tuple(set(changed).difference(ids))
    return Done(action, tuple(changed), skipped, replaced, tuple(kept_out.values()), along)


def _kept_out(
    tx: sqlite3.Connection, ids: Sequence[int], hand: Hand, held: Held
) -> Mapping[int, Lease]:
    """What a colleague is answering and is to be left alone."""
    if held == "steal":
        take_away(tx, ids, hand.actor)
        return {}
    found = held_among(tx, ids, hand.actor, hand.now)
    if held == "refuse":
        refuse(found, hand.now)
    return found


def _replaced(tx: sqlite3.Connection, changes: Sequence[Change], me: str) -> tuple[Replaced, ...]:
    """What these changes, not recorded yet, take the place of."""
    old = [c for c in changes if c.before is not None and c.field in _TOLD]
    ids = json.dumps(sorted({c.mention_id for c in old}))
    setters = {(row[0], row[1]): row[2] for row in tx.execute(_SETTERS, (ids,))}
    found = (
        Replaced(c.mention_id, c.field, c.before, setters.get((c.mention_id, c.field))) for c in old
    )
    return tuple(
        each
        for each in found
        if (each.before != me if each.field == "owner" else each.by not in (None, me))
    )


def moving_along(tx: sqlite3.Connection, ids: Sequence[int], wish: Wish) -> list[int]:
    """The rest of the conversations, where an owner or a state is for all of it."""
    if wish.owner is None and wish.status is None:
        return []
    others = members(tx, ids).difference(ids)
    rows = tx.execute(
        "select mention_id from triage where status in ('open', 'pending', 'snoozed')"
        " and mention_id in (select value from json_each(?)) order by mention_id",
        (json.dumps(sorted(others)),),
    )
    return [row[0] for row in rows]


def follow_up(tx: sqlite3.Connection, changes: Sequence[Change], settings: Settings) -> None:
    """Bring priorities, due times and conversations in line with changes that are recorded.

    A label, and whether a complaint was filtered, count for later mentions of that person.
    """
    changed = {c.mention_id for c in changes}
    ranked = {c.mention_id for c in changes if c.field in CORRECTIONS}
    back = {
        c.mention_id for c in changes if c.field == "status" and "filtered" in (c.before, c.after)
    }
    rerank(tx, ranked, settings)
    rerank(tx, later_of_same_author(tx, sorted(ranked | back)), settings)
    settle(tx, changed - ranked, settings)


class Changer:
    """Brings a wish about for one mention, and says what became different. ``by`` is whose it is."""

    def __init__(
        self,
        tx: sqlite3.Connection,
        id_: int,
        wish: Wish,
        hand: Hand,
        by: str | None = None,
    ) -> None:
        self.tx, self.id, self.wish, self.hand, self.by = tx, id_, wish, hand, by
        self.found: list[Change] = []

    def run(self, *, named: bool) -> list[Change]:
        """What was named is changed in full; the rest of its conversation moves along."""
        sql = "select 1 from triage where mention_id = ?"
        if self.tx.execute(sql, (self.id,)).fetchone() is None:
            return []
        self._owner()
        if named:
            self._correct()
        self._status()
        if named:
            self._tags()
            if self.wish.note:
                self._put("note", None, self.wish.note)
        return self.found

    def _owner(self) -> None:
        if self.wish.owner is not None:
            self._set("owner", self.wish.owner or None, self.by)

    def _correct(self) -> None:
        for name, value in self.wish.corrections.items():
            self._set(name, value, f"{self.by or 'by hand'}; it was {_plain(self._shown(name))}")

    def _shown(self, name: str) -> Any:
        row = self.tx.execute(
            "select label, priority, topics, needs_answer from mentions where id = ?", (self.id,)
        ).fetchone()
        return json.loads(row[name]) if name == "topics" else row[name]

    def _status(self) -> None:
        wanted, reason = self.wish.status, self.wish.reason
        again = wanted == standing(self.tx, self.id, "status") and wanted != "snoozed"
        if wanted is None or (again and reason is None):
            return  # saying again that it is closed forgets no reason
        self._set("status", wanted, reason)
        self._set("close_reason", reason)
        self._set("filtered_why", None)
        until = self.wish.snoozed_until
        self._set("snoozed_until", format_time(until) if until else None)
        if reason == "answered" and standing(self.tx, self.id, "first_answer_at") is None:
            self._set("first_answer_at", self.hand.at)

    def _tags(self) -> None:
        for tag in self.wish.tag:
            if not stands(self.tx, self.id, "tag", tag):
                self._put("tag", None, tag, self.by)
        for tag in self.wish.untag:
            if stands(self.tx, self.id, "tag", tag):
                self._put("tag", tag, None)

    def _set(self, field: str, after: Any, why: str | None = None) -> None:
        before = standing(self.tx, self.id, field)
        if before != after:
            self._put(field, before, after, why)

    def _put(self, field: str, before: Any, after: Any, why: str | None = None) -> None:
        put(self.tx, self.id, field, before, after, self.hand)
        self.found.append(Change(self.id, field, before, after, why))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return {0: "no", 1: "yes"}.get(value, str(value))
