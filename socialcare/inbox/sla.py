"""The answer-by clock of one conversation: from policy, calendar and events to due times.

A cycle is one question of theirs: it begins with their first message that nobody has
answered, and ends with an answer, given here or on the channel itself, or with closing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args

from socialcare.clock import LATEST
from socialcare.inbox.calendar import ROUND_THE_CLOCK, Calendar
from socialcare.settings.model import AnswerBy, Target, TargetKind
from socialcare.vocabulary import Label, Priority

ClockKind = Literal["asked", "answered", "paused", "resumed", "closed", "promised"]
CycleKind = Literal["first", "next"]
DueFor = Literal["first", "next", "resolve", "promise"]
StepKind = Literal[
    "asked", "again", "opens", "more", "paused", "resumed", "answered", "closed", "promised", "due"
]

_ORDER: dict[str, int] = {kind: place for place, kind in enumerate(get_args(ClockKind))}


class ClockEvent(NamedTuple):
    """``until`` is the time that was promised. ``paused``: pending or snoozed, unanswered."""

    at: datetime
    kind: ClockKind
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """``stopped`` by an answer or by closing; ``due`` is as it stood at that moment."""

    kind: CycleKind
    started: datetime
    due: datetime
    stopped: datetime | None = None


class Step(NamedTuple):
    """One line of the working.

    ``span`` is the time to go, in the hours that count, with ``opens``, ``paused``,
    ``resumed`` and ``again``; with ``asked`` it is the time until the hours end, where they
    end before it is due; with ``due`` the target, and ``word`` the priority or label that
    sets it; with ``answered`` and ``closed`` how long they really waited, and ``late`` by
    how much that was too long. ``number`` is for ``more``: openings that are left out.
    """

    at: datetime
    what: StepKind
    span: timedelta | None = None
    kind: DueFor | None = None
    word: str = ""
    late: timedelta | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """What runs at the end of the events. ``due_at`` is the earliest of what is due now.

    ``resolve_by`` is None while it is with the person; ``waiting_since`` is the beginning of
    the open cycle, None when nobody waits for an answer.
    """

    cycles: tuple[Cycle, ...]
    resolve_by: datetime | None
    promised: datetime | None
    due_at: datetime | None
    due_for: DueFor | None
    waiting_since: datetime | None
    marks: tuple[Step, ...] = field(repr=False)
    """The working without what only a look at the calendar can add."""
    calendar: Calendar = field(repr=False, compare=False)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The working, in order of time. Worked out when asked for."""
        from socialcare.inbox.sla_steps import working

        return working(self)

    @property
    def round_the_clock(self) -> bool:
        return self.calendar.always


def run_clock(
    policy: AnswerBy,
    calendar: Calendar,
    events: Sequence[ClockEvent],
    priority: Priority,
    label: Label,
) -> Clock:
    """Take the events of one conversation, in any order; of one moment, in that of ClockKind.

    Every due time is worked out with this policy; whoever has told one keeps it.
    """
    if policy.round_the_clock(priority, label):
        calendar = ROUND_THE_CLOCK
    if len(events) == 1 and events[0].kind == "asked" and not policy.resolve:
        return _asked_once(policy, calendar, events[0].at, priority, label)
    if len(events) > 1:
        events = sorted(events, key=_in_time)
    run = _Run(calendar, policy, priority, label)
    for event in events:
        run.take(event)
    return run.clock()


def _in_time(event: ClockEvent) -> tuple[datetime, int, datetime]:
    return event.at, _ORDER[event.kind], event.until or event.at


def _asked_once(
    policy: AnswerBy, calendar: Calendar, at: datetime, priority: Priority, label: Label
) -> Clock:
    """What almost every mention is, and so without any detour."""
    word, span = policy.target_first(priority, label)
    due = calendar.due(at, span)
    return Clock(
        cycles=(Cycle("first", at, due),),
        resolve_by=None,
        promised=None,
        due_at=due,
        due_for="first",
        waiting_since=at,
        marks=(Step(at, "asked", span, "first"), Step(due, "due", span, "first", word)),
        calendar=calendar,
    )


@dataclass(slots=True)
class _Timer:
    """Runs in open time; a due time that has passed stays, whatever pauses later."""

    started: datetime
    target: Target
    due: datetime
    held: bool = False
    to_go: timedelta | None = None
    """While it is held; None when the due time had passed by then."""

    def hold(self, at: datetime, calendar: Calendar) -> None:
        if not self.held:
            self.held = True
            self.to_go = calendar.open_between(at, self.due) if at < self.due else None

    def go_on(self, at: datetime, calendar: Calendar) -> None:
        if self.held and self.to_go is not None and self.due < LATEST:
            self.due = calendar.due(at, self.to_go)
        self.held = False


