"""Mastodon: its lists are read to their end without a gap."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare import testing
from socialcare.channels.mastodon import Mastodon
from socialcare.clock import FixedClock
from socialcare.errors import AuthError, BadAnswerError
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Case, Fault, Item, mentions_of, posts
from tests.channels import cases, direct
from tests.channels.cases.mastodon import Timelines, account, status

MINUTE = timedelta(minutes=1)
HASHTAG = {"server": "https://mas.to", "hashtags": ["Acme"]}


@pytest.fixture
def bench():
    with testing.bench(cases.load("mastodon")) as running:
        yield running


@pytest.fixture
def mentions_bench():
    with testing.bench(cases.load("mastodon_mentions")) as running:
        yield running


def asked(service, path):
    urls = [urlsplit(url) for url in service.asked]
    return [parse_qs(url.query) for url in urls if url.path == path]


TAG = "/api/v1/timelines/tag/Acme"


def test_the_source_is_the_server_and_not_where_it_is_asked(bench):
    assert bench.channel().source == "mastodon:mas.to"
    bench.service.items = posts(1)
    pages, _ = bench.run()
    assert mentions_of(pages)["1000"].source == "mastodon:mas.to"


def test_after_the_first_walk_it_goes_forward_from_an_anchor_an_hour_old(bench):
    bench.service.items = posts(40)
    _, checkpoint = bench.run()
    assert [set(one) - {"limit"} for one in asked(bench.service, TAG)] == [set(), {"max_id"}]
    bench.service.asked.clear()
    _, checkpoint = bench.run(checkpoint)
    first, last = asked(bench.service, TAG)
    anchor = next(item for item in bench.service.items if item.id == first["min_id"][0])
    newest = bench.service.items[-1]
    assert 60 * MINUTE <= newest.at - anchor.at <= 75 * MINUTE
    assert last["min_id"] == [newest.id]


@pytest.mark.parametrize("known", [1, 2, 40])
def test_a_post_that_reaches_the_server_late_is_found(bench, known):
    """Also where the list is so short that no anchor is old enough."""
    bench.service.items = posts(known)
    _, checkpoint = bench.run()
    _, checkpoint = bench.run(checkpoint)
    late = Item("999.5", bench.service.items[-1].at - 20 * MINUTE, "late")
    bench.service.items.append(late)
    bench.service.order = lambda item: item.at
    pages, _ = bench.run(checkpoint)
    assert mentions_of(pages)["999.5"].text == "late"


def test_a_post_from_the_future_does_not_shorten_the_overlap(bench):
    bench.service.items = [*posts(40), Item("1", NOW + timedelta(days=4_000))]
    order = {item.id: place for place, item in enumerate(bench.service.items)}
    bench.service.order = lambda item: order[item.id]
    _, checkpoint = bench.run()
    bench.service.asked.clear()
    bench.run(checkpoint)
    start = asked(bench.service, TAG)[0]["min_id"][0]
    anchor = next(item for item in bench.service.items if item.id == start)
    assert anchor.at <= NOW - 60 * MINUTE


def test_a_server_that_pages_forward_in_the_other_order_is_understood(bench):
    class OldestFirst(Timelines):
        def page(self, params):
            found = super().page(params)
            return found[::-1] if "min_id" in params else found

    bench.case.service = OldestFirst()
    with testing.bench(bench.case) as other:
        other.service.items = posts(20)
        other.service.page_size = 4
        got, checkpoint = other.run()
        other.service.items += posts(10, start=20, step=MINUTE / 2)
        more, _ = other.run(checkpoint)
    assert len(mentions_of([*got, *more])) == 30
    assert len(more) < 10
    assert not any(page.possibly_missed for page in [*got, *more])


def test_a_mention_may_be_older_than_its_notification(mentions_bench):
    class Slow(Timelines):
        def answer(self, path, params):
            notes: Any = super().answer(path, params)
            for note in notes if path == "/api/v1/notifications" else []:
                if note["id"] == "2":
                    note["status"]["created_at"] = (NOW - timedelta(hours=9)).isoformat()
            return notes

    mentions_bench.case.service = Slow()
    with testing.bench(mentions_bench.case) as slow:
        slow.service.items = [Item("1", NOW - 9 * MINUTE)]
        _, checkpoint = slow.run()
        slow.service.items.append(Item("2", NOW - MINUTE))
        pages, _ = slow.run(checkpoint)
    assert "2" in mentions_of(pages)


class Ulids(Timelines):
    """Ids without digits in an order that only the server knows: that of the posts' times."""

    def __init__(self):
        super().__init__()
        self._serial = count()
        self.order = lambda item: (item.at, item.id)

    def post(self, at):
        serial = next(self._serial)
        name = "".join(
            "QXZKWJ"[int(digit)] for digit in f"{serial * 7919 % 7776:05d}" if digit < "6"
        )
        self.items.append(Item(f"{name}{'ab'[serial % 2]}{serial}", at))


