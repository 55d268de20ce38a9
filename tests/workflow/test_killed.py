"""A fetch that is killed at any moment loses nothing: the next one goes on from there.

The moments are counted in requests of the server, with a little time behind, so that they
fall evenly over the work on a fast machine and on a slow one.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from socialcare.inbox.database import open_reader
from tests.inbox import house
from tests.workflow.crowd import CONFIG, Crowd
from tests.workflow.office import LONG, Office

MANY, FEWER = 2_000, 1_000
PAGE = 40
CUT_IN_TWO = """\
import os, signal, sqlite3, sys

db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("pragma cache_size = 5")
db.execute("pragma journal_mode = delete")
db.execute("begin immediate")
db.execute("update mention set text = 'half done'")
os.kill(os.getpid(), signal.SIGKILL)
"""
KILLED_AT = """\
import json, os, signal, sys

folder, moment, said = sys.argv[1], int(sys.argv[2]), []

def watch(event, args):
    if event not in ("open", "os.mkdir", "os.remove", "os.link", "os.rename", "sqlite3.connect"):
        return
    if not args or folder not in str(args[0]):
        return
    said.append(event)
    if len(said) == moment:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
from socialcare.cli import main
code = main(["fetch", "--quiet"])
print(json.dumps(said))
sys.exit(code)
"""
"""Runs a fetch that is killed when it touches the folder of the database for the n-th time."""


@pytest.fixture(scope="module")
def crowd(request):
    return Crowd(request.param)


@pytest.fixture(scope="module")
def url(crowd):
    with crowd.running() as url:
        yield url


@pytest.fixture
def office(tmp_path, url):
    found = Office(tmp_path)
    found.configure(CONFIG.format(url=url))
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, crowd, url):
    office = Office(tmp_path_factory.mktemp("undisturbed"))
    office.configure(CONFIG.format(url=url))
    assert office.run("fetch", "--quiet").code == 0
    found = office.contents()
    assert len(found) == len(crowd.statuses)
    return found


def kill_fetch(office, crowd, requests, seconds):
    """Start a fetch and kill it so long after so many requests, unless it ended before."""
    process = office.start("fetch", "--quiet")
    before = len(crowd.asked)
    timers = []

    def on_request(number):
        if number == before + requests:
            timers.append(threading.Timer(seconds, process.kill))
            timers[0].start()

    crowd.on_request = on_request
    out, err = process.communicate(timeout=LONG)
    crowd.on_request = lambda _number: None
    for timer in timers:
        timer.join()
    assert (out, err) == ("", "")
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


def is_sound(office, crowd):
    with closing(open_reader(office.database)) as db:
        assert db.value("pragma integrity_check") == "ok"
        assert db.rows("pragma foreign_key_check") == []
        counted = db.rows("select status, waits, label, count(*) from triage group by 1, 2, 3")
        totals = db.rows("select status, waits, label, n from total where n > 0 order by 1, 2, 3")
        assert [tuple(row) for row in counted] == [tuple(row) for row in totals]
        indexed = db.value("select count(*) from mention_fts where mention_fts match 'acme'")
        assert indexed == len(crowd.statuses)


@pytest.mark.parametrize("crowd", [FEWER], indirect=True)
def test_kills_in_a_row_and_one_clean_run(office, crowd, undisturbed):
    chance = random.Random(4)
    killed = [
        kill_fetch(office, crowd, chance.randrange(1, 5), chance.uniform(0, 0.05)) for _ in range(8)
    ]
    assert sum(killed) >= 6
    assert office.run("fetch", "--quiet").code == 0
    assert office.contents() == undisturbed
    is_sound(office, crowd)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(50))
@pytest.mark.parametrize("crowd", [MANY], indirect=True)
def test_a_kill_at_any_moment_and_one_clean_run(office, crowd, undisturbed, seed):
    chance = random.Random(seed)
    kill_fetch(office, crowd, chance.randrange(0, MANY // PAGE + 1), chance.uniform(0, 0.15))
    assert office.process("fetch", "--quiet").code == 0
    assert office.contents() == undisturbed
    is_sound(office, crowd)


def test_a_write_that_was_cut_in_two_is_taken_back_first(tmp_path):
    with Crowd(200).running() as url:
        office = made(tmp_path, url)
        assert office.run("fetch", "--quiet").code == 0
        before = office.contents()
        cut_in_two(office)
        ran = office.run("fetch")
    assert (ran.code, ran.err) == (0, "")
    assert office.contents() == before


def cut_in_two(office):
    """Leave the database as a program does that is killed while it writes."""
    cut = [sys.executable, "-c", CUT_IN_TWO, str(office.database)]
    assert subprocess.run(cut, check=False, timeout=LONG).returncode == -signal.SIGKILL
    assert office.database.with_name("socialcare.db-journal").exists()


def fetch_killed_at(office, moment):
    data = office.database.parent
    return subprocess.run(
        [sys.executable, "-c", KILLED_AT, str(data), str(moment)],
        check=False,
        env=office.environ,
        cwd=office.home,
        capture_output=True,
        text=True,
        timeout=LONG,
    )


def test_a_kill_while_the_database_is_made_leaves_none_or_a_whole_one(tmp_path):
    crowd = Crowd(3)
    with crowd.running() as url:
        whole = made(tmp_path / "whole", url)
        ran = fetch_killed_at(whole, 0)
        assert (ran.returncode, ran.stderr) == (0, "")
        said = json.loads(ran.stdout)
        assert "os.link" in said
        for moment in range(3, said.index("os.link") + 3):
            office = made(tmp_path / str(moment), url)
            assert fetch_killed_at(office, moment).returncode == -signal.SIGKILL
            if office.database.exists():
                assert house_of(office) == {}
            assert office.run("fetch", "--quiet").code == 0
            assert office.contents() == whole.contents()


def made(home, url):
    office = Office(home)
    office.configure(CONFIG.format(url=url))
    return office


def house_of(office):
    with closing(open_reader(office.database)) as db:
        return house.contents(db)
