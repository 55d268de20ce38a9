"""Questions of the user's own, in SQL, that can only read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from socialcare.clock import Clock
from socialcare.errors import DatabaseError, SocialcareError
from socialcare.inbox.database import open_reader

SECONDS = 10.0
"""How long one question may take."""
_STEPS = 10_000
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_FORBIDDEN_FUNCTIONS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}
VIEWS = ("inbox", "mentions", "replies", "people", "daily", "events")


@dataclass(frozen=True, slots=True)
class Answer:
    """``columns`` are names; the rows can be walked once."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def ask(path: Path, question: str, clock: Clock) -> Answer:
    """Run one SELECT. Attaching files, pragmas and writing are refused by SQLite itself.

    Raises
    ------
    SocialcareError
        Not a question SQLite can answer, not a reading one, or longer than ten seconds.

    """
    database = open_reader(path)
    conn = database.conn
    conn.row_factory = None
    # Opening the text index asks for more than reading; afterwards reading is enough.
    conn.execute("select rowid from mention_fts limit 0")
    end = clock.monotonic() + SECONDS
    conn.set_authorizer(_allow)
    conn.set_progress_handler(lambda: int(clock.monotonic() > end), _STEPS)
    try:
        cursor = conn.execute(question)
        first = cursor.fetchone()
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise _refused(error) from None
    if cursor.description is None:
        raise SocialcareError("this asks nothing.", 'socialcare sql "select * from inbox limit 5"')
    columns = tuple(column[0] for column in cursor.description)
    return Answer(columns, _walk(cursor, first))


def _walk(cursor: sqlite3.Cursor, first: tuple[Any, ...] | None) -> Iterator[tuple[Any, ...]]:
    try:
        while first is not None:
            yield tuple(_plain(value) for value in first)
            first = cursor.fetchone()
    except sqlite3.Error as error:
        raise _refused(error) from None


def _plain(value: Any) -> Any:
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
    if "interrupted" in text:
        return DatabaseError(
            f"the question took longer than {SECONDS:.0f} s.",
            "ask for less: add a where or a limit",
        )
    if "not authorized" in text or "prohibited" in text or "readonly" in text:
        return SocialcareError(
            "sql only reads: this asks for something else.", "start with select or with"
        )
    return SocialcareError(f"SQLite: {text.rstrip('.')}.", "see the views: socialcare sql --schema")


def schema(path: Path) -> list[tuple[str, list[str]]]:
    """The documented views with their columns."""
    database = open_reader(path)
    return [
        (
            view,
            [
                row["name"]
                for row in database.rows("select name from pragma_table_info(?)", (view,))
            ],
        )
        for view in VIEWS
    ]
