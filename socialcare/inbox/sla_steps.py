"""The working of an answer-by clock: its marks, and between them when the hours began again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from socialcare.inbox.calendar import Calendar
from socialcare.inbox.sla import Clock, Step

MOST_OPENINGS = 4
"""Of one stretch; of more, the first two and the last are told."""

_STARTS = ("asked", "again", "resumed")
_STOPS = ("paused", "answered", "closed")


def working(clock: Clock) -> tuple[Step, ...]:
    steps: list[Step] = []
    for place, mark in enumerate(clock.marks):
        if mark.what in _STARTS and mark.span is not None:
            later = clock.marks[place + 1 :]
            stop = next((step.at for step in later if step.what in _STOPS), None)
            steps += _stretch(clock.calendar, mark, mark.span, stop)
        else:
            steps.append(mark)
    return tuple(sorted(steps, key=lambda step: step.at))


def _stretch(
    calendar: Calendar, mark: Step, to_go: timedelta, stop: datetime | None
) -> Iterator[Step]:
    """From a start of the clock to its next stop, or to the time that it is due."""
    due = calendar.due(mark.at, to_go)
    spans = list(calendar.spans(mark.at, due))
    open_now = bool(spans) and spans[0][0] == mark.at
    yield mark if mark.what != "asked" else _asked(mark, spans, due, open_now=open_now)
    openings = []
    for opens, closes in spans:
        if opens != mark.at and (stop is None or opens < stop):
            openings.append(Step(opens, "opens", to_go))
        to_go -= closes - opens
    yield from _shortened(openings)


def _asked(
    mark: Step, spans: Sequence[tuple[datetime, datetime]], due: datetime, *, open_now: bool
) -> Step:
    """With the time until the hours end: none at all when it came outside of them."""
    if not open_now:
        return mark._replace(span=timedelta(0))
    return mark._replace(span=spans[0][1] - mark.at if spans[0][1] < due else None)


def _shortened(openings: list[Step]) -> list[Step]:
    if len(openings) <= MOST_OPENINGS:
        return openings
    left_out = openings[2:-1]
    more = Step(left_out[0].at, "more", number=len(left_out))
    return [*openings[:2], more, openings[-1]]
