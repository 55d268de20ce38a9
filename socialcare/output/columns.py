"""The columns of a list of mentions: one entry each, for the table and for tab-separated lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from socialcare.output.colleague import held_by
from socialcare.output.layout import fit, one_cell
from socialcare.output.records import Record, View, left_of, list_of, number_of, text_of, waits_of
from socialcare.output.snooze import snoozed_cell, snoozed_told
from socialcare.output.styled import Line, Piece, Style
from socialcare.output.table import Column, table
from socialcare.settings.duration import format_left, format_span

SOON = timedelta(minutes=30)
_REPLY_STATES = {
    "draft": "draft",
    "waiting": "waits for approval",
    "approved": "approved",
    "sending": "on its way",
    "failed": "not sent",
    "unknown": "sent or not?",
}
_NAME = 12
"""Columns for a name before what somebody says."""


@dataclass(frozen=True, slots=True)
class MentionColumn:
    """``text`` is complete and uncleaned, empty for nothing; layout cuts and cleans."""

    shape: Column
    text: Callable[[Record, View], str]
    style: Callable[[Record, View], Style] | None = None
    piped: bool = True
    short: Callable[[Record, View], str] | None = None
    """What stands in the table, where that is less than all."""
    end: Callable[[Record], str] | None = None
    """What stands behind it in the table and is never cut; a program has a field for it."""
    with_hours: bool = False
    """Stands in the table only where the clock of answers runs in open hours."""

    def piece(self, record: Record, view: View) -> Piece:
        style = self.style(record, view) if self.style else "plain"
        end = self.end(record) if self.end else ""
        return Piece((self.short or self.text)(record, view), style, end)


def answer_in(record: Record, view: View) -> str:
    """``1h12 late``, ``56m left``; a state in which nobody waits for us by its name."""
    left = left_of(record, view.now)
    if left is not None:
        return format_left(left)
    if text_of(record, "status") == "snoozed":
        return snoozed_told(record, view)
    if text_of(record, "status") != "open":
        return text_of(record, "status")
    return "answered" if record.get("first_answer_at") else ""


def _answer_in_ten(record: Record, view: View) -> str:
    snoozed = text_of(record, "status") == "snoozed" and not record.get("waiting")
    return snoozed_cell(record, view) if snoozed else answer_in(record, view)


def waits(record: Record, view: View) -> str:
    """``2h12``, by the calendar, where that is not what the clock counts."""
    span = waits_of(record, view)
    return "" if span is None else format_span(span)


def urgency_style(record: Record, view: View) -> Style:
    left = left_of(record, view.now)
    if left is None or left >= SOON:
        return "plain"
    return "late" if left < timedelta(0) else "soon"


def sentiment_mark(score: float | None) -> str:
    """``--  -  .  +  ++``, in ASCII: the width of other signs differs between terminals."""
    if score is None:
        return ""
    if abs(score) < 0.05:
        return "."
    return ("-" if score < 0 else "+") * (2 if abs(score) >= 0.6 else 1)


def _sentiment(record: Record, view: View) -> str:  # noqa: ARG001
    mark = sentiment_mark(number_of(record, "sentiment_score"))
    return f"{mark} {text_of(record, 'sentiment')}".strip()


def _field(name: str) -> Callable[[Record, View], str]:
    return lambda record, _view: text_of(record, name)


def _topics(record: Record, view: View) -> str:  # noqa: ARG001
    return ",".join(str(topic) for topic in list_of(record, "topics"))


def said(record: Record) -> str:
    """The words, or what is there in place of words."""
    text = text_of(record, "text")
    if text.strip():
        return f"(deleted) {text}" if record.get("gone_at") else text
    described = [str(alt) for alt in list_of(record, "media_alt") if alt]
    if described:
        return f"(picture: {', '.join(described)})"
    return "(a picture without words)" if list_of(record, "media") else ""


def _says(record: Record, view: View) -> str:
    held, other = held_by(record, view), answered_by(record)
    marks = [f"({held} is writing an answer)"] if held else []
    marks += [f"({other} answered)"] if other else []
    return " ".join([*marks, *_reply_mark(record), said(record)])


def _says_in_short(record: Record, view: View) -> str:
    held, other = held_by(record, view), answered_by(record)
    marks = [f"({fit(one_cell(held), _NAME)} is on it)"] if held else []
    marks += [f"({fit(_local_part(other), _NAME)} answered)"] if other else []
    return " ".join([*marks, *_reply_mark(record), said(record)])


def _reply_mark(record: Record) -> list[str]:
    state = reply_state(record)
    return [f"({state})"] if state else []


def reply_state(record: Record) -> str:
    """How far our answer is; an empty text where there is none, or it is there."""
    return _REPLY_STATES.get(text_of(record, "reply_state"), "")


def answered_by(record: Record) -> str:
    """The customer who answered before we did, or an empty text."""
    return text_of(record, "answered_by_customer") if record.get("waiting") else ""


def _local_part(handle: str) -> str:
    """``@tom`` of ``@tom@mas.to``."""
    cleaned = one_cell(handle)
    return (
        cleaned[: cleaned.find("@", 1)]
        if cleaned.startswith("@") and "@" in cleaned[1:]
        else cleaned
    )


def _messages(record: Record) -> str:
    number = number_of(record, "messages") or 1
    return f" ({number:.0f})" if number > 1 else ""


MENTION_COLUMNS: tuple[MentionColumn, ...] = (
    MentionColumn(Column("ID", 2, 20, whole=True), _field("id")),
    MentionColumn(Column("Priority", 8, 8, from_width=36), _field("priority")),
    MentionColumn(
        Column("Answer in", 10, 10, right=True), answer_in, urgency_style, short=_answer_in_ten
    ),
    MentionColumn(
        Column("Waits", 5, 6, right=True, from_width=100), waits, piped=False, with_hours=True
    ),
    MentionColumn(Column("Label", 9, 9, gap=(2, 2), from_width=70), _field("label")),
    MentionColumn(
        Column("Mood", 11, 11, gap=(2, 4), from_width=140),
        _sentiment,
        piped=False,
    ),
    MentionColumn(
        Column("From", 8, 12, 20, gap=(2, 4), from_width=56), _field("author"), end=_messages
    ),
    MentionColumn(Column("Channel", 7, 10, from_width=100), _field("channel")),
    MentionColumn(Column("Topic", 8, 16, from_width=116), _topics),
    MentionColumn(Column("Owner", 5, 8, from_width=116), _field("owner")),
    MentionColumn(Column("Says", 6), _says, short=_says_in_short),
)


def mention_table(
    records: Sequence[Record], view: View, width: int, columns: Sequence[MentionColumn]
) -> Iterator[Line]:
    shown = [column for column in columns if view.hours or not column.with_hours]
    rows = [[column.piece(record, view) for column in shown] for record in records]
    return table([column.shape for column in shown], rows, width)


def piped_cells(record: Record, view: View) -> list[str]:
    """The cells of one tab-separated line, complete."""
    return [column.text(record, view) for column in MENTION_COLUMNS if column.piped]
