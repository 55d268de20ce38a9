"""X: what a post becomes, and how the lists are read on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from socialcare.channels.decode import decode
from socialcare.channels.x.lists import AGAIN
from socialcare.channels.x.posts import Place, language, names, read_posts
from socialcare.channels.x.wire import Listing, id_at, time_of
from socialcare.clock import parse_time
from socialcare.testing import NOW, SINCE, Item
from tests.channels.cases.x import OWN, TOKEN, post
from tests.channels.golden import payload, shown, wanted
from tests.channels.servers import Line
from tests.channels.x_service import MENTIONS, SEARCH, asked, builder, listing, run, says

PLACE = Place("x", OWN, frozenset({"acme"}))


@pytest.fixture
def channel(server, http, clock):
    return builder(server, http, clock)


# ── what a post becomes ──


def test_posts_of_both_vocabularies_become_mentions():
    found = read_posts(decode(payload("x", "posts"), Listing), PLACE)
    assert shown(*found) == wanted("x", "posts")


def test_an_edit_is_a_later_version_of_the_same_mention():
    first, edit = post(Item("1", NOW)), post(Item("2", NOW + timedelta(minutes=5), "corrected"))
    edit["edit_history_tweet_ids"] = [first["id"], edit["id"]]
    for data in ([first, edit], [edit, first]):
        [mention], _ = read_posts(decode(json.dumps({"data": data}).encode(), Listing), PLACE)
        assert (mention.external_id, mention.text) == (first["id"], "corrected")
        assert mention.created_at == NOW
        assert mention.edited_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("de", "de"), ("und", None), ("qme", None), ("zxx", None), ("qu", "qu"), (None, None)],
)
def test_pseudo_languages_are_none(given, kept):
    assert language(given) == kept


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Acme hi", True),
        ("hi (@acme)", True),
        ("こんにちは @acme", True),
        ("@acmeboots hi", False),
        ("mail@acme", False),
        ("靴@acmeが届かない", True),
        ("@acmé", False),
    ],
)
def test_a_handle_is_named_whole(text, named):
    assert names(text, frozenset({"acme"})) is named


def test_an_id_tells_its_time():
    assert time_of("1578516295611748353").isoformat()[:16] == "2022-10-07T22:43"
    assert time_of(str(id_at(NOW))) == NOW
    assert id_at(parse_time("2001-01-01T00:00:00Z")) == 0


def test_a_page_can_be_made_of_nothing_but_what_is_needed():
    bare = {"data": [{"id": "1990000000000000012", "text": "hi", "author_id": "1"}], "meta": {}}
    [mention], broken = read_posts(decode(json.dumps(bare).encode(), Listing), PLACE)
    assert broken == []
    assert mention.author.handle == ""
    assert mention.created_at == time_of("1990000000000000012")
    assert replace(mention, text="").url == "https://x.com/i/web/status/1990000000000000012"


# ── reading ──


def test_mentions_are_asked_for_with_all_that_is_needed(server, channel):
    server[MENTIONS] = says(listing(Item("1", NOW)))
    pages, checkpoint = run(channel())
    [query] = asked(server, MENTIONS)
    assert query["tweet.fields"].split(",")[0] == "created_at"
    assert "note_tweet" in query["tweet.fields"]
    assert query["expansions"] == "author_id,referenced_tweets.id,attachments.media_keys"
    assert query["since_id"] == str(id_at(SINCE) - 1)
    assert {"start_time", "until_id", "pagination_token"}.isdisjoint(query)
    assert pages[0].mentions[0].author.handle == "@ana"
    assert all(TOKEN not in one.target for one in server.asked)
    assert {one.headers["authorization"] for one in server.asked} == {f"Bearer {TOKEN}"}
    assert TOKEN not in json.dumps(checkpoint)


def test_the_newer_vocabulary_is_asked_for_where_the_config_says_so(server, channel):
    server[MENTIONS] = says(listing())
    run(channel(user="acme", fields="post"))
    [query] = asked(server, MENTIONS)
    assert "note_post" in query["post.fields"]
    assert "referenced_posts.id" in query["expansions"]
    assert not [key for key in query if "tweet" in key]


def test_the_next_run_reads_a_little_below_the_newest(server, channel):
    server[MENTIONS] = says(listing(Item("7", NOW - timedelta(hours=1))))
    _, checkpoint = run(channel())
    run(channel(), checkpoint)
    floor = id_at(NOW - timedelta(hours=1, minutes=15))
    assert asked(server, MENTIONS)[-1]["since_id"] == str(floor - 1)
    assert len(asked(server, "/2/users/by/username/acme")) == 1


def test_tokens_lead_on_within_a_run_and_ids_after_a_break(server, channel):
    items = [Item(f"{n}", NOW - timedelta(hours=n)) for n in (1, 2, 3)]
    answers = [
        listing(items[0], token="a"),
        listing(token="b"),
        listing(items[1], token="c"),
        listing(items[2]),
    ]
    answers += [listing()]  # what came since
    server[MENTIONS] = lambda line: says(answers[line.nth - 1])(line)
    walk = channel().pages(None, SINCE)
    got = [next(walk) for _ in range(3)]
    rest, _ = run(channel(), got[-1].checkpoint)
    tokens = [one.get("pagination_token") for one in asked(server, MENTIONS)[:4]]
    assert tokens == [None, "a", "b", None]
    until = asked(server, MENTIONS)[3]["until_id"]
    assert int(until) == int(got[2].mentions[0].external_id) + 1
    assert [one.text for page in rest for one in page.mentions]


@pytest.mark.parametrize(("pause", "token"), [(0.5, "b"), (1.5, None)])
def test_a_run_that_ended_with_an_empty_page_goes_on_by_its_token_for_an_hour(
    server, channel, clock, pause, token
):
    answers = [listing(Item("1", NOW), token="a"), listing(token="b"), listing()]
    server[MENTIONS] = lambda line: says(answers[min(line.nth, 3) - 1])(line)
    walk = channel().pages(None, SINCE)
    got = [next(walk) for _ in range(2)]
    clock.sleep(pause * 3_600)
    run(channel(), got[-1].checkpoint)
    again = asked(server, MENTIONS)[2]
    below = str(int(got[0].mentions[0].external_id) + 1)
    assert again.get("pagination_token") == token
    assert again.get("until_id") == (None if token else below)


def test_the_same_token_twice_is_told(server, channel):
    server[MENTIONS] = says(listing(Item("1", NOW), token="a"))
    pages, _ = run(channel())
    assert [page.possibly_missed for page in pages] == [None, AGAIN]


def test_more_mentions_than_x_gives_are_told(server, channel):
    def answer(line: Line) -> None:
        items = [Item(f"{n}", NOW - timedelta(minutes=line.nth)) for n in range(100)]
        says(listing(*items, token=f"t{line.nth}" if line.nth < 8 else None))(line)

    server[MENTIONS] = answer
    pages, _ = run(channel())
    assert len(pages) == 8
    assert "newest 800 mentions" in (pages[-1].possibly_missed or "")


def test_a_search_goes_back_seven_days_and_says_what_lies_below(server, channel, clock):
    server[SEARCH] = says(listing(Item("1", NOW)))
    query = {"query": "acme -is:retweet", "budget_per_day": 10}
    _, checkpoint = run(channel(**query))
    oldest = NOW - timedelta(days=7) + timedelta(minutes=5)
    assert asked(server, SEARCH)[0]["query"] == "acme -is:retweet"
    assert asked(server, SEARCH)[0]["since_id"] == str(id_at(oldest) - 1)
    clock.sleep(timedelta(days=9).total_seconds())
    pages, _ = run(channel(**query), checkpoint)
    assert "last 7 days" in (pages[0].possibly_missed or "")


def test_a_search_without_hits_for_weeks_has_missed_nothing(server, channel, clock):
    server[SEARCH] = says(listing(Item("1", NOW)))
    query = {"query": "acme", "budget_per_day": 10}
    _, checkpoint = run(channel(**query))
    server[SEARCH] = says(listing())
    for _day in range(10):
        clock.sleep(timedelta(days=1).total_seconds())
        pages, checkpoint = run(channel(**query), checkpoint)
        assert [page.possibly_missed for page in pages] == [None]
    oldest = NOW + timedelta(days=3, minutes=5)
    assert asked(server, SEARCH)[-1]["since_id"] == str(id_at(oldest) - 1)


def test_a_search_that_was_cut_too_long_ago_begins_anew(server, channel, clock):
    server[SEARCH] = says(listing(Item("1", NOW), token="a"))
    query = {"query": "acme", "budget_per_day": 10}
    cut = next(channel(**query).pages(None, SINCE))
    clock.sleep(timedelta(days=9).total_seconds())
    server[SEARCH] = says(listing())
    pages, checkpoint = run(channel(**query), cut.checkpoint)
    [_, again] = asked(server, SEARCH)
    assert "until_id" not in again
    assert checkpoint["lists"]["?acme"]["floor"] is None
    assert "last 7 days" in (pages[0].possibly_missed or "")


def test_a_post_dated_far_ahead_does_not_hide_what_comes_before_it(server, channel):
    server[MENTIONS] = says(listing(Item("1", NOW + timedelta(days=900))))
    _, checkpoint = run(channel())
    run(channel(), checkpoint)
    assert int(asked(server, MENTIONS)[-1]["since_id"]) <= id_at(NOW + timedelta(days=1))
