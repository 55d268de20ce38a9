"""Bluesky: search goes back through time to its end without a gap."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare import testing
from socialcare.channels.base import Page
from socialcare.channels.bluesky.posts import Place, to_mention
from socialcare.channels.bluesky.search import Search, Window
from socialcare.channels.bluesky.wire import Posts, PostView
from socialcare.clock import format_time
from socialcare.testing import NOW, SINCE, Item, mentions_of, posts
from tests.channels import cases
from tests.channels.cases.bluesky import Network, post, uri

MINUTE = timedelta(minutes=1)
SEARCH = "/xrpc/app.bsky.feed.searchPosts"


@pytest.fixture
def bench():
    with testing.bench(cases.load("bluesky")) as running:
        yield running


def asked(service):
    urls = [urlsplit(url) for url in service.asked]
    return [parse_qs(url.query) for url in urls if url.path == SEARCH]


def show(views: Sequence[PostView]) -> Page:
    return Page([to_mention(view, Place("c")) for view in views])


class Searched:
    """A search service without a network, and the checkpoint that is stored between runs."""

    def __init__(self, network: Network | None = None) -> None:
        self.network = network or Network()
        self.state: Mapping[str, Any] | None = None
        self.windows: list[Window] = []

    def ask(self, window: Window) -> Posts:
        self.windows.append(window)
        params = {"sort": ["latest"], "limit": ["100"], "since": [format_time(window.floor)]}
        if window.until:
            params["until"] = [format_time(window.until)]
        if window.cursor:
            params["cursor"] = [window.cursor]
        answer = json.dumps(self.network.search(params)).encode()
        return msgspec.json.decode(answer, type=Posts)

    def run(self, now=NOW, stop=None):
        search = Search(self.state, self.ask, show, now)
        got = []
        for page in islice(search.pages(SINCE), stop):
            got.append(page)
            self.state = json.loads(json.dumps(search.to_json()))
        return got


STEPS = st.lists(
    st.tuples(
        st.integers(0, 30),  # minutes that pass before the run
        st.lists(st.integers(0, 14), max_size=12),  # minutes before now of each post that comes
        st.integers(1, 4) | st.none(),  # pages after which the run stops
    ),
    max_size=8,
)


@settings(deadline=None)
@given(steps=STEPS, size=st.integers(1, 5), knows_time=st.booleans())
def test_any_order_of_posts_runs_and_stops_loses_nothing(steps, size, knows_time):
    """Many posts have the same second, more than a page of them."""
    searched = Searched()
    service = searched.network
    service.page_size, service.knows_time = size, knows_time
    now, got = NOW, []
    for minutes, ages, stop in [*steps, (0, [], None), (0, [], None)]:
        now += minutes * MINUTE
        for age in ages:
            service.items.append(Item(f"{len(service.items)}", now - age * MINUTE))
        got += searched.run(now, stop)
    assert not any(page.possibly_missed for page in got)
    assert {service.item_id(one) for one in mentions_of(got)} == {one.id for one in service.items}
    assert len(json.dumps(searched.state)) < 400


def test_search_goes_back_by_windows_and_keeps_an_overlap(bench):
    bench.service.items = posts(30)
    bench.service.page_size = 4
    _, checkpoint = bench.run()
    calls = asked(bench.service)
    untils = [call["until"][0] for call in calls if "until" in call]
    assert untils == sorted(untils, reverse=True)
    assert not any("cursor" in call for call in calls)
    bench.service.asked.clear()
    bench.run(checkpoint)
    [again] = asked(bench.service)
    assert again["since"] == [format_time(bench.service.items[-1].at - 15 * MINUTE)]


def test_times_are_whole_and_queries_are_phrases(bench):
    """Bare dates are refused; words in quotes stand together."""
    case = cases.load("bluesky")
    case.options = {"identifier": "brand.test", "notifications": False}
    with testing.bench(case) as other:
        other.service.items = posts(1)
        other.run()
        [call] = asked(other.service)
    assert call["q"] == ['"Acme"']
    assert call["since"] == [format_time(SINCE)]


def test_hits_that_are_deleted_while_we_read_take_no_others_with_them():
    searched = Searched()
    searched.network.items = posts(300)
    search = Search(None, searched.ask, show, NOW)
    walk = search.pages(SINCE)
    got = [next(walk)]
    del searched.network.items[-50:]
    got += walk
    found = {searched.network.item_id(one) for one in mentions_of(got)}
    assert found >= {item.id for item in searched.network.items}


def test_a_page_that_is_not_in_order_is_followed_by_cursor():
    """Where the times are not what the server sorts by, they do not lead on."""

    class ByLikes(Network):
        def _newest_first(self):
            return sorted(self.items, key=lambda item: int(item.id) * 7919 % 1009)

    searched = Searched(ByLikes())
    searched.network.items = posts(250)
    assert len(mentions_of(searched.run())) == 250


def test_a_second_with_more_posts_than_the_service_gives_is_told():
    one = post(Item("x", NOW - MINUTE))

    def ask(window: Window) -> Posts:
        start = int(window.cursor or 0)
        found = [{**one, "uri": f"{start + n}"} for n in range(100)]
        more = str(start + 100) if start < 9_900 else None
        return Posts([msgspec.Raw(json.dumps(hit).encode()) for hit in found], more)

    pages = list(Search(None, ask, show, NOW).pages(SINCE))
    assert len(mentions_of(pages)) == 10_000
    assert [page.possibly_missed for page in pages if page.possibly_missed] == [
        "Bluesky gives at most 10,000 hits, and there were more of them"
    ]


def test_an_empty_page_with_a_cursor_is_not_the_end():
    network = Network()
    network.items = posts(3)
    searched = Searched(network)
    whole, first = searched.ask, [Posts([], "0")]
    searched_pages = Search(None, lambda w: first.pop() if first else whole(w), show, NOW)
    assert len(mentions_of(list(searched_pages.pages(SINCE)))) == 3


def test_a_post_from_the_future_is_as_old_as_when_it_was_seen(bench):
    class Ahead(Network):
        def answer(self, path, params):
            found: Any = super().answer(path, params)
            for view in found.get("posts", []):
                if view["uri"] == "1002":
                    view["record"]["createdAt"] = "2031-01-01T00:00:00Z"
            return found

    bench.case.service = Ahead()
    with testing.bench(bench.case) as ahead:
        ahead.service.items = posts(3)
        pages, checkpoint = ahead.run()
        ahead.service.items += posts(1, start=9, step=MINUTE)
        more, _ = ahead.run(checkpoint)
    assert mentions_of(pages)[uri(posts(3)[2])].created_at == posts(3)[2].at
    assert "1009" in ahead.ids(more)
