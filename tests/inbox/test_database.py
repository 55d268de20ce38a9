"""The file: who may open it, what is refused, and that writers never lose each other's work."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing

import pytest
from sqlite_utils.migrations import Migrations

from socialcare.errors import BusyError, DatabaseError
from socialcare.inbox import database, migrations
from socialcare.inbox.database import SCHEMA_VERSION, journal_is_safe, open_reader, open_writer
from socialcare.inbox.place import refuse_network_place
from tests.inbox.house import new_inbox


def test_a_new_file_is_ours_alone_and_whole(tmp_path):
    path = tmp_path / "deep" / "down" / "inbox.db"
    db = open_writer(path)
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"
    assert (
        db.value("pragma user_version") == SCHEMA_VERSION == len(migrations.migrations._migrations)
    )
    assert db.value("pragma integrity_check") == "ok"
    assert [p.name for p in path.parent.iterdir()] == ["inbox.db"]
    db.close()


def test_every_table_is_strict(tmp_path):
    db = new_inbox(tmp_path)
    loose = db.rows(
        "select name from pragma_table_list where schema = 'main' and type = 'table'"
        " and strict = 0 and name not like 'sqlite%' and name not like '%_fts%'"
        " and name not like '_sqlite%'"
    )
    assert [row["name"] for row in loose] == []
    db.close()


def test_reading_never_writes(tmp_path):
    new_inbox(tmp_path).close()
    reader = open_reader(tmp_path / "inbox.db")
    with pytest.raises(DatabaseError), reader.write() as tx:
        tx.execute("delete from mention")
    reader.close()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty: something emptied it"),
        (b"not a database at all, but long enough to be looked at" * 10, "is not a database"),
    ],
)
def test_what_is_no_database_is_refused_and_left_alone(tmp_path, content, message):
    path = tmp_path / "inbox.db"
    path.write_bytes(content)
    for opened in (open_reader, open_writer):
        with pytest.raises(DatabaseError, match=message):
            opened(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused(tmp_path):
    path = tmp_path / "other.db"
    conn = sqlite3.connect(path)
    conn.execute("create table t (a)")
    conn.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="of another program"):
        open_writer(path)
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused_untouched(tmp_path):
    path = tmp_path / "inbox.db"
    new_inbox(tmp_path).close()
    conn = sqlite3.connect(path)
    conn.execute("pragma user_version = 99")
    conn.close()
    before = path.read_bytes()
    for opened in (open_reader, open_writer):
        with pytest.raises(DatabaseError) as caught:
            opened(path)
        assert caught.value.message == (
            "the database was made by a newer socialcare"
            f" (schema 99, this one knows {SCHEMA_VERSION})."
        )
        assert caught.value.hint == "pipx upgrade socialcare"
    assert path.read_bytes() == before


def test_an_older_schema_is_copied_and_then_migrated(tmp_path, monkeypatch):
    path = tmp_path / "inbox.db"
    db = new_inbox(tmp_path)
    with db.write() as tx:
        tx.execute("insert into meta values ('kept', 'yes')")
    db.close()

    later = Migrations("socialcare")
    later._migrations = list(migrations.migrations._migrations)

    @later()
    def m002_test(tables):
        tables.conn.execute("create table added (a integer) strict")

    monkeypatch.setattr(migrations, "migrations", later)
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    monkeypatch.setattr(database, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    reader = open_reader(path)
    assert reader.value("select value from meta where key = 'kept'") == "yes"
    assert reader.value("select count(*) from added") == 0
    assert reader.value("pragma user_version") == SCHEMA_VERSION + 1
    reader.close()
    copy = tmp_path / f"inbox.db.before-schema-{SCHEMA_VERSION + 1}"
    assert oct(copy.stat().st_mode & 0o777) == "0o600"
    old = sqlite3.connect(copy)
    assert old.execute("pragma user_version").fetchone() == (SCHEMA_VERSION,)
    old.close()


def test_a_migration_that_fails_leaves_the_old_schema(tmp_path, monkeypatch):
    path = tmp_path / "inbox.db"
    new_inbox(tmp_path).close()
    later = Migrations("socialcare")
    later._migrations = list(migrations.migrations._migrations)

    @later()
    def m002_test(tables):
        tables.conn.execute("create table added (a integer) strict")
        tables.conn.execute("this is no sql")

    monkeypatch.setattr(migrations, "migrations", later)
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    monkeypatch.setattr(database, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with pytest.raises(sqlite3.OperationalError):
        open_writer(path)
    conn = sqlite3.connect(path)
    assert conn.execute("pragma user_version").fetchone() == (SCHEMA_VERSION,)
    assert not conn.execute("select 1 from sqlite_master where name = 'added'").fetchall()
    conn.close()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_only_where_its_race_is_fixed(version, safe):
    assert journal_is_safe(version) is safe


def test_the_journal_and_its_durability_go_together(tmp_path):
    db = new_inbox(tmp_path)
    pair = (db.value("pragma journal_mode"), db.value("pragma synchronous"))
    assert pair == (("wal", 2) if journal_is_safe(sqlite3.sqlite_version_info) else ("delete", 3))
    assert db.value("pragma foreign_keys") == 1
    assert db.value("pragma secure_delete") == 1
    db.close()


def test_a_network_file_system_is_refused(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/sda1 / ext4 rw 0 0\nserver:/home {tmp_path}/my\\040share nfs4 rw 0 0\n"
    )
    refuse_network_place(tmp_path / "local.db", mounts)
    with pytest.raises(DatabaseError, match=r"network file system \(nfs4\)"):
        refuse_network_place(tmp_path / "my share" / "inbox.db", mounts)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DatabaseError, match="permission denied"):
        open_writer(tmp_path / "inbox.db")


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(DatabaseError, match="is a folder"):
        open_writer(tmp_path)


def test_a_writer_that_waits_in_vain_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    first = new_inbox(tmp_path)
    second = open_writer(tmp_path / "inbox.db")
    with (
        first.write(),
        pytest.raises(BusyError, match="another program has been writing"),
        second.write(),
    ):
        pass
    first.close()
    second.close()


def test_no_update_of_two_writers_is_lost(tmp_path):
    new_inbox(tmp_path).close()
    path = tmp_path / "inbox.db"
    setup = open_writer(path)
    with setup.write() as tx:
        tx.execute("insert into meta values ('n', '0')")

    def count():
        db = open_writer(path)
        for _ in range(100):
            with db.write() as tx:
                seen = int(tx.execute("select value from meta where key = 'n'").fetchone()[0])
                tx.execute("update meta set value = ? where key = 'n'", (str(seen + 1),))
        db.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert setup.value("select value from meta where key = 'n'") == "400"
    setup.close()


def test_two_programs_that_make_the_file_at_once_share_one(tmp_path):
    path = tmp_path / "inbox.db"
    failed: list[BaseException] = []

    def make():
        try:
            open_writer(path).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [p.name for p in tmp_path.iterdir()] == ["inbox.db"]


@pytest.mark.parametrize("mode", ["ro", "rw"])
def test_the_first_look_at_a_file_is_as_patient_as_all_others(tmp_path, mode):
    path = tmp_path / "inbox.db"
    open_writer(path).close()
    with closing(database._connected(path, mode)) as conn:
        waits_ms = conn.execute("pragma busy_timeout").fetchone()[0]
    assert waits_ms == 1000 * database.BUSY_SECONDS
