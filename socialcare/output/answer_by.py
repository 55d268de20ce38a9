"""The answer-by arithmetic, line by line: when the clock started, how long it ran, why it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from socialcare.output.columns import urgency_style
from socialcare.output.layout import wrap
from socialcare.output.records import Record, View, left_of, text_of
from socialcare.output.styled import Line, Piece, plain
from socialcare.output.words import clock_time, moment
from socialcare.settings.duration import format_duration, format_left, format_span


def answer_by_lines(record: Record, view: View, width: int) -> Iterator[Line]:
    """In calendar time: the clock runs at night and on holidays too."""
    created, due = moment(record.get("created_at")), moment(record.get("due_at"))
    if created is None or due is None or not record.get("needs_answer"):
        yield from (plain(line) for line in wrap("No clock runs: it needs no answer.", width))
        return
    steps = [(created, Piece("written; the clock starts"))]
    target = f"{text_of(record, 'priority')}: first answer within {format_duration(due - created)}"
    steps.append((due, Piece(f"answer-by ({target})")))
    answered = moment(record.get("first_answer_at"))
    left = left_of(record, view.now)
    if answered is not None:
        took = format_span(answered - created)
        verdict = "in time" if answered <= due else f"{format_span(answered - due)} late"
        steps.append((answered, Piece(f"first answer, after {took}: {verdict}; the clock stops")))
    elif left is not None:
        steps.append((view.now, Piece(f"now: {format_left(left)}", urgency_style(record, view))))
    else:
        steps.append((view.now, Piece(f"now: {text_of(record, 'status')}; nobody waits for us")))
    yield from _in_order(steps, view, width)


def _in_order(steps: Sequence[tuple[datetime, Piece]], view: View, width: int) -> Iterator[Line]:
    """Each step behind its local time."""
    steps = sorted(steps, key=lambda step: step[0])
    times = [clock_time(at, view.zone, view.now) for at, _ in steps]
    margin = max(map(len, times)) + 2
    for time, (_, piece) in zip(times, steps, strict=True):
        before = f"{time:>{margin - 2}}  "
        for line in wrap(piece.text, width - margin):
            yield (Piece(before), Piece(line, piece.style))
            before = " " * margin
