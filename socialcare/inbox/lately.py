"""The mentions of a span of time, as far as it takes to say what they have in common."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from socialcare.clock import format_time, parse_time
from socialcare.inbox.database import Database

_READ = 400
"""Characters of each text."""
_COLUMNS = f"""
select m.id, m.created_at, m.author_id, substr(m.text, 1, {_READ}) as text, t.label, l.topics,
  coalesce(m.reposts, 0) as reposts, coalesce(a.followers, 0) as followers
"""
_JOINED = """
join triage t on t.mention_id = m.id and t.status <> 'filtered'
join label l on l.mention_id = m.id
join author a on a.id = m.author_id
"""
# The plus keeps the channel out of the choice of an index: the time alone decides.
_MEANT = """
m.created_at >= ?1 and m.created_at < ?2 and m.role = 'mention' and m.automated = 0
  and +m.channel in (select value from json_each(?3))
"""
_NEWEST = f"""
{_COLUMNS} from (
  select id, created_at, author_id, text, reposts from mention m
  where {_MEANT} and m.id % ?5 = 0 order by created_at desc limit ?4
) m {_JOINED} order by m.created_at, m.id
"""
_FIRST = f"{_COLUMNS} from mention m {_JOINED} where {_MEANT} and (?4 is null or t.label = ?4)"
_EARLIEST = f"{_FIRST} order by m.created_at, m.id limit 1"
_REACHING = f"{_FIRST} order by reposts desc, followers desc, m.id limit 1"


@dataclass(frozen=True, slots=True)
class Written:
    id: int
    created_at: datetime
    author: str
    text: str
    label: str
    topics: tuple[str, ...]
    reposts: int
    followers: int


def written(
    db: Database,
    channels: Collection[str],
    since: datetime,
    until: datetime,
    limit: int,
    every: int = 1,
) -> list[Written]:
    """Mentions of that time, the oldest first; of more than ``limit`` the newest.

    Of very many, only one in ``every`` is read.
    """
    span = (*_span(channels, since, until), limit, every)
    return [_written(row) for row in db.rows(_NEWEST, span)]


def outstanding(
    db: Database, channels: Collection[str], since: datetime, until: datetime, label: str | None
) -> list[Written]:
    """The earliest of all of that time and label, and the one that reaches most people."""
    span = (*_span(channels, since, until), label)
    return [_written(row) for sql in (_EARLIEST, _REACHING) for row in db.rows(sql, span)]


def _span(channels: Collection[str], since: datetime, until: datetime) -> tuple[str, str, str]:
    return format_time(since), format_time(until), json.dumps(sorted(channels))


def _written(row: sqlite3.Row) -> Written:
    return Written(
        row["id"],
        parse_time(row["created_at"]),
        str(row["author_id"]),
        row["text"],
        row["label"],
        tuple(json.loads(row["topics"])) if row["topics"] != "[]" else (),
        row["reposts"],
        row["followers"],
    )
