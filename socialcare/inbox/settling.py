"""Which message of a conversation stands in the inbox, since when, and until when.

It is the newest that nobody answered, with the priority of the most urgent one and the
answer-by time of the whole.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from socialcare.clock import LATEST, format_time, parse_time
from socialcare.inbox.database import Database
from socialcare.inbox.sla import Clock, ClockEvent, Cycle, run_clock
from socialcare.inbox.timeline import Happened, calendar_for, events_of, happened
from socialcare.models import PRIORITIES, Label, Priority
from socialcare.settings import AnswerBy, Settings

BARE_THANKS = 80
"""A word of praise up to so many characters, after our answer, asks for none."""
_MEMBERS = """
select coalesce(m.conversation, m.id) as conversation, m.id, m.created_at, length(m.text) as size,
  t.status, t.needs_answer, t.label, t.waits, t.due_at, t.due_for, t.waiting_since,
  t.priority_rank, t.first_answer_at, t.promised_at, t.snoozed_until, m.erased_at is not null as erased,
  l.priority, l.due_at as own_due_at, l.needs_answer as asks,
  (select value from correction c where c.mention_id = m.id and c.field = 'needs_answer') as said
from mention m join triage t on t.mention_id = m.id join label l on l.mention_id = m.id
where m.id in (select value from json_each(:ids)) or m.conversation in (
  select conversation from mention where id in (select value from json_each(:ids)))
order by 1, m.created_at, m.external_id, m.id
"""
_ONE_EACH = """
select min(id) from mention where id in (select value from json_each(?))
group by coalesce(conversation, id) order by 1
"""
_SETTLE = """
update triage set needs_answer = :needs_answer, waits = :waits, priority_rank = :priority_rank,
  due_at = :due_at, due_for = :due_for, waiting_since = :waiting_since
