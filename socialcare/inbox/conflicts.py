"""What somebody else did since a person looked: it is never written over unseen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from socialcare.clock import parse_time
from socialcare.errors import BlockedError
from socialcare.inbox.actions import BY_PEOPLE
from socialcare.inbox.database import Database
from socialcare.inbox.events import FETCH_ACTOR, ON_CHANNEL
from socialcare.settings.duration import format_span

_SINCE = f"""
select a.id as action, a.actor, a.at, e.field, e.after from event e
join action a on a.id = e.action_id
where e.mention_id = :id and e.id > :seen and a.actor <> :me
  and ({BY_PEOPLE} or e.why = :on_channel)
  and e.field in (select value from json_each(:fields))
order by e.field in ('close_reason', 'snoozed_until', 'filtered_why'), e.id desc limit 1
"""
_ANSWERED = """
select 1 from event where action_id = ? and mention_id = ? and field in ('answer', 'first_answer_at')
"""
_STATES = {
    "closed": "closed",
    "snoozed": "snoozed",
    "open": "reopened",
    "pending": "made pending",
    "filtered": "filtered out",
}
_LETTERS = {
    None: "took back the answer to",
    "waiting": "put up an answer to",
    "approved": "approved the answer to",
}
_DRAFTS = {True: "wrote a draft for", False: "threw away the draft for"}


def last_event(db: Database, id_: int) -> int:
    """The number of the newest event of a mention: what a person who looks now has seen."""
    number: int | None = db.value("select max(id) from event where mention_id = ?", (id_,))
    return number or 0


def refuse_overwriting(
    tx: sqlite3.Connection,
    fields: Iterable[tuple[int, str]],
    seen: Mapping[int, int],
    me: str,
    now: datetime,
) -> None:
    """Refuse to change these fields of mentions where somebody else did so since ``seen``.

    Raises
    ------
    BlockedError
        Who did what, and when.

    """
    wanted: dict[int, list[str]] = {}
    for id_, field in fields:
        if id_ in seen:
            wanted.setdefault(id_, []).append(field)
    for id_, names in wanted.items():
        values = {"id": id_, "seen": seen[id_], "me": me, "on_channel": ON_CHANNEL}
        row = tx.execute(_SINCE, values | {"fields": json.dumps(names)}).fetchone()
        if row is not None:
            raise BlockedError(
                f"{_did(tx, id_, row)} {_ago(now - parse_time(row['at']))}.",
                f"nothing was changed; see it: socialcare show {id_}",
                code="changed",
            )


def _ago(span: timedelta) -> str:
    return f"{format_span(span)} ago" if span >= timedelta(minutes=1) else "just now"


def _did(tx: sqlite3.Connection, id_: int, row: sqlite3.Row) -> str:
    """``leo sent an answer to 41``."""
    field, after = row["field"], json.loads(row["after"]) if row["after"] else None
    if tx.execute(_ANSWERED, (row["action"], id_)).fetchone() is not None:
        return f"{row['actor']} {_answered(row['actor'])} {id_}"
    if field == "draft":
        return f"{row['actor']} {_DRAFTS[after is not None]} {id_}"
    if field == "reply":
        return f"{row['actor']} {_LETTERS.get(after, 'is sending an answer to')} {id_}"
    if field == "status":
        return f"{row['actor']} {_STATES.get(str(after), 'changed')} {id_}"
    return f"{row['actor']} set the {_name(field)} of {id_} to {_plain(after)}"


def _answered(actor: str) -> str:
    return "saw an answer on the channel to" if actor == FETCH_ACTOR else "sent an answer to"


def _name(field: str) -> str:
    return field.replace("_", " ")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None else str(value)
