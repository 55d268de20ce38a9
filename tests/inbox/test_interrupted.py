"""A program that is killed while it writes leaves a journal; the next reader clears it up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from socialcare.errors import DatabaseError
from socialcare.inbox.database import open_as_it_is, open_reader, open_writer

DIE_WRITING = """
import os, sys
from pathlib import Path
from socialcare.inbox.database import open_writer

db = open_writer(Path(sys.argv[1]))
db.conn.execute("pragma cache_size = 5")
db.conn.execute("pragma journal_mode = delete")
db.conn.execute("begin immediate")
for number in range(3000):
    db.conn.execute("insert into meta values (?, ?)", (f"k{number}", "x" * 500))
os._exit(9)
"""


@pytest.fixture
def interrupted(tmp_path: Path) -> Path:
    path = tmp_path / "acme.db"
    open_writer(path).close()
    subprocess.run([sys.executable, "-c", DIE_WRITING, str(path)], check=False, timeout=60)
    assert path.with_name("acme.db-journal").exists()
    return path


def test_the_next_reader_takes_the_half_done_write_back(interrupted):
    db = open_reader(interrupted)
    assert db.value("select count(*) from meta where key like 'k%'") == 0
    db.close()
    assert not interrupted.with_name("acme.db-journal").exists()


def test_whoever_only_looks_changes_nothing_and_says_so(interrupted):
    before = interrupted.read_bytes()
    with pytest.raises(DatabaseError) as caught:
        open_as_it_is(interrupted)
    assert caught.value.code == "interrupted"
    assert interrupted.read_bytes() == before
