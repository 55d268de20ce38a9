"""What the figures of a report are made of, gathered in one pass over each table.

A mention counts in the period in which it was written, and with it what it asked and what
became of that, whenever that was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from socialcare.clock import format_time, parse_time
from socialcare.inbox.database import Database, told
from socialcare.inbox.events import BY_HAND, ON_CHANNEL, SENT
from socialcare.inbox.grouping import Grouping, order_values
from socialcare.inbox.query import Filter, Query
from socialcare.inbox.questions import Judge, Member, Message, Question, Resolution
from socialcare.inbox.reading import is_demo
from socialcare.inbox.search import compile_query
from socialcare.inbox.settling import told_clocks
from socialcare.settings import Settings
from socialcare.vocabulary import PRIORITIES, Priority

Span = tuple[datetime, datetime]
"""From, and until: the end is not part of it."""
LEFT_OUT = ("filtered", "automated", "demo", "not-us", "spam", "double")
"""Why a mention is in no figure, in the order in which the reasons count."""


class Waiting(NamedTuple):
    """One row of the inbox as it stands; ``waited`` in seconds, None where only a promise is owed."""

    group: str | None
    late: bool
    waited: float | None


@dataclass(slots=True)
class Facts:
    """``left_out`` is of the period alone."""

    messages: list[Message] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    by_customers: dict[str, int] = field(default_factory=dict)
    """By channel, questions of the period that somebody else answered and we did not."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is about."""

    query: Query
    period: Span
    before: Span
    now: datetime
    me: str
    by: Grouping


def facts(db: Database, wanted: Wanted, settings: Settings) -> Facts:
    """Everything at once. The clocks are those of the inbox, and so are their due times."""
    gathering = _Gathering(db, wanted, settings)
    with told(db.path):
        gathering.messages()
        gathering.clocks()
        gathering.backlog()
        gathering.found.by_customers = dict(gathering.rows(_BY_CUSTOMERS))
    return gathering.found


# One walk over the index; what lies between the two is passed over.
_PERIODS = """m.created_at >= :before_since and m.created_at < :until
  and (m.created_at >= :since or m.created_at < :before_until)"""
# The demo's posts have addresses that no other ones can have.
_LEFT_OUT = """case when t.status = 'filtered' then 'filtered' when m.automated then 'automated'
  when :real and m.uri like 'tag:acme.example:%' then 'demo'
  when t.status = 'closed' and t.close_reason in ('not-us', 'spam', 'double')
    then t.close_reason end"""
_TABLES = """mention m cross join triage t on t.mention_id = m.id
  cross join label l on l.mention_id = m.id"""
_MESSAGES = f"""
select m.id, m.created_at, m.channel, t.label, t.needs_answer
    and (t.status <> 'closed' or t.close_reason is not 'no-answer-needed') as needs,
  t.first_answer_at is not null as answered, {_LEFT_OUT} as left_out, {{group}} as grouped,
  m.conversation, t.needs_answer as asks, t.first_answer_at, l.priority
from {_TABLES} where m.role = 'mention' and {_PERIODS} and {{scope}}
"""
_ALONE = f"m.role = 'mention' and m.conversation is null and {_PERIODS}"
_JOINED = "m.role = 'mention' and m.conversation in (select value from json_each(:talks))"
_MEMBERS = f"""
select m.conversation, m.created_at, m.external_id, m.id,
  t.needs_answer and t.status <> 'filtered' as asks, t.first_answer_at, l.priority, t.label,
  t.status = 'open' and t.needs_answer and m.erased_at is null as open
from {_TABLES} where {_JOINED}
"""
_UNDONE = "select undoes from action where undoes is not null"
_EVENTS = """
select e.mention_id, e.field, e.before, e.after, e.why, a.at, a.id
from mention m cross join event e on e.mention_id = m.id and e.field in ('status', 'promised_at')
  cross join action a on a.id = e.action_id
where {which} and a.undoes is null
"""
_BACKLOG = """
select m.id, t.due_at < :now as late, t.waiting_since, {group} as grouped
from triage t join mention m on m.id = t.mention_id join label l on l.mention_id = m.id
where t.waits = 1 and {scope}
"""
_BY_CUSTOMERS = f"""
select m.channel, count(*) from {_TABLES} join author a on a.id = m.author_id
where m.role = 'mention' and m.created_at >= :since and m.created_at < :until
  and t.label = 'question' and t.first_answer_at is null and {_LEFT_OUT} is null and {{scope}}
  and exists (select 1 from mention o join author oa on oa.id = o.author_id
    where o.source = m.source and o.in_reply_to = m.external_id and o.role = 'mention'
      and o.author_id <> m.author_id
      and (oa.customer_id is null or oa.customer_id is not a.customer_id))
group by 1
"""
_TEXTS = """
select id, coalesce(conversation, id) as talk, text from mention
where role = 'mention' and (id in (select value from json_each(:ids)) or conversation in (
  select conversation from mention where id in (select value from json_each(:ids))))
order by created_at, id
"""
_ANSWERS = (BY_HAND, ON_CHANNEL, SENT)
_CLOSED, _FILTERED = '"closed"', '"filtered"'
_WITH_ANSWER = ""
"""Closed at the moment of the first answer."""
_IN_ORDER = itemgetter(1, 2, 3)
_Row = tuple[Any, ...]


