"""Reddit answers one feed a minute: run after run all of them are read, and what waits is said."""

from __future__ import annotations

import pytest

from tests.channels.feed_server import feed_server
from tests.channels.test_feed import item, rss
from tests.workflow.office import Office

NAMES = ("hiking", "camping", "tents", "boots")
CHANNEL = """\
[channels.{name}]
type = "feed"
preset = "reddit-subreddit"
what = {what}
base_url = "{url}"
match = false
"""


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


@pytest.fixture
def reddit(office):
    with feed_server() as server:
        for number, name in enumerate(NAMES):
            server.put(f"/r/{name}/new/.rss", rss(item(number)))
        yield server


def configure(office, server, **channels: list[str]) -> None:
    tables = [
        CHANNEL.format(name=name, what=what, url=server.url) for name, what in channels.items()
    ]
    office.configure("\n".join(['[brand]\nname = "Acme"', *tables]))


def read(server) -> list[str]:
    return [path.split("/")[2] for path, _ in server.asked]


def test_four_subreddits_take_four_runs_of_a_minute(office, reddit):
    configure(office, reddit, reddit=list(NAMES))
    for number in range(4):
        ran = office.run("fetch", "--max-seconds", "60")
        assert ran.code == 0
        assert len(read(reddit)) == number + 1
        assert "3 of 4 feeds wait for a later fetch" in ran.err
        office.later(minutes=1)
    assert read(reddit) == list(NAMES)
    assert len(office.contents()) == 4


def test_waiting_is_no_failure_and_silent_for_cron(office, reddit):
    configure(office, reddit, reddit=list(NAMES))
    for _run in range(4):
        ran = office.run("fetch", "--quiet")
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        office.later(seconds=20)
    assert office.value("select failures from channel_health") == 0


def test_of_two_channels_none_starves(office, reddit):
    configure(office, reddit, one=["hiking"], two=["camping"])
    for _run in range(30):
        ran = office.run("fetch", "--json")
        waiting = [name for name, one in ran.channels.items() if one["not_before"]]
        assert len(waiting) == 1
        office.later(minutes=5)
        if {"hiking", "camping"} <= set(read(reddit)):
            break
    assert set(read(reddit)) == {"hiking", "camping"}
    assert len(office.contents()) == 2
