"""Who else has a mention before him: told to everybody but that person."""

from __future__ import annotations

from socialcare.output.records import Record, View, text_of
from socialcare.output.words import moment


def held_by(record: Record, view: View) -> str:
    """The colleague who is writing an answer, or an empty text."""
    name = text_of(record, "held_by")
    return "" if name == view.me else name


def held_told(record: Record, view: View) -> str:
    """``leo is writing an answer (3 min)``."""
    name, since = held_by(record, view), moment(record.get("held_since"))
    if not name:
        return ""
    minutes = f" ({int((view.now - since).total_seconds()) // 60} min)" if since else ""
    return f"{name} is writing an answer{minutes}"