STEPS = st.lists(
    st.tuples(
        st.integers(0, 30),  # minutes that pass before the run
        st.lists(st.integers(0, 30), max_size=12),  # minutes before now of each post that comes
        st.integers(1, 4) | st.none(),  # pages after which the run stops
    ),
    max_size=8,
)


def play(case, steps, size):
    """Posts come and runs stop; at the end two whole runs. Gives what all of them brought."""
    now, checkpoint, got = NOW, None, []
    case.service.page_size = size
    for minutes, ages, stop in [*steps, (0, [], None), (0, [], None)]:
        now += minutes * MINUTE
        for age in ages:
            case.service.post(now - age * MINUTE)
        pages, checkpoint = direct.run(case, now, checkpoint, stop)
        got += pages
    assert not any(page.possibly_missed for page in got)
    assert len(json.dumps(checkpoint)) < 2_000
    return mentions_of(got).keys()


@settings(deadline=None)
@given(steps=STEPS, size=st.integers(1, 5))
def test_any_order_of_posts_runs_and_stops_loses_nothing(steps, size):
    case = Case(Mastodon, Ulids(), HASHTAG)
    found = play(case, steps, size)
    assert found == {item.id for item in case.service.items}


@settings(deadline=None)
@given(steps=STEPS, size=st.integers(1, 5))
def test_mentions_come_whole_in_the_order_of_their_ids(steps, size):
    service = Ulids()
    place: dict[str, int] = {}
    service.order = lambda item: place.setdefault(item.id, len(place))
    case = Case(Mastodon, service, {"server": "mas.to"}, token="of-brand")
    found = play(case, [(minutes, [0] * len(ages), stop) for minutes, ages, stop in steps], size)
    assert found == {item.id for item in service.items}


def test_a_post_that_claims_to_be_old_does_not_end_the_walk_before_what_is_known(bench):
    items = [Item("1", NOW - MINUTE), Item("2", NOW), Item("3", NOW - timedelta(hours=9))]
    bench.service.order = lambda item: item.id
    bench.service.page_size = 1
    bench.service.items = items[:1]
    _, checkpoint = bench.run()
    bench.service.items = items
    pages, _ = bench.run(checkpoint)
    assert mentions_of(pages).keys() >= {"2", "3"}


def test_a_burst_of_mentions_is_not_read_again_by_the_next_run(mentions_bench):
    mentions_bench.service.items = posts(500, step=timedelta(milliseconds=20))
    _, checkpoint = mentions_bench.run()
    swapped = Item("1490.5", NOW, "was given its id before others, and showed up after them")
    order = {item.id: float(item.id) for item in mentions_bench.service.items}
    mentions_bench.service.order = lambda item: order.get(item.id, 1490.5)
    mentions_bench.service.items.append(swapped)
    pages, _ = mentions_bench.run(checkpoint)
    assert "1490.5" in mentions_of(pages)
    assert len(mentions_of(pages)) < 30


def test_a_backlog_larger_than_any_run_is_read_in_steps(bench):
    """More posts within the overlap than one run reads: each run still gets further."""
    bench.service.items = posts(3, step=timedelta(hours=3))
    bench.service.page_size = 4
    got, checkpoint = bench.run()
    bench.service.items += posts(200, start=10, step=timedelta(seconds=5))
    for _ in range(30):
        pages, checkpoint = bench.run(checkpoint, pages=3)
        got += pages
    assert len(mentions_of(got)) == 203


def test_a_server_that_ignores_the_cursor_is_told_and_does_not_hold_up_other_lists():
    class Deaf(Timelines):
        def answer(self, path, params):
            cursors = {"max_id", "min_id"} if path == TAG else set()
            kept = {key: value for key, value in params.items() if key not in cursors}
            path = TAG if path.endswith("/boots") else path
            return super().answer(path, kept)

    case = Case(Mastodon, Deaf(), {"server": "mas.to", "hashtags": ["Acme", "boots"]})
    with testing.bench(case) as bench:
        bench.service.items = posts(90)
        pages, checkpoint = bench.run()
        assert [page.possibly_missed for page in pages if page.possibly_missed]
        assert len(mentions_of(pages)) == 90
        bench.service.items += posts(1, start=90, step=timedelta(0))
        pages, _ = bench.run(checkpoint)
        assert "1090" in mentions_of(pages)


