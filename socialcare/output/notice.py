"""A notice as a record for programs, with its words for people. All of it is data, cleaned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from socialcare.clock import format_time
from socialcare.output.records import Record
from socialcare.output.words import count
from socialcare.text import for_screen

SHOWN = 5
"""Mentions of a notice that are told in full."""
LISTED = 50
"""Notices that one message lists."""
_TEXT = 500
_FIELDS = (
    "id",
    "channel",
    "url",
    "author",
    "created_at",
    "text",
    "label",
    "priority",
    "owner",
    "due_at",
)


def notice_record(
    id_: str, topic: str, at: datetime, facts: Mapping[str, Any], mentions: Sequence[Record]
) -> Record:
    """One notice. ``facts`` are those of an alert, or the person of what was given to them."""
    told = [_mention(mention) for mention in mentions[:SHOWN]]
    record = {
        "v": 1,
        "id": id_,
        "kind": topic,
        "at": format_time(at),
        **facts,
        "message": facts.get("message") or _message(topic, told),
        "mentions": told,
    }
    return {**record, "text": "\n".join(_lines(record))}


def digest_record(id_: str, at: datetime, notices: Sequence[Record], total: int) -> Record:
    """Several in one: ``total`` of them, of which the first are listed."""
    message = f"{count(total, 'notice')} from socialcare"
    lines = [message, *(f"* {one['kind']}: {one['message']}" for one in notices)]
    if total > len(notices):
        lines.append(f"... {total - len(notices):,} more: socialcare inbox")
    return {
        "v": 1,
        "id": id_,
        "kind": "digest",
        "at": format_time(at),
        "count": total,
        "message": message,
        "notices": [{k: v for k, v in one.items() if k != "text"} for one in notices],
        "text": "\n".join(lines),
    }


def _mention(mention: Record) -> Record:
    found = {name: mention.get(name) for name in _FIELDS}
    for name in ("url", "author", "text"):
        value = found[name]
        limit = _TEXT if name == "text" else 300
        found[name] = for_screen(str(value), one_line=True, limit=limit) if value else value
    return found


def _message(topic: str, mentions: Sequence[Record]) -> str:
    first = mentions[0] if mentions else None
    if first is None:
        return f"{topic}: it is not there any more"
    said = for_screen(str(first["text"] or "no text"), one_line=True, limit=100)
    return f"{topic}: {first['author']} on {first['channel']}: {said}"


def _lines(record: Record) -> Iterator[str]:
    yield for_screen(str(record["message"]), one_line=True, limit=400)
    mentions = record["mentions"]
    assert isinstance(mentions, list)
    for mention in mentions:
        yield f"{mention['id']}  {mention['author']}: {mention['text']}"
        if mention["url"]:
            yield f"    {mention['url']}"
    if record.get("fix"):
        yield f"Next: {record['fix']}"
    elif mentions:
        yield f"Next: socialcare show {' '.join(str(mention['id']) for mention in mentions)}"
