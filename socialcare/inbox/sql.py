"""Questions of the user's own, in SQL, that can only read."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from socialcare.clock import Clock
from socialcare.errors import DatabaseError, SocialcareError
from socialcare.inbox.database import Database
from socialcare.text import at_door

SECONDS = 10.0
"""How long one question may take."""
MAX_QUESTION = 1_000_000
MAX_VALUE = 16 * 1024 * 1024
"""Bytes of one value: a question must not fill the memory."""
_STEPS = 10_000
_BATCH = 100
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_FORBIDDEN_FUNCTIONS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}
VIEWS = ("inbox", "mentions", "conversations", "replies", "people", "daily", "events", "orders")


@dataclass(frozen=True, slots=True)
class Answer:
    """``columns`` are names; the rows can be walked once."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def ask(db: Database, question: str, clock: Clock) -> Answer:
    """Run one SELECT. Attaching files, pragmas and writing are refused by SQLite itself.

    The connection can only be used to read such questions afterwards.

    Raises
    ------
    SocialcareError
        Not a question SQLite can answer, not a reading one, or longer than ten seconds.

    """
    conn = db.conn
    conn.row_factory = None
    conn.text_factory = _decoded
    # Opening the text index asks for more than reading; afterwards reading is enough.
    conn.execute("select rowid from mention_fts limit 0")
    watch = _Watch(clock)
    conn.set_authorizer(_allow)
    conn.set_progress_handler(watch.is_over, _STEPS)
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
    with _refusals(), watch:
        cursor = conn.execute(at_door(question, MAX_QUESTION))
        first = cursor.fetchmany(1)
    if cursor.description is None:
        raise SocialcareError("this asks nothing.", 'socialcare sql "select * from inbox limit 5"')
    columns = tuple(column[0] for column in cursor.description)
    return Answer(columns, _walk(cursor, first, watch))


class _Watch:
    """Counts the time in which SQLite works, not that in which somebody reads the answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left = SECONDS
        self._from = 0.0

    def __enter__(self) -> None:
        self._from = self._clock.monotonic()

    def __exit__(self, *_: object) -> None:
        self._left -= self._clock.monotonic() - self._from

    def is_over(self) -> int:
        return int(self._clock.monotonic() - self._from > self._left)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise _refused(error) from None


def _walk(
    cursor: sqlite3.Cursor, rows: list[tuple[Any, ...]], watch: _Watch
) -> Iterator[tuple[Any, ...]]:
    while rows:
        for row in rows:
            yield tuple(_plain(value) for value in row)
        with _refusals(), watch:
            rows = cursor.fetchmany(_BATCH)


def _decoded(stored: bytes) -> str:
    """Text that ``cast`` made of any bytes is shown too."""
    return stored.decode("utf-8", "replace")


def _plain(value: Any) -> Any:
    """A value that every format can hold: JSON knows no infinity, and no bytes."""
    if isinstance(value, float) and not math.isfinite(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value.hex() if isinstance(value, bytes) else value


def _allow(
    action: int, first: str | None, second: str | None, _db: str | None, _by: str | None
) -> int:
    if action == sqlite3.SQLITE_FUNCTION and second in _FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and first == "data_version":
        return sqlite3.SQLITE_OK  # full-text search asks this by itself
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _refused(error: Exception) -> SocialcareError:
    text = str(error)
    name = getattr(error, "sqlite_errorname", "") or ""
    if name == "SQLITE_INTERRUPT":
        return DatabaseError(
            f"the question took longer than {SECONDS:.0f} s.",
            "ask for less: add a where or a limit",
        )
    if name.startswith(("SQLITE_AUTH", "SQLITE_READONLY")) or "not authorized" in text:
        return SocialcareError(
            "sql only reads: this asks for something else.", "start with select or with"
        )
    return SocialcareError(
        f"SQLite: {text[:200].rstrip('.')}.", "see the views: socialcare sql --schema"
    )


def schema(db: Database) -> list[tuple[str, list[str]]]:
    """The documented views with their columns."""
    columns = "select name from pragma_table_info(?)"
    return [(view, [row["name"] for row in db.rows(columns, (view,))]) for view in VIEWS]
