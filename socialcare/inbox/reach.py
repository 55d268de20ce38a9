"""How often posts are passed on, and since when: noted with every fetch, for two days."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from socialcare.clock import format_time, parse_time
from socialcare.inbox.database import Database

KEPT = timedelta(days=2)
LEAST = 3
"""Posts that were passed on less often do not spread."""
_NOTED = """
insert or replace into reach
select m.id, :at, m.reposts from mention m
where m.id in (select value from json_each(:ids)) and m.role = 'mention' and m.reposts >= :least
  and m.reposts is not (select reposts from reach r where r.mention_id = m.id
    order by r.at desc limit 1)
"""
_RISING = """
select m.id, m.created_at, m.channel, t.label, a.handle, m.text,
  (select json_group_array(json_array(r.at, r.reposts)) from reach r where r.mention_id = m.id)
    as noted
from mention m join triage t on t.mention_id = m.id join author a on a.id = m.author_id
where m.id in (select distinct mention_id from reach where at > ? and at <= ?)
  and t.status <> 'filtered' and m.gone_at is null
order by m.id
"""
# Where a channel shows reposts as posts of their own, each has its time.
_REPOSTED = """
select repost_of, created_at from mention
where created_at > ? and created_at <= ? and role = 'repost' and repost_of is not null
"""
_POSTS = """
select m.id, m.uri, m.external_id, m.created_at, m.channel, t.label, a.handle, m.text
from mention m join triage t on t.mention_id = m.id join author a on a.id = m.author_id
where m.id in (
    select id from mention where uri in (select value from json_each(:names))
    union select id from mention where (source, external_id) in (
      select source, repost_of from mention where role = 'repost'
        and repost_of in (select value from json_each(:names))))
  and m.role = 'mention' and t.status <> 'filtered' and m.gone_at is null
order by m.id
"""


@dataclass(frozen=True, slots=True)
class Rising:
    """A post with how often it had been passed on by when; ``reposts`` are times of single ones."""

    id: int
    created_at: datetime
    channel: str
    label: str
    author: str
    text: str
    noted: tuple[tuple[datetime, int], ...] = ()
    reposts: tuple[datetime, ...] = ()


def note(tx: sqlite3.Connection, ids: Iterable[int], at: str) -> None:
    """Note the counts of these mentions, as far as they are new; forget old ones."""
    listed = json.dumps(list(ids))
    tx.execute(_NOTED, {"at": at, "ids": listed, "least": LEAST})
    tx.execute("delete from reach where at < ?", (format_time(parse_time(at) - KEPT),))


def rising(db: Database, after: datetime, until: datetime) -> list[Rising]:
    """Posts that were passed on in that time, as far as anybody could see."""
    span = (format_time(after), format_time(until))
    found = {row["id"]: _counted(row) for row in db.rows(_RISING, span)}
    for post in _passed_on(db, span):
        known = found.get(post.id, post)
        found[post.id] = replace(known, reposts=post.reposts)
    return [found[id_] for id_ in sorted(found)]


def _counted(row: sqlite3.Row) -> Rising:
    noted = ((parse_time(at), reposts) for at, reposts in json.loads(row["noted"]))
    return replace(_post(row), noted=tuple(sorted(noted)))


def _post(row: sqlite3.Row) -> Rising:
    at = parse_time(row["created_at"])
    return Rising(row["id"], at, row["channel"], row["label"], row["handle"], row["text"])


def _passed_on(db: Database, span: tuple[str, str]) -> list[Rising]:
    times: dict[str, list[datetime]] = {}
    for row in db.rows(_REPOSTED, span):
        times.setdefault(row["repost_of"], []).append(parse_time(row["created_at"]))
    names = [name for name, at in times.items() if len(at) >= LEAST]
    if not names:
        return []
    return [
        replace(
            _post(row), reposts=tuple(sorted(times.get(row["uri"]) or times[row["external_id"]]))
        )
        for row in db.rows(_POSTS, {"names": json.dumps(names)})
    ]
