"""Our program as a process of its own, killed at a moment that is counted in its own steps.

A step is a statement of the database or a connection that is opened, so that the moments lie
where something changes: before and after ``sending`` is on record, before the request leaves,
and between the answer and its record. On a server of ours there are moments of the server too.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from tests.sending.fake_stage import OnFediverse
from tests.sending.scenarios import WORDS, answer_to, question, stage_options
from tests.sending.stage import Stage, judge
from tests.workflow.office import LONG

PROGRAM = """\
import os, signal, sqlite3, sys

moment, steps = int(sys.argv[1]), 0

def step(*_):
    global steps
    steps += 1
    if steps == moment:
        os.kill(os.getpid(), signal.SIGKILL)

connect = sqlite3.connect

def traced(*args, **options):
    conn = connect(*args, **options)
    conn.set_trace_callback(step)
    return conn

sqlite3.connect = traced
sys.addaudithook(lambda event, _args: step() if event == "socket.connect" else None)
from socialcare.cli import main
code = main(sys.argv[2:])
print("steps", steps, file=sys.stderr)
sys.exit(code)
"""
AT_SERVER = ("asked", "done", "told")
SERVER_SHARE = 0.3
"""Of the moments, where the server is ours: some of those matter most."""


@dataclass(frozen=True)
class Killed:
    """One letter, and where the process was killed that should have sent it."""

    id: int
    text: str
    moment: str
    by_kill: bool


def started(stage: Stage, moment: int, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(moment), *words],
        env=stage.office.environ | {"SOCIALCARE_USER": "leo"} | stage.environ,
        cwd=stage.office.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def steps_of(stage: Stage, *words: str) -> int:
    """How many there are where nobody kills it."""
    process = started(stage, 0, *words)
    _, err = process.communicate(timeout=LONG)
    assert process.returncode == 0, err
    return int(err.split()[-1])


def kill_many(stage: Stage, count: int, seed: int) -> list[Killed]:
    """Kill so many processes that send, each with a letter of its own."""
    chance = random.Random(seed)
    words = [_word(number) for number in range(count + 2)]
    for word in words:
        stage.ask(question(word))
    stage.settle_server()
    assert stage.run("fetch", "--quiet").code == 0
    ids = [_id_of(stage, word) for word in words]
    sent = steps_of(stage, *_sending(stage, ids[0], words[0]))
    stage.approve(ids[1], answer_to(words[1]), *stage_options(stage))
    fetched = steps_of(stage, "fetch", "--quiet")
    return [
        _kill_one(stage, id_, word, chance, sent, fetched)
        for id_, word in zip(ids[2:], words[2:], strict=True)
    ]


def _kill_one(
    stage: Stage, id_: int, word: str, chance: random.Random, sent: int, fetched: int
) -> Killed:
    in_fetch, text = chance.random() < 0.3, answer_to(word)
    if in_fetch:
        stage.approve(id_, text, *stage_options(stage))
        command: Sequence[str] = ("fetch", "--quiet")
    else:
        command = _sending(stage, id_, word)
    if isinstance(stage, OnFediverse) and chance.random() < SERVER_SHARE:
        said, killed = _kill_at_server(stage, chance.choice(AT_SERVER), command)
    else:
        moment = chance.randint(1, fetched if in_fetch else sent)
        process = started(stage, moment, *command)
        process.communicate(timeout=LONG)
        said, killed = f"step {moment}", process.returncode == -signal.SIGKILL
    return Killed(id_, text, f"{command[0]}, {said}", killed)


def _kill_at_server(stage: OnFediverse, moment: str, command: Sequence[str]) -> tuple[str, bool]:
    process = started(stage, 0, *command)

    def kill(now: str) -> None:
        if now == moment:
            os.kill(process.pid, signal.SIGKILL)

    stage.server.on_post = kill
    process.communicate(timeout=LONG)
    stage.server.on_post = lambda _moment: None
    return f"{moment} at the server", process.returncode == -signal.SIGKILL


def _sending(stage: Stage, id_: int, word: str) -> tuple[str, ...]:
    return ("reply", str(id_), "--body", answer_to(word), *stage_options(stage), "--send")


def _word(number: int) -> str:
    """No two alike, and none that is part of another."""
    return f"{WORDS[number // len(WORDS) % len(WORDS)]} {WORDS[number % len(WORDS)]} {_letters(number)}"


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")


def _id_of(stage: Stage, word: str) -> int:
    return cast("int", stage.office.value(f"select id from mention where text like '%{word}%'"))


def judged(stage: Stage, killed: Sequence[Killed]) -> list[str]:
    """What became of each, once everything has come to rest.

    Raises
    ------
    LawBrokenError
        Of one it is not what may become of it; says which.

    """
    told = []
    for one in killed:
        try:
            told.append(judge(stage, one.id, one.text, private=not stage.public))
        except AssertionError as error:
            raise type(error)(f"killed in {one.moment}: {error}") from error
    return told
