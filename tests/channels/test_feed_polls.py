"""One poll after another: what is asked, what is kept, what is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from socialcare.errors import ConfigError, GoneError
from socialcare.settings import Brand
from tests.channels.feed_server import LONG_AGO, NOW, feed_server
from tests.channels.test_feed import item, rss


@pytest.fixture(scope="module")
def _one_server():
    with feed_server() as server:
        yield server


@pytest.fixture
def server(_one_server):
    return _one_server.forget()


def poll(feed, checkpoint=None, since=LONG_AGO):
    """All pages of one poll; the checkpoint has been through a database."""
    pages = list(feed.pages(checkpoint, since))
    return pages, json.loads(json.dumps(pages[-1].checkpoint))


def texts(pages):
    return [mention.text for page in pages for mention in page.mentions]


def dated(number, day, more=""):
    return item(number, f"<pubDate>{day} Nov 2026 10:00:00 GMT</pubDate>{more}")


def test_an_unchanged_feed_is_not_read_twice(server):
    headers = {"ETag": 'W/"a-1"', "Last-Modified": "Fri, 20 Nov 2026 10:00:00 GMT"}
    feed = server.feed(url=server.put("/f.xml", rss(item(1)), headers=headers))
    pages, checkpoint = poll(feed)
    assert texts(pages) == ["news 1"]
    pages, checkpoint = poll(feed, checkpoint)
    assert texts(pages) == []
    assert server.asked[1][1]["if-none-match"] == 'W/"a-1"'
    assert server.asked[1][1]["if-modified-since"] == "Fri, 20 Nov 2026 10:00:00 GMT"
    server.put("/f.xml", rss(item(2), item(1)), headers={"ETag": '"b"'})
    pages, _ = poll(feed, checkpoint)
    assert texts(pages) == ["news 2", "news 1"]
    assert pages[0].possibly_missed is None


def test_a_second_reading_gives_the_same_mentions(server):
    feed = server.feed(url=server.put("/f.xml", rss(item(1), "<item><title>no id</title></item>")))
    first, checkpoint = poll(feed)
    server.clock.sleep(3600)
    second, _ = poll(feed, checkpoint)
    assert second[0].mentions == first[0].mentions


def test_a_new_date_changes_the_entry_not_its_identity(server):
    feed = server.feed(url=server.put("/f.xml", rss(dated(1, 18))))
    first, checkpoint = poll(feed)
    server.put("/f.xml", rss(dated(1, 20)))
    second, _ = poll(feed, checkpoint)
    assert second[0].mentions[0].external_id == first[0].mentions[0].external_id
    assert second[0].mentions[0].created_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert second[0].possibly_missed is None


def test_numbers_that_change_with_every_answer_make_no_new_mentions(server):
    ids = set()
    checkpoint = None
    feed = server.feed(url=f"{server.url}/f.xml")
    for visit in range(5):
        server.put("/f.xml", rss(*(
            f"<item><guid>g{n}-{visit}</guid><title>same {n}</title>"
            f"<link>https://x.example/{n}?utm_source=v{visit}</link></item>"
            for n in range(3)
        )))  # fmt: skip
        pages, checkpoint = poll(feed, checkpoint)
        ids |= {mention.external_id for mention in pages[0].mentions}
    assert len(ids) == 3


def test_equal_words_in_a_new_entry_beside_the_old_one_are_a_new_mention(server):
    feed = server.feed(url=f"{server.url}/f.xml")
    entry = "<item><guid>{}</guid><title>Is it back?</title></item>"
    server.put("/f.xml", rss(entry.format("urn:a:1")))
    _, checkpoint = poll(feed)
    server.put("/f.xml", rss(entry.format("urn:a:2"), entry.format("urn:a:1")))
    pages, _ = poll(feed, checkpoint)
    assert [mention.external_id for mention in pages[0].mentions] == ["urn:a:2", "urn:a:1"]


def test_a_feed_that_fills_faster_than_it_is_read_says_so(server):
    feed = server.feed(url=server.put("/f.xml", rss(item(1), item(2))))
    _, checkpoint = poll(feed)
    server.put("/f.xml", rss(item(8), item(7)))
    pages, checkpoint = poll(feed, checkpoint)
    assert "nothing of the last poll is left" in (pages[0].possibly_missed or "")
    server.put("/f.xml", rss())
    pages, checkpoint = poll(feed, checkpoint)
    assert pages[0].possibly_missed is None
    server.put("/f.xml", rss(item(9), item(8)))
    pages, _ = poll(feed, checkpoint)
    assert pages[0].possibly_missed is None


def test_the_first_run_goes_back_to_since_and_later_ones_do_not_go_further(server):
    since = datetime(2026, 11, 18, tzinfo=UTC)
    feed = server.feed(
        url=server.put("/f.xml", rss(dated(2, 19), dated(1, 10)), headers={"ETag": '"1"'})
    )
    pages, checkpoint = poll(feed, None, since)
    assert texts(pages) == ["news 2"]
    server.put("/f.xml", rss(dated(3, 20), dated(2, 19), dated(1, 10)), headers={"ETag": '"2"'})
    pages, checkpoint = poll(feed, checkpoint, datetime(2026, 11, 20, tzinfo=UTC))
    assert texts(pages) == ["news 3", "news 2"]
    pages, _ = poll(feed, checkpoint, LONG_AGO)
    assert texts(pages) == ["news 3", "news 2", "news 1"]


def test_a_permanent_move_is_told_once_and_remembered(server):
    server.put("/new.xml", rss(item(1)))
    old = server.put("/old.xml", b"", status=301, headers={"Location": "/new.xml?key=abc"})
    feed = server.feed(url=old + "?key=abc")
    pages, checkpoint = poll(feed)
    assert texts(pages) == ["news 1"]
    assert f"moved for good to {server.url}/new.xml" in (pages[0].notice or "")
    assert "abc" not in json.dumps(checkpoint)
    server.asked.clear()
    pages, _ = poll(feed, checkpoint)
    assert [path for path, _ in server.asked] == ["/new.xml?key=abc"]
    assert pages[0].notice is None


def test_a_passing_move_is_followed_and_forgotten(server):
    server.put("/new.xml", rss(item(1)))
    feed = server.feed(
        url=server.put("/old.xml", b"", status=302, headers={"Location": "/new.xml"})
    )
    pages, checkpoint = poll(feed)
    assert texts(pages) == ["news 1"]
    server.asked.clear()
    poll(feed, checkpoint)
    assert [path for path, _ in server.asked] == ["/old.xml", "/new.xml"]


def test_every_page_carries_the_state_of_every_feed(server):
    urls = [server.put(f"/{name}.xml", rss(item(n))) for n, name in enumerate("abc")]
    pages, checkpoint = poll(server.feed(urls=urls))
    assert texts(pages) == ["news 0", "news 1", "news 2"]
    assert [len(page.checkpoint["feeds"]) for page in pages] == [1, 2, 3]
    pages, checkpoint = poll(server.feed(urls=urls[:2]), checkpoint)
    assert len(checkpoint["feeds"]) == 2


def test_a_failing_feed_does_not_keep_the_others_from_being_read(server):
    good = server.put("/good.xml", rss(item(1)))
    also = server.put("/also.xml", rss(item(2)))
    gone = server.put("/gone.xml", b"", status=410)
    page = server.put("/page", b"<html></html>")
    got: list[dict[str, Any]] = []
    with pytest.raises(GoneError, match=r"/gone\.xml"):
        got.extend(
            {"texts": texts([page]), "notice": page.notice}
            for page in server.feed(urls=[gone, good, page, also]).pages(None, LONG_AGO)
        )
    assert [entry["texts"] for entry in got] == [[], ["news 1"], [], ["news 2"]]
    assert "/gone.xml says that it is gone" in got[0]["notice"]
    assert "not a feed: a web page" in got[2]["notice"]


def test_the_feed_that_waited_longest_is_asked_first(server):
    urls = [server.put(f"/{name}.xml", rss(item(n))) for n, name in enumerate("ab")]
    feed = server.feed(urls=urls)
    stopped = next(iter(feed.pages(None, LONG_AGO)))
    server.asked.clear()
    server.clock.sleep(60)
    poll(feed, stopped.checkpoint)
    assert [path for path, _ in server.asked] == ["/b.xml", "/a.xml"]


def test_tokens_are_sent_and_neither_stored_nor_shown(server):
    server.put("/search.rss", rss(item(1), "<item><title>x</title><guid>7</guid></item>"))
    feed = server.feed(
        preset="reddit-search", base_url=server.url, user="mira", token="s3cr3t-feed"
    )
    pages, checkpoint = poll(feed)
    path = server.asked[0][0]
    assert "feed=s3cr3t-feed" in path
    assert "user=mira" in path
    kept = json.dumps(checkpoint) + repr(pages)
    assert "s3cr3t" not in kept
    server.put("/search.rss", b"<html></html>")
    server.clock.sleep(60)
    with pytest.raises(Exception, match="web page") as caught:
        poll(feed)
    assert "s3cr3t" not in str(caught.value)


PRESETS = {
    "reddit-search": (
        {}, ["/search.rss?q=%22Acme%22+OR+%22akme%22&sort=new&limit=100"]
    ),
    "reddit-subreddit": (
        {"what": "r/hiking"}, ["/r/hiking/new/.rss?limit=100"]
    ),
    "youtube-channel": (
        {"what": "UC1"}, ["/feeds/videos.xml?channel_id=UC1"]
    ),
    "mastodon-tag": (
        {"what": "#acme"}, ["/tags/acme.rss"]
    ),
    "stackexchange-tag": (
        {"what": "acme"}, ["/feeds/tag?tagnames=acme&sort=newest"]
    ),
    "discourse": (
        {}, ["/posts.rss"]
    ),
    "hnrss": (
        {"query": "acme", "what": "newest"}, ["/newest?q=acme&count=100"]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("preset", "case"), PRESETS.items(), ids=PRESETS.keys())
def test_a_preset_asks_the_right_address(server, preset, case):
    options, paths = case
    for path in paths:
        server.put(path.partition("?")[0], rss(item(1)))
    brand = Brand("Acme", watch=("akme",))
    feed = server.feed(preset=preset, base_url=server.url, brand=brand, **options)
    pages, _ = poll(feed)
    assert [path for path, _ in server.asked] == paths
    assert len(pages) == len(paths)


def test_a_site_is_named_by_its_host(server):
    feed = server.feed(preset="stackexchange-tag", what="boots", site="outdoors.stackexchange.com")
    assert feed.source == "feed:outdoors.stackexchange.com"
    assert server.feed(urls=["https://a.example/f", "https://b.example/f"]).source == "feed"


WRONG = {
    "nothing": ({}, "no feed is named"),
    "no address": ({"url": "blog"}, '"blog" is no web address'),
    "another scheme": ({"urls": ["file:///etc/passwd"]}, "is no web address"),
    "not a text": ({"urls": [3]}, "urls"),
    "a number": ({"url": 5}, "url"),
    "an unknown preset": ({"preset": "facebook"}, '"facebook" is none'),
    "a preset without its what": ({"preset": "youtube-channel"}, "what"),
    "a preset without its site": ({"preset": "mastodon-tag", "what": "acme"}, "site"),
    "an alert without its address": ({"preset": "google-alerts"}, "url"),
    "an unknown kind": ({"url": "https://a.example/", "kind": "tweet"}, "kind"),
    "no subreddit": ({"preset": "reddit-subreddit", "what": "../search"}, "is no subreddit"),
    "no account": ({"preset": "reddit-search", "user": "a b"}, "is no account"),
    "a search that is too long": (
        {"preset": "reddit-search", "query": "x" * 513},
        "longer than 512",
    ),
    "a user without a token": ({"preset": "reddit-search", "user": "mira"}, "user"),
    "a match in quotes": ({"url": "https://a.example/", "match": "no"}, "match"),
}


@pytest.mark.parametrize(("options", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_option_is_named_with_its_channel(server, options, words):
    with pytest.raises(ConfigError) as caught:
        server.feed(**options)
    assert "[channels.news]" in caught.value.message
    assert words in caught.value.message
    assert caught.value.hint


def test_the_clock_says_when_an_undated_entry_was_first_seen(server):
    feed = server.feed(url=server.put("/f.xml", rss(item(1))))
    pages, checkpoint = poll(feed)
    assert pages[0].mentions[0].created_at == NOW
    server.clock.sleep(7200)
    server.put("/f.xml", rss(item(2), item(1)))
    pages, _ = poll(feed, checkpoint)
    assert [(mention.created_at - NOW).total_seconds() for mention in pages[0].mentions] == [
        7200,
        0,
    ]
