"""Sentences instead of tables, for people who listen to the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from socialcare.output.colleague import held_by
from socialcare.output.columns import answered_by, reply_state, said
from socialcare.output.layout import one_cell, wrap
from socialcare.output.records import Record, View, left_of, list_of, number_of, text_of, waits_of
from socialcare.output.snooze import snoozed_spoken
from socialcare.output.words import span_spoken

_INDENT = "   "


def spoken_mentions(records: Sequence[Record], view: View, width: int) -> Iterator[str]:
    for number, record in enumerate(records, 1):
        place = f"{number} of {len(records)}."
        yield from wrap(f"{place} {spoken_facts(record, view)}", width)
        yield from wrap(one_cell(said(record)) or "(no words)", width, _INDENT)


def spoken_facts(record: Record, view: View) -> str:
    """``Mention 41, urgent, 1 hour 12 minutes late, negative. From … on …, about ….``"""
    facts = [
        f"Mention {text_of(record, 'id')}",
        text_of(record, "priority"),
        spoken_left(record, view),
        spoken_waits(record, view),
        text_of(record, "label"),
        text_of(record, "sentiment"),
    ]
    told = f"{', '.join(fact for fact in facts if fact)}. {_origin(record)}."
    others = [f"{one_cell(answered_by(record))} answered"] if answered_by(record) else []
    others += (
        [f"{one_cell(held_by(record, view))} is writing an answer"] if held_by(record, view) else []
    )
    others += [f"Our answer: {state}"] if (state := reply_state(record)) else []
    return " ".join([told, *(f"{other.rstrip('?')}." for other in others)])


def spoken_left(record: Record, view: View) -> str:
    """``1 hour 12 minutes late``, ``56 minutes left``, or the state it is in."""
    left = left_of(record, view.now)
    if left is None:
        snoozed = text_of(record, "status") == "snoozed"
        return snoozed_spoken(record, view) if snoozed else text_of(record, "status")
    return f"{span_spoken(left)} {'late' if left < timedelta(0) else 'left'}"


def spoken_waits(record: Record, view: View) -> str:
    """``waits for 2 days 3 hours``, where the clock of answers does not run all the time."""
    span = waits_of(record, view)
    return "" if span is None else f"waits for {span_spoken(span)}"


def _origin(record: Record) -> str:
    parts = [
        f"From {one_cell(text_of(record, 'author'))} on {one_cell(text_of(record, 'channel'))}"
    ]
    if topics := list_of(record, "topics"):
        parts.append(f"about {one_cell(' and '.join(map(str, topics)))}")
    if (messages := number_of(record, "messages") or 1) > 1:
        parts.append(f"{messages:.0f} messages")
    if owner := text_of(record, "owner"):
        parts.append(f"with {one_cell(owner)}")
    return ", ".join(parts)
