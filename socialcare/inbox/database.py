"""The one way to open the SQLite file.

Everything about the file that can lose data is decided here: the journal, the
transactions, who may read it, and which files are refused.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from socialcare.errors import BusyError, DatabaseError
from socialcare.inbox.place import refuse_network_place

APPLICATION_ID = 0x736F6361
"""Marks the file as ours: the letters "soca"."""
SCHEMA_VERSION = 5
"""How many migrations this program knows."""
BUSY_SECONDS = 30.0


class Database:
    """An open inbox. Reads see a consistent file; changes go through :meth:`write`."""

    def __init__(self, conn: sqlite3.Connection, path: Path) -> None:
        self.conn = conn
        self.path = path

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        with told(self.path):
            return self.conn.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Row | None:
        with told(self.path):
            row: sqlite3.Row | None = self.conn.execute(sql, parameters).fetchone()
            return row

    def value(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        row = self.one(sql, parameters)
        return None if row is None else row[0]

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the write lock from its first statement on.

        A deferred transaction that reads before it writes fails at once when another
        writer was quicker, however long the time-out; this one waits.
        """
        with told(self.path):
            self.conn.execute("begin immediate")
            try:
                yield self.conn
            except BaseException:
                if self.conn.in_transaction:
                    self.conn.execute("rollback")
                raise
            self.conn.execute("commit")

    def close(self) -> None:
        self.conn.close()


def open_reader(path: Path) -> Database:
    """Open an existing inbox for reading; an older one is migrated first.

    Raises
    ------
    DatabaseError
        Not a file of ours, damaged, unreadable, or made by a newer version.

    """
    with told(path):
        _take_back_interrupted(path)
        if _checked_version(path) < SCHEMA_VERSION:
            open_writer(path).close()
        return _open_read_only(path)


def open_as_it_is(path: Path) -> Database:
    """Open an existing inbox only to look at it: nothing is migrated, nothing taken back.

    Raises
    ------
    DatabaseError
        As :func:`open_reader`, or a write was interrupted and waits to be taken back.

    """
    with told(path):
        _checked_version(path)
        return _open_read_only(path)


def open_writer(path: Path, *, demo: bool = False) -> Database:
    """Open the inbox for changes; make it, or migrate it, where needed.

    Raises
    ------
    DatabaseError
        As :func:`open_reader`, or the place cannot be written.

    """
    with told(path):
        refuse_network_place(path)
        if not path.exists():
            from socialcare.inbox.migrations import create

            create(path, demo=demo)
        _take_back_interrupted(path)
        version = _checked_version(path)
        if not os.access(path, os.W_OK):
            raise _unusable(path, "written")
        database = _prepared(sqlite3.connect(path, isolation_level=None), path, *_journal())
        if version < SCHEMA_VERSION:
            from socialcare.inbox.migrations import migrate

            migrate(database, from_version=version, demo=demo)
        return database


def _open_read_only(path: Path) -> Database:
    return _prepared(_connected(path, "ro"), path, "pragma query_only = on")


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    """An existing file, with the full patience from the first look on."""
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_SECONDS)


def _take_back_interrupted(path: Path) -> None:
    """Let SQLite undo what a killed program left half done: a reader alone may not do that."""
    if path.with_name(f"{path.name}-journal").exists():
        conn = _connected(path, "rw")
        try:
            conn.execute("pragma schema_version")
        finally:
            conn.close()


def _prepared(conn: sqlite3.Connection, path: Path, *pragmas: str) -> Database:
    conn.row_factory = sqlite3.Row
    # First of all: with no time-out even the other pragmas can fail.
    conn.execute(f"pragma busy_timeout = {int(BUSY_SECONDS * 1000)}")
    for pragma in ("pragma foreign_keys = on", "pragma secure_delete = on", *pragmas):
        conn.execute(pragma)
    return Database(conn, path)


def _journal() -> tuple[str, str]:
    """WAL only where SQLite has the fix of its WAL-reset race (https://sqlite.org/wal.html).

    Both pairs lost nothing in replayed power cuts; WAL with NORMAL lost acknowledged pages.
    """
    if journal_is_safe(sqlite3.sqlite_version_info):
        return "pragma journal_mode = wal", "pragma synchronous = full"
    return "pragma journal_mode = delete", "pragma synchronous = extra"


def journal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix: 3.51.3, or its backports 3.50.7 and 3.44.6."""
    return (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )


def _checked_version(path: Path) -> int:
    """The schema version of an existing file, after making sure that it is ours to open."""
    if path.is_dir():
        raise DatabaseError(f"{path} is a folder, not a database.", "name a file with --db FILE")
    if path.stat().st_size == 0:
        # SQLite would take it for a new database and hide that something emptied it.
        raise DatabaseError(
            f"{path} is empty: something emptied it, or it never was a database.",
            f"restore a backup, or remove it to start anew: rm {path}",
        )
    conn = _connected(path, "ro")
    try:
        application = conn.execute("pragma application_id").fetchone()[0]
        version: int = conn.execute("pragma user_version").fetchone()[0]
    finally:
        conn.close()
    if application != APPLICATION_ID:
        raise DatabaseError(
            f"{path} is a database of another program.", "name another file with --db FILE"
        )
    if version > SCHEMA_VERSION:
        raise DatabaseError(
            "the database was made by a newer socialcare "
            f"(schema {version}, this one knows {SCHEMA_VERSION}).",
            "pipx upgrade socialcare",
            code="newer_schema",
        )
    return version


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into an error with a way out."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(path, error) from error
    except PermissionError as error:
        raise DatabaseError(
            f"{error.filename or path} cannot be opened: permission denied.",
            "change its owner or mode, or name another file with --db FILE",
        ) from error
    except OSError as error:
        raise DatabaseError(
            f"{error.filename or path}: {error.strerror or error}.",
            "name another file with --db FILE",
        ) from error


def _unusable(path: Path, how: str) -> DatabaseError:
    return DatabaseError(
        f"{path} cannot be {how}.", f"look at its owner and mode: ls -l {shlex.quote(str(path))}"
    )


def _explained(path: Path, error: sqlite3.Error) -> DatabaseError | BusyError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return BusyError(
            f"another program has been writing to {path} for {BUSY_SECONDS:.0f} s.",
            "wait for it and try again",
        )
    if name.startswith("SQLITE_FULL"):
        return DatabaseError(f"the disk of {path} is full.", "make room and run it again")
    if name == "SQLITE_READONLY_ROLLBACK":
        return DatabaseError(
            f"{path}: a write was interrupted and must be taken back first.",
            "the next command that may write there does that: socialcare inbox",
            code="interrupted",
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return _unusable(path, "written" if "READONLY" in name else "opened")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        what = "is not a database" if "NOTADB" in name else "is damaged"
        return DatabaseError(f"{path} {what}.", "look what can be done: socialcare doctor")
    if name.startswith("SQLITE_IOERR"):
        return DatabaseError(f"{path}: reading or writing failed ({error}).", "check the disk")
    raise error
