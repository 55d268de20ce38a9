"""What became of what people asked, by the clocks of the inbox: one fact each.

A question starts an answer-by clock: the first message of somebody that nobody has
answered. It belongs to the mention that asked it, and so does what became of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple, get_args

from socialcare.clock import format_time
from socialcare.inbox.calendar import ROUND_THE_CLOCK, Calendar
from socialcare.inbox.settling import Told
from socialcare.inbox.sla import Clock, ClockEvent, ClockKind, Cycle, CycleKind
from socialcare.inbox.timeline import calendar_for
from socialcare.settings import AnswerBy
from socialcare.vocabulary import Label, Priority

_KINDS = get_args(ClockKind)
_ASKED, _ANSWERED, _CLOSED = (_KINDS.index(kind) for kind in ("asked", "answered", "closed"))
_IN_ORDER = itemgetter(0, 1)


class Message(NamedTuple):
    """One mention. ``at`` is as stored; ``current``: of the period, not of the one before."""

    at: str
    current: bool
    channel: str
    group: str | None
    label: Label
    needs: bool
    answered: bool


class Question(NamedTuple):
    """What somebody waited for. Seconds; ``in_open`` those of the team's hours.

    ``in_time`` None: nobody can say yet, or it was closed without an answer.
    """

    of: Message
    kind: CycleKind
    took: float | None = None
    in_open: float | None = None
    in_time: bool | None = None
    in_time_calendar: bool | None = None


class Resolution(NamedTuple):
    """From the question until its conversation was closed, in seconds."""

    of: Message
    took: float
    in_open: float | None


class Member(NamedTuple):
    """A mention in its conversation. ``message`` None: it counts for its neighbours alone."""

    message: Message | None
    at: str
    asks: bool
    answered: str | None
    closed: str | None


class Judge:
    """Due times are those of the inbox: the same calendar, targets and clocks."""

    def __init__(self, policy: AnswerBy, now: datetime) -> None:
        self.policy, self.now = policy, now
        self.calendar: Calendar = calendar_for(policy)
        self._targets: dict[tuple[CycleKind, Priority, Label], tuple[timedelta, bool]] = {}
        self.policies: tuple[AnswerBy, ...] = (policy,)
        if not self.calendar.always:
            self.policies += (replace(policy, hours=(), holidays=(), holidays_file=None),)

    def plain(
        self, members: Sequence[Member], priority: Priority, label: Label
    ) -> Iterator[Question | Resolution]:
        """Of a conversation in which a clock did no more than run and stop.

        The same as :func:`run_clock`, at a tenth of its cost.
        """
        if len(members) == 1 and members[0].closed in (None, members[0].answered):
            yield from self._alone(members[0], priority, label)
            return
        events: list[tuple[str, int, Message | None]] = []
        for member in members:
            if member.asks:
                events.append((member.at, _ASKED, member.message))
            if member.answered is not None:
                events.append((member.answered, _ANSWERED, None))
            if member.closed is not None:
                events.append((member.closed, _CLOSED, None))
        if len(events) > 1:
            events.sort(key=_IN_ORDER)
        kind: CycleKind = "first"
        asked, waits, began, first = False, "", "", None
        by = unsolved = first
        for at, what, message in events:
            if what == _ASKED:
                if not waits:
                    waits, by = at, message
                if not began:
                    began, unsolved = at, message
                asked = True
                continue
            if waits and by is not None:
                if what == _ANSWERED:
                    yield self._answered(by, kind, waits, at, priority, label)
                else:
                    yield Question(by, kind)
            waits = ""
            if what == _ANSWERED:
                kind = "next" if asked else kind
                continue
            if began and unsolved is not None:
                start, end = _time(began), _time(at)
                yield Resolution(unsolved, _seconds(start, end), self.in_open(start, end))
            kind, asked, began = "first", False, ""
        if waits and by is not None:
            yield self._open(by, kind, waits, priority, label)

    def _alone(
        self, member: Member, priority: Priority, label: Label
    ) -> Iterator[Question | Resolution]:
        """Not closed, or with its answer: nine of ten, and so without any detour."""
        message, answered = member.message, member.answered
        if message is None or not member.asks:
            return
        if answered is None or answered < member.at:
            yield self._open(message, "first", member.at, priority, label)
            return
        question = self._answered(message, "first", member.at, answered, priority, label)
        yield question
        if member.closed is not None and question.took is not None:
            yield Resolution(message, question.took, question.in_open)

    def _answered(
        self,
        message: Message,
        kind: CycleKind,
        asked: str,
        answered: str,
        priority: Priority,
        label: Label,
    ) -> Question:
        start, at = _time(asked), _time(answered)
        due, in_calendar = self._due(kind, start, priority, label)
        took = _seconds(start, at)
        return Question(message, kind, took, self.in_open(start, at), at <= due, at <= in_calendar)

    def _open(
        self, message: Message, kind: CycleKind, asked: str, priority: Priority, label: Label
    ) -> Question:
        due, in_calendar = self._due(kind, _time(asked), priority, label)
        late, late_in_calendar = self.now > due, self.now > in_calendar
        return Question(
            message,
            kind,
            in_time=False if late else None,
            in_time_calendar=False if late_in_calendar else None,
        )

    def _due(
        self, kind: CycleKind, start: datetime, priority: Priority, label: Label
    ) -> tuple[datetime, datetime]:
        """By the team's hours, and as if all hours counted."""
        key = (kind, priority, label)
        if key not in self._targets:
            target = self.policy.target_for(*key)
            assert target is not None, "only a resolution can be without one"
            always = self.calendar.always or self.policy.round_the_clock(priority, label)
            self._targets[key] = target.span, always
        span, always = self._targets[key]
        in_calendar = ROUND_THE_CLOCK.due(start, span)
        return (in_calendar if always else self.calendar.due(start, span)), in_calendar

    def in_open(self, start: datetime, end: datetime) -> float | None:
        """None where the team's hours are all there are."""
        if self.calendar.always:
            return None
        return self.calendar.open_between(start, end).total_seconds()

    def told(self, talk: Told, known: Mapping[int, Message]) -> Iterator[Question | Resolution]:
        """Of any conversation, by the clock that ``show --clock`` prints."""
        clock, other = talk.clocks[0], talk.clocks[-1]
        for cycle, twin, answered in zip(clock.cycles, other.cycles, _stops(clock), strict=True):
            message = _asked_by(cycle.started, talk, known)
            if message is None:
                continue
            if cycle.stopped is None:
                judged = self._still_open(clock, cycle), self._still_open(other, twin)
                yield Question(message, cycle.kind, None, None, *judged)
            elif answered:
                at = cycle.stopped
                spans = _seconds(cycle.started, at), self.in_open(cycle.started, at)
                yield Question(message, cycle.kind, *spans, at <= cycle.due, at <= twin.due)
            else:
                yield Question(message, cycle.kind)
        yield from self._resolutions(talk, known)

    def _still_open(self, clock: Clock, cycle: Cycle) -> bool | None:
        """While it is held its time does not run, unless that had run out before."""
        for mark in reversed(clock.marks):
            if mark.what == "paused":
                return False if mark.span is None else None
            if mark.what in ("asked", "again", "resumed"):
                break
        return False if self.now > cycle.due else None

    def _resolutions(self, talk: Told, known: Mapping[int, Message]) -> Iterator[Resolution]:
        began: datetime | None = None
        for event in sorted(talk.events, key=_in_time):
            if event.kind == "asked":
                began = began or event.at
            elif event.kind == "closed" and began is not None:
                message = _asked_by(began, talk, known)
                if message is not None:
                    took = _seconds(began, event.at)
                    yield Resolution(message, took, self.in_open(began, event.at))
                began = None


def _in_time(event: ClockEvent) -> tuple[datetime, int]:
    return event.at, _KINDS.index(event.kind)


def _stops(clock: Clock) -> Iterator[bool]:
    """For each question, in order, whether an answer ended it."""
    for mark in clock.marks:
        if mark.what in ("answered", "closed") and mark.span is not None:
            yield mark.what == "answered"
    if clock.cycles and clock.cycles[-1].stopped is None:
        yield False


def _asked_by(at: datetime, talk: Told, known: Mapping[int, Message]) -> Message | None:
    """The mention with which a clock began to run; where it was opened again, the newest by then."""
    asked = format_time(at)
    by_then = [m for m in talk.members if m["created_at"] <= asked and m["status"] != "filtered"]
    exact = [m for m in by_then if m["created_at"] == asked and m["needs"]]
    lead = exact[:1] or by_then[-1:]
    return known.get(lead[0]["id"]) if lead else None


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def _time(stored: str) -> datetime:
    """As ``parse_time``, for what this program stored itself: at a third of its cost."""
    return datetime.fromisoformat(stored)
