"""What people get wrong ends in two lines and the right exit code; nothing is made or lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from socialcare.testing import Item
from tests.channels.cases.hackernews import Algolia
from tests.workflow.office import LONG, PROGRAM, Office, Ran

CONFIG = """\
[brand]
name = "Acme"
[channels.hackernews]
base_url = "{url}"
"""
MENTIONS = "text,author\nStill no parcel,mia\n"


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path / "home")
    service = Algolia()
    service.items = [Item("1", office.clock.now())]
    with service.running() as url:
        office.configure(CONFIG.format(url=url))
        (office.home / "mentions.csv").write_text(MENTIONS)
        yield office


WAYS = pytest.mark.parametrize("words", [["fetch"], ["import", "mentions.csv"]], ids=lambda w: w[0])


@pytest.fixture
def refused(office, monkeypatch):
    """Run a command that must be refused: two lines, or one object, and not a byte changed."""
    monkeypatch.chdir(office.home)

    def run(*words, code=1, run=office.run):
        before = everything(office)
        ran = run(*words)
        assert everything(office) == before
        assert (ran.code, ran.out) == (code, "")
        error, hint = ran.err.splitlines()
        assert error.startswith("error: ")
        assert hint.startswith("hint:  ")
        if run != office.run:
            return ran.err
        as_json = run(*words, "--json")
        assert everything(office) == before
        assert (as_json.code, as_json.out) == (code, "")
        told = json.loads(as_json.err)["error"]
        assert told["message"] == error.removeprefix("error: ")
        return ran.err

    return run


def everything(office):
    """Every file and folder below the home; what cannot be read is known by its size."""
    return {
        str(path): path.read_bytes() if path.is_file() else None
        for path in sorted(office.home.rglob("*"))
    }


@WAYS
def test_a_config_that_was_named_and_is_not_there(refused, office, words):
    said = refused(*words, "--config", "nope.toml", code=2)
    assert "nope.toml" in said


@WAYS
def test_a_typo_in_the_config(refused, office, words):
    office.configure(office.config.read_text() + '[answer_by]\nurgnt = "1h"\n')
    said = refused(*words, code=2)
    assert "config.toml line 6" in said
    assert '"urgnt"' in said
    assert "urgent" in said.splitlines()[1]


@WAYS
def test_a_config_that_is_no_toml(refused, office, words):
    office.configure("[brand\nname = Acme")
    assert "line 1" in refused(*words, code=2)


@WAYS
def test_a_type_of_channel_that_does_not_exist(refused, office, words):
    office.configure(office.config.read_text().replace("hackernews", "hackrnews"))
    assert "hackernews" in refused(*words, code=2)


def test_a_fetch_without_a_config(refused, office):
    office.config.unlink()
    assert "socialcare init" in refused("fetch", code=2)


def made(office):
    """An inbox with a mention in it."""
    office.run("import", "--text", "hello")
    return office.database


def newer(path):
    change(path, "pragma user_version = 99")


def foreign(path):
    change(path, "pragma application_id = 1")


def change(path, sql):
    conn = sqlite3.connect(path)
    conn.execute(sql)
    conn.close()


def empty(path):
    path.write_bytes(b"")


def garbage(path):
    path.write_bytes(b"not a database at all, but long enough to look at" * 100)


def folder(path):
    path.unlink()
    path.mkdir()


@WAYS
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (newer, "made by a newer socialcare (schema 99, this one knows 5)"),
        (foreign, "is a database of another program"),
        (empty, "is empty"),
        (garbage, "is not a database"),
        (folder, "is a folder"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_database_that_is_none_of_ours(refused, office, words, spoil, said):
    spoil(made(office))
    assert said in refused(*words)


def obeying_modes(office):
    """Run the program without the right of root to pass over the mode of a file."""
    prefix = []
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("as root this needs setpriv")
        prefix = [setpriv, "--bounding-set=-dac_override,-dac_read_search"]

    def run(*words):
        ran = subprocess.run(
            [*prefix, PROGRAM, *words],
            env=office.environ,
            cwd=office.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run


MODES = pytest.mark.skipif(sys.platform == "win32", reason="modes of files are those of Unix")


@pytest.fixture
def mode():
    """Change a mode until the end of the test."""
    changed = []

    def change_mode(path, bits):
        changed.append((path, path.stat().st_mode))
        path.chmod(bits)

    yield change_mode
    for path, bits in changed:
        path.chmod(bits)


@MODES
@WAYS
@pytest.mark.parametrize("bits", [0o000, 0o400], ids=["unreadable", "read-only"])
def test_a_database_that_we_may_not_use(refused, office, words, mode, bits):
    path = made(office)
    mode(path, bits)
    said = refused(*words, run=obeying_modes(office))
    assert str(path) in said
    assert "ls -l" in said or "--db" in said


@MODES
@WAYS
@pytest.mark.parametrize("there", [True, False], ids=["with a database", "without one"])
def test_a_folder_that_we_may_not_write(refused, office, words, mode, there):
    if there:
        made(office)
    else:
        office.database.parent.mkdir(parents=True)
    mode(office.database.parent, 0o500)
    said = refused(*words, run=obeying_modes(office))
    assert str(office.database.parent) in said


@MODES
def test_a_file_that_we_may_not_read(refused, office, mode):
    mode(office.home / "mentions.csv", 0o000)
    said = refused("import", "mentions.csv", run=obeying_modes(office))
    assert said.startswith("error: mentions.csv cannot be read: Permission denied.\n")
