"""Conversations: what one person wrote in one thread.

A conversation is one row of the inbox; which message stands for it is in ``settling.py``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from socialcare.inbox.events import FETCH_ACTOR, Change, record
from socialcare.inbox.people import muted_mentions
from socialcare.inbox.settling import settle
from socialcare.settings import Settings

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
join triage own on own.mention_id = m.id and own.status <> 'filtered'
join author a on a.id = m.author_id
join author b on b.id = a.id or b.customer_id = a.customer_id
join mention o on o.author_id = b.id and o.role = 'mention'
  and (o.created_at, o.id) < (m.created_at, m.id)
join triage t on t.mention_id = o.id and t.status = 'snoozed'
where m.id in (select value from json_each(:ids)) and m.role = 'mention'
  -- What was written before it was put off, and only came late, is no sign of life.
  and m.created_at > coalesce((select max(n.at) from event e join action n on n.id = e.action_id
    where e.mention_id = o.id and e.field in ('status', 'snoozed_until')), o.created_at)
"""


def wake(tx: sqlite3.Connection, now: str, settings: Settings) -> list[int]:
    """Bring back what was put off until a time that has come, as an action of the clock's own.

    It happened at that time, however long nothing has run since: the answer-by clock goes on
    from there. Returns the newest message of each conversation that came back.
    """
    changes: list[Change] = []
    for until, due in groupby(tx.execute(_DUE, (now,)).fetchall(), itemgetter("snoozed_until")):
        back = _wake(tx, list(due), "its time has come")
        record(tx, back, actor=FETCH_ACTOR, command="fetch", at=until)
        changes += back
    if not changes:
        return []
    settle(tx, {change.mention_id for change in changes}, settings)
    woken = {c.mention_id for c in changes if c.field == "status" and c.after != "filtered"}
    return [row[0] for row in tx.execute(_NEWEST, {"ids": json.dumps(sorted(woken))})]


_DUE = """
select mention_id as id, snoozed_until from triage
where status = 'snoozed' and snoozed_until <= ? order by snoozed_until
"""
_NEWEST = """
select m.id from json_each(:ids) j join mention m on m.id = j.value
where not exists (select 1 from mention o
  where o.conversation = m.conversation and (o.created_at, o.id) > (m.created_at, m.id)
    and o.id in (select value from json_each(:ids)))
order by m.id
"""


def _wake(tx: sqlite3.Connection, rows: Sequence[sqlite3.Row], why: str) -> list[Change]:
    """Back into the inbox; what was answered only slept along with a newer message.

    Of somebody who was muted meanwhile nothing comes back.
    """
    ids = [row["id"] for row in rows]
    muted = muted_mentions(tx, ids)
    pending = {row[0] for row in tx.execute(_PENDING, (json.dumps(ids),))}
    changes: list[Change] = []
    for id_, until in rows:
        unseen = muted.get(id_)
        status = "filtered" if unseen else "pending" if id_ in pending else "open"
        changes.append(Change(id_, "status", "snoozed", status, unseen or why))
        if unseen:
            changes.append(Change(id_, "filtered_why", None, unseen))
        if until is not None:
            changes.append(Change(id_, "snoozed_until", until, None))
        tx.execute(
            "update triage set status = ?, filtered_why = ?, snoozed_until = null"
            " where mention_id = ?",
            (status, unseen, id_),
        )
    return changes


_PENDING = """
select m.id from json_each(?) j join mention m on m.id = j.value
where (select e.before from event e where e.mention_id = m.id and e.field = 'status'
    and e.after = '"snoozed"' order by e.id desc limit 1) = '"pending"'
  and exists (select 1 from mention o join triage t on t.mention_id = o.id
    where o.conversation = m.conversation and (o.created_at, o.id) > (m.created_at, m.id)
      and t.status in ('open', 'snoozed'))
"""
