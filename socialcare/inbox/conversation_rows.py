"""Conversations as records: one row each, from the view of that name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from socialcare.clock import format_time
from socialcare.inbox.database import Database
from socialcare.inbox.reading import Record, is_demo

FIELDS = (
    *("v", "id", "channel", "author", "author_name", "messages", "answers", "first_at"),
    *("newest_at", "first_answer_at", "closed_at", "status", "label", "priority", "owner"),
    *("waiting", "due_at", "late", "first_text", "newest_text", "url", "newest_id", "demo"),
)
_BATCH = 500
_ALL = """
select distinct coalesce(conversation, id) as id from mention where role = 'mention' order by 1
"""
_OF = """
select distinct coalesce(conversation, id) as id from mention
where role = 'mention' and id in (select value from json_each(?)) order by 1
"""


def every_conversation(db: Database) -> list[int]:
    return _ids(db, _ALL)


def conversations_of(db: Database, ids: Iterable[int]) -> list[int]:
    """The conversations that these mentions belong to."""
    return _ids(db, _OF, json.dumps(list(ids)))


def conversation_records(db: Database, ids: Iterable[int], now: datetime) -> Iterator[Record]:
    """In the order of their ids, read in batches."""
    listed, demo, at = list(ids), is_demo(db), format_time(now)
    for start in range(0, len(listed), _BATCH):
        rows = db.rows(
            "select * from conversations where id in (select value from json_each(?)) order by id",
            (json.dumps(listed[start : start + _BATCH]),),
        )
        for row in rows:
            late = bool(row["waiting"]) and row["due_at"] < at
            found = {**dict(row), "v": 1, "waiting": bool(row["waiting"]), "late": late}
            yield {name: {**found, "demo": demo}[name] for name in FIELDS}


def _ids(db: Database, sql: str, *values: str) -> list[int]:
    return [row[0] for row in db.rows(sql, values)]
