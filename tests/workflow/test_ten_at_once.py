"""Ten processes set, close, undo and fetch on one file: no event is lost, nobody sees a lock."""

from __future__ import annotations

import io
import json
import multiprocessing
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from socialcare.cli import main
from socialcare.clock import SystemClock
from socialcare.inbox.database import open_reader
from socialcare.output.streams import Streams
from socialcare.settings import Settings
from tests.inbox.replay import rebuilt, state
from tests.workflow.crowd import CONFIG, Crowd
from tests.workflow.office import Office

POSTS = 300
WORKERS = ("set", "set", "set", "tag", "close", "close", "undo", "undo", "fetch", "fetch")
FINE = {0, 1, 3, 75}
"""1 is a conflict that is told, 3 nothing to undo, 75 another fetch."""
ALLOWED = 10


def words_for(kind: str, dice: random.Random, last: int) -> list[str]:
    one, other = str(dice.randint(1, last)), str(dice.randint(1, last))
    return {
        "set": ["set", one, other, "--owner", dice.choice(["mia", "leo", "none"]), "--json"],
        "tag": ["set", one, "--tag", f"t{dice.randint(1, 5)}", "--note", "seen", "--json"],
        "close": ["close", one, other, "--reason", "no-answer-needed", "--json"],
        "undo": ["undo", "--json"],
        "fetch": ["fetch", "--json", *dice.choice([[], ["--since", "20d"]])],
    }[kind]


def work(home: str, number: int, seconds: float, last: int, told: Any) -> None:
    """One process: commands until the time is over, each with what it said."""
    kind, dice = WORKERS[number], random.Random(number)
    environ = {"HOME": home, "PATH": "/usr/bin:/bin", "SOCIALCARE_USER": f"{kind}{number}"}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        out, err = io.StringIO(), io.StringIO()
        streams = Streams(io.TextIOWrapper(io.BytesIO()), out, err)
        words = words_for(kind, dice, last)
        code = main(words, streams=streams, clock=SystemClock(), environ=environ)
        told.put((environ["SOCIALCARE_USER"], words, int(code), out.getvalue(), err.getvalue()))
    told.put(None)


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    with Crowd(POSTS).running() as url:
        office.configure(CONFIG.format(url=url))
        assert office.run("fetch").code == 0
        yield office


@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=pytest.mark.slow)])
def test_no_event_is_lost_and_nobody_sees_a_lock(office, tmp_path, seconds):
    last = office.value("select max(mention_id) from triage")
    ran = all_of(office.home, seconds, last)
    for user, words, code, out, err in ran:
        assert code in FINE, (user, words, code, out, err)
        assert "locked" not in out + err
        assert "Traceback" not in err
    told = {
        record["action"]: (user, len(record["changed"]))
        for user, words, code, out, _ in ran
        if code == 0 and words[0] != "fetch" and (record := json.loads(out))["action"] is not None
    }
    kept = {
        number: (actor, mentions)
        for number, actor, mentions in office.rows(
            "select a.id, a.actor, count(distinct e.mention_id) from action a"
            " join event e on e.action_id = a.id where a.actor <> 'fetch' group by a.id"
        )
    }
    assert kept == told
    assert len(told) > seconds
    assert {kind for kind, count in Counter(words[0] for _, words, *_ in ran).items() if count} == {
        "set",
        "close",
        "undo",
        "fetch",
    }
    live = open_reader(office.database)
    assert rebuilt(office.database, tmp_path, Settings()) == state(live)
    live.close()


def all_of(home: Path, seconds: float, last: int) -> list[tuple[str, list[str], int, str, str]]:
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    workers = [
        context.Process(target=work, args=(str(home), number, seconds, last, told), daemon=True)
        for number in range(len(WORKERS))
    ]
    for worker in workers:
        worker.start()
    ran, running = [], len(workers)
    while running:
        said = told.get(timeout=seconds * ALLOWED)
        if said is None:
            running -= 1
        else:
            ran.append(said)
    for worker in workers:
        worker.join(timeout=seconds * ALLOWED)
    return ran
