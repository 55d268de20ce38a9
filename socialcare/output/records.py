"""One record of a mention as output reads it: the flat fields of the JSON, by name and type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple, Protocol

from socialcare.output.words import moment

Record = Mapping[str, object]

MENTION_FIELDS: tuple[str, ...] = (
    "v",
    "id",
    "channel",
    "external_id",
    "kind",
    "url",
    "thread",
    "in_reply_to",
    "conversation_id",
    "messages",
    "author",
    "author_name",
    "followers",
    "previous_contacts",
    "created_at",
    "fetched_at",
    "edited_at",
    "gone_at",
    "text",
    "lang",
    "likes",
    "reposts",
    "replies",
    "rating",
    "media",
    "media_alt",
    "label",
    "confidence",
    "sentiment",
    "sentiment_score",
    "topics",
    "urgent",
    "needs_answer",
    "priority",
    "points",
    "why",
    "status",
    "new",
    "owner",
    "held_by",
    "held_since",
    "tags",
    "snoozed_until",
    "waiting",
    "waiting_since",
    "due_at",
    "late",
    "due_for",
    "promised_at",
    "first_answer_at",
    "answered_by_customer",
    "reply_state",
    "demo",
)
"""Every field, in the order of the JSON. Within ``v`` 1 fields are only added."""


class View(NamedTuple):
    """From when and where the records are looked at, and by whom.

    ``zone`` None is the zone of the machine; ``me`` None is somebody who is not asked.
    ``hours``: the clock of answers runs in open hours only, so that people wait longer than it says.
    """

    now: datetime
    zone: tzinfo | None = None
    me: str | None = None
    hours: bool = False


class InboxState(Protocol):
    """What the first line of the inbox says."""

    @property
    def open(self) -> int: ...
    @property
    def late(self) -> int: ...
    @property
    def late_capped(self) -> bool: ...
    @property
    def last_fetch(self) -> datetime | None: ...
    @property
    def channels_ok(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def usual_interval(self) -> timedelta | None: ...
    @property
    def demo(self) -> bool: ...


def text_of(record: Record, name: str) -> str:
    """A field as text, nothing as an empty text."""
    value = record.get(name)
    return "" if value is None else str(value)


def number_of(record: Record, name: str) -> float | None:
    value = record.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def list_of(record: Record, name: str) -> list[object]:
    value = record.get(name)
    return list(value) if isinstance(value, list | tuple) else []


def left_of(record: Record, now: datetime) -> timedelta | None:
    """Time left for the answer, negative when late; None when no clock runs."""
    due = moment(record.get("due_at"))
    return due - now if due is not None and record.get("waiting") else None


def waits_of(record: Record, view: View) -> timedelta | None:
    """How long the person really waits; None where nobody does, or the clock says so already."""
    since = moment(record.get("waiting_since"))
    if since is None or not (view.hours and record.get("waiting")):
        return None
    return max(timedelta(0), view.now - since)