class _Gathering:
    def __init__(self, db: Database, wanted: Wanted, settings: Settings) -> None:
        self.db, self.wanted, self.settings = db, wanted, settings
        self.found = Facts()
        query = wanted.query
        filters = query.filters if query.scoped else (*query.filters, Filter("is", ("any",)))
        compiled = compile_query(Query(filters), wanted.now, wanted.me)
        self.scope = " and ".join(compiled.where)
        self.since, self.until = map(format_time, wanted.period)
        before_since, before_until = map(format_time, wanted.before)
        self.values: dict[str, object] = {
            **compiled.parameters,
            **wanted.by.parameters,
            "since": self.since,
            "until": self.until,
            "before_since": before_since,
            "before_until": before_until,
            "real": not is_demo(db),
        }
        self.judge = Judge(settings.answer_by, wanted.now)
        self.known: dict[int, Message] = {}
        self.alone: list[tuple[int, str | None, Priority]] = []
        """What was asked by itself, when it was answered first, and how urgent it is."""
        self.talks: set[int] = set()
        self.odd: set[int] = set()
        """Mentions whose conversations take the long way round."""

    def rows(self, sql: str, **values: object) -> Iterator[_Row]:
        cursor = self.db.conn.cursor()
        cursor.row_factory = None
        sql = sql.format(scope=self.scope, group=self.wanted.by.column)
        return iter(cursor.execute(sql, self.values | values))

    def messages(self) -> None:
        rows: Iterable[_Row] = self.rows(_MESSAGES)
        groups = None
        if self.wanted.by.order is not None:
            rows = list(rows)
            groups = self.groups(row[0] for row in rows)
        since, until, left_out = self.since, self.until, dict.fromkeys(LEFT_OUT, 0)
        for row in rows:
            id_, at, channel, label, needs, answered, why, group, talk, asks, first, priority = row
            current = since <= at < until
            if why is not None:
                left_out[why] += current
                continue
            named = group if groups is None else groups.get(id_)
            self.known[id_] = Message(
                at, current, channel, named, label, bool(needs), bool(answered)
            )
            if talk is not None:
                self.talks.add(talk)
            elif asks:
                self.alone.append((id_, first, priority))
        self.found.messages = list(self.known.values())
        self.found.left_out = left_out

    def groups(self, ids: Iterable[int]) -> dict[int, str]:
        texts: Any = self.rows(_TEXTS, ids=json.dumps(list(ids)))
        column, pattern = self.wanted.by.order or "", self.settings.order_pattern
        return order_values(self.db, texts, column, pattern)

    def clocks(self) -> None:
        """Where a clock only ran and stopped, which is nearly always, the short way."""
        found: list[Question | Resolution] = [*self.single(), *self.joined()]
        for talk in told_clocks(self.db.conn, self.odd, self.judge.policies) if self.odd else ():
            found += self.judge.told(talk, self.known)
        for one in found:
            if isinstance(one, Question):
                self.found.questions.append(one)
            else:
                self.found.resolutions.append(one)

    def single(self) -> Iterator[Question | Resolution]:
        closed, strange = self.closings(_ALONE)
        known, plain = self.known, self.judge.plain
        for id_, answered, priority in self.alone:
            if id_ in strange:
                self.odd.add(id_)
                continue
            end, message = closed.get(id_), known[id_]
            end = answered if end == _WITH_ANSWER else end
            member = Member(message, message.at, True, answered, end)
            yield from plain([member], priority, message.label)

    def joined(self) -> Iterator[Question | Resolution]:
        if not self.talks:
            return
        talks = json.dumps(sorted(self.talks))
        closed, strange = self.closings(_JOINED, talks)
        known, plain = self.known, self.judge.plain
        for rows in self.members(talks):
            asking = [row for row in rows if row[8]] or rows[-1:]
            labels, priorities = {row[7] for row in asking}, {row[6] for row in asking}
            if len(labels) > 1 or not strange.isdisjoint(row[3] for row in rows):
                self.odd.add(rows[0][3])
                continue
            members = []
            for _, at, _, id_, asks, answered, *_ in rows:
                end = closed.get(id_)
                end = answered if end == _WITH_ANSWER else end
                members.append(Member(known.get(id_), at, asks, answered, end))
            yield from plain(members, min(priorities, key=PRIORITIES.index), labels.pop())

    def members(self, talks: str) -> Iterable[list[_Row]]:
        """By conversation, in the order of the inbox. Sorting here is cheaper than in SQL."""
        found: dict[int, list[_Row]] = {}
        for row in self.rows(_MEMBERS, talks=talks):
            found.setdefault(row[0], []).append(row)
        for rows in found.values():
            rows.sort(key=_IN_ORDER)
        return found.values()

    def closings(self, which: str, talks: str = "") -> tuple[dict[int, str], set[int]]:
        """When each mention was closed, and those whose clock did more than run and stop."""
        undone = {row[0] for row in self.rows(_UNDONE)}
        closed: dict[int, str] = {}
        odd: set[int] = set()
        rows = self.rows(_EVENTS.replace("{which}", which), talks=talks)
        for id_, name, before, after, why, at, action in rows:
            if action in undone or name != "status" or _FILTERED in (before, after):
                odd.add(id_)
            elif why in _ANSWERS:
                if after == _CLOSED:
                    if id_ in closed:
                        odd.add(id_)
                    closed[id_] = at if why == BY_HAND else _WITH_ANSWER
            elif after == _CLOSED and before != _CLOSED and id_ not in closed:
                closed[id_] = at
            else:
                odd.add(id_)
        return closed, odd

    def backlog(self) -> None:
        rows = list(self.rows(_BACKLOG, now=format_time(self.wanted.now)))
        groups = None
        if self.wanted.by.order is not None:
            groups = self.groups(row[0] for row in rows)
        now = self.wanted.now
        for id_, late, since, group in rows:
            waited = (now - parse_time(since)).total_seconds() if since else None
            shown = group if groups is None else groups.get(id_)
            self.found.waiting.append(Waiting(shown, bool(late), waited))
