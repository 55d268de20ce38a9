"""What happened in a conversation, as the answer-by clock reads it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from socialcare.clock import parse_time
from socialcare.inbox.calendar import Calendar, calendar_of
from socialcare.inbox.events import BY_HAND, ON_CHANNEL, SENT, taken_back
from socialcare.inbox.sla import ClockEvent, ClockKind
from socialcare.settings import AnswerBy

_HAPPENED = """
select e.mention_id, e.action_id, a.at, e.field, e.before, e.after, e.why, t.first_answer_at
from event e join action a on a.id = e.action_id join triage t on t.mention_id = e.mention_id
where e.mention_id in (select value from json_each(?)) and a.undoes is null
  and e.field in ('status', 'promised_at')
order by a.at, e.id
"""
_ANSWERED = """
select k.id as mention_id, a.created_at as at
from (select id, source, external_id from mention where id in (select value from json_each(:ids))
  union all select mention_id, source, external_id from alias
    where mention_id in (select value from json_each(:ids))) k
join mention a on a.source = k.source and a.in_reply_to = k.external_id and a.role = 'answer'
union all
select mention_id, sent_at from reply where state = 'sent'
  and mention_id in (select value from json_each(:ids))
"""
_PAUSED = ("pending", "snoozed")
Happened = Mapping[int, Sequence[ClockEvent]]

_calendar: tuple[AnswerBy, Calendar] | None = None


def calendar_for(policy: AnswerBy) -> Calendar:
    """The calendar of a policy: it remembers the months it has seen, so it is kept."""
    global _calendar  # noqa: PLW0603 - one policy a run
    if _calendar is None or _calendar[0] is not policy:
        _calendar = (policy, calendar_of(policy))
    return _calendar[1]


def happened(tx: sqlite3.Connection, ids: Iterable[int]) -> dict[int, list[ClockEvent]]:
    """What people did to these mentions, by mention id; what was taken back did not happen."""
    listed = json.dumps(sorted(ids))
    rows = tx.execute(_HAPPENED, (listed,)).fetchall()
    undone = taken_back(tx, {row["action_id"] for row in rows}) if rows else set()
    found: dict[int, list[ClockEvent]] = {}
    for row in rows:
        event = None if row["action_id"] in undone else _event(row)
        if event is not None:
            found.setdefault(row["mention_id"], []).append(event)
    if any(event.kind == "promised" for events in found.values() for event in events):
        # Only a promise needs more than the first answer to each message.
        for row in tx.execute(_ANSWERED, {"ids": listed}):
            found.setdefault(row["mention_id"], []).append(_at(row["at"], "answered"))
    return found


def _event(row: sqlite3.Row) -> ClockEvent | None:
    after = None if row["after"] is None else json.loads(row["after"])
    if row["field"] == "promised_at":
        return (
            None
            if after is None
            else ClockEvent(parse_time(row["at"]), "promised", parse_time(after))
        )
    before = None if row["before"] is None else json.loads(row["before"])
    if row["why"] in (BY_HAND, ON_CHANNEL, SENT):
        # The answer itself is an event; what it closed was closed when it was given.
        at = row["at"] if row["why"] == BY_HAND else row["first_answer_at"]
        return _at(at, "closed") if after == "closed" and at else None
    return _moved(row["at"], before, after)


def _moved(at: str, before: Any, after: Any) -> ClockEvent | None:
    if "filtered" in (before, after):
        return None  # whether it counts at all is no event of the clock
    if after in _PAUSED:
        return None if before in _PAUSED else _at(at, "paused")
    if after == "closed":
        return _at(at, "closed")
    # Opened again by hand: the question is asked anew from there.
    return _at(at, "asked" if before == "closed" else "resumed")


def _at(at: str, kind: ClockKind) -> ClockEvent:
    return ClockEvent(parse_time(at), kind)


def events_of(group: Sequence[Mapping[str, Any]], happened: Happened) -> list[ClockEvent]:
    """All events of one conversation: its messages, their first answers, what people did."""
    events: list[ClockEvent] = []
    for member in group:
        if member["status"] != "filtered" and member["needs"]:
            events.append(_at(member["created_at"], "asked"))
        if member["first_answer_at"] is not None:
            events.append(_at(member["first_answer_at"], "answered"))
        events += happened.get(member["id"], ())
    return list(dict.fromkeys(events))  # one answer is the first to several messages
