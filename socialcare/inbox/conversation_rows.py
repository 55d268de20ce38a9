"""Conversations as records: one row each, from the view of that name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from socialcare.clock import format_time
from socialcare.inbox.database import Database, told
from socialcare.inbox.reading import Record, is_demo

FIELDS = (
    *("v", "id", "channel", "author", "author_name", "messages", "answers", "first_at"),
    *("newest_at", "first_answer_at", "closed_at", "status", "label", "priority", "owner"),
    *("waiting", "due_at", "late", "first_text", "newest_text", "url", "newest_id", "demo"),
)
_OF = """
select * from conversations where :all or id in (
  select coalesce(conversation, id) from mention where id in (select value from json_each(:ids)))
order by id
"""


def conversation_records(
    db: Database, ids: Iterable[int] | None, now: datetime
) -> Iterator[Record]:
    """Those that these mentions belong to, or all; one walk, for grouping reads every mention."""
    demo, at = is_demo(db), format_time(now)
    listed = json.dumps(list(ids or ()))
    with told(db.path):
        for row in db.conn.execute(_OF, {"all": ids is None, "ids": listed}):
            late = bool(row["waiting"]) and row["due_at"] < at
            found = {**dict(row), "v": 1, "waiting": bool(row["waiting"]), "late": late}
            yield {name: {**found, "demo": demo}[name] for name in FIELDS}
