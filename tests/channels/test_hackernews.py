"""Hacker News: hits become mentions, and no burst, tie or late hit is lost."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare import testing
from socialcare.channels.decode import decode
from socialcare.channels.hackernews import Found, HackerNews, read_hits
from socialcare.clock import FixedClock
from socialcare.errors import BadAnswerError, ConfigError
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Case, Item, mentions_of, posts
from tests.channels import cases, direct
from tests.channels.cases.hackernews import Algolia, hit
from tests.channels.golden import payload, shown, wanted

SECOND = timedelta(seconds=1)


@pytest.fixture
def bench():
    with testing.bench(cases.load("hackernews")) as running:
        yield running


def asked(service):
    return [
        {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        for url in service.asked
    ]


def test_hits_become_mentions():
    found = decode(payload("hackernews", "search"), Found)
    us = frozenset({"acme_care"})
    assert shown(*read_hits(found, "hn", us)) == wanted("hackernews", "search")


def test_what_is_asked_for(bench):
    bench.case.brand = Brand(name="Acme", watch=('acme "the best" boots', "acme"))
    bench.run()
    first, second, third = asked(bench.service)
    assert [one["query"] for one in (first, second, third)] == [
        '"Acme"',
        '"acme  the best  boots"',
        '"acme"',
    ]
    assert first["numericFilters"] == f"created_at_i>={int(SINCE.timestamp())}"
    assert first["hitsPerPage"] == "100"
    assert first["typoTolerance"] == "false"
    assert first["advancedSyntax"] == "true"
    assert first["tags"] == "(story,comment)"


def test_queries_of_the_config_are_used_as_they_are(bench):
    bench.case.options = {"query": ["acme -roadrunner", "akme"], "tags": "comment"}
    bench.run()
    assert [(one["query"], one["tags"]) for one in asked(bench.service)] == [
        ("acme -roadrunner", "(comment)"),
        ("akme", "(comment)"),
    ]


def test_a_burst_between_two_runs_is_read_to_the_last_hit(bench):
    """1,200 hits, pages of 100, ties with the checkpoint's second, one hit an hour late."""
    newest = NOW - timedelta(hours=6)
    before = [*posts(40, step=timedelta(hours=4)), *(Item(f"t{n}", newest) for n in range(5))]
    bench.service.items = [item for item in before if item.at <= newest]
    _, checkpoint = bench.run()
    assert checkpoint == {"queries": {'"Acme"': {"since": int(newest.timestamp())}}}

    tie = [Item(f"same{n}", newest) for n in range(150)]
    full = [Item(f"full{n}", newest + timedelta(hours=1)) for n in range(350)]
    rest = [Item(f"new{n}", newest + timedelta(hours=2) + n // 3 * SECOND) for n in range(699)]
    late = Item("late", newest - timedelta(hours=1))
    bench.service.items += [*tie, *full, *rest, late]
    bench.service.asked.clear()
    second, checkpoint = bench.run(checkpoint)

    assert len(tie + full + rest + [late]) == 1_200
    assert {item.id for item in [*tie, *full, *rest, late]} <= mentions_of(second).keys()
    assert not any(page.possibly_missed for page in second)
    assert all(len(page.mentions) <= 100 for page in second)
    assert len(bench.service.asked) < 30
    assert checkpoint == {"queries": {'"Acme"': {"since": int(rest[-1].at.timestamp())}}}


def test_a_walk_that_was_resumed_is_not_walked_again(bench):
    bench.service.items = posts(300)
    _, checkpoint = bench.run(pages=1)
    bench.run(checkpoint)
    floors = [one["numericFilters"].split(",")[0] for one in asked(bench.service)]
    newest = int(bench.service.items[-1].at.timestamp())
    assert floors[-1] == f"created_at_i>={newest - 2 * 60 * 60}"
    assert len(set(floors)) == 2


def test_a_burst_may_be_stopped_in_its_middle():
    case, newest = cases.load("hackernews"), NOW - timedelta(hours=6)
    case.service.items = [Item(f"a{n}", newest) for n in range(3)]
    _, checkpoint = direct.run(case, NOW, None, None)
    case.service.items += [Item(f"b{n}", newest + n // 240 * SECOND) for n in range(1_200)]
    whole, _ = direct.run(case, NOW, checkpoint, None)
    for stop in range(1, len(whole), 4):
        before, middle = direct.run(case, NOW, checkpoint, stop)
        after, _ = direct.run(case, NOW, middle, None)
        assert mentions_of([*before, *after]).keys() == mentions_of(whole).keys()
    assert len(mentions_of(whole)) == 1_203


def test_more_hits_in_one_second_than_the_service_gives_are_told(bench):
    at = NOW - timedelta(hours=3)
    older = [Item(f"older{n}", at - timedelta(minutes=n + 1)) for n in range(150)]
    bench.service.items = [*(Item(f"{n}", at) for n in range(1_100)), *older]
    pages, checkpoint = bench.run()
    missed = [page.possibly_missed for page in pages if page.possibly_missed]
    assert missed == ["Hacker News gives at most 1,000 hits, and one second has more"]
    assert len(mentions_of(pages)) == 1_000 + 150
    assert {item.id for item in older} <= mentions_of(pages).keys()
    assert checkpoint == {"queries": {'"Acme"': {"since": int(at.timestamp())}}}


def test_a_full_page_of_one_second_at_the_floor_is_read_on(bench):
    bench.service.items = [Item(f"{n}", SINCE) for n in range(250)]
    pages, _ = bench.run()
    assert len(mentions_of(pages)) == 250
    assert not any(page.possibly_missed for page in pages)


def test_a_hit_from_the_future_does_not_hide_what_comes(bench):
    bench.service.items = [Item("1", NOW + timedelta(days=900))]
    _, checkpoint = bench.run()
    bench.service.items.append(Item("2", NOW - timedelta(minutes=1)))
    pages, _ = bench.run(checkpoint)
    assert "2" in mentions_of(pages)


def test_a_query_that_is_added_later_goes_back_as_far_as_a_first_run(bench):
    bench.service.items = posts(20)
    bench.case.options = {"query": "acme"}
    _, checkpoint = bench.run()
    bench.case.options = {"query": ["acme", "akme"]}
    bench.service.asked.clear()
    _, checkpoint = bench.run(checkpoint)
    floors = {one["query"]: one["numericFilters"] for one in asked(bench.service)}
    assert floors["akme"] == f"created_at_i>={int(SINCE.timestamp())}"
    assert floors["acme"] > floors["akme"]
    assert set(checkpoint["queries"]) == {"acme", "akme"}


class Deaf(Algolia):
    """Gives the newest hits, whatever window was asked for."""

    def answer(self, path, params):
        return {"hits": [hit(item) for item in self.items[-100:]], "nbHits": 5_000}


def test_a_service_that_ignores_the_window_is_not_walked_for_ever():
    with testing.bench(Case(HackerNews, Deaf())) as bench:
        bench.service.items = posts(300)
        walk = bench.channel().pages(None, SINCE)
        with pytest.raises(BadAnswerError) as caught:
            list(islice(walk, 300))
        assert caught.value.hint
        assert len(bench.service.asked) < 10


def test_an_empty_page_with_more_to_come_is_not_the_end(bench):
    bench.service.items = posts(250)
    walk = bench.channel().pages(None, SINCE)
    first = next(walk)
    empty = {"hits": [], "nbHits": 151, "hitsPerPage": 100}
    bench.service.faults = [testing.Fault(200, json.dumps(empty).encode())]
    with pytest.raises(BadAnswerError, match="151 hits, and gave none"):
        next(walk)
    rest, _ = bench.run(first.checkpoint)
    assert len(mentions_of([first, *rest])) == 250


@settings(deadline=None)
@given(
    seconds=st.lists(st.integers(0, 12), max_size=40),
    size=st.integers(1, 6),
    stops=st.lists(st.integers(1, 5), max_size=6),
)
def test_any_times_in_pages_of_any_size_come_whole_however_often_it_stops(seconds, size, stops):
    service = Algolia()
    service.page_size = size
    service.items = [Item(f"{n}", NOW - 12 * SECOND + s * SECOND) for n, s in enumerate(seconds)]
    case = Case(HackerNews, service)
    checkpoint, got = None, []
    for stop in [*stops, None]:
        pages, checkpoint = direct.run(case, NOW, checkpoint, stop)
        got += pages
    assert mentions_of(got).keys() == {item.id for item in service.items}
    assert not any(page.possibly_missed for page in got)


@pytest.mark.parametrize(
    ("options", "brand", "named"),
    [
        ({}, Brand(), "query"),
        ({"query": 3}, Brand("Acme"), "query"),
        ({"query": ["a", 1]}, Brand("Acme"), "query"),
        ({"tags": "podcast"}, Brand("Acme"), "tags"),
        ({"base_url": 1}, Brand("Acme"), "base_url"),
    ],
)
def test_options_that_mean_nothing_are_refused_by_name(options, brand, named):
    case = Case(HackerNews, Algolia(), options, brand=brand)
    with pytest.raises(ConfigError) as caught:
        direct.channel(case, FixedClock(NOW))
    assert f"[channels.c] {named}" in caught.value.message
    assert caught.value.hint