def test_pages_that_hold_nothing_readable_are_an_error_with_a_path(bench):
    bench.service.faults = [Fault(200, b'[{"id": 7}, {}]')]
    with pytest.raises(BadAnswerError, match=r"\$\[0\]") as caught:
        bench.run()
    assert caught.value.hint


def test_mentions_of_us_are_direct_and_our_own_posts_are_answers():
    class Busy(Timelines):
        def answer(self, path, params):
            if path != TAG or "max_id" in params:
                return [] if path == TAG else super().answer(path, params)
            ours, named = status(Item("3", NOW)), status(Item("2", NOW))
            ours["account"] = account("brand")
            named["mentions"] = [{"acct": "brand"}]
            listed = status(Item("1", NOW))
            listed["account"] = account("Care@acme.example")
            return [ours, named, listed]

    options = {**HASHTAG, "notifications": False}
    brand = Brand("Acme", handles=("care@Acme.example", "u/acme", "@other"))
    with testing.bench(Case(Mastodon, Busy(), options, "token", brand)) as bench:
        pages, _ = bench.run()
    found = mentions_of(pages)
    assert (found["3"].role, found["3"].author.is_us) == ("answer", True)
    assert (found["2"].role, found["2"].direct) == ("mention", True)
    assert (found["1"].role, found["1"].author.handle) == ("answer", "@Care@acme.example")


def test_the_notifications_asked_for(mentions_bench):
    mentions_bench.service.items = posts(3)
    pages, checkpoint = mentions_bench.run()
    assert all(mention.direct for mention in mentions_of(pages).values())
    first = asked(mentions_bench.service, "/api/v1/notifications")[0]
    assert first["types[]"] == ["mention"]
    assert first["include_filtered"] == ["true"]
    assert set(checkpoint["lists"]) == {"notifications", "own"}


def test_a_token_that_may_not_know_its_account_still_reads(mentions_bench):
    mentions_bench.service.items = posts(2)
    mentions_bench.service.faults = [Fault(403, b'{"error": "outside the authorized scopes"}')]
    pages, _ = mentions_bench.run()
    assert len(mentions_of(pages)) == 2


@pytest.mark.parametrize("code", [401, 403])
def test_a_closed_hashtag_asks_for_a_token(bench, code):
    bench.service.faults = [Fault(code, b'{"error": "Cette methode requiert"}')]
    with pytest.raises(AuthError, match=r"need a token of mas\.to") as caught:
        bench.run()
    assert caught.value.hint == "sign in: socialcare channel login c"


def test_search_without_a_token_says_so_after_the_hashtags():
    case = Case(Mastodon, Timelines(), {**HASHTAG, "search": "acme"})
    case.service.items = posts(2)
    walk = direct.channel(case, FixedClock(NOW)).pages(None, SINCE)
    got = [next(walk), next(walk)]
    assert len(mentions_of(got)) == 2
    with pytest.raises(AuthError, match="search"):
        list(walk)


def test_a_search_that_ignores_the_offset_says_what_cannot_be_had():
    class Deaf(Timelines):
        def found(self, params):
            return super().found({**params, "offset": ["0"]})

    case = cases.load("mastodon_search")
    case.service = Deaf()
    case.service.items = posts(70)
    pages, _ = direct.run(case, NOW, None, None)
    assert len(mentions_of(pages)) == 40
    assert [page.possibly_missed for page in pages if page.possibly_missed]


def test_a_post_that_search_finds_hours_later_is_not_lost():
    case = cases.load("mastodon_search")
    case.service.items = posts(200, step=10 * MINUTE)
    _, checkpoint = direct.run(case, NOW, None, None)
    case.service.items.append(Item("late", NOW - timedelta(hours=20)))
    pages, _ = direct.run(case, NOW, checkpoint, None)
    assert "late" in mentions_of(pages)
    assert len(mentions_of(pages)) < 200


def test_hits_that_move_down_while_we_read_are_not_lost():
    case = cases.load("mastodon_search")
    case.service.items = posts(100)
    walk = direct.channel(case, FixedClock(NOW)).pages(None, SINCE)
    got = [next(walk)]
    case.service.items = case.service.items[:-8]
    got += walk
    assert len(mentions_of(got)) == 100
