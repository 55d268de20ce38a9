"""Hacker News between two runs: bursts, ties, late arrivals, and where somebody's limit lies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from socialcare.testing import Item
from tests.channels.cases.hackernews import Algolia
from tests.workflow.office import Office

SECOND = timedelta(seconds=1)
CONFIG = """\
[brand]
name = "Acme"
[channels.hackernews]
base_url = "{url}"
"""


@pytest.fixture
def algolia():
    return Algolia()


@pytest.fixture
def office(tmp_path, algolia):
    office = Office(tmp_path)
    office.clock.at = datetime.now(UTC).replace(microsecond=0)
    with algolia.running() as url:
        office.configure(CONFIG.format(url=url))
        yield office


def hits(office, first, count, *, age, step=SECOND):
    """Posts with these numbers: the oldest so long before now, the next ones ``step`` apart."""
    start = office.clock.now() - age
    return [Item(str(first + n), start + step * n) for n in range(count)]


def stored(office):
    return {row[0] for row in office.rows("select external_id from mention")}


def ids(items):
    return {item.id for item in items}


def test_a_burst_between_two_runs_arrives_whole(office, algolia):
    algolia.items = hits(office, 1, 20, age=timedelta(hours=5), step=timedelta(minutes=10))
    assert office.run("fetch").code == 0
    newest = max(item.at for item in algolia.items)
    office.later(minutes=30)
    same_second = [Item(str(100 + n), newest) for n in range(7)]
    late = Item("200", newest - timedelta(hours=1))
    burst = [Item(str(1000 + n), newest + SECOND * (1 + n // 3)) for n in range(1_200)]
    algolia.items += [*same_second, late, *burst]
    ran = office.run("fetch", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.record["new"] == 1_200 + 7 + 1
    assert ran.channels["hackernews"]["possibly_missed"] is False
    assert ran.channels["hackernews"]["more"] is False
    assert stored(office) == ids(algolia.items)
    assert office.run("fetch").out == "hackernews  0 new\n0 new.\n"


def test_what_the_service_caps_is_told_and_the_rest_is_stored(office, algolia):
    algolia.items = hits(office, 1, 1_250, age=timedelta(hours=1), step=timedelta())
    algolia.items += hits(office, 5_000, 50, age=timedelta(hours=2))
    ran = office.run("fetch")
    assert ran.code == 5
    assert ran.out == (
        "hackernews  1050 new, possibly missed some: Hacker News gives at most 1,000 hits, and "
        "one second has more (see socialcare doctor)\n"
        "1050 new. Next: socialcare inbox is:new\n"
    )
    assert ids(algolia.items[1_250:]) <= stored(office)
    assert len(stored(office)) == 1_050
    assert office.value("select possibly_missed from channel_health").startswith("Hacker News")
    again = office.run("fetch", "--quiet")
    assert (again.code, again.out, again.err) == (5, "", "")


def test_a_small_budget_of_pages_goes_on_with_the_next_run(office, algolia):
    office.configure(office.config.read_text() + "pages = 3\n")
    algolia.items = hits(office, 1, 1_000, age=timedelta(days=2), step=timedelta(minutes=2))
    first = office.run("fetch")
    assert first.code == 0
    assert first.out.splitlines()[0].endswith(" new, more to come with the next run")
    assert 250 < len(stored(office)) <= 300
    runs = 1
    while (ran := office.run("fetch", "--json")).channels["hackernews"]["more"]:
        assert ran.code == 0
        assert ran.channels["hackernews"]["ok"] is True
        runs += 1
        assert runs < 10
    assert stored(office) == ids(algolia.items)


def test_what_comes_while_a_walk_is_cut_short_is_found_too(office, algolia):
    office.configure(office.config.read_text() + "pages = 2\n")
    algolia.items = hits(office, 1, 600, age=timedelta(days=2))
    for run in range(12):
        algolia.items += hits(office, 10_000 + 200 * run, 40, age=timedelta(minutes=5))
        assert office.run("fetch").code == 0
        office.later(minutes=5)
    for _run in range(6):
        assert office.run("fetch").code == 0
    assert stored(office) == ids(algolia.items)
