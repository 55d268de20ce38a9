"""Feeds of Reddit: one request a minute and address, a token that nobody sees, none left out."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare.channels.base import Setup
from socialcare.channels.feed import Feed
from socialcare.channels.feed.presets import Source
from socialcare.errors import ChannelError, RateLimitError, RefusedError, UsageError
from socialcare.settings import Brand
from tests.channels.feed_server import LONG_AGO, NOW, feed_server
from tests.channels.test_feed import item, rss
from tests.channels.test_feed_polls import poll, texts

NAMES = ("hiking", "camping", "tents", "boots")
TOKEN = "s3cr3t-feed-0123"


@pytest.fixture(scope="module")
def _one_server():
    with feed_server() as server:
        yield server


@pytest.fixture
def server(_one_server):
    return _one_server.forget()


def path(name: str) -> str:
    return f"/r/{name}/new/.rss"


def subreddits(server, *names: str, **options) -> Feed:
    """As a run of the program makes them: nothing is remembered but the checkpoint."""
    feed: Feed = server.feed(
        preset="reddit-subreddit", what=list(names), base_url=server.url, **options
    )
    return feed


def asked(server) -> list[str]:
    return [one.partition("?")[0].split("/")[2] for one, _ in server.asked]


def test_four_subreddits_are_read_by_four_runs_and_nothing_is_lost(server):
    for number, name in enumerate(NAMES):
        server.put(path(name), rss(item(number)))
    got: list[str] = []
    checkpoint = None
    for run in range(4):
        pages, checkpoint = poll(subreddits(server, *NAMES), checkpoint)
        got += texts(pages)
        assert len(server.asked) == run + 1
        server.clock.sleep(60)
    assert sorted(got) == [f"news {number}" for number in range(4)]
    assert asked(server) == list(NAMES)


def test_the_rest_is_said_plainly_and_is_no_failure(server):
    for name in NAMES:
        server.put(path(name), rss(item(1)))
    pages, _ = poll(subreddits(server, *NAMES))
    notices = [page.notice for page in pages if page.notice]
    [notice] = notices
    assert notice.startswith("3 of 4 feeds wait for a later fetch, from 2026-11-21T12:01:00.000Z")
    assert "about one a minute" in notice


def test_what_waited_longest_comes_first(server):
    for name in NAMES:
        server.put(path(name), rss(item(1)))
    checkpoint = None
    for _run in range(10):
        _, checkpoint = poll(subreddits(server, *NAMES), checkpoint)
        server.clock.sleep(300)
    assert asked(server) == [*NAMES, *NAMES, *NAMES[:2]]


def test_a_run_within_the_minute_asks_nothing_and_fails_not(server):
    server.put(path("hiking"), rss(item(1)))
    _, checkpoint = poll(subreddits(server, "hiking"))
    server.clock.sleep(20)
    pages, checkpoint = poll(subreddits(server, "hiking"), checkpoint)
    assert len(server.asked) == 1
    assert "1 of 1 feeds waits" in (pages[-1].notice or "")
    server.clock.sleep(36)  # cron is a little early
    pages, _ = poll(subreddits(server, "hiking"), checkpoint)
    assert len(server.asked) == 2
    assert texts(pages) == ["news 1"]
    assert pages[-1].notice is None


def test_a_clock_that_was_put_back_holds_up_nothing(server):
    server.put(path("hiking"), rss(item(1)))
    feed = subreddits(server, "hiking")
    _, checkpoint = poll(feed)
    for state in checkpoint["feeds"].values():
        state["polled"] = "2031-01-01T00:00:00.000Z"
    assert texts(poll(subreddits(server, "hiking"), checkpoint)[0]) == ["news 1"]


def test_a_subreddit_that_is_closed_takes_no_turn_of_the_others(server):
    server.put(path("camping"), rss(item(2)))
    checkpoint = None
    got: list[str] = []
    for _run in range(4):
        try:
            for page in subreddits(server, "hiking", "camping").pages(checkpoint, LONG_AGO):
                checkpoint = json.loads(json.dumps(page.checkpoint))
                got += texts([page])
        except ChannelError as error:
            assert "hiking" in error.message
        server.clock.sleep(60)
    assert asked(server) == ["hiking", "camping", "hiking", "camping"]
    assert got == ["news 2", "news 2"]


def test_who_is_asked_to_slow_down_keeps_the_turn(server):
    headers = {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "47"}
    server.put(path("hiking"), b"", status=429, headers=headers)
    with pytest.raises(RateLimitError) as caught:
        list(subreddits(server, "hiking", "camping").pages(None, LONG_AGO))
    assert caught.value.not_before == NOW + timedelta(seconds=47)
    assert asked(server) == ["hiking"]


def test_two_channels_share_the_minute(server):
    server.put(path("hiking"), rss(item(1)))
    server.put(path("camping"), rss(item(2)))
    first = subreddits(server, "hiking")
    http = server.opened[-1]
    options = {"preset": "reddit-subreddit", "what": ["camping"], "base_url": server.url}
    second = Feed(Setup("more", options, partial(http.session, "more"), server.clock, Brand("A")))
    assert texts(poll(first)[0]) == ["news 1"]
    with pytest.raises(RateLimitError) as caught:
        list(second.pages(None, LONG_AGO))
    assert caught.value.not_before == NOW + timedelta(seconds=60)
    server.clock.sleep(60)
    assert texts(poll(second)[0]) == ["news 2"]


def test_other_feeds_of_the_channel_wait_for_nobody(server):
    for name in ("hiking", "camping"):
        server.put(path(name), rss(item(len(name) - 5)))
    blog = server.put("/blog.xml", rss(item(7)))
    feed = subreddits(server, "hiking", "camping", url=blog)
    assert texts(poll(feed)[0]) == ["news 7", "news 1"]


@pytest.mark.parametrize(
    "host", ["reddit.com", "www.reddit.com", "old.reddit.com", "Old.Reddit.com"]
)
def test_all_names_of_reddit_are_one_place(host):
    source = Source(f"https://{host}/r/hiking/new/.rss?a=1")
    assert source.asked == "https://www.reddit.com/r/hiking/new/.rss?a=1"
    assert source.spacing_s == 60
    assert source.host == host.lower()


@pytest.mark.parametrize("url", ["https://blog.example/f", "https://notreddit.com/f", "https://reddit.com.example/f"])  # fmt: skip
def test_other_places_are_asked_as_ever(url):
    source = Source(url)
    assert (source.asked, source.spacing_s, source.headers) == (url, 0, {})


def test_reddit_is_told_who_asks(server):
    server.put(path("hiking"), rss(item(1)))
    poll(subreddits(server, "hiking"))
    server.clock.sleep(60)
    poll(subreddits(server, "hiking", user="u/mira_k", token=TOKEN))
    anonymous, personal = (headers["user-agent"] for _, headers in server.asked)
    assert ":socialcare:" in anonymous
    assert personal.endswith("(by /u/mira_k)")


def test_the_token_of_a_personal_feed_is_nowhere_to_be_seen(server):
    """Not where an entry links to the feed itself, nor where the service says it back."""
    itself = '<item><guid>tag:x,2026:9</guid><title>x</title><link></link><a href="#c"/></item>'
    entry = '<entry><id>tag:x,2026:8</id><title>y</title><link href="#c1"/></entry>'
    for body in (rss(itself), f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{entry}</feed>'):  # fmt: skip
        server.forget().put(path("hiking"), body)
        feed = subreddits(server, "hiking", user="mira_k", token=TOKEN)
        pages, checkpoint = poll(feed)
        assert pages[0].mentions
        query = parse_qs(urlsplit(server.asked[0][0]).query)
        assert (query["feed"], query["user"]) == ([TOKEN], ["mira_k"])
        assert TOKEN not in repr(pages) + json.dumps(checkpoint) + repr(feed._sources)
    said = json.dumps({"message": f"feed {TOKEN} is no good"}).encode()
    server.forget().put(path("hiking"), said, status=403)
    with pytest.raises(ChannelError, match="no good") as caught:
        poll(subreddits(server, "hiking", user="mira_k", token=TOKEN))
    assert TOKEN not in repr(caught.value) + caught.value.message + caught.value.hint


def test_many_words_make_as_few_searches_as_hold_them(server):
    words = [f'"acme {"x" * 90} {number}"' for number in range(12)]
    feed = server.feed(preset="reddit-search", query=words, base_url=server.url)
    queries = [source.params["q"] for source in feed._sources]
    assert all(len(query) <= 512 for query in queries)
    assert len(queries) == 3
    assert [word for query in queries for word in query.split(" OR ")] == words


@pytest.mark.parametrize(
    ("what", "name"),
    [("r/CampingGear", "CampingGear"), ("/r/CampingGear/", "CampingGear"), ("r/a+b", "a+b")],
)
def test_a_subreddit_in_one_word(what, name):
    assert Feed.from_spec("reddit", what) == {"preset": "reddit-subreddit", "what": [name]}


@pytest.mark.parametrize("what", ["r/", "r/a b", "r/../x", "r/a/comments"])
def test_what_is_no_subreddit_is_refused_at_once(what):
    with pytest.raises(UsageError, match="no subreddit"):
        Feed.from_spec("reddit", what)


def test_a_name_is_read_once_whatever_its_case(server):
    feed = subreddits(server, "r/Hiking", "hiking", "/r/HIKING/")
    assert [source.url for source in feed._sources] == [server.url + path("Hiking")]


def test_the_token_goes_nowhere_else(server):
    """Neither to where a redirect leads, nor unencrypted over the network."""
    server.put(path("hiking"), b"", status=302, headers={"Location": f"/x?feed={TOKEN}"})
    with pytest.raises(RefusedError, match="redirects elsewhere") as caught:
        list(subreddits(server, "hiking", user="mira_k", token=TOKEN).pages(None, LONG_AGO))
    assert len(server.asked) == 1
    assert TOKEN not in caught.value.message
    plain = server.feed(
        preset="reddit-search", base_url="http://mirror.example", user="mira_k", token=TOKEN
    )
    with pytest.raises(RefusedError, match="unencrypted"):
        list(plain.pages(None, LONG_AGO))
