"""What can be wrong with the file, and what lies in its corners: looked at, never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from socialcare.clock import Clock, parse_time
from socialcare.inbox.database import Database, journal_is_safe

SECONDS = 20.0
"""What each look at the whole file may take; a larger one is checked in part."""
LOOKED_AT = 10_000
"""Open mentions among which the unsure ones are counted."""
_STEPS = 50_000
_INDEX_BUSY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Soundness:
    """``damage`` is the first thing found wrong with the pages or the references between rows."""

    damage: str | None
    index_damage: str | None
    whole: bool
    """Whether everything was looked at within its time."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Items that could not be read; the newest one speaks for all."""

    count: int
    newest: datetime
    channel: str
    place: str
    reason: str


def soundness(db: Database, clock: Clock) -> Soundness:
    """Check pages, references and the full-text index. ``db`` stays open meanwhile.

    The index can only be checked by a connection that may write. It takes the write lock
    and changes nothing; because ``db`` is open beside it, closing it moves nothing either.
    """
    damage, whole = _damage(db.conn, clock)
    if damage is not None:
        return Soundness(damage, None, whole)
    index_damage, whole_index = _index_damage(db.path, clock)
    return Soundness(None, index_damage, whole and whole_index)


def _damage(conn: sqlite3.Connection, clock: Clock) -> tuple[str | None, bool]:
    try:
        with _limited(conn, clock):
            found = conn.execute("pragma quick_check(1)").fetchone()[0]
            if found != "ok":
                return str(found), True
            orphan = conn.execute("pragma foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        return (None, False) if _interrupted(error) else (str(error), True)
    if orphan is not None:
        return f"a row of {orphan[0]} refers to a row of {orphan[2]} that is not there", True
    return None, True


def _index_damage(path: Path, clock: Clock) -> tuple[str | None, bool]:
    address = f"{path.absolute().as_uri()}?mode=rw"
    try:
        conn = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_INDEX_BUSY_SECONDS)
        with closing(conn), _limited(conn, clock):
            conn.execute("begin immediate")
            conn.execute(
                "insert into mention_fts (mention_fts, rank) values ('integrity-check', 1)"
            )
            conn.execute("rollback")
    except sqlite3.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        return (str(error), True) if name.startswith("SQLITE_CORRUPT") else (None, False)
    return None, True


@contextmanager
def _limited(conn: sqlite3.Connection, clock: Clock) -> Iterator[None]:
    end = clock.monotonic() + SECONDS
    conn.set_progress_handler(lambda: clock.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        conn.set_progress_handler(None, 0)


def _interrupted(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT"


def journal_mode(db: Database) -> str:
    return str(db.value("pragma journal_mode"))


def sqlite_version() -> str:
    """The SQLite of this Python, and whether write-ahead logging can be trusted in it."""
    safe = journal_is_safe(sqlite3.sqlite_version_info)
    return f"SQLite {sqlite3.sqlite_version}{'' if safe else ' (without the WAL-reset fix)'}"


def schema_version(db: Database) -> int:
    return int(db.value("pragma user_version"))


def filtered_count(db: Database) -> int:
    return int(db.value("select sum(n) from total where status = 'filtered'") or 0)


def letters(db: Database) -> Letters | None:
    """The dead letters, or None where there are none."""
    row = db.one(
        "select (select count(*) from dead_letter) as n, at, channel, place, reason"
        " from dead_letter order by id desc limit 1"
    )
    if row is None:
        return None
    return Letters(row["n"], parse_time(row["at"]), row["channel"], row["place"], row["reason"])


def unsure_languages(db: Database, own: str) -> dict[str, int]:
    """Languages in which open mentions are unsure, the most frequent first."""
    rows = db.rows(
        """
        select l.lang as lang, count(*) as n
        from (select mention_id, label from triage where waits = 1 limit ?) t
        join label l on l.mention_id = t.mention_id
        where t.label = 'unsure' and l.lang is not null and l.lang <> ?
        group by l.lang order by n desc, l.lang
        """,
        (LOOKED_AT, own),
    )
    return {row["lang"]: row["n"] for row in rows}
