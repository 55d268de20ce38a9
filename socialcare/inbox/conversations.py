"""Conversations: what one person wrote in one thread, and which message stands for it.

A conversation is one row of the inbox: its newest message that nobody answered, with the
priority of the most urgent one and the answer-by time of the whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from socialcare.clock import format_time, parse_time
from socialcare.inbox.events import Change
from socialcare.inbox.sla import Clock, ClockEvent, run_clock
from socialcare.inbox.timeline import Happened, calendar_for, events_of, happened
from socialcare.models import PRIORITIES, Label, Priority
from socialcare.settings import AnswerBy, Settings

BARE_THANKS = 80
"""A word of praise up to so many characters, after our answer, asks for none."""
_CHAIN = 20
"""Answers of our own in a row that are climbed over on the way to what they answer."""

_KNOWN_AS = """
known_as (source, external_id, id) as (
  select source, external_id, id from mention
  union all select source, external_id, mention_id from alias)
"""
# What may belong together because of ``ids``: the mentions among them, and those that
# answer one of them, through answers of our own.
_CONCERNED = f"""
with recursive {_KNOWN_AS}, below (id, role, depth) as (
  select id, role, 0 from mention where id in (select value from json_each(:ids))
  union
  select c.id, c.role, b.depth + 1 from below b
    join (select id as of, source, external_id from known_as) k on k.of = b.id
    join mention c on c.source = k.source and c.in_reply_to = k.external_id
  where (b.role = 'answer' or b.depth = 0) and b.depth < {_CHAIN} and c.role <> 'repost'
)
select distinct id from below where role = 'mention'
"""
_PAIRS = f"""
with recursive {_KNOWN_AS}, up (child, author_id, source, parent, depth) as (
  select id, author_id, source, in_reply_to, 0 from mention
    where id in (select value from json_each(:ids)) and in_reply_to is not null
  union
  select u.child, u.author_id, p.source, p.in_reply_to, u.depth + 1 from up u
    join known_as k on k.source = u.source and k.external_id = u.parent
    join mention p on p.id = k.id
  where p.role = 'answer' and p.in_reply_to is not null and u.depth < {_CHAIN}
)
select u.child, p.id from up u
  join known_as k on k.source = u.source and k.external_id = u.parent
  join mention p on p.id = k.id
where p.role = 'mention' and p.author_id = u.author_id and p.id <> u.child
union
select m.id, (select min(o.id) from mention o where o.source = m.source and o.thread = m.thread
    and o.author_id = m.author_id and o.role = 'mention')
from mention m where m.id in (select value from json_each(:ids)) and m.thread is not null
"""
_MEMBERS = """
select coalesce(m.conversation, m.id) as conversation, m.id, m.created_at, length(m.text) as size,
  t.status, t.needs_answer, t.label, t.waits, t.due_at, t.due_for, t.waiting_since,
  t.priority_rank, t.first_answer_at, t.promised_at,
  l.priority, l.due_at as own_due_at, l.needs_answer as asks,
  (select value from correction c where c.mention_id = m.id and c.field = 'needs_answer') as said
from mention m join triage t on t.mention_id = m.id join label l on l.mention_id = m.id
where m.id in (select value from json_each(:ids)) or m.conversation in (
  select conversation from mention where id in (select value from json_each(:ids)))
order by 1, m.created_at, m.id
"""
_SETTLE = """
update triage set needs_answer = :needs_answer, waits = :waits, priority_rank = :priority_rank,
  due_at = :due_at, due_for = :due_for, waiting_since = :waiting_since
where mention_id = :id
"""
Member = dict[str, Any]


def join(tx: sqlite3.Connection, new: Sequence[int]) -> set[int]:
    """Put new mentions and answers into their conversations.

    Returns all members of the conversations that grew. In whatever order posts come, the
    same ones end up together.
    """
    concerned = [row[0] for row in tx.execute(_CONCERNED, {"ids": json.dumps(list(new))})]
    pairs = tx.execute(_PAIRS, {"ids": json.dumps(concerned)}).fetchall()
    pairs = [(one, other) for one, other in pairs if one != other]
    for one, other in pairs:
        _unite(tx, one, other)
    return members(tx, [one for one, _ in pairs]) if pairs else set()


def _unite(tx: sqlite3.Connection, one: int, other: int) -> None:
    rows = tx.execute("select conversation from mention where id in (?, ?)", (one, other))
    old = {row[0] for row in rows} - {None}
    first = min(one, other, *old)
    tx.execute("update mention set conversation = ? where id in (?, ?)", (first, one, other))
    for conversation in old - {first}:
        tx.execute(
            "update mention set conversation = ? where conversation = ?", (first, conversation)
        )


def members(tx: sqlite3.Connection, ids: Iterable[int]) -> set[int]:
    """These mentions and all others of their conversations."""
    listed = sorted(set(ids))
    rows = tx.execute(
        "select id from mention where conversation in (select conversation from mention"
        " where id in (select value from json_each(?)))",
        (json.dumps(listed),),
    )
    return {row[0] for row in rows}.union(listed)


def carry_on(tx: sqlite3.Connection, fresh: Sequence[int]) -> list[Change]:
    """A new message stays with whoever has its conversation, and wakes what was put off."""
    ids = json.dumps(list(fresh))
    changes = [
        Change(row["id"], "owner", None, row["owner"], "has the conversation")
        for row in tx.execute(_INHERITED, {"ids": ids}).fetchall()
        if row["owner"] is not None
    ]
    tx.executemany(
        "update triage set owner = ? where mention_id = ?",
        [(c.after, c.mention_id) for c in changes],
    )
    return changes + _wake(tx, tx.execute(_PUT_OFF, {"ids": ids}).fetchall(), "they wrote again")


_INHERITED = """
select m.id, (
  select t.owner from mention o join triage t on t.mention_id = o.id
  where o.conversation = m.conversation and o.id <> m.id
    and (o.created_at, o.id) < (m.created_at, m.id)
  order by o.created_at desc, o.id desc limit 1) as owner