@dataclass(slots=True)
class _Run:
    calendar: Calendar
    policy: AnswerBy
    priority: Priority
    label: Label
    cycles: list[Cycle] = field(default_factory=list)
    marks: list[Step] = field(default_factory=list)
    kind: CycleKind = "first"
    """Of the next cycle."""
    asked: bool = False
    """Whether there was a message since it was last closed."""
    waits: _Timer | None = None
    resolution: _Timer | None = None
    promised: datetime | None = None

    def take(self, event: ClockEvent) -> None:
        match event.kind:
            case "asked":
                self.ask(event.at)
            case "answered":
                self.answer(event.at)
            case "paused":
                self.pause(event.at)
            case "resumed":
                self.resume(event.at)
            case "closed":
                self.close(event.at)
            case "promised":
                self.promise(event.at, event.until)

    def ask(self, at: datetime) -> None:
        if self.waits is None:
            self.waits = self.start(self.kind, at)
            self.mark(at, "asked", self.waits.target.span if self.waits else None)
        else:
            held = self.waits.held
            self.waits.go_on(at, self.calendar)
            self.mark(at, "again", self.waits.to_go if held else None)
        if self.resolution is not None:
            self.resolution.go_on(at, self.calendar)
        elif self.policy.resolve:
            self.resolution = self.start("resolve", at)
        self.asked = True

    def answer(self, at: datetime) -> None:
        """Before anybody asked, it answers nothing."""
        self.stop("answered", at)
        if self.asked:
            self.kind = "next"
        if self.resolution is not None:
            self.resolution.hold(at, self.calendar)
        self.promised = None

    def pause(self, at: datetime) -> None:
        if self.waits is not None and not self.waits.held:
            self.waits.hold(at, self.calendar)
            self.mark(at, "paused", self.waits.to_go)
        if self.resolution is not None:
            self.resolution.hold(at, self.calendar)

    def resume(self, at: datetime) -> None:
        if self.waits is not None and self.waits.held:
            self.waits.go_on(at, self.calendar)
            self.mark(at, "resumed", self.waits.to_go)
        if self.resolution is not None:
            self.resolution.go_on(at, self.calendar)

    def close(self, at: datetime) -> None:
        self.stop("closed", at)
        self.kind, self.asked = "first", False
        self.resolution = self.promised = None

    def promise(self, at: datetime, until: datetime | None) -> None:
        """Of two in one answer the earlier holds."""
        if until is not None:
            self.promised = until if self.promised is None else min(until, self.promised)
            self.marks.append(Step(at, "promised", until - at, "promise"))

    def start(self, kind: TargetKind, at: datetime) -> _Timer | None:
        target = self.policy.target_for(kind, self.priority, self.label)
        return target and _Timer(at, target, self.calendar.due(at, target.span))

    def stop(self, how: Literal["answered", "closed"], at: datetime) -> None:
        waits = self.waits
        if waits is None:
            self.mark(at, how)
            return
        waits.go_on(at, self.calendar)
        self.cycles.append(Cycle(self.kind, waits.started, waits.due, at))
        late = at - waits.due if at > waits.due else None
        self.marks.append(Step(at, how, at - waits.started, self.kind, late=late))
        self.marks.append(_due(waits, self.kind))
        self.waits = None

    def mark(self, at: datetime, what: StepKind, span: timedelta | None = None) -> None:
        self.marks.append(Step(at, what, span, self.kind if self.waits else None))

    def clock(self) -> Clock:
        runs: list[tuple[datetime, DueFor]] = []
        waits, resolution = self.waits, self.resolution
        if waits is not None:
            self.cycles.append(Cycle(self.kind, waits.started, waits.due))
            if not waits.held:
                runs.append((waits.due, self.kind))
                self.marks.append(_due(waits, self.kind))
        if self.promised is not None:
            runs.append((self.promised, "promise"))
            self.marks.append(Step(self.promised, "due", kind="promise"))
        if resolution is not None and not resolution.held:
            runs.append((resolution.due, "resolve"))
            self.marks.append(_due(resolution, "resolve"))
        due_at, due_for = min(runs, key=lambda run: run[0]) if runs else (None, None)
        return Clock(
            cycles=tuple(self.cycles),
            resolve_by=resolution.due if resolution and not resolution.held else None,
            promised=self.promised,
            due_at=due_at,
            due_for=due_for,
            waiting_since=waits.started if waits else None,
            marks=tuple(self.marks),
            calendar=self.calendar,
        )


def _due(timer: _Timer, kind: TargetKind) -> Step:
    return Step(timer.due, "due", timer.target.span, kind, timer.target.word)
