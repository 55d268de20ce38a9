"""What somebody is to be told of: kept until it is told, with how each target is doing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from socialcare.clock import format_time, parse_time
from socialcare.inbox.database import Database
from socialcare.settings.redaction import redacted

KEPT = timedelta(days=30)
"""How long what was told stays on record."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
_URGENT = """
select m.id from mention m join triage t on t.mention_id = m.id
  join channel_health h on h.channel = m.channel
where m.id > ? and m.role = 'mention' and t.status <> 'filtered' and t.priority_rank = 0
  and m.created_at > h.first_success_at and m.erased_at is null
order by m.id
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """``key`` says what it is about: what was noted once is not noted again."""

    key: str
    topic: str
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    ids: tuple[int, ...] = ()
    at_once: bool = False
    person: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class TargetState:
    """How it is going with one target. ``failures`` in a row."""

    name: str
    waiting: int = 0
    failures: int = 0
    not_before: datetime | None = None
    last_success: datetime | None = None
    error: str | None = None
    hint: str | None = None


def add(tx: sqlite3.Connection, notice: Notice, targets: Collection[str]) -> None:
    """Keep it for these targets. Nothing happens where it was noted before."""
    if not targets:
        return
    row = tx.execute(
        "insert into notice (key, topic, person, at, at_once, facts, ids)"
        " values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing returning id",
        (
            notice.key,
            notice.topic,
            notice.person,
            format_time(notice.at),
            int(notice.at_once),
            json.dumps(dict(notice.facts)),
            json.dumps(notice.ids),
        ),
    ).fetchone()
    if row is not None:
        tx.executemany(
            "insert into notice_delivery (notice_id, target) values (?, ?)",
            [(row["id"], target) for target in targets],
        )


def new_urgent(tx: sqlite3.Connection) -> list[int]:
    """Urgent mentions that nobody looked for yet, and that their channel did not have before us."""
    seen = tx.execute("select value from meta where key = 'noticed'").fetchone()
    found = [row["id"] for row in tx.execute(_URGENT, (int(seen["value"]),))]
    tx.execute(
        "update meta set value = (select cast(coalesce(max(id), 0) as text) from mention)"
        " where key = 'noticed'"
    )
    return found


def waiting(db: Database, target: str) -> list[Notice]:
    """What a target has not been told yet, the oldest first."""
    rows = db.rows(
        "select n.* from notice_delivery d join notice n on n.id = d.notice_id"
        " where d.target = ? and d.sent_at is null order by n.id",
        (target,),
    )
    return [
        Notice(
            row["key"],
            row["topic"],
            parse_time(row["at"]),
            json.loads(row["facts"]),
            tuple(json.loads(row["ids"])),
            bool(row["at_once"]),
            row["person"],
            row["id"],
        )
        for row in rows
    ]


def told(tx: sqlite3.Connection, target: str, notices: Sequence[Notice], now: datetime) -> None:
    at = format_time(now)
    tx.execute(
        "update notice_delivery set sent_at = ? where target = ?"
        " and notice_id in (select value from json_each(?))",
        (at, target, json.dumps([notice.id for notice in notices])),
    )
    tx.execute(
        "insert into notice_target (target, last_success_at) values (?, ?) on conflict do update"
        " set failures = 0, last_success_at = excluded.last_success_at, not_before = null,"
        " error = null, hint = null",
        (target, at),
    )


def failed(
    tx: sqlite3.Connection,
    target: str,
    error: str,
    hint: str,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """It was not told: the next try is after a pause that doubles each time."""
    tx.execute("insert into notice_target (target) values (?) on conflict do nothing", (target,))
    failures: int = tx.execute(
        "update notice_target set failures = failures + 1, error = ?, hint = ? where target = ?"
        " returning failures",
        (redacted(error), redacted(hint), target),
    ).fetchone()[0]
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - 1, 10))
    until = max(now + pause, min(not_before or now, now + timedelta(days=1)))
    tx.execute(
        "update notice_target set not_before = ? where target = ?", (format_time(until), target)
    )


def states(db: Database, targets: Sequence[str]) -> list[TargetState]:
    return [_state(db, target) for target in targets]


def _state(db: Database, target: str) -> TargetState:
    count = db.value(
        "select count(*) from notice_delivery where target = ? and sent_at is null", (target,)
    )
    row = db.one("select * from notice_target where target = ?", (target,))
    if row is None:
        return TargetState(target, count)
    return TargetState(
        target,
        count,
        row["failures"],
        parse_time(row["not_before"]) if row["not_before"] else None,
        parse_time(row["last_success_at"]) if row["last_success_at"] else None,
        row["error"],
        row["hint"],
    )


def drop_old(tx: sqlite3.Connection, now: datetime) -> None:
    """What waits is kept, however old it is."""
    tx.execute(
        "delete from notice where at < ? and not exists (select 1 from notice_delivery d"
        " where d.notice_id = notice.id and d.sent_at is null)",
        (format_time(now - KEPT),),
    )
