"""Every change of the schema, in order. Append only: a migration that has shipped stays as it is.

To add one: write a function at the end, raise ``SCHEMA_VERSION`` in ``database.py`` and
say in a comment why it is needed.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from pathlib import Path

from sqlite_utils import Database as Tables
from sqlite_utils.migrations import Migrations

from socialcare.errors import DatabaseError
from socialcare.inbox.database import APPLICATION_ID, SCHEMA_VERSION, Database
from socialcare.inbox.place import make_private_file
from socialcare.inbox.schema import STATEMENTS
from socialcare.inbox.schema_insight import STATEMENTS as INSIGHT_STATEMENTS
from socialcare.inbox.schema_notify import STATEMENTS as NOTIFY_STATEMENTS
from socialcare.inbox.schema_replies import STATEMENTS as REPLY_STATEMENTS
from socialcare.inbox.schema_team import STATEMENTS as TEAM_STATEMENTS
from socialcare.inbox.views import VIEWS

migrations = Migrations("socialcare")


@migrations()
def m001_inbox(db: Tables) -> None:
    # Facts, labels, triage and events are four things from the first day on: a fetch
    # must never be able to write over what people decided.
    for statement in STATEMENTS:
        db.conn.execute(statement)


@migrations()
def m002_team(db: Tables) -> None:
    # Several people answer whole conversations by a clock of working hours, take back what
    # they did, join accounts to customers, and must be able to erase them.
    for statement in TEAM_STATEMENTS:
        db.conn.execute(statement)


@migrations()
def m003_replies(db: Tables) -> None:
    # Answers go out from here: each post is on record before its request leaves, so that a
    # crash can never make two of one.
    for statement in REPLY_STATEMENTS:
        db.conn.execute(statement)


@migrations()
def m004_insight(db: Tables) -> None:
    # Whether this hour is unusual is asked with every fetch: that must not count ten million rows.
    for statement in INSIGHT_STATEMENTS:
        db.conn.execute(statement)


@migrations()
def m005_notify(db: Tables) -> None:
    # Who is told of something must be told once, and not lose it while their service is down.
    for statement in NOTIFY_STATEMENTS:
        db.conn.execute(statement)


def create(path: Path, *, demo: bool) -> None:
    """Make a new inbox: built under another name and put in its place when it is whole.

    A run that is killed on the way leaves no half-made file, and of two programs that
    start at once one makes the file and the other finds it.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        draft.unlink(missing_ok=True)
        make_private_file(draft)
    except OSError as error:
        raise DatabaseError(
            f"no database can be made in {path.parent}: {error.strerror}.",
            "give that folder write permission, or name another file with --db FILE",
        ) from error
    try:
        conn = sqlite3.connect(draft, isolation_level=None)
        try:
            migrate(Database(conn, path), from_version=0, demo=demo)
        finally:
            conn.close()
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def migrate(database: Database, *, from_version: int, demo: bool) -> None:
    """Bring a file to the current schema, all or nothing; an existing one is copied first."""
    if from_version:
        copy_before(database, from_version)
    tables = Tables(database.conn, execute_plugins=False)
    with database.write() as conn:
        current = conn.execute("pragma user_version").fetchone()[0]
        if current >= SCHEMA_VERSION:
            return  # another process was quicker
        _drop_views(conn)
        migrations.apply(tables)
        for view in VIEWS:
            conn.execute(view)
        conn.execute(f"pragma application_id = {APPLICATION_ID}")
        conn.execute(f"pragma user_version = {SCHEMA_VERSION}")
        if not from_version:
            conn.execute("insert into meta values ('demo', ?)", ("1" if demo else "0",))


def _drop_views(conn: sqlite3.Connection) -> None:
    """Views hold nothing: they are made anew, as this version documents them."""
    for (name,) in conn.execute("select name from sqlite_schema where type = 'view'").fetchall():
        conn.execute(f'drop view "{name}"')


def copy_before(database: Database, version: int) -> Path:
    """Copy the file beside itself, so that a migration can be taken back by hand."""
    copy = database.path.with_name(f"{database.path.name}.before-schema-{version + 1}")
    if copy.exists():
        return copy
    try:
        make_private_file(copy)
        target = sqlite3.connect(copy)
        with target:
            database.conn.backup(target)
        target.close()
    except (OSError, sqlite3.Error) as error:
        copy.unlink(missing_ok=True)
        raise DatabaseError(
            f"the database must be migrated, and the copy made first failed: {error}.",
            f"make room beside {database.path}",
        ) from error
    return copy
