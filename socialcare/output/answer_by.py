"""The answer-by arithmetic, line by line: when the clock started, stood still and went on, why it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from socialcare.output.columns import SOON
from socialcare.output.layout import fit, one_cell, wrap
from socialcare.output.records import Record, View, text_of
from socialcare.output.styled import Line, Piece, Style, plain
from socialcare.output.words import day, local_time
from socialcare.settings.duration import format_duration, format_left, format_span

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WHO_WIDTH = 30
_NOTHING = timedelta(0)
_OWED = {
    "first": ("answer-by", "first answer within"),
    "next": ("answer-by", "next answer within"),
    "resolve": ("resolve-by", "closed within"),
}


class ClockStep(Protocol):
    """One line of the working; what ``span`` means goes by ``what``."""

    @property
    def at(self) -> datetime: ...
    @property
    def what(self) -> str: ...
    @property
    def span(self) -> timedelta | None: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def word(self) -> str: ...
    @property
    def late(self) -> timedelta | None: ...
    @property
    def number(self) -> int: ...


class RunClock(Protocol):
    """What the clock of a conversation has come to."""

    @property
    def steps(self) -> Sequence[ClockStep]: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def waiting_since(self) -> datetime | None: ...
    @property
    def round_the_clock(self) -> bool: ...


def clock_lines(clock: RunClock, record: Record, view: View, width: int) -> Iterator[Line]:
    """Each step behind its local time, then how it stands now."""
    if not clock.steps:
        yield from _no_clock(record, width)
        return
    when = _local_times([*(step.at for step in clock.steps), view.now], view)
    told = _Told(fit(one_cell(text_of(record, "author")), _WHO_WIDTH) or "they", clock, when)
    lines = [(step.at, Piece(told.step(step))) for step in clock.steps]
    lines.append((view.now, _now(clock, record, view)))
    yield from _in_order(lines, when, width)


class _Told:
    """A step in words."""

    def __init__(self, who: str, clock: RunClock, when: Callable[[datetime], str]) -> None:
        self.who = who
        self.hours = "" if clock.round_the_clock else " of open hours"
        self.when = when

    def step(self, step: ClockStep) -> str:
        tell: Callable[[ClockStep], str] = getattr(self, f"_{step.what}")
        return tell(step)

    def _asked(self, step: ClockStep) -> str:
        if step.span is None:
            return f"{self.who} wrote; the clock starts"
        if step.span == _NOTHING:
            return f"{self.who} wrote while it was closed; the clock waits"
        return f"{self.who} wrote; the clock starts (closes in {format_span(step.span)})"

    def _again(self, step: ClockStep) -> str:
        how = "runs on" if step.span is None else f"goes on, {format_span(step.span)} to go"
        return f"{self.who} wrote again; the clock {how}"

    def _opens(self, step: ClockStep) -> str:
        return f"opens{_to_go(step)}"

    def _more(self, step: ClockStep) -> str:
        return f"and {step.number} more openings"

    def _paused(self, step: ClockStep) -> str:
        return f"pending or snoozed; the clock stops{_to_go(step)}"

    def _resumed(self, step: ClockStep) -> str:
        return f"open again; the clock goes on{_to_go(step)}"

    def _answered(self, step: ClockStep) -> str:
        if step.span is None:
            return "we wrote; nobody was waiting"
        verdict = f"{format_span(step.late)} late" if step.late else "in time"
        return f"{step.kind} answer, after {format_span(step.span)}: {verdict}; the clock stops"

    def _closed(self, step: ClockStep) -> str:
        if step.span is None:
            return "closed"
        late = f", {format_span(step.late)} late" if step.late else ""
        return f"closed without an answer, after {format_span(step.span)}{late}; the clock stops"

    def _promised(self, step: ClockStep) -> str:
        return f"we promised an answer by {self.when(step.at + (step.span or _NOTHING))}"

    def _due(self, step: ClockStep) -> str:
        if step.kind not in _OWED or step.span is None:
            return "answer-by (as promised, whatever is pending)"
        name, owed = _OWED[step.kind]
        return f"{name} ({step.word}: {owed} {format_duration(step.span)}{self.hours})"


def _to_go(step: ClockStep) -> str:
    return "; it was late already" if step.span is None else f"; {format_span(step.span)} to go"


def _now(clock: RunClock, record: Record, view: View) -> Piece:
    """With what the person really waits, where that is not what is counted."""
    waits = ""
    if clock.waiting_since is not None and not clock.round_the_clock:
        waits = f"; they wait for {format_span(view.now - clock.waiting_since)}"
    if clock.due_at is not None:
        left = clock.due_at - view.now
        return Piece(f"now: {format_left(left)}{waits}", _style(left))
    if clock.waiting_since is not None:
        return Piece(f"now: {text_of(record, 'status')}, the clock stands still{waits}")
    return Piece(f"now: {text_of(record, 'status')}; nobody waits for us")


def _style(left: timedelta) -> Style:
    if left < _NOTHING:
        return "late"
    return "soon" if left < SOON else "plain"


def _local_times(times: Sequence[datetime], view: View) -> Callable[[datetime], str]:
    """``Fri 16:45`` while no two days have the same name, else ``Fri 20 Nov 16:45``."""
    days = {local_time(time, view.zone).date() for time in times}
    one_week = (max(days) - min(days)).days < 7

    def told(at: datetime) -> str:
        local = local_time(at, view.zone)
        date = "" if one_week and local.date() in days else f" {day(at, view.zone, view.now)}"
        return f"{_WEEKDAYS[local.weekday()]}{date} {local.hour:02d}:{local.minute:02d}"

    return told


def _no_clock(record: Record, width: int) -> Iterator[Line]:
    filtered = text_of(record, "status") == "filtered"
    why = "it is filtered" if filtered else "it needs no answer"
    yield from (plain(line) for line in wrap(f"No clock runs: {why}.", width))


def _in_order(
    steps: Sequence[tuple[datetime, Piece]], when: Callable[[datetime], str], width: int
) -> Iterator[Line]:
    """Each step behind its local time."""
    steps = sorted(steps, key=lambda step: step[0])
    times = [when(at) for at, _ in steps]
    margin = max(map(len, times)) + 2
    for time, (_, piece) in zip(times, steps, strict=True):
        before = f"{time:>{margin - 2}}  "
        for line in wrap(piece.text, width - margin):
            yield (Piece(before), Piece(line, piece.style))
            before = " " * margin
