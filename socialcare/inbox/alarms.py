"""Alerts that go on: one incident each, who knows of it, and what is not to be told for a while."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialcare.clock import format_time, parse_time
from socialcare.inbox.database import Database

_LATEST = """
select * from alarm where name = :name and (ended_at is null or ended_at >= :since)
order by id desc limit 1
"""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is known of an alert. ``id`` None: nobody has put it on record yet."""

    id: int | None = None
    printed: bool = False
    """A quiet run has said it."""
    acked_by: str | None = None
    acked_at: datetime | None = None
    muted_by: str | None = None
    muted_until: datetime | None = None

    @property
    def is_quiet(self) -> bool:
        return self.acked_by is not None or self.muted_by is not None


def standing(
    db: Database, names: Sequence[str], now: datetime, cooldown: timedelta
) -> dict[str, Alarm]:
    """What is known of these alerts; nothing is put on record."""
    return {name: _alarm(db.conn, name, now, cooldown) for name in names}


def update(
    tx: sqlite3.Connection, found: Mapping[str, Sequence[int]], now: datetime, cooldown: timedelta
) -> dict[str, Alarm]:
    """Note which alerts there are now, with the mentions of each; what is not found has ended.

    What was away for no longer than ``cooldown`` is the same incident as before.
    """
    at = format_time(now)
    tx.execute(
        "update alarm set ended_at = ? where ended_at is null"
        " and name not in (select value from json_each(?))",
        (at, json.dumps(list(found))),
    )
    for name, ids in found.items():
        row = tx.execute(_LATEST, _values(name, now, cooldown)).fetchone()
        told = json.dumps(list(ids))
        if row is None:
            tx.execute("insert into alarm (name, began_at, ids) values (?, ?, ?)", (name, at, told))
        elif row["ended_at"] is not None or row["ids"] != told:
            tx.execute("update alarm set ended_at = null, ids = ? where id = ?", (told, row["id"]))
    return {name: _alarm(tx, name, now, cooldown) for name in found}


def _alarm(conn: sqlite3.Connection, name: str, now: datetime, cooldown: timedelta) -> Alarm:
    row = conn.execute(_LATEST, _values(name, now, cooldown)).fetchone()
    mute = conn.execute(
        "select until, muted_by from alarm_mute where name = ? and until > ?",
        (name, format_time(now)),
    ).fetchone()
    return Alarm(
        id=row and row["id"],
        printed=row is not None and row["printed_at"] is not None,
        acked_by=row and row["acked_by"],
        acked_at=parse_time(row["acked_at"]) if row and row["acked_at"] else None,
        muted_by=mute and mute["muted_by"],
        muted_until=parse_time(mute["until"]) if mute else None,
    )


def _values(name: str, now: datetime, cooldown: timedelta) -> dict[str, str]:
    return {"name": name, "since": format_time(now - cooldown)}


def mute(tx: sqlite3.Connection, name: str, until: datetime, by: str, now: datetime) -> None:
    tx.execute(
        "insert into alarm_mute values (?, ?, ?, ?) on conflict do update set"
        " until = excluded.until, muted_by = excluded.muted_by, muted_at = excluded.muted_at",
        (name, format_time(until), by, format_time(now)),
    )


def acknowledge(tx: sqlite3.Connection, id_: int, by: str, now: datetime) -> None:
    """Whoever was first stays on record."""
    tx.execute(
        "update alarm set acked_by = ?, acked_at = ? where id = ? and acked_by is null",
        (by, format_time(now), id_),
    )


def printed(tx: sqlite3.Connection, ids: Sequence[int], now: datetime) -> None:
    tx.execute(
        "update alarm set printed_at = ? where printed_at is null"
        " and id in (select value from json_each(?))",
        (format_time(now), json.dumps(list(ids))),
    )
