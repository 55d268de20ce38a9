"""Duty: what nobody has goes to whoever is there, and what stays untouched goes further, once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from socialcare.clock import format_time, parse_time
from socialcare.inbox.actions import BY_PEOPLE
from socialcare.inbox.calendar import ROUND_THE_CLOCK, Calendar, zone_of
from socialcare.inbox.changes import Changer, Wish, follow_up, moving_along
from socialcare.inbox.events import Change, record
from socialcare.inbox.fields import Hand
from socialcare.inbox.timeline import calendar_for
from socialcare.models import PRIORITIES
from socialcare.settings import AnswerBy, Settings
from socialcare.settings.holidays import holidays_of

ACTOR = "duty"

_OF_CONVERSATION = """(e.mention_id = t.mention_id or e.mention_id in (
      select o.id from mention o where o.conversation = m.conversation))"""
_WAITING = """
select t.mention_id as id, t.owner, t.waiting_since, t.due_at, t.priority_rank, t.label,
  coalesce((select value from correction c where c.mention_id = m.id and c.field = 'topics'),
    l.topics) as topics
from triage t join mention m on m.id = t.mention_id join label l on l.mention_id = t.mention_id
"""
_FREE = f"""
{_WAITING} where t.waits = 1 and t.owner is null
  and not exists (select 1 from event e join action a on a.id = e.action_id
    where {_OF_CONVERSATION} and e.field = 'owner' and {BY_PEOPLE})
order by t.priority_rank, t.due_at, t.mention_id
"""
# The last who gave it to somebody, other than a message that came to what they have.
_GIVEN = f"""
select e.id as event, a.command, a.at from event e join action a on a.id = e.action_id
  join triage t on t.mention_id = :id join mention m on m.id = :id
where {_OF_CONVERSATION} and e.field = 'owner' and a.command not in ('fetch', 'import')
order by e.id desc limit 1
"""
_UNSEEN = f"""
{_WAITING} where t.waits = 1 and t.owner is not null and t.seen_at is null
  and t.owner in (select value from json_each(:people))
order by t.priority_rank, t.due_at, t.mention_id
"""
_TOUCHED = f"""
select exists (select 1 from event e join action a on a.id = e.action_id
    where {_OF_CONVERSATION} and e.id > :event and {BY_PEOPLE})
  or exists (select 1 from mention o join triage s on s.mention_id = o.id
    where o.conversation = m.conversation and s.seen_at >= :at)
  or exists (select 1 from lease h where h.until > :now and (h.mention_id = m.id
    or h.mention_id in (select o.id from mention o where o.conversation = m.conversation)))
from triage t join mention m on m.id = t.mention_id where t.mention_id = :id
"""


class Assigned(NamedTuple):
    """``id`` stands for its conversation in the inbox."""

    id: int
    owner: str


class Watch(NamedTuple):
    """A person who is on duty now, for these topics or for any."""

    person: str
    topics: frozenset[str]


class Roster:
    """Who is there at one moment, in the order of the config."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self.people = list(dict.fromkeys(duty.person for duty in settings.duties))
        self.there = list(_there(settings, now))

    def first(self, topics: frozenset[str]) -> str | None:
        return next(self._fitting(topics), None)

    def after(self, owner: str, topics: frozenset[str]) -> str | None:
        """The next person behind this one, from the top again at the end."""
        place = self.people.index(owner)
        turn = [*self.people[place + 1 :], *self.people[:place]]
        fitting = set(self._fitting(topics))
        return next((person for person in turn if person in fitting), None)

    def _fitting(self, topics: frozenset[str]) -> Iterator[str]:
        for watch in self.there:
            if not watch.topics or watch.topics & topics:
                yield watch.person


def _there(settings: Settings, now: datetime) -> Iterator[Watch]:
    """On a day off only those are there who are always there."""
    zone = zone_of(settings.answer_by.timezone)
    holidays = holidays_of(settings.answer_by)
    for duty in settings.duties:
        if not duty.hours or Calendar(zone, duty.hours, holidays).is_open(now):
            yield Watch(duty.person, frozenset(duty.topics))


def assign(tx: sqlite3.Connection, settings: Settings, now: datetime) -> list[Assigned]:
    """Give what waits to whoever is on duty, as one action; return what went to whom.

    What a person decided about the owner stays so, also that it is nobody's.
    """
    if not settings.duties:
        return []
    roster = Roster(settings, now)
    found = [*_free(tx, roster), *_further(tx, roster, settings.answer_by, now)]
    hand = Hand(ACTOR, now, ACTOR)
    changes = [change for one, why in found for change in _given(tx, one, why, hand)]
    record(tx, changes, actor=ACTOR, command=ACTOR, at=hand.at)
    follow_up(tx, changes, settings)
    return [one for one, _ in found]


def _free(tx: sqlite3.Connection, roster: Roster) -> Iterator[tuple[Assigned, str]]:
    if not roster.there:
        return
    for row in tx.execute(_FREE).fetchall():
        person = roster.first(_topics(row))
        if person is not None:
            yield Assigned(row["id"], person), "on duty"


def _further(
    tx: sqlite3.Connection, roster: Roster, policy: AnswerBy, now: datetime
) -> Iterator[tuple[Assigned, str]]:
    for row in tx.execute(_UNSEEN, {"people": json.dumps(roster.people)}).fetchall():
        half = _half(row, policy)
        person = roster.after(row["owner"], _topics(row))
        if person is None or half is None or half > now:
            continue
        if _untouched_since(tx, row["id"], half, now):
            yield Assigned(row["id"], person), f"not touched by {row['owner']} in half its time"


def _half(row: sqlite3.Row, policy: AnswerBy) -> datetime | None:
    """When half of the time to answer has passed, in open hours where those count."""
    if row["waiting_since"] is None:
        return None
    since, due = parse_time(row["waiting_since"]), parse_time(row["due_at"])
    always = policy.round_the_clock(PRIORITIES[row["priority_rank"]], row["label"])
    calendar = ROUND_THE_CLOCK if always else calendar_for(policy)
    return calendar.due(since, calendar.open_between(since, due) / 2)


def _untouched_since(tx: sqlite3.Connection, id_: int, half: datetime, now: datetime) -> bool:
    """Whether duty gave it to them before ``half``, and nobody did or read anything since."""
    given = tx.execute(_GIVEN, {"id": id_}).fetchone()
    if given is None or given["command"] != ACTOR or parse_time(given["at"]) >= half:
        return False
    values = {"id": id_, "event": given["event"], "at": given["at"], "now": format_time(now)}
    return not tx.execute(_TOUCHED, values).fetchone()[0]


def _given(tx: sqlite3.Connection, one: Assigned, why: str, hand: Hand) -> list[Change]:
    wish = Wish(owner=one.owner)
    ids = [one.id, *moving_along(tx, [one.id], wish)]
    return [c for id_ in ids for c in Changer(tx, id_, wish, hand, why).run(named=False)]


def _topics(row: sqlite3.Row) -> frozenset[str]:
    return frozenset(json.loads(row["topics"]))
