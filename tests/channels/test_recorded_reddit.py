"""Recorded answers of Reddit: what was said is read, everything else refused with a path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode
from socialcare.channels.limits import asked_wait
from socialcare.channels.reddit.posts import Place, is_gone, read_things, to_mention
from socialcare.channels.reddit.refusals import refused, turned_down
from socialcare.channels.reddit.wire import Grant, Listing, Thing, Written
from socialcare.clock import from_epoch, parse_time
from socialcare.errors import AuthError, BadAnswerError, GoneError

pytestmark = pytest.mark.shared

NOW = parse_time("2026-11-21T12:00:00Z")
PLACE = Place("reddit", frozenset({"acme_care"}))
FILES = {
    "TestAuthScript.test_scopes": "token",
    "TestComment.test_edit": "token taken",
    "TestComment.test_refresh__deleted_comment": "token 0/1 1/0+0/0",
    "TestComment.test_reply": "token taken",
    "TestComment.test_reply__none": "token nothing",
    "TestCommentForest.test_replace__on_direct_comment": "token 1/0 1/0+1/0 1/0+1/0",
    "TestInbox.test_mark_read": "token 10/0 other 10/0",
    "TestInbox.test_mentions": "token 16/0",
    "TestInbox.test_message": "token 1/0",
    "TestInbox.test_message__unauthorized": "token 403",
    "TestInbox.test_unread": "token 64/0",
    "TestListingGenerator.test_exhaust_items": "token 100/0 100/0 100/0",
    "TestObjector.test_raise_api_exception": "token turned-down",
    "TestRedditor.test_message": "token other taken-bare",
    "TestSubmission.test_comments": "token 1/0+1/0",
    "TestSubreddit.test_search": "token 6/0",
    "TestSubreddit.test_sticky__not_set": "token 404",
    "TestSubredditListings.test_new": "token 100/0",
}
"""Each answer: what is there and what is gone of a list, or what an answer of another kind says."""


def interactions(shared, name: str) -> list[dict[str, Any]]:
    path = shared / "payloads" / "reddit" / f"{name}.json"
    found: list[dict[str, Any]] = json.loads(path.read_bytes())["interactions"]
    return found


def answers(shared, name: str) -> list[Answer]:
    responses = [one["response"] for one in interactions(shared, name)]
    return [
        Answer(
            one["status"],
            {key.lower(): values[0] for key, values in one["headers"].items()},
            one["body"].encode(),
            "https://oauth.reddit.com/x",
        )
        for one in responses
    ]


def read(raw: object) -> tuple[list[Thing], str]:
    """Of one list, all of it."""
    listed = decode(json.dumps(raw).encode(), Listing).data
    things, broken = read_things(listed.children, "$.data.children")
    assert len(things) + len(broken) == len(listed.children)
    assert broken == []
    gone = sum(is_gone(one) for one in things)
    return things, f"{len(things) - gone}/{gone}"


def kind_of(answer: Answer) -> str:
    if answer.status != 200:
        return str(answer.status)
    said = json.loads(answer.body)
    if isinstance(said, list):
        return "+".join(read(one)[1] for one in said)
    if "access_token" in said:
        return "token"
    if "json" in said:
        verdict = decode(answer.body, Written).json
        if verdict.errors:
            return "turned-down"
        if verdict.data is None:
            return "taken-bare"
        return "taken" if verdict.data.things else "nothing"
    return read(said)[1] if said.get("kind") == "Listing" else "other"


def test_the_list_of_files_is_whole(shared):
    found = {path.stem for path in (shared / "payloads" / "reddit").glob("*.json")}
    assert found == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_every_answer_is_what_it_is(shared, name):
    assert " ".join(map(kind_of, answers(shared, name))) == FILES[name]


@pytest.mark.parametrize("name", FILES)
def test_what_was_said_keeps_its_facts(shared, name):
    for answer in answers(shared, name):
        said = json.loads(answer.body)
        for one in said if isinstance(said, list) else [said]:
            if one.get("kind") != "Listing":
                continue
            raws = {raw["data"]["name"]: raw["data"] for raw in one["data"]["children"]}
            for thing in read(one)[0]:
                checked(to_mention(thing, PLACE), raws[thing.data.name])


def checked(mention: Any, raw: dict[str, Any]) -> None:
    assert mention.external_id == raw["name"]
    assert mention.created_at == from_epoch(raw["created_utc"])
    assert mention.author.handle in {f"u/{raw['author']}", "[deleted]", f"r/{raw['subreddit']}"}
    assert mention.kind == {"t1": mention.kind, "t3": "post", "t4": "dm"}[raw["name"][:2]]
    assert mention.text
    edited = raw.get("edited", False)
    assert (mention.edited_at is None) == isinstance(edited, bool)  # very old edits are true
    if raw["name"].startswith("t1_"):
        assert mention.thread is not None
        assert mention.thread.startswith("t3_")
        assert mention.in_reply_to == raw["parent_id"]
        assert mention.kind == ("reply" if raw["parent_id"].startswith("t1_") else "comment")
        assert mention.url is not None
        assert raw["name"].removeprefix("t1_") in mention.url
        assert "?" not in mention.url
    if raw["name"].startswith("t3_"):
        assert mention.uri == f"https://www.reddit.com{raw['permalink']}"
        assert mention.replies == raw["num_comments"]
        assert mention.text.startswith(raw["title"].strip()[:20])


def test_mentions_in_the_inbox_have_the_address_that_a_list_gives_them(shared):
    listing = answers(shared, "TestInbox.test_mentions")[1]
    things, _ = read(json.loads(listing.body))
    for thing in things:
        mention = to_mention(thing, PLACE, to_us=True)
        assert mention.direct
        assert mention.url == mention.uri is not None
        assert mention.uri.endswith(f"/{mention.external_id.removeprefix('t1_')}/")


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_list_is_refused_with_a_path(shared, name):
    for answer in answers(shared, name):
        said = json.loads(answer.body)
        if isinstance(said, dict) and said.get("kind") == "Listing":
            continue
        with pytest.raises(BadAnswerError, match=r"required field `kind`|Expected|at `\$"):
            decode(answer.body, Listing)


def test_a_token_tells_how_long_it_lives(shared):
    for name in FILES:
        grant = decode(answers(shared, name)[0].body, Grant)
        assert grant.access_token == "REDACTED"
        assert grant.expires_in in {3600, 86_400}


def test_an_error_with_status_200_is_one(shared):
    answer = answers(shared, "TestObjector.test_raise_api_exception")[1]
    error = turned_down("reddit", decode(answer.body, Written).json, "answer there", NOW)
    assert isinstance(error, AuthError)
    assert "USER_REQUIRED" in error.message


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("TestInbox.test_message__unauthorized", AuthError),
        ("TestSubreddit.test_sticky__not_set", GoneError),
    ],
)
def test_recorded_refusals_have_their_cause(shared, name, error):
    assert type(refused("reddit", answers(shared, name)[1], "read it")) is error


def test_what_was_made_has_its_id_and_parent(shared):
    made = decode(answers(shared, "TestComment.test_reply")[1].body, Written).json.data
    assert made is not None
    [thing], broken = read_things(made.things, "$")
    mention = to_mention(thing, PLACE)
    assert (mention.external_id, mention.in_reply_to, broken) == ("t1_d1680wu", "t1_d1616q2", [])


@pytest.mark.parametrize("name", FILES)
def test_recorded_windows_end_within_ten_minutes(shared, name):
    """The reset is in seconds to go."""
    for answer in answers(shared, name):
        if "x-ratelimit-reset" in answer.headers:
            assert asked_wait(answer.headers, NOW) == float(answer.headers["x-ratelimit-reset"])
            assert float(answer.headers["x-ratelimit-reset"]) <= 600
