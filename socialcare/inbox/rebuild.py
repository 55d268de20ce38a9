"""An inbox that is made anew from nothing and takes the place of the old one in one step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from socialcare.inbox.database import Database, open_writer, told

_COMPANIONS = ("-journal", "-wal", "-shm")


@contextmanager
def rebuilt(path: Path, *, demo: bool) -> Iterator[Database]:
    """Fill a new inbox beside ``path``; it replaces the old one only when all went well.

    The old file is never opened, so a damaged one is replaced like any other.

    Raises
    ------
    DatabaseError
        The place cannot be written.

    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    _remove(draft)
    try:
        database = open_writer(draft, demo=demo)
        try:
            # Nobody misses a draft after a power cut; the whole file is flushed below.
            database.conn.execute("pragma synchronous = off")
            yield database
        finally:
            database.close()
        with told(path):
            _put(draft, path)
    finally:
        _remove(draft)


def _put(draft: Path, path: Path) -> None:
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    # A journal that a killed program left belongs to the old file: it must not reach the new one.
    for companion in _COMPANIONS:
        path.with_name(f"{path.name}{companion}").unlink(missing_ok=True)
    draft.replace(path)


def _remove(path: Path) -> None:
    for suffix in ("", *_COMPANIONS):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
