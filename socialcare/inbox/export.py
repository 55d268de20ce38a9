"""Everything about every mention as records: facts that an import reads back, and what we made of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from socialcare.inbox.database import Database
from socialcare.inbox.reading import Record, records

LISTS = ("notes", "answers", "history")
"""Lists of records: in JSON only."""
FIELDS = (
    *("v", "id", "channel", "source", "external_id", "uri", "kind", "role", "url", "thread"),
    *(
        "in_reply_to",
        "repost_of",
        "conversation_id",
        "messages",
        "author",
        "author_id",
        "author_name",
        "author_url",
    ),
    *("followers", "is_us", "previous_contacts", "direct", "automated", "created_at"),
    *("fetched_at", "edited_at", "gone_at", "text", "lang", "likes", "reposts", "replies"),
    *("rating", "media", "media_type", "media_alt", "label", "confidence", "sentiment"),
    *("sentiment_score", "topics", "urgent", "needs_answer", "priority", "points", "why"),
    *(
        "status",
        "new",
        "owner",
        "held_by",
        "held_since",
        "tags",
        "snoozed_until",
        "waiting",
        "waiting_since",
    ),
    *("due_at", "late", "due_for", "promised_at", "first_answer_at", "answered_by_customer"),
    *("reply_state", "demo", *LISTS),
)
"""All fields of an export, in their order. Our own answers and reposts have no label or status."""
_BATCH = 500
_FACTS = """
select m.id, m.channel, m.source, m.external_id, m.uri, m.kind, m.role, m.url, m.thread,
  m.in_reply_to, m.repost_of, a.handle as author, a.external_id as author_id,
  a.name as author_name, a.url as author_url, a.followers, a.is_us, m.direct, m.automated,
  m.created_at, m.fetched_at, coalesce(m.edited_at,
    (select max(replaced_at) from revision v where v.mention_id = m.id)) as edited_at,
  m.gone_at, m.text, m.lang, m.likes, m.reposts, m.replies,
  m.rating, m.media
from mention m join author a on a.id = m.author_id
where m.id in (select value from json_each(?)) order by m.id
"""
_NOTES = "select mention_id, author, at, text from note"
_ANSWERS = (
    "select mention_id, author, sent_at as at, state, visibility, body as text, url from reply"
)
_HISTORY = (
    "select e.mention_id, a.at, a.actor, a.command, e.field, e.before, e.after, e.why"
    " from event e join action a on a.id = e.action_id"
)


def every_id(db: Database) -> Iterator[int]:
    """All mentions, our own answers and reposts too, oldest id first."""
    last = 0
    while True:
        rows = db.rows("select id from mention where id > ? order by id limit ?", (last, _BATCH))
        if not rows:
            return
        yield from (row[0] for row in rows)
        last = rows[-1][0]


def export_records(db: Database, ids: Iterator[int], now: datetime) -> Iterator[Record]:
    """The records of these ids, read in batches: memory does not grow with their number."""
    batch: list[int] = []
    for id_ in ids:
        batch.append(id_)
        if len(batch) == _BATCH:
            yield from _batch(db, batch, now)
            batch = []
    yield from _batch(db, batch, now)


def _batch(db: Database, ids: Sequence[int], now: datetime) -> Iterator[Record]:
    wanted = json.dumps(list(ids))
    judged = {record["id"]: record for record in records(db, ids, now)}
    facts = {row["id"]: row for row in db.rows(_FACTS, (wanted,))}
    lists = {
        name: _by_mention(db, sql, wanted)
        for name, sql in (("notes", _NOTES), ("answers", _ANSWERS), ("history", _HISTORY))
    }
    for id_ in ids:
        if id_ in facts:
            more = {name: found.get(id_, []) for name, found in lists.items()}
            found = {"v": 1, **judged.get(id_, {}), **_facts(facts[id_]), **more}
            yield {name: found.get(name) for name in FIELDS}


def _facts(row: sqlite3.Row) -> Record:
    media = json.loads(row["media"]) if row["media"] else []
    return {
        **{name: row[name] for name in row.keys() if name != "media"},  # noqa: SIM118
        **{name: bool(row[name]) for name in ("is_us", "direct", "automated")},
        "media": [item["url"] for item in media],
        "media_type": [item["type"] for item in media],
        "media_alt": [item["alt"] for item in media],
    }


def _by_mention(db: Database, sql: str, wanted: str) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in db.rows(f"{sql} where mention_id in (select value from json_each(?))", (wanted,)):
        record = dict(row)
        for name in ("before", "after"):
            if record.get(name) is not None:
                record[name] = json.loads(record[name])
        found.setdefault(record.pop("mention_id"), []).append(record)
    return found
