"""A feed that fails is told once, whether its channel comes to the end of its run or not."""

from __future__ import annotations

import pytest

from tests.channels.feed_server import feed_server
from tests.channels.test_feed import item, rss
from tests.workflow.office import Office


@pytest.fixture
def server():
    with feed_server() as running:
        yield running


@pytest.fixture
def fetch(tmp_path, server):
    """Of a feed that is gone and one that is fine, in this order."""
    gone = server.put("/gone.xml", b"", status=410)
    fine = server.put("/fine.xml", rss(item(1)))

    def run(*words: str, options: str = ""):
        office = Office(tmp_path)
        office.configure(f'[channels.news]\ntype = "feed"\nurls = ["{gone}", "{fine}"]\n{options}')
        return office.run("fetch", *words)

    return run


def test_it_is_told_when_the_run_ends_before_its_end(fetch):
    ran = fetch(options="pages = 1\n")
    assert ran.err.count("/gone.xml says that it is gone for good") == 1


def test_it_is_told_once_when_the_run_comes_to_its_end(fetch):
    ran = fetch()
    assert ran.err.count("/gone.xml says that it is gone for good") == 1


def test_a_run_that_ended_early_says_that_there_is_more(fetch):
    assert fetch("--json", options="pages = 1\n").channels["news"]["more"]
