"""What a shift leaves to the next one: what came, what was done, who has what, what is due."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from socialcare.clock import format_time
from socialcare.inbox.database import Database
from socialcare.inbox.query import Filter, Query
from socialcare.inbox.reading import Record, records
from socialcare.inbox.search import compile_query

LISTED = 500
"""Mentions of one list; the count beside it is of all."""
TOP = 3
"""Mentions named for each owner, the most urgent ones."""


@dataclass(frozen=True, slots=True)
class Shift:
    """From ``since`` to ``now``; the next one lasts until ``until``."""

    since: datetime
    now: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Some:
    """The first of a number of mentions."""

    count: int = 0
    items: Sequence[Record] = ()


@dataclass(frozen=True, slots=True)
class Handover:
    """Rows are plain records with the names of the JSON."""

    came: Sequence[Record] = ()
    filtered: int = 0
    urgent: Some = field(default_factory=Some)
    answered: Sequence[Record] = ()
    closed: Sequence[Record] = ()
    owners: Sequence[Record] = ()
    writing: Sequence[Record] = ()
    late: Some = field(default_factory=Some)
    due: Some = field(default_factory=Some)
    promised: Some = field(default_factory=Some)
    waking: Some = field(default_factory=Some)
    replies: Sequence[Record] = ()


def handover(db: Database, query: Query, shift: Shift, me: str) -> Handover:
    """Everything at once, of the mentions that the query means in whatever state they are."""
    look = _Look(db, query, shift, me)
    return Handover(
        came=look.rows(_CAME),
        filtered=int(look.rows(_FILTERED)[0]["n"]),
        urgent=look.some("m.fetched_at >= :since and t.priority_rank = 0 and t.waits = 1"),
        answered=look.rows(_DONE.format(_ANSWERED)),
        closed=look.rows(_DONE.format(_CLOSED)),
        owners=look.owners(),
        writing=look.rows(_WRITING),
        late=look.some("t.waits = 1 and t.due_at < :now", "t.due_at"),
        due=look.some("t.waits = 1 and t.due_at between :now and :until", "t.due_at"),
        promised=look.some("t.waits = 1 and t.promised_at <= :until", "t.promised_at"),
        waking=look.some(
            "t.status = 'snoozed' and t.snoozed_until <= :until and not exists (select 1"
            " from mention o join triage s on s.mention_id = o.id where s.status = 'snoozed' and"
            " o.conversation = m.conversation and (o.created_at, o.id) > (m.created_at, m.id))",
            "t.snoozed_until",
        ),
        replies=look.rows(_REPLIES),
    )


_MENTIONS = "from mention m join triage t on t.mention_id = m.id"
_TALK = "coalesce(m.conversation, m.id)"
_CAME = f"""
select m.channel, t.label, count(*) as mentions {_MENTIONS}
where m.fetched_at >= :since and t.status <> 'filtered' and {{scope}}
group by 1, 2 order by 1, 3 desc, 2
"""
_FILTERED = f"""
select count(*) as n {_MENTIONS}
where m.fetched_at >= :since and t.status = 'filtered' and {{scope}}
"""
# Actions are numbered as they happen: only those of the shift are read. An answer that a file
# brought was given on the channel: whoever imported it has not written it.
_DONE = f"""
select case when a.command = 'import' then 'fetch' else a.actor end as who,
  count(distinct {_TALK}) as conversations
from action a join event e on e.action_id = a.id
join mention m on m.id = e.mention_id join triage t on t.mention_id = m.id
where a.id > coalesce((select id from action where at < :since order by id desc limit 1), 0)
  and {{}} and {{{{scope}}}}
group by 1 order by 2 desc, 1
"""
_NOT_AGAIN = """not exists (select 1 from event later where later.mention_id = e.mention_id
  and later.field = e.field and later.id > e.id)"""
_ANSWERED = f"e.field = 'first_answer_at' and e.after <> 'null' and {_NOT_AGAIN}"
_CLOSED = f"e.field = 'status' and e.after = '\"closed\"' and {_NOT_AGAIN}"
_WRITING = f"""
select h.mention_id as id, h.actor as who, h.until {_MENTIONS} join lease h on h.mention_id = m.id
where h.until > :now and {{scope}} order by h.until, 1
"""
_REPLIES = f"""
select r.mention_id as id, r.state, r.author as who {_MENTIONS} join reply r on r.mention_id = m.id
where r.state <> 'sent' and r.state in ('waiting', 'approved', 'sending', 'failed', 'unknown')
  and {{scope}} order by r.state, 1
"""
_OWNERS = f"""
with mine as (
  select m.id, t.owner, t.due_at < :now as late, row_number() over (
    partition by t.owner order by t.priority_rank, t.due_at, m.id) as place
  {_MENTIONS} where t.waits = 1 and {{scope}})
select owner, count(*) as open, sum(late) as late,
  (select json_group_array(id) from (select id from mine top
    where top.owner is mine.owner and place <= {TOP} order by place)) as top
from mine group by owner order by owner is null, 2 desc, 1
"""


class _Look:
    def __init__(self, db: Database, query: Query, shift: Shift, me: str) -> None:
        self.db, self.now = db, shift.now
        filters = query.filters if query.scoped else (*query.filters, Filter("is", ("any",)))
        compiled = compile_query(Query(filters), shift.now, me)
        self.scope = " and ".join(compiled.where)
        self.values = compiled.parameters | {
            "since": format_time(shift.since),
            "until": format_time(shift.until),
        }

    def rows(self, sql: str) -> list[Record]:
        rows: list[sqlite3.Row] = self.db.rows(sql.format(scope=self.scope), self.values)
        return [dict(row) for row in rows]

    def owners(self) -> list[Record]:
        import json

        return [row | {"top": json.loads(row["top"])} for row in self.rows(_OWNERS)]

    def some(self, condition: str, order: str = "t.priority_rank, t.due_at") -> Some:
        found: list[dict[str, Any]] = self.rows(
            f"select m.id, count(*) over () as n {_MENTIONS}"
            f" where {condition} and {{scope}} order by {order}, m.id limit {LISTED}"
        )
        ids = [row["id"] for row in found]
        return Some(found[0]["n"] if found else 0, records(self.db, ids, self.now))
