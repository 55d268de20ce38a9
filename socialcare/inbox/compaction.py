"""What an erasure leaves to do once it is committed: index of words, free pages, journal.

SQLite overwrites what is deleted (``secure_delete``), but its full-text index only marks words
as gone until it is merged, and a file shrinks only when it is written anew.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from socialcare.errors import BusyError, DatabaseError
from socialcare.inbox.database import Database, told

_DUE = "erasure_due"
_MERGED_PAGES = 500
"""Pages of the index that one transaction merges: other writers wait no longer for it."""
_MEGABYTE = 1_000_000
_NEVER_ENDS = 1_000_000


def note_due(tx: sqlite3.Connection, at: str) -> None:
    """In the transaction that erases: a run that is killed afterwards can be ended by the next."""
    tx.execute("insert or replace into meta values (?, ?)", (_DUE, at))


def due_since(db: Database) -> str | None:
    """Since when an erasure waits to be ended."""
    found: str | None = db.value("select value from meta where key = ?", (_DUE,))
    return found


def end(db: Database) -> None:
    with db.write() as tx:
        tx.execute("delete from meta where key = ?", (_DUE,))


def merge_words(db: Database) -> None:
    """Merge the whole index into one piece: only then the words of deleted rows leave it."""
    pages = -_MERGED_PAGES
    for _ in range(_NEVER_ENDS):
        with db.write() as tx:
            before = tx.total_changes
            tx.execute("insert into mention_fts (mention_fts, rank) values ('merge', ?)", (pages,))
            # https://sqlite.org/fts5.html#the_merge_command: fewer than two changes is the end.
            if tx.total_changes - before < 2:
                return


def check_room(db: Database) -> None:
    """Whether there is room for writing the file anew; asked before anything is erased.

    Raises
    ------
    DatabaseError
        There is not; says how much is needed and where.

    """
    size = db.path.stat().st_size
    beside, temporary = db.path.parent, _temporary_folder()
    needs = {beside: size, temporary: size}
    if os.stat(beside).st_dev == os.stat(temporary).st_dev:  # noqa: PTH116
        needs = {beside: 2 * size}
    for folder, need in needs.items():
        free = shutil.disk_usage(folder).free
        if free < need:
            raise DatabaseError(
                f"erasing writes the file anew and needs {-(-need // _MEGABYTE):,} MB in"
                f" {folder}; {free // _MEGABYTE:,} MB are free. Nothing was erased.",
                "make room and run it again   or name another folder: export SQLITE_TMPDIR=FOLDER",
                code="no_room",
            )


def write_anew(db: Database) -> None:
    """Give back the free pages, and leave nothing in a write-ahead log.

    Raises
    ------
    BusyError
        Another program kept the file in use. The erasure itself is done and stays.

    """
    try:
        with told(db.path):
            db.conn.execute("vacuum")
            db.conn.execute("pragma wal_checkpoint(truncate)")
    except BusyError as error:
        raise BusyError(
            f"the texts are erased, but {db.path} could not be written anew: it is in use.",
            "end it when the others are done: socialcare forget --finish",
        ) from error


def _temporary_folder() -> Path:
    """Where SQLite writes what it needs for a while (https://sqlite.org/tempfiles.html)."""
    named = [os.environ.get(name, "") for name in ("SQLITE_TMPDIR", "TMPDIR")]
    for place in (*named, "/var/tmp", "/usr/tmp", "/tmp"):  # noqa: S108 - asked, not written to
        if place and os.access(place, os.W_OK | os.X_OK) and Path(place).is_dir():
            return Path(place)
    return Path()
