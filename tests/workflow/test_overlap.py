"""Many at once on one inbox: one fetch works, the others wait or say that it is busy."""

from __future__ import annotations

import fcntl
import os

import pytest

from socialcare.workflow.lock import fetch_lock
from tests.workflow.crowd import CONFIG, Crowd
from tests.workflow.office import Office, ended

POSTS = 60


@pytest.fixture
def crowd():
    return Crowd(POSTS)


@pytest.fixture
def office(tmp_path, crowd):
    office = Office(tmp_path)
    with crowd.running() as url:
        office.configure(CONFIG.format(url=url))
        yield office


@pytest.mark.parametrize("at_once", [6, pytest.param(20, marks=pytest.mark.slow)])
def test_many_at_once_from_nothing_make_one_inbox(office, at_once):
    running = [office.start("fetch") for _ in range(at_once)]
    ran = [ended(process) for process in running]
    assert {one.code for one in ran} <= {0, 75}
    worked = [one for one in ran if one.code == 0]
    assert sum("52 new" in one.out for one in worked) == 1
    assert sum(one.out.endswith("\n0 new.\n") for one in worked) == len(worked) - 1
    for one in ran:
        assert "locked" not in one.out + one.err
        if one.code == 75:
            assert one.err.startswith("error: another fetch has been running for ")
            assert one.err.count("\n") == 2
        else:
            assert one.err == ""
    assert len(office.contents()) == POSTS
    assert office.value("select count(*) from run") == len(worked)


def test_changes_by_people_beside_fetches_are_all_kept(office):
    office.run("fetch")
    ids = [row[0] for row in office.rows("select mention_id from triage order by 1 limit 5")]
    changes = [office.start("set", str(id_), "--owner", f"p{id_}") for id_ in ids]
    fetches = [office.start("fetch", "--since", "20d") for _ in range(3)]
    ran = [ended(process) for process in changes]
    fetched = [ended(process) for process in fetches]
    assert [one.code for one in ran] == [0] * len(ids)
    assert {one.code for one in fetched} <= {0, 75}
    assert "locked" not in "".join(one.out + one.err for one in [*ran, *fetched])
    owners = dict(office.rows("select mention_id, owner from triage where owner is not null"))
    assert owners == {id_: f"p{id_}" for id_ in ids}


def test_who_finds_a_fetch_running_waits_ten_seconds_and_names_it(office):
    with fetch_lock(office.database.with_name("socialcare.db.lock"), office.clock):
        office.later(seconds=40)
        began = office.clock.monotonic()
        ran = office.run("fetch")
        assert (ran.code, ran.out) == (75, "")
        assert office.clock.monotonic() - began == pytest.approx(10, abs=0.5)
        seconds = 40 + 10
        assert ran.err == (
            f"error: another fetch has been running for {seconds} s (process {os.getpid()}).\n"
            "hint:  wait for it; its lock ends with its process\n"
        )
    assert office.run("fetch").code == 0


def test_what_the_last_holder_left_behind_locks_nobody_out(office):
    office.database.parent.mkdir(parents=True)
    lock = office.database.with_name("socialcare.db.lock")
    lock.write_bytes(b"\xff nonsense\n" * 50)
    assert office.run("fetch").code == 0
    assert lock.read_text().startswith(f"{os.getpid()} 20")


def test_a_holder_that_has_not_said_its_name_yet_is_busy_all_the_same(office):
    office.database.parent.mkdir(parents=True)
    with office.database.with_name("socialcare.db.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        ran = office.run("fetch")
    assert ran.code == 75
    assert ran.err.startswith("error: another fetch has been running.\n")
