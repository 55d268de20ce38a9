"""The answer-by arithmetic, line by line: when the clock started, stood still and went on, why it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from socialcare.output.columns import SOON
from socialcare.output.layout import fit, one_cell, wrap
from socialcare.output.records import Record, View, text_of
from socialcare.output.styled import Line, Piece, Style, plain
from socialcare.output.words import day, local_time, span_spoken
from socialcare.settings.duration import format_duration, format_span

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


def clock_lines(
    clock: RunClock, record: Record, view: View, width: int, *, spoken: bool = False
) -> Iterator[Line]:
    """Each step behind its local time, then how it stands now; ``spoken`` in sentences."""
    if not clock.steps:
        yield from _no_clock(record, width)
        return
    when = _local_times([*(step.at for step in clock.steps), view.now], view)
    who = fit(one_cell(text_of(record, "author")), _WHO_WIDTH) or "they"
    told = _Told(who, clock, when, spoken=spoken)
    lines = [(step.at, Piece(told.step(step))) for step in clock.steps]
    lines.append((view.now, told.now(record, view)))
    lines.sort(key=lambda line: line[0])
    if spoken:
        for at, piece in lines:
            yield from (plain(line) for line in wrap(f"{when(at)}, {piece.text}.", width))
        return
    yield from _in_order(lines, when, width)


class _Told:
    """A step in words."""

    def __init__(
        self, who: str, clock: RunClock, when: Callable[[datetime], str], *, spoken: bool
    ) -> None:
        self.who, self.clock = who, clock
        self.span = span_spoken if spoken else format_span
        self.target = span_spoken if spoken else format_duration
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
        return f"{self.who} wrote; the clock starts (closes in {self.span(step.span)})"

    def _again(self, step: ClockStep) -> str:
        how = "runs on" if step.span is None else f"goes on, {self.span(step.span)} to go"
        return f"{self.who} wrote again; the clock {how}"

    def _opens(self, step: ClockStep) -> str:
        return f"opens{self._to_go(step)}"

    def _more(self, step: ClockStep) -> str:
        return f"and {step.number} more openings"

    def _paused(self, step: ClockStep) -> str:
        return f"pending or snoozed; the clock stops{self._to_go(step)}"

    def _resumed(self, step: ClockStep) -> str:
        return f"open again; the clock goes on{self._to_go(step)}"

    def _answered(self, step: ClockStep) -> str:
        if step.span is None:
            return "we wrote; nobody was waiting"
        verdict = f"{self.span(step.late)} late" if step.late else "in time"
        return f"{step.kind} answer, after {self.span(step.span)}: {verdict}; the clock stops"

    def _closed(self, step: ClockStep) -> str:
        if step.span is None:
            return "closed"
        late = f", {self.span(step.late)} late" if step.late else ""
        return f"closed without an answer, after {self.span(step.span)}{late}; the clock stops"

    def _promised(self, step: ClockStep) -> str:
        return f"we promised an answer by {self.when(step.at + (step.span or _NOTHING))}"

    def _due(self, step: ClockStep) -> str:
        if step.kind not in _OWED or step.span is None:
            return "answer-by (as promised, whatever is pending)"
        name, owed = _OWED[step.kind]
        return f"{name} ({step.word}: {owed} {self.target(step.span)}{self.hours})"

    def _to_go(self, step: ClockStep) -> str:
        return "; it was late already" if step.span is None else f"; {self.span(step.span)} to go"

    def now(self, record: Record, view: View) -> Piece:
        """With what the person really waits, where that is not what is counted."""
        clock, waits = self.clock, ""
        if clock.waiting_since is not None and not clock.round_the_clock:
            waits = f"; they wait for {self.span(view.now - clock.waiting_since)}"
        if clock.due_at is not None:
            left = clock.due_at - view.now
            told = f"{self.span(left)} {'late' if left < _NOTHING else 'left'}"
            return Piece(f"now: {told}{waits}", _style(left))
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
    times = [when(at) for at, _ in steps]
    margin = max(map(len, times)) + 2
    for time, (_, piece) in zip(times, steps, strict=True):
        before = f"{time:>{margin - 2}}  "
        for line in wrap(piece.text, width - margin):
            yield (Piece(before), Piece(line, piece.style))
            before = " " * margin
