"""YouTube: comments and videos become mentions, within the quota, and no reply is passed over."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from socialcare import testing
from socialcare.channels.base import CanCheckAccess, CanRecheck
from socialcare.channels.decode import decode, decode_items
from socialcare.channels.google import day_of, next_day
from socialcare.channels.youtube import YouTube
from socialcare.channels.youtube.book import Book
from socialcare.channels.youtube.posts import Place, to_mention
from socialcare.channels.youtube.wire import Comment, Items, Thread
from socialcare.clock import format_time, parse_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    ConfigError,
    GoneError,
    RateLimitError,
    UnavailableError,
    UsageError,
)
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, Case, Fault, Item, mentions_of, posts
from tests.channels import cases
from tests.channels.cases.youtube import ANA, KEY, OWN, comment, refusal
from tests.channels.cases.youtube_search import OPTIONS, Videos
from tests.channels.golden import payload, shown, wanted

MINUTE = timedelta(minutes=1)
WITH_KEY = {"key": KEY}


@pytest.fixture
def own():
    with testing.bench(cases.load("youtube")) as running:
        yield running


@pytest.fixture
def search():
    with testing.bench(cases.load("youtube_search")) as running:
        yield running


def asked(service, of):
    return [url for url in service.asked if url.startswith(f"/youtube/v3/{of}?")]


def replies(thread: str, count: int, start: int = 0):
    return [
        Item(f"{thread}.r{start + n}", NOW - timedelta(minutes=count - n)) for n in range(count)
    ]


def test_comments_become_mentions():
    place = Place("yt", OWN, frozenset({"acme"}), {"UCana": 340})
    found = decode(payload("youtube", "threads"), Items)
    threads, broken = decode_items(found.items, Thread, where="$.items")
    mentions = []
    for thread in threads:
        ours = thread.snippet.channel_id == OWN
        top = thread.snippet.top_level_comment
        seen = partial(to_mention, place=place, video=thread.snippet.video_id, ours=ours)
        mentions.append(seen(top, replies=thread.snippet.total_reply_count))
        raws = thread.replies.comments if thread.replies else []
        mentions += [seen(one) for one in decode_items(raws, Comment)[0]]
    assert shown(mentions, broken) == wanted("youtube", "threads")


def test_what_is_asked_for(own):
    own.run()
    handle, threads = own.service.asked
    assert handle == "/youtube/v3/channels?part=id&forHandle=%40acme"
    assert f"allThreadsRelatedToChannelId={OWN}" in threads
    assert not any(KEY in url for url in own.service.asked)


def test_a_handle_is_asked_for_once(own):
    _, checkpoint = own.run()
    own.service.asked.clear()
    own.run(checkpoint)
    assert not asked(own.service, "channels")


def test_authors_are_looked_up_once(own):
    own.service.items = posts(3)
    pages, _ = own.run()
    assert {one.author.followers for one in mentions_of(pages).values()} == {1234}
    assert len([url for url in asked(own.service, "channels") if ANA in url]) == 1


def test_what_is_said_below_our_videos_speaks_to_us(own):
    own.service.items = posts(1)
    own.service.follow_ups = {"1000": replies("1000", 2)}
    pages, _ = own.run()
    assert all(one.direct for one in mentions_of(pages).values())


def test_replies_that_did_not_come_along_are_fetched(own):
    own.service.items = posts(3)
    own.service.follow_ups = {"1001": replies("1001", 250), "1002": replies("1002", 5)}
    pages, _ = own.run()
    found = mentions_of(pages)
    assert len(found) == 3 + 250 + 5
    assert {found[f"1001.r{n}"].in_reply_to for n in range(250)} == {"1001"}
    assert found["1001.r7"].thread == "1001"
    assert len(asked(own.service, "comments")) == 3


def test_a_reply_that_begins_with_a_handle_answers_that_person(own):
    own.service.items = posts(1)
    texts = ["@ana Really?", "First", "@ana. Which one?", "@mia Nobody of that name", "See @ana"]
    own.service.follow_ups = {
        "1000": [Item(f"1000.r{n}", NOW - (5 - n) * MINUTE, text) for n, text in enumerate(texts)]
    }
    pages, _ = own.run()
    found = mentions_of(pages)
    parents = [found[f"1000.r{n}"].in_reply_to for n in range(5)]
    assert parents == ["1000", "1000", "1000.r1", "1000", "1000"]
    assert {one.thread for one in found.values()} == {"1000"}


def test_new_replies_to_old_threads_are_found(own):
    """They move no thread up; only the number of replies tells."""
    own.service.items = posts(300, step=timedelta(minutes=30))
    old = own.service.items[10].id
    own.service.follow_ups = {old: replies(old, 8)}
    _, checkpoint = own.run()
    own.service.asked.clear()
    own.run(checkpoint)
    assert not asked(own.service, "comments")
    own.service.follow_ups[old] += replies(old, 1, start=8)
    pages, checkpoint = own.run(checkpoint)
    assert f"{old}.r8" in mentions_of(pages)
    assert len(asked(own.service, "comments")) == 1
    assert checkpoint is not None
    assert checkpoint["lists"]["own"]["counts"] == {old: 9}


def test_a_reply_to_a_thread_from_before_the_first_look_is_found_later(own):
    before = Item("900", SINCE - timedelta(days=20))
    own.service.items = [before, *posts(2)]
    own.service.follow_ups = {"900": replies("900", 6)}
    own.service.follow_ups["900"] = [Item(f"900.r{n}", before.at) for n in range(6)]
    pages, checkpoint = own.run()
    assert not asked(own.service, "comments")
    own.service.follow_ups["900"].append(Item("900.new", NOW))
    pages, _ = own.run(checkpoint)
    assert mentions_of(pages).keys() >= {"900.new"}
    assert "900" not in mentions_of(pages)
    assert "900.r1" not in mentions_of(pages)


def test_a_page_token_that_is_too_old_leads_back_to_the_top(own):
    own.service.items = posts(30)
    own.service.page_size = 4
    whole, _ = own.run()
    before, checkpoint = own.run(pages=3)
    own.service.faults = [Fault(400, refusal(400, "invalidPageToken"))]
    after, _ = own.run(checkpoint)
    assert mentions_of([*before, *after]) == mentions_of(whole)


def test_a_broken_reply_never_kills_its_thread(own):
    own.service.items = posts(1)
    own.service.follow_ups = {"1000": [Item("1000.r1", NOW, broken=True), Item("1000.r2", NOW)]}
    pages, _ = own.run()
    assert mentions_of(pages).keys() == {"1000", "1000.r2"}
    [broken] = [one for page in pages for one in page.broken]
    assert broken.where == "$.replies.comments[0]"


DAILY = {
    "of old": (403, refusal(403, "quotaExceeded")),
    "of today": (
        429,
        refusal(
            429,
            "rateLimitExceeded",
            details=[{"metadata": {"quota_limit": "defaultPerDayPerProject"}}],
        ),
    ),
    "in words": (
        429,
        json.dumps(
            {"error": {"message": "… and limit 'Search Queries per day' of service …"}}
        ).encode(),
    ),
}


@pytest.mark.parametrize("name", DAILY)
def test_the_quota_of_a_day_ends_at_midnight_on_the_pacific_coast(own, name):
    own.service.faults = [Fault(*DAILY[name])]
    with pytest.raises(RateLimitError, match="the quota of the day is used up") as raised:
        own.run()
    assert raised.value.not_before == parse_time("2026-11-22T08:00:00Z")
    assert len(own.service.asked) == 1


@pytest.mark.parametrize(
    ("now", "day", "until"),
    [
        ("2026-11-21T07:59:59Z", "2026-11-20", "2026-11-21T08:00:00Z"),
        ("2026-11-21T08:00:00Z", "2026-11-21", "2026-11-22T08:00:00Z"),
        ("2026-07-04T06:59:00Z", "2026-07-03", "2026-07-04T07:00:00Z"),
        ("2026-11-01T06:30:00Z", "2026-10-31", "2026-11-01T07:00:00Z"),
        ("2026-11-01T12:00:00Z", "2026-11-01", "2026-11-02T08:00:00Z"),
    ],
)
def test_days_follow_summer_time(now, day, until):
    assert day_of(parse_time(now)) == day
    assert next_day(parse_time(now)) == parse_time(until)


FAILURES = [
    (400, "badRequest", {"details": [{"reason": "API_KEY_INVALID"}]}, AuthError, "refused the key"),
    (403, "accessNotConfigured", {}, AuthError, "not switched on"),
    (403, "ipRefererBlocked", {}, AuthError, "may not be used from here"),
    (403, "insufficientPermissions", {}, AuthError, "does not let us read"),
    (403, "forbidden", {}, AuthError, r"does not let us read channels \(forbidden\)"),
    (404, "channelNotFound", {}, GoneError, "knows nothing there"),
    (400, "processingFailure", {}, UnavailableError, "this time"),
    (400, "invalidFilters", {}, BadAnswerError, r"\(400\) \(invalidFilters\)"),
    (403, "rateLimitExceeded", {}, RateLimitError, "slow down"),
]


@pytest.mark.parametrize(("status", "reason", "more", "error", "message"), FAILURES)
def test_refusals_are_told_by_their_reason(own, status, reason, more, error, message):
    own.service.faults = [Fault(status, refusal(status, reason, **more))]
    with pytest.raises(error, match=message) as raised:
        own.run()
    assert raised.value.hint
    assert len(own.service.asked) == 1


def test_a_page_in_front_of_youtube_is_not_youtube(own):
    own.service.faults = [Fault(403, b"<html>Sorry</html>")]
    with pytest.raises(ChannelError, match="something in front of"):
        own.run()


def test_a_channel_that_nobody_knows_is_named(own):
    own.service.faults = [Fault(200, b'{"kind": "youtube#channelListResponse"}')]
    with pytest.raises(ConfigError, match="knows no channel @acme"):
        own.run()


class Below(Videos):
    """Videos with comments below each."""

    def __init__(self) -> None:
        super().__init__()
        self.below: dict[str, list[Item]] = {}
        self.off: set[str] = set()

    def answer(self, path, params):
        of = path.removeprefix("/youtube/v3/")
        if of == "commentThreads":
            one = params["videoId"][0]
            if one in self.off:
                raise Fault(403, refusal(403, "commentsDisabled"))
            newest = sorted(self.below[one], key=lambda item: item.at, reverse=True)
            return self.listed("commentThread", newest, params, self.thread)
        answer: Any = super().answer(path, params)
        if of == "videos":
            for found in answer["items"]:
                count = sum(
                    1 + len(self.follow_ups.get(one.id, ())) for one in self.below[found["id"]]
                )
                found["statistics"]["commentCount"] = str(count)
        return answer


def test_comments_of_videos_are_read_when_there_are_more_of_them():
    service = Below()
    one, other = "A" * 11, "B" * 11
    service.items = [Item(one, SINCE - timedelta(days=400)), Item(other, NOW)]
    service.below = {one: posts(120, step=MINUTE), other: posts(2, start=500)}
    options = {"videos": [f"https://www.youtube.com/watch?v={one}&t=3s", other]}
    with testing.bench(Case(YouTube, service, options, secrets=WITH_KEY)) as bench:
        pages, checkpoint = bench.run()
        assert len(mentions_of(pages)) == 122
        assert not any(found.direct for found in mentions_of(pages).values())
        service.asked.clear()
        bench.run(checkpoint)
        assert [url.partition("?")[0] for url in service.asked] == ["/youtube/v3/videos"]
        service.follow_ups = {service.below[one][0].id: replies("1000", 1)}
        pages, checkpoint = bench.run(checkpoint)
        assert "1000.r0" in mentions_of(pages)
        assert not any(other in url for url in asked(service, "commentThreads"))
        service.off, service.below[other] = {other}, posts(5, start=500)
        pages, _ = bench.run(checkpoint)
        assert not mentions_of(pages)


@pytest.mark.parametrize("stop", range(1, 9))
def test_videos_may_be_stopped_at_any_page(stop):
    service = Below()
    service.page_size = 10
    one, other = "A" * 11, "B" * 11
    service.items = [Item(one, NOW), Item(other, NOW)]
    service.below = {one: posts(25), other: posts(25, start=500)}
    with testing.bench(Case(YouTube, service, {"videos": [one, other]}, secrets=WITH_KEY)) as bench:
        whole, _ = bench.run()
        before, checkpoint = bench.run(pages=stop)
        after, _ = bench.run(checkpoint)
    assert mentions_of([*before, *after]) == mentions_of(whole)
    assert len(mentions_of(whole)) == 50


def test_below_a_video_that_was_found_comments_are_read():
    service = Below()
    service.items = [Item("A" * 11, NOW - timedelta(days=2), "Acme boots reviewed")]
    service.below = {"A" * 11: posts(3)}
    with testing.bench(Case(YouTube, service, OPTIONS, secrets=WITH_KEY)) as bench:
        pages, checkpoint = bench.run()
        found = mentions_of(pages)
        assert found["A" * 11].text == "Acme boots reviewed\n\nSee for yourself."
        assert found["A" * 11].author.handle == "@ana"
        assert found["A" * 11].author.followers == 1234
        assert found["1001"].thread == "1001"
        assert len(found) == 4
        assert checkpoint is not None
        bench.clock.sleep(timedelta(days=40).total_seconds())
        _, later = bench.run(checkpoint)
    assert later is not None
    assert later["videos"] == {}
    assert later["lists"] == {}
    assert later["counts"] == {}


def test_a_burst_of_videos_is_read_by_windows_of_time(search):
    search.service.items = posts(180, step=timedelta(minutes=50))
    pages, checkpoint = search.run()
    assert len(mentions_of(pages)) == 180
    assert not any("pageToken" in url for url in search.service.asked)
    assert checkpoint is not None
    assert checkpoint["spent"] == len(asked(search.service, "search")) == 4


def test_many_videos_of_one_second_are_read_by_token(search):
    at = NOW - timedelta(hours=3)
    search.service.items = [Item(f"{n:011}", at) for n in range(130)]
    pages, _ = search.run()
    assert len(mentions_of(pages)) == 130


def test_searches_are_spread_over_the_day(search):
    search.case.options = {"query": ["acme", "akme"], "searches": 96}
    search.service.items = posts(2)
    _, checkpoint = search.run()
    assert len(asked(search.service, "search")) == 2
    search.clock.sleep(29 * 60)
    _, checkpoint = search.run(checkpoint)
    assert len(asked(search.service, "search")) == 2
    search.clock.sleep(60)
    search.run(checkpoint)
    assert len(asked(search.service, "search")) == 4


def test_a_walk_that_used_up_its_day_goes_on_after_midnight(search):
    search.case.options = {"query": "acme", "searches": 2}
    search.service.items = posts(180, step=timedelta(minutes=50))
    pages, checkpoint = search.run()
    assert [page.notice for page in pages if page.notice] == [
        "the searches of this day are used up; search goes on after midnight, Pacific time"
    ]
    got = list(pages)
    for _ in range(2):
        more, checkpoint = search.run(checkpoint)
        assert not mentions_of(more)
    for _ in range(4):
        search.clock.sleep(24 * 60 * 60)
        more, checkpoint = search.run(checkpoint)
        got += more
    assert len(mentions_of(got)) == 180


def test_searches_that_somebody_else_used_up_stop_only_the_search(search):
    search.case.options = {"query": "acme", "searches": 90}
    search.service.items = posts(2)
    search.service.faults = [Fault(*DAILY["in words"])]
    pages, checkpoint = search.run()
    assert [page.notice for page in pages if page.notice]
    assert checkpoint is not None
    assert checkpoint["spent"] == 90
    search.clock.sleep(24 * 60 * 60)
    pages, _ = search.run(checkpoint)
    assert len(mentions_of(pages)) == 2


def test_the_names_of_the_brand_are_one_search():
    service = Videos()
    brand = Brand(name="Acme", watch=('acme "the best"',))
    with testing.bench(Case(YouTube, service, {}, brand=brand, secrets=WITH_KEY)) as bench:
        bench.run()
    [url] = service.asked
    assert "q=%22Acme%22%7C%22acme++the+best%22" in url


class Shelf(Videos):
    """``strict``: one unknown id spoils the whole answer."""

    strict = False

    def answer(self, path, params):
        of = path.removeprefix("/youtube/v3/")
        if of == "comments" and "id" in params:
            ids = params["id"][0].split(",")
            known = {item.id: item for item in self.items}
            if self.strict and not set(ids) <= known.keys():
                raise Fault(404, refusal(404, "commentNotFound"))
            items = [comment(known[one]) for one in ids if one in known]
            return {"kind": "youtube#commentListResponse", "items": items}
        return super().answer(path, params)


@pytest.mark.parametrize("strict", [False, True])
def test_known_posts_are_looked_at_again(strict):
    service = Shelf()
    service.strict = strict
    service.items = [
        Item("UgOne", NOW, "edited"),
        Item("UgTwo.reply", NOW),
        Item("V" * 11, NOW, "A video"),
        Item("UgBroken", NOW, broken=True),
    ]
    with testing.bench(Case(YouTube, service, OPTIONS, secrets=WITH_KEY)) as bench:
        channel = bench.channel()
        assert isinstance(channel, CanRecheck)
        ids = [*(item.id for item in service.items), "UgGone", "W" * 11, "no/id"]
        page = channel.recheck(ids)
    found = {one.external_id: one for one in page.mentions}
    assert found.keys() == {"UgOne", "UgTwo.reply", "V" * 11}
    assert found["UgOne"].text == "edited"
    assert found["UgTwo.reply"].in_reply_to == "UgTwo"
    assert set(page.gone) == {"UgGone", "W" * 11, "no/id"}
    assert len(page.broken) == 1


def test_a_failing_service_makes_nobodys_comment_gone():
    service = Shelf()
    with testing.bench(Case(YouTube, service, OPTIONS, secrets=WITH_KEY)) as bench:
        service.faults = [Fault(404, b"<html>not here</html>")]
        channel = bench.channel()
        assert isinstance(channel, CanRecheck)
        with pytest.raises(GoneError):
            channel.recheck(["UgOne"])


def test_access_is_checked(own):
    own.service.faults = [
        Fault(400, refusal(400, "badRequest", details=[{"reason": "keyInvalid"}]))
    ]
    channel = own.channel()
    assert isinstance(channel, CanCheckAccess)
    with pytest.raises(AuthError, match="refused the key"):
        channel.check_access()
    own.service.faults = [Fault(200, b'{"kind": "x"}')]
    assert channel.check_access() == "a key"
    own.case.token = "a-token-of-acme"
    signed_in = own.channel()
    assert isinstance(signed_in, CanCheckAccess)
    assert signed_in.check_access() == "@acme"


def test_without_a_key_the_next_step_is_told(own):
    own.case.secrets = {}
    with pytest.raises(AuthError, match="wants an API key") as raised:
        own.run()
    assert "socialcare channel login c" in raised.value.hint


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"channel": "acme"}, "is no channel"),
        ({"videos": ["https://vimeo.com/1"]}, "is no video"),
        ({"query": []}, "nothing to read"),
        ({"query": "x", "searches": 0}, "a number of searches"),
        ({"query": "x", "searches": True}, "a number of searches"),
    ],
)
def test_options_are_checked(own, options, message):
    own.case.options = options
    with pytest.raises(ConfigError, match=message):
        own.channel()


def test_a_channel_is_added_by_its_handle():
    assert YouTube.from_spec("youtube-comments", "@acme") == {"channel": "@acme"}
    assert YouTube.from_spec("youtube-comments", OWN) == {"channel": OWN}
    with pytest.raises(UsageError, match="is no channel"):
        YouTube.from_spec("youtube-comments", "acme")


def test_only_the_newest_videos_are_watched():
    book = Book(None)
    for n in range(120):
        book.watch(f"{n:011}", NOW - timedelta(hours=n), NOW)
    book.watch("old", NOW - timedelta(days=31), NOW)
    book.forget(NOW, ())
    assert list(book.videos) == [f"{n:011}" for n in range(100)]
    assert format_time(NOW) == book.videos[f"{0:011}"]
