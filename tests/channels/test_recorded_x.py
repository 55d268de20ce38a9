"""Recorded answers of X: every post with an author is read, everything else refused with a path."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest

from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode, decode_items
from socialcare.channels.limits import asked_wait
from socialcare.channels.x.posts import Place, read_posts
from socialcare.channels.x.wire import (
    Event,
    Includes,
    Listing,
    MadeAnswer,
    MadeEventAnswer,
    Meta,
    One,
    User,
)
from socialcare.clock import parse_time
from socialcare.errors import BadAnswerError

pytestmark = pytest.mark.shared

PLACE = Place("x", "2244994945", frozenset({"twitterdev"}))
MISSING_AUTHOR = "Object missing required field `author_id`"
READ = {
    "pytwitter_apis__searches__search_tweets_query": (4, 0),
    "pytwitter_apis__tweet__tweet_quote_tweets_resp": (15, 0),
    "pytwitter_apis__tweet__tweets_resp": (2, 0),
    "pytwitter_apis__timeline__timeline_mentions": (0, 5),
    "tweepy_test_client_get_home_timeline": (0, 98),
    "tweepy_test_client_get_tweets": (0, 2),
    "tweepy_test_client_get_users_mentions": (0, 10),
    "tweepy_test_client_search_recent_tweets": (0, 10),
}
"""Posts that are read, and those that are refused: they were asked for without their authors."""
USERS = {
    "pytwitter_apis__user__me_resp": "TwitterDev",
    "pytwitter_apis__user__user_resp": "TwitterDev",
    "tweepy_test_client_get_me": "TweepyDev",
}
OTHERS = {
    "pytwitter_apis__dm_events__events_by_conversation",
    "pytwitter_apis__tweet__create_tweet_resp",
    "pytwitter_models__expansions",
    "pytwitter_models__meta",
    "pytwitter_models__tweet",
    "tweepy_test_client_create_and_delete_tweet",
    "tweepy_test_manage_and_lookup_direct_messages",
    "twitter_text_config_v3",
    "twitter_text_conformance_extract",
    "twitter_text_conformance_validate",
}


def recorded(shared, name: str) -> Any:
    return json.loads((shared / "payloads" / "x" / f"{name}.json").read_bytes())


def bodies(shared, name: str) -> list[bytes]:
    """Of a cassette the bodies of its answers, of a plain file the file."""
    said = recorded(shared, name)
    if "interactions" not in said:
        return [json.dumps(said).encode()]
    return [one["response"]["body"].encode() for one in said["interactions"]]


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "x").glob("*.json")}
    assert found == READ.keys() | USERS.keys() | OTHERS


@pytest.mark.parametrize("name", READ)
def test_every_post_is_read_or_refused_with_its_path(shared, name):
    [body] = bodies(shared, name)
    listing = decode(body, Listing)
    mentions, broken = read_posts(listing, PLACE)
    assert (len(mentions), len(broken)) == READ[name]
    assert {one.reason for one in broken} <= {MISSING_AUTHOR}
    assert [one.where for one in broken] == [f"$.data[{n}]" for n in range(len(broken))]
    plain = {one["id"]: one for one in json.loads(body)["data"]}
    for mention in mentions:
        raw = plain[mention.external_id]
        assert mention.author.external_id == raw["author_id"]
        assert mention.created_at == parse_time(raw["created_at"])
        parents = [r["id"] for r in raw.get("referenced_tweets", ()) if r["type"] == "replied_to"]
        assert mention.in_reply_to == (parents[0] if parents else None)
        assert "https://t.co/" not in mention.text or "urls" not in raw.get("entities", {})
        assert "&amp;" not in mention.text


@pytest.mark.parametrize("name", [name for name, (_, refused) in READ.items() if refused])
def test_with_their_authors_all_of_them_are_read(shared, name):
    [body] = bodies(shared, name)
    said = json.loads(body)
    said["data"] = [{**one, "author_id": "1"} for one in said["data"]]
    mentions, broken = read_posts(decode(json.dumps(said).encode(), Listing), PLACE)
    assert (len(mentions), broken) == (READ[name][1], [])
    for mention, raw in zip(mentions, said["data"], strict=True):
        history = raw.get("edit_history_tweet_ids", [raw["id"]])
        assert mention.external_id == history[0]
        assert (mention.edited_at is None) == (raw["id"] == history[0])
        assert html.unescape(raw["text"]).strip() == mention.text


def test_a_recorded_search_has_its_authors(shared):
    [body] = bodies(shared, "pytwitter_apis__searches__search_tweets_query")
    mentions, _ = read_posts(decode(body, Listing), PLACE)
    assert all(one.author.handle.startswith("@") for one in mentions)


@pytest.mark.parametrize("name", USERS)
def test_accounts_are_read(shared, name):
    [body] = bodies(shared, name)
    [found], broken = decode_items([decode(body, One).data], User)
    assert (found.username, broken) == (USERS[name], [])


def test_what_was_written_and_taken_back_is_read(shared):
    [body] = bodies(shared, "pytwitter_apis__tweet__create_tweet_resp")
    assert decode(body, MadeAnswer).data.id == "1445880548472328192"
    made, deleted = bodies(shared, "tweepy_test_client_create_and_delete_tweet")
    assert decode(made, MadeAnswer).data.id == "1456012973835788293"
    with pytest.raises(BadAnswerError, match=r"required field `id` - at `\$\.data`"):
        decode(deleted, MadeAnswer)


def test_messages_are_read(shared):
    [body] = bodies(shared, "pytwitter_apis__dm_events__events_by_conversation")
    [event], broken = decode_items(decode(body, Listing).data, Event)
    assert (event.sender_id, broken) == ("906948460078698496", [])
    said = bodies(shared, "tweepy_test_manage_and_lookup_direct_messages")
    assert [decode(one, MadeEventAnswer).data.dm_event_id[:6] for one in said[:3]] == ["158580"] * 3
    lists = [decode_items(decode(one, Listing).data, Event)[0] for one in said[3:]]
    assert [[event.text for event in one] for one in lists] == [
        [], ["Testing 2", "Testing 1"], ["Testing 2", "Testing 1"]
    ]  # fmt: skip


def test_parts_of_answers_are_read(shared):
    includes = decode(bodies(shared, "pytwitter_models__expansions")[0], Includes)
    assert [len(one) for one in (includes.users, includes.tweets, includes.media)] == [1, 1, 1]
    meta = decode(bodies(shared, "pytwitter_models__meta")[0], Meta)
    assert (meta.result_count, meta.next_token) == (5, "7FEA3VOPCHR1EZZZ")
    raw = recorded(shared, "pytwitter_models__tweet")
    whole = {"data": [raw], "includes": recorded(shared, "pytwitter_models__expansions")}
    [mention], _ = read_posts(decode(json.dumps(whole).encode(), Listing), PLACE)
    assert (mention.likes, mention.reposts, mention.replies) == (40, 8, 2)
    assert mention.author.is_us
    assert [one.type for one in mention.media] == ["gif"]


@pytest.mark.parametrize("name", [name for name in READ if name.startswith("tweepy")])
def test_recorded_limits_end_at_their_second(shared, name):
    [one] = recorded(shared, name)["interactions"]
    headers = {key: values[0] for key, values in one["response"]["headers"].items()}
    answer = Answer(429, headers, b"", "https://api.x.com/2/x")
    wait = asked_wait(answer.headers, parse_time("2026-11-21T12:00:00Z"))
    assert wait is not None
    assert 0 < wait <= 15 * 60