from mention m join triage own on own.mention_id = m.id
where m.id in (select value from json_each(:ids)) and m.conversation is not null
  and own.owner is null
"""
_PUT_OFF = """
select distinct t.mention_id as id, t.snoozed_until from mention m
join mention o on o.author_id = m.author_id and o.role = 'mention'
  and (o.created_at, o.id) < (m.created_at, m.id)
join triage t on t.mention_id = o.id and t.status = 'snoozed'
where m.id in (select value from json_each(:ids)) and m.role = 'mention'
"""


def wake_due(tx: sqlite3.Connection, now: str) -> list[Change]:
    """Bring back what was snoozed until a time that has come."""
    rows = tx.execute(
        "select mention_id as id, snoozed_until from triage"
        " where status = 'snoozed' and snoozed_until <= ?",
        (now,),
    )
    return _wake(tx, rows.fetchall(), "its time has come")


def _wake(tx: sqlite3.Connection, rows: Sequence[sqlite3.Row], why: str) -> list[Change]:
    changes: list[Change] = []
    for row in rows:
        changes.append(Change(row["id"], "status", "snoozed", "open", why))
        if row["snoozed_until"] is not None:
            changes.append(Change(row["id"], "snoozed_until", row["snoozed_until"], None))
    tx.executemany(
        "update triage set status = 'open', snoozed_until = null where mention_id = ?",
        [(row["id"],) for row in rows],
    )
    return changes


def settle(tx: sqlite3.Connection, ids: Iterable[int], settings: Settings) -> None:
    """Say for the conversations of these mentions which message waits, since and until when."""
    listed = sorted(set(ids))
    settler = _Settler(settings.answer_by)
    for start in range(0, len(listed), 400):
        part = json.dumps(listed[start : start + 400])
        rows = [dict(row) for row in tx.execute(_MEMBERS, {"ids": part})]
        past = happened(tx, [row["id"] for row in rows])
        for _, group in groupby(rows, itemgetter("conversation")):
            tx.executemany(_SETTLE, list(settler.settled(list(group), past)))


class _Settler:
    def __init__(self, policy: AnswerBy) -> None:
        self.policy, self.calendar = policy, calendar_for(policy)

    def settled(self, group: list[Member], past: Happened) -> Iterator[Member]:
        """The members that stand otherwise than before, oldest first in and out."""
        for member in group:
            member["needs"] = _needs_answer(member, group)
        events = events_of(group, past)
        open_ = [m for m in group if m["status"] == "open" and m["needs"]]
        lead = open_[-1] if open_ else _owed(group)
        for member in group:
            now = self._alone(member, events)
            if member is lead:
                now |= self._leading(lead, open_, events)
            if any(member[name] != value for name, value in now.items()):
                yield now | {"id": member["id"]}

    def _alone(self, member: Member, events: Sequence[ClockEvent]) -> Member:
        due = member["own_due_at"]
        if any(event.kind == "paused" for event in events):
            clock = self._clock(events, member["priority"], member["label"])
            due = _due_then(clock, member["created_at"]) or due
        return {
            "needs_answer": member["needs"],
            "waits": 0,
            "priority_rank": PRIORITIES.index(member["priority"]),
            "due_at": due,
            "due_for": None,
            "waiting_since": None,
        }

    def _leading(
        self, lead: Member, open_: Sequence[Member], events: Sequence[ClockEvent]
    ) -> Member:
        rank = min(PRIORITIES.index(m["priority"]) for m in open_ or [lead])
        clock = self._clock(events, PRIORITIES[rank], lead["label"])
        if clock.due_at is None or clock.due_for is None:
            # Something put it back into the inbox of which the clock knows nothing.
            return _waiting(rank, lead["own_due_at"], "first", lead["created_at"]) if open_ else {}
        if not open_ and clock.due_for != "promise":
            return {}
        since = clock.waiting_since
        return _waiting(
            rank, format_time(clock.due_at), clock.due_for, format_time(since) if since else None
        )

    def _clock(self, events: Sequence[ClockEvent], priority: Priority, label: Label) -> Clock:
        return run_clock(self.policy, self.calendar, events, priority, label)


def _owed(group: list[Member]) -> Member | None:
    """Where we wait for the person and still owe what we promised."""
    promised = [m for m in group if m["status"] == "pending" and m["promised_at"] is not None]
    return promised[-1] if promised else None


def _due_then(clock: Clock, created_at: str) -> str | None:
    """When the question to which a message belongs was due."""
    written = parse_time(created_at)
    cycles = [cycle for cycle in clock.cycles if cycle.started <= written]
    return format_time(cycles[-1].due) if cycles else None


def _waiting(rank: int, due_at: str, due_for: str, since: str | None) -> Member:
    return {
        "waits": 1,
        "priority_rank": rank,
        "due_at": due_at,
        "due_for": due_for,
        "waiting_since": since,
    }


def _needs_answer(member: Member, group: list[Member]) -> int:
    if member["said"] is not None:
        return int(json.loads(member["said"]))
    answered = any(
        m["first_answer_at"] is not None and m["first_answer_at"] <= member["created_at"]
        for m in group
        if m is not member
    )
    thanks = answered and member["label"] == "praise" and member["size"] <= BARE_THANKS
    return 0 if thanks else member["asks"]