where mention_id = :id
"""
Member = dict[str, Any]


def settle(tx: sqlite3.Connection, ids: Iterable[int], settings: Settings) -> None:
    """Say for the conversations of these mentions which message waits, since and until when."""
    settler = _Settler(settings.answer_by)
    for group, past in _conversations(tx, ids):
        tx.executemany(_SETTLE, list(settler.settled(group, past)))


def _conversations(
    tx: sqlite3.Connection, ids: Iterable[int]
) -> Iterator[tuple[list[Member], Happened]]:
    """The members of each conversation that one of these mentions belongs to, and what happened."""
    one_each = tx.execute(_ONE_EACH, (json.dumps(sorted(set(ids))),))
    listed = [row[0] for row in one_each]
    for start in range(0, len(listed), 400):
        part = json.dumps(listed[start : start + 400])
        rows = [dict(row) for row in tx.execute(_MEMBERS, {"ids": part})]
        past = happened(tx, [row["id"] for row in rows])
        for _, group in groupby(rows, itemgetter("conversation")):
            yield list(group), past


def clock_of(db: Database, id_: int, settings: Settings) -> Clock:
    """The clock of the conversation of a mention that is known to be there, with its working."""
    rows = [dict(row) for row in db.rows(_MEMBERS, {"ids": json.dumps([id_])})]
    past = happened(db.conn, [row["id"] for row in rows])
    return _Settler(settings.answer_by).clock(rows, past)


class Told(NamedTuple):
    """A conversation: its messages, what happened in it, and its clock by each policy."""

    members: Sequence[Member]
    events: Sequence[ClockEvent]
    clocks: Sequence[Clock]


def told_clocks(
    tx: sqlite3.Connection, ids: Iterable[int], policies: Sequence[AnswerBy]
) -> Iterator[Told]:
    """The conversations of these mentions, with clocks that agree with :func:`clock_of`."""
    settlers = [_Settler(policy) for policy in policies]
    for group, past in _conversations(tx, ids):
        events = _events(group, past)
        asking = _open(group) or group[-1:]
        yield Told(group, events, [settler.running(asking, events) for settler in settlers])


class _Settler:
    def __init__(self, policy: AnswerBy) -> None:
        self.policy, self.calendar = policy, calendar_for(policy)

    def settled(self, group: list[Member], past: Happened) -> Iterator[Member]:
        """The members that stand otherwise than before, oldest first in and out."""
        events = _events(group, past)
        open_ = _open(group)
        lead = open_[-1] if open_ else _owed(group)
        due = self._due_alone(events)
        for member in group:
            now = _alone(member, due(member))
            if member is lead:
                now |= self._leading(lead, open_, events)
            if any(member[name] != value for name, value in now.items()):
                yield now | {"id": member["id"]}

    def clock(self, group: list[Member], past: Happened) -> Clock:
        events = _events(group, past)
        return self.running(_open(group) or group[-1:], events)

    def _due_alone(self, events: Sequence[ClockEvent]) -> Callable[[Member], str]:
        """When a message would be due if it were the only one that waits."""
        if not any(event.kind == "paused" for event in events):
            return itemgetter("own_due_at")

        @cache
        def cycles(priority: Priority, label: Label) -> Sequence[Cycle]:
            return self._clock(events, priority, label).cycles

        def due(member: Member) -> str:
            then = _due_then(cycles(member["priority"], member["label"]), member["created_at"])
            return then or str(member["own_due_at"])

        return due

    def _leading(
        self, lead: Member, open_: Sequence[Member], events: Sequence[ClockEvent]
    ) -> Member:
        rank = _rank(open_ or [lead])
        clock = self.running(open_ or [lead], events)
        if clock.due_at is None or clock.due_for is None:
            # Something put it back into the inbox of which the clock knows nothing.
            return _waiting(rank, lead["own_due_at"], "first", lead["created_at"]) if open_ else {}
        if not open_ and clock.due_for != "promise":
            return {}
        since = clock.waiting_since
        return _waiting(
            rank, format_time(clock.due_at), clock.due_for, format_time(since) if since else None
        )

    def running(self, asking: Sequence[Member], events: Sequence[ClockEvent]) -> Clock:
        """Of several messages the one counts that is due first: nobody waits longer for
        writing again.
        """
        priority = PRIORITIES[_rank(asking)]
        labels = dict.fromkeys(member["label"] for member in reversed(asking))
        opened = [event.at for event in events if event.kind == "resumed"]
        clocks = [self._clock(events, priority, label) for label in labels]
        if opened and clocks[0].waiting_since is None and _open(asking[-1:]):
            # It was answered, and somebody or its time put it back: it is asked anew from then on.
            events = [*events, ClockEvent(max(opened), "asked")]
            clocks = [self._clock(events, priority, label) for label in labels]
        return min(clocks, key=lambda clock: clock.due_at or LATEST)

    def _clock(self, events: Sequence[ClockEvent], priority: Priority, label: Label) -> Clock:
        return run_clock(self.policy, self.calendar, events, priority, label)


def _events(group: list[Member], past: Happened) -> list[ClockEvent]:
    answered = sorted(
        (m["first_answer_at"], place)
        for place, m in enumerate(group)
        if m["first_answer_at"] is not None
    )
    for place, member in enumerate(group):
        # The first answer to another one than itself: one of these two.
        first = next((at for at, of in answered[:2] if of != place), None)
        member["needs"] = _needs_answer(member, first)
    return events_of(group, past)


def _open(group: Sequence[Member]) -> list[Member]:
    return [m for m in group if m["status"] == "open" and m["needs"] and not m["erased"]]


def _rank(group: Sequence[Member]) -> int:
    return min(PRIORITIES.index(m["priority"]) for m in group)


def _put_aside(member: Member) -> bool:
    """With the person, or put off for longer than what we promised."""
    until = member["snoozed_until"] or format_time(LATEST)
    status = member["status"]
    return bool(status == "pending" or (status == "snoozed" and until > member["promised_at"]))


def _owed(group: list[Member]) -> Member | None:
    """Where we wait for the person and still owe what we promised."""
    promised = [
        m for m in group if m["promised_at"] is not None and _put_aside(m) and not m["erased"]
    ]
    return promised[-1] if promised else None


def _alone(member: Member, due_at: str) -> Member:
    return {
        "needs_answer": member["needs"],
        "waits": 0,
        "priority_rank": PRIORITIES.index(member["priority"]),
        "due_at": due_at,
        "due_for": None,
        "waiting_since": None,
    }


def _due_then(cycles: Sequence[Cycle], created_at: str) -> str | None:
    """When the question to which a message belongs was due."""
    place = bisect_right(cycles, parse_time(created_at), key=lambda cycle: cycle.started)
    return format_time(cycles[place - 1].due) if place else None


def _waiting(rank: int, due_at: str, due_for: str, since: str | None) -> Member:
    return {
        "waits": 1,
        "priority_rank": rank,
        "due_at": due_at,
        "due_for": due_for,
        "waiting_since": since,
    }


def _needs_answer(member: Member, answered_at: str | None) -> int:
    """``answered_at`` is the first answer to another message of the conversation."""
    if member["erased"]:
        return int(member["needs_answer"])  # its words cannot be read again
    if member["said"] is not None:
        return int(json.loads(member["said"]))
    answered = answered_at is not None and answered_at <= member["created_at"]
    thanks = answered and member["label"] == "praise" and member["size"] <= BARE_THANKS
    return 0 if thanks else member["asks"]
