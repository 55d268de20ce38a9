"""Copies of the database: those that we made beside it, and files that people had written."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from datetime import datetime
from pathlib import Path

from socialcare.clock import format_time, parse_time
from socialcare.errors import DatabaseError, UsageError
from socialcare.inbox.database import Database, told
from socialcare.inbox.place import make_private_file, refuse_network_place

FOLDER = "backups"
_STAMP = "%Y-%m-%d-%H%M%S"
_ANY_STAMP = "????-??-??-??????"
_WRITTEN = "written_files"
_MOST_WRITTEN = 200


def backup_name(database: Path, now: datetime) -> Path:
    return database.parent / FOLDER / f"{database.stem}-{now:{_STAMP}}.db"


def backup(db: Database, target: Path, now: datetime) -> int:
    """Copy the whole inbox into a new private file; return its size.

    Raises
    ------
    UsageError
        There is a file or folder of that name.
    DatabaseError
        The place cannot be written, or lies on a network.

    """
    _refuse_taken(target)
    refuse_network_place(target)
    _copy(db, target)
    with db.write() as tx:
        tx.execute("insert or replace into meta values ('last_backup', ?)", (format_time(now),))
        if target.absolute() not in ours(db.path):
            note_written(tx, target)
    return target.stat().st_size


def _refuse_taken(target: Path) -> None:
    try:
        found = stat.S_ISDIR(target.lstat().st_mode)
    except OSError:
        return  # it is not there, or cannot be: making it tells why
    if found:
        raise UsageError(f"{target} is a folder.", "name a new file: socialcare config backup FILE")
    raise UsageError(
        f"{target} is there already, and a backup never writes over anything.",
        "name a new file: socialcare config backup FILE",
    )


def _copy(db: Database, target: Path) -> None:
    """SQLite fills a file that is there and empty; so nobody else can ever read it."""
    try:
        make_private_file(target)
    except OSError as error:
        raise DatabaseError(
            f"{target} cannot be written: {error.strerror or error}.",
            "name another file: socialcare config backup FILE",
        ) from None
    try:
        with told(db.path):
            db.conn.execute("vacuum into ?", (str(target),))
        with target.open("rb+") as file:
            os.fsync(file.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def last_backup(db: Database) -> datetime | None:
    stored = db.value("select value from meta where key = 'last_backup'")
    return None if stored is None else parse_time(stored)


def ours(database: Path) -> list[Path]:
    """Copies that lie where we put them: made before a migration, or as a backup."""
    folder = database.absolute().parent
    return sorted(
        [
            *folder.glob(f"{_literal(database.name)}.before-schema-*"),
            *(folder / FOLDER).glob(f"{_literal(database.stem)}-{_ANY_STAMP}.db"),
        ]
    )


def _literal(name: str) -> str:
    import glob

    return glob.escape(name)


def note_written(tx: sqlite3.Connection, path: Path) -> None:
    """Remember a file that holds what people wrote, so that an erasure can name it."""
    paths = [*_written(tx), str(path.absolute())]
    listed = json.dumps(list(dict.fromkeys(paths))[-_MOST_WRITTEN:])
    tx.execute("insert or replace into meta values (?, ?)", (_WRITTEN, listed))


def written(db: Database) -> list[Path]:
    """Those of the remembered files that are still there."""
    return [path for path in map(Path, _written(db.conn)) if path.exists()]


def forget_written(tx: sqlite3.Connection, keep: list[Path]) -> None:
    listed = json.dumps([str(path) for path in keep])
    tx.execute("insert or replace into meta values (?, ?)", (_WRITTEN, listed))


def _written(conn: sqlite3.Connection) -> list[str]:
    row = conn.execute("select value from meta where key = ?", (_WRITTEN,)).fetchone()
    found: list[str] = [] if row is None else json.loads(row[0])
    return found
