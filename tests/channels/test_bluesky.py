"""Bluesky: its lists and its search are read to their end without a gap."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare import testing
from socialcare.channels.base import Page
from socialcare.channels.bluesky.lists import Lists
from socialcare.channels.bluesky.posts import Place, to_mention
from socialcare.channels.bluesky.walks import Cut, Walk
from socialcare.channels.bluesky.wire import PostView
from socialcare.clock import format_time
from socialcare.errors import BadAnswerError
from socialcare.testing import NOW, SINCE, Fault, Item, mentions_of, posts
from tests.channels import cases
from tests.channels.cases.bluesky import BRAND, Network, author, post

MINUTE = timedelta(minutes=1)
SEARCH = "/xrpc/app.bsky.feed.searchPosts"
NOTIFICATIONS = "/xrpc/app.bsky.notification.listNotifications"


@pytest.fixture
def bench():
    with testing.bench(cases.load("bluesky")) as running:
        yield running


@pytest.fixture
def mentions_bench():
    with testing.bench(cases.load("bluesky_mentions")) as running:
        yield running


def asked(service, path):
    urls = [urlsplit(url) for url in service.asked]
    return [parse_qs(url.query) for url in urls if url.path == path]


def show(views: Sequence[PostView]) -> Page:
    return Page([to_mention(view, Place("c")) for view in views])


class Told:
    """Notifications without a network, newest first; cursors are times, as they are there."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.size = 100
        self.opaque = False
        self.calls = 0

    def ask(self, cursor: str | None) -> Cut[Item]:
        self.calls += 1
        newest_first = sorted(self.items, key=lambda item: item.at, reverse=True)
        if cursor:
            below = next(n for n, item in enumerate(newest_first) if self._name(item) == cursor)
            newest_first = newest_first[below + 1 :]
        cut = newest_first[: self.size]
        last = self._name(cut[-1]) if cut else None
        return Cut([(one.at, one) for one in cut if not one.broken], (), last)

    def _name(self, item: Item) -> str:
        return f"c{item.id}" if self.opaque else format_time(item.at)


def told(items: Sequence[Item]) -> Page:
    return show([msgspec.convert(post(item), PostView) for item in items])


@settings(deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 90),
            st.lists(st.tuples(st.integers(0, 59), st.booleans()), max_size=12),
            st.integers(1, 4) | st.none(),
        ),
        max_size=8,
    ),
    size=st.integers(1, 5),
    opaque=st.booleans(),
)
def test_notifications_are_read_whole_between_any_others(steps, size, opaque):
    """``broken`` ones here are likes and follows, which are sorted out of their page."""
    service, state, got, now = Told(), None, [], NOW
    service.size, service.opaque = size, opaque
    for minutes, arrivals, stop in [*steps, (0, [], None), (0, [], None)]:
        now += minutes * MINUTE
        for age, other in arrivals:
            serial = len(service.items)
            at = now - age * MINUTE - timedelta(milliseconds=serial)
            service.items.append(Item(f"{serial}", at, broken=other))
        walk = Walk(state, service.ask, told, now)
        for page in islice(walk.pages(SINCE), stop):
            got.append(page)
            state = json.loads(json.dumps(walk.to_json()))
    assert not any(page.possibly_missed for page in got)
    wanted = {item.id for item in service.items if not item.broken}
    assert {one.rpartition("/")[2] for one in mentions_of(got)} == wanted


def test_a_walk_through_years_of_likes_ends_where_its_cursor_is_old_enough():
    service = Told()
    service.size = 10
    service.items = [Item(f"{n}", NOW - timedelta(days=n), broken=n > 0) for n in range(400)]
    pages = list(Walk(None, service.ask, told, NOW).pages(SINCE))
    assert [one.rpartition("/")[2] for one in mentions_of(pages)] == ["0"]
    assert service.calls == 2


def test_the_notifications_asked_for(mentions_bench):
    mentions_bench.service.items = posts(3)
    pages, checkpoint = mentions_bench.run()
    assert all(mention.direct for mention in mentions_of(pages).values())
    assert all(mention.author.followers == 12 for mention in mentions_of(pages).values())
    assert set(checkpoint["lists"]) == {"notifications", "own"}
    [own] = asked(mentions_bench.service, "/xrpc/app.bsky.feed.getAuthorFeed")
    assert own["actor"] == [BRAND]
    assert own["filter"] == ["posts_with_replies"]


def test_a_mention_that_was_deleted_since_is_left_out(mentions_bench):
    class Deleted(Network):
        def posts(self, params):
            found = super().posts(params)
            assert isinstance(found, dict)
            return {"posts": found["posts"][1:]}

    mentions_bench.case.service = Deleted()
    with testing.bench(mentions_bench.case) as other:
        other.service.items = posts(3)
        pages, _ = other.run()
    assert other.ids(pages) == {"1001", "1002"}
    assert not any(page.broken or page.gone for page in pages)


def test_answers_that_were_given_in_the_app_are_seen(mentions_bench):
    class Answered(Network):
        def answer(self, path, params):
            if not path.endswith("getAuthorFeed"):
                return super().answer(path, params)
            mine = {**post(Item("7", NOW - MINUTE)), "author": author(BRAND)}
            passed_on = {"post": post(Item("8", NOW)), "reason": {"$type": "x#reasonRepost"}}
            return {"feed": [passed_on, {"post": mine}]}

    mentions_bench.case.service = Answered()
    with testing.bench(mentions_bench.case) as other:
        pages, _ = other.run()
    assert other.ids(pages) == {"7"}
    assert [one.role for one in mentions_of(pages).values()] == ["answer"]


def test_a_broken_notification_has_a_path(mentions_bench):
    class Odd(Network):
        def notifications(self, params):
            found = super().notifications(params)
            assert isinstance(found, dict)
            return {**found, "notifications": [{"reason": 7}, *found["notifications"]]}

    mentions_bench.case.service = Odd()
    with testing.bench(mentions_bench.case) as other:
        other.service.items = posts(2)
        pages, _ = other.run()
    assert len(mentions_of(pages)) == 2
    assert pages[0].broken[0].where == "$.notifications[0]"


def test_who_follows_is_asked_once_a_run_and_25_at_a_time():
    class Calls:
        def __init__(self) -> None:
            self.asked: list[Sequence[str]] = []

        def read(self, nsid, params, into):
            self.asked.append(params["actors"])
            known = [{**author(did), "followersCount": 5} for did in params["actors"][1:]]
            return into([msgspec.Raw(json.dumps(one).encode()) for one in known])

    calls = Calls()
    lists = Lists(calls, "c", frozenset())  # type: ignore[arg-type]
    people = [f"did:plc:{n}" for n in range(30)]
    reach = lists._followers([*people, *people])
    assert [len(some) for some in calls.asked] == [25, 5]
    assert (reach["did:plc:0"], reach["did:plc:1"]) == (None, 5)
    lists._followers(people)
    assert len(calls.asked) == 2


def test_an_answer_of_another_shape_is_told_with_its_path(bench):
    bench.service.items = posts(1)
    channel = bench.channel()
    bench.service.faults = [Fault(200, json.dumps({"accessJwt": 1}).encode())]
    with pytest.raises(BadAnswerError, match=r"\$\.accessJwt"):
        list(channel.pages(None, SINCE))
