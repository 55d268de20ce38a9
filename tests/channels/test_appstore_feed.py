"""The App Store's public feed: whatever shape it comes in, and what it keeps to itself.

It is documented nowhere; its answers are built after what people have seen of it.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from socialcare import testing
from socialcare.channels.appstore import AppStore
from socialcare.channels.appstore.feed import CAPPED
from socialcare.channels.base import Setup
from socialcare.errors import AuthError, ChannelError, GoneError, UnavailableError
from socialcare.testing import NOW, SINCE, Case, Fault, Item, mentions_of, posts
from tests.channels import cases
from tests.channels.cases.appstore import APP, p8
from tests.channels.cases.appstore_feed import Pages, entry, feed

HOUR = timedelta(hours=1)


@pytest.fixture
def us():
    with testing.bench(cases.load("appstore_feed")) as running:
        yield running


def path(country: str, page: int) -> str:
    return f"/{country}/rss/customerreviews/page={page}/id={APP}/sortby=mostrecent/json"


def missed(pages) -> list[str]:
    return [page.possibly_missed for page in pages if page.possibly_missed]


class Several(Pages):
    """Countries of which some fail."""

    def __init__(self, **failing: Fault) -> None:
        super().__init__()
        self.countries = {"us", "gb", "de"}
        self.failing = failing

    def answer(self, path: str, params: Any) -> object:
        if fault := self.failing.get(path.split("/")[1]):
            raise fault
        return super().answer(path, params)


def several(service: Pages) -> Case:
    return Case(AppStore, service, {"app": APP, "country": ["us", "gb", "de"]})


def test_a_review_has_its_title_stars_person_and_page(us):
    us.service.items = [Item("77", NOW - HOUR, "Still waiting.")]
    pages, _ = us.run()
    mention = mentions_of(pages)["77"]
    assert (mention.kind, mention.direct, mention.rating) == ("review", True, 2.0)
    assert mention.text == "Late\n\nStill waiting."
    assert mention.source == f"appstore:{APP}/feed"
    assert mention.created_at == NOW - HOUR
    assert mention.url == f"https://itunes.apple.com/us/review?id={APP}"
    author = mention.author
    assert (author.external_id, author.handle) == ("77", "ana77")
    assert author.url == "https://itunes.apple.com/us/reviews/id77"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "", "https://itunes.apple.example/us/reviews/id7"])  # fmt: skip
def test_addresses_that_are_none_of_apples_are_not_taken(us, server, http, clock, address):
    odd = entry(Item("7", NOW - HOUR))
    odd["author"]["uri"]["label"] = address
    odd["link"] = [{"attributes": {"href": "javascript:alert(1)"}}]
    server[path("us", 1)] = lambda line: line.answer(json.dumps(feed([odd])).encode())
    server[path("us", 2)] = lambda line: line.answer(json.dumps(feed([])).encode())
    server[path("us", 3)] = server.answers[path("us", 2)]
    channel = AppStore(
        Setup("c", {"app": APP, "base_url": server.url}, lambda **more: http.session("c", **more), clock)
    )  # fmt: skip
    [mention] = [one for page in channel.pages(None, SINCE) for one in page.mentions]
    assert (mention.author.external_id, mention.author.url) == ("review:7", None)
    assert mention.url == f"https://apps.apple.com/us/app/id{APP}"


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("count", [0, 1, 2, 60])
def test_none_one_and_many_come_in_shapes_of_their_own(us, count, old):
    """Older answers begin with the app itself, which is no review."""
    us.service.old = old
    us.service.items = posts(count)
    pages, _ = us.run()
    assert us.ids(pages) == {item.id for item in us.service.items}
    assert not any(page.broken for page in pages)
    assert missed(pages) == []


@pytest.mark.parametrize("entry", [None, "null", [], 7])
def test_an_entry_that_is_nothing_is_no_review(server, http, clock, entry):
    body = json.dumps({"feed": {"entry": entry}}).encode()
    for number in (1, 2):
        server[path("us", number)] = lambda line: line.answer(body)
    channel = AppStore(
        Setup("c", {"app": APP, "base_url": server.url}, lambda **more: http.session("c", **more), clock)
    )  # fmt: skip
    pages = list(channel.pages(None, SINCE))
    assert [(*page.mentions, *page.broken) for page in pages] == [()]


def test_a_feed_that_comes_empty_marks_nothing_gone_and_says_so(us):
    us.service.items = posts(9)
    _, checkpoint = us.run()
    us.service.hollow = set(range(1, 11))
    us.service.items += posts(2, start=9, step=timedelta(seconds=20))
    pages, checkpoint = us.run(checkpoint)
    assert missed(pages) == [
        "Apple's feed of us came empty (page 1), though there were reviews before"
    ]
    assert not any(page.gone for page in pages)
    us.service.hollow = set()
    pages, _ = us.run(checkpoint)
    assert {"1009", "1010"} <= us.ids(pages)
    assert missed(pages) == []


def test_that_there_were_reviews_is_known_also_where_all_were_too_old(us):
    us.service.items = [Item("1", SINCE - HOUR)]
    pages, checkpoint = us.run()
    assert us.ids(pages) == set()
    us.service.hollow = {1, 2}
    pages, _ = us.run(checkpoint)
    assert len(missed(pages)) == 1


def test_an_app_without_reviews_is_no_trouble(us):
    pages, checkpoint = us.run()
    again, _ = us.run(checkpoint)
    assert missed([*pages, *again]) == []


def test_a_page_that_comes_empty_is_passed_over_told_and_read_the_next_time(us):
    us.service.items = posts(40, step=HOUR)
    us.service.page_size = 10
    us.service.hollow = {3}
    pages, checkpoint = us.run()
    lost = {item.id for item in us.service.items} - us.ids(pages)
    assert len(lost) == 10
    assert missed(pages) == ["Apple's feed of us came empty (page 3), though there were reviews before"]  # fmt: skip
    us.service.hollow = set()
    pages, _ = us.run(checkpoint)
    assert lost <= us.ids(pages)


def test_more_than_the_feed_shows_is_told(us):
    us.service.items = posts(501, step=timedelta(minutes=10))
    pages, _ = us.run()
    assert len(us.ids(pages)) == 500
    assert missed(pages) == [CAPPED]


def test_what_lies_behind_known_ground_is_not_missed(us):
    us.service.items = posts(501, step=timedelta(minutes=10))
    _, checkpoint = us.run()
    us.service.items += posts(20, start=501, step=timedelta(seconds=9))
    pages, _ = us.run(checkpoint)
    assert missed(pages) == []
    assert len([url for url in us.service.asked if "page=1/" in url]) == 2
    assert len(us.service.asked) == 12


def test_each_country_is_read_and_goes_on_by_itself():
    with testing.bench(several(Several())) as bench:
        bench.service.items = posts(3)
        pages, checkpoint = bench.run()
        assert bench.ids(pages) == {item.id for item in posts(3)}
        asked = [url.split("/")[1] for url in bench.service.asked if "page=1/" in url]
        assert asked == ["us", "gb", "de"]
        assert checkpoint is not None
        assert checkpoint["countries"].keys() == {"us", "gb", "de"}


def test_a_run_that_is_cut_short_goes_on_with_the_next_country():
    with testing.bench(several(Several())) as bench:
        bench.service.items = posts(3)
        seen: list[str] = []
        checkpoint: Any = None
        for _run in range(4):
            bench.service.asked = []
            walk = bench.channel().pages(checkpoint, SINCE)
            checkpoint = next(walk).checkpoint
            while checkpoint["turn"] == bench.service.asked[0].split("/")[1]:
                checkpoint = next(walk).checkpoint
            seen.append(bench.service.asked[0].split("/")[1])
        assert seen == ["us", "gb", "de", "us"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault(502), UnavailableError), (Fault(404), GoneError), (Fault(400), GoneError)],
)
def test_a_country_that_fails_keeps_nobody_from_the_others(fault, error):
    with testing.bench(several(Several(us=fault, gb=fault))) as bench:
        bench.service.items = posts(3)
        got = []
        with pytest.raises(error) as raised:
            for page in bench.channel().pages(None, SINCE):
                got.append(page)
        assert bench.ids(got) == {item.id for item in posts(3)}
        assert raised.value.hint
        assert [page.notice for page in got if page.notice]
        assert "us" in raised.value.message


def test_a_limit_is_that_of_the_host_and_ends_the_run():
    limit = Fault(429, b"{}", {"Retry-After": "300"})
    with testing.bench(several(Several(us=limit))) as bench:
        bench.service.items = posts(3)
        with pytest.raises(ChannelError):
            list(bench.channel().pages(None, SINCE))
        assert {url.split("/")[1] for url in bench.service.asked} == {"us"}


def test_a_private_key_without_its_ids_is_told(us):
    case = cases.load("appstore_feed")
    case.secrets = {"private_key": p8()}
    with testing.bench(case) as bench:
        with pytest.raises(AuthError, match="no key_id and issuer") as raised:
            bench.run()
        assert "PRIVATE KEY" not in f"{raised.value} {raised.value.hint}"
        assert bench.service.asked == []


def test_the_feed_is_tried_and_a_second_look_asks_nobody(us):
    channel = us.channel()
    assert isinstance(channel, AppStore)
    assert channel.check_access() == "the public feed"
    us.service.asked = []
    page = channel.recheck(["1", "2"])
    assert (page.mentions, page.gone, us.service.asked) == ((), (), [])
