"""The brief report: what one shift hands over to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from socialcare.clock import format_time
from socialcare.inbox.database import Database
from socialcare.inbox.handover import Handover, Shift, Some, handover
from socialcare.inbox.query import Query
from socialcare.inbox.reading import Header, is_demo
from socialcare.workflow.alerts import channel_findings
from socialcare.workflow.standing import Standing

Record = dict[str, Any]
ITEM = (
    *("id", "url", "channel", "author", "label", "priority", "status", "owner", "due_at"),
    *("late", "due_for", "promised_at", "snoozed_until", "waiting", "waiting_since", "text"),
    *("gone_at", "media", "media_alt"),
)
"""Fields of a mention in a list of the report."""


def brief(
    db: Database | None,
    query: Query,
    words: Sequence[str],
    shift: Shift,
    me: str,
    header: Header,
    channels: Sequence[Standing],
) -> Record:
    """The report as one record, as the JSON has it. Without a database nothing has come."""
    found = Handover() if db is None else handover(db, query, shift, me)
    return {
        "v": 1,
        "since": format_time(shift.since),
        "now": format_time(shift.now),
        "until": format_time(shift.until),
        "query": " ".join(words),
        "came": _came(found.came),
        "filtered": found.filtered,
        "urgent": _some(found.urgent),
        "answered": _done(found.answered),
        "closed": _done(found.closed),
        "owners": list(found.owners),
        "writing": list(found.writing),
        "late": _some(found.late),
        "due": _some(found.due),
        "promised": _some(found.promised),
        "waking": _some(found.waking),
        "replies": list(found.replies),
        "channels": [_trouble(one) for one in channel_findings(channels, header, shift.now)],
        "last_fetch": header.last_fetch and format_time(header.last_fetch),
        "demo": db is not None and is_demo(db),
    }


def _came(rows: Iterable[Mapping[str, Any]]) -> Record:
    channels: dict[str, Record] = {}
    for row in rows:
        one = channels.setdefault(
            row["channel"], {"channel": row["channel"], "mentions": 0, "labels": {}}
        )
        one["mentions"] += row["mentions"]
        one["labels"][row["label"]] = row["mentions"]
    return {
        "mentions": sum(one["mentions"] for one in channels.values()),
        "channels": sorted(channels.values(), key=lambda one: -one["mentions"]),
    }


def _done(rows: Sequence[Mapping[str, Any]]) -> Record:
    return {"conversations": sum(row["conversations"] for row in rows), "by": list(rows)}


def _some(found: Some) -> Record:
    items = [{name: item[name] for name in ITEM} for item in found.items]
    return {"count": found.count, "items": items}


def _trouble(finding: Any) -> Record:
    return {"channel": finding.channel, "message": finding.message, "fix": finding.fix}
