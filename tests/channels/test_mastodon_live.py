"""Mastodon against a real server process: what people do there arrives here, whatever fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest

from socialcare.channels.base import CanCheckAccess, CanRecheck, Outgoing, Setup
from socialcare.channels.http import Http
from socialcare.channels.mastodon import Mastodon
from socialcare.clock import FixedClock
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    OutcomeUnknownError,
    RateLimitError,
    UnavailableError,
)
from socialcare.settings import Brand
from socialcare.testing import mentions_of
from tests.channels.fault_proxy import FaultProxy, answer_killed
from tests.channels.mastodon_server import BRAND

pytestmark = pytest.mark.live

NOTIFICATIONS = "/api/v1/notifications"


@pytest.fixture
def server(mastodon_process):
    """The server without faults and without a post."""
    mastodon_process.empty()
    return mastodon_process


@pytest.fixture
def clock():
    """Stands still, so that waits between tries cost nothing."""
    return FixedClock(datetime.now(UTC) + timedelta(minutes=5))


@pytest.fixture
def http(server, clock):
    with Http(clock, allowed=[("127.0.0.1", urlsplit(server.url).port)]) as client:
        yield client


@pytest.fixture
def make(server, http, clock):
    def channel(token=BRAND, http=http, **options):
        return Mastodon(
            Setup(
                name="mastodon",
                options={"server": server.url, **options},
                connect=partial(http.session, "mastodon"),
                clock=clock,
                brand=Brand("Acme"),
                secret={"token": token}.get,
            )
        )

    return channel


def fetch(channel, clock, checkpoint=None):
    pages = list(channel.pages(checkpoint, clock.at - timedelta(days=7)))
    return mentions_of(pages), json.loads(json.dumps(pages[-1].checkpoint)), pages


def test_a_mention_arrives_whole(server, make, clock):
    text = "@brand my boots\nleak.\n\nSee https://acme.example/boots & tell me <why>"
    post = server.post(text, language="en", spoiler_text="wet feet")
    server.post("nothing about anybody")
    channel = make()
    assert isinstance(channel, CanCheckAccess)
    host = urlsplit(server.url).netloc
    assert channel.check_access() == f"@brand@{host}"
    mentions, _, _ = fetch(channel, clock)
    assert list(mentions) == [post]
    mention = mentions[post]
    assert mention.text == f"CW: wet feet\n\n{text.replace('@brand', f'@brand@{host}')}"
    assert mention.author.handle == f"@fan@{host}"
    assert mention.author.name == "A fan"
    assert mention.source == f"mastodon:{host}"
    assert mention.direct
    assert mention.lang == "en"


def test_direct_replies_and_threads_keep_their_shape(server, make, clock):
    first = server.post("@brand where is order 4411?")
    ours = server.post("@fan on its way #acme", BRAND, in_reply_to_id=first)
    third = server.post("@brand thanks", in_reply_to_id=ours, visibility="direct")
    mentions, _, _ = fetch(make(hashtags=["acme"]), clock)
    assert [mentions[post].kind for post in (first, ours, third)] == ["post", "reply", "dm"]
    assert [mentions[post].in_reply_to for post in (first, ours, third)] == [None, first, ours]
    assert [mentions[post].role for post in (first, ours, third)] == [
        "mention",
        "answer",
        "mention",
    ]


def test_an_answer_given_in_the_app_is_seen_without_a_hashtag(server, make, clock):
    asked = server.post("@brand where is order 4411?")
    answered = server.post("@fan it is on its way", BRAND, in_reply_to_id=asked)
    mentions, _, _ = fetch(make(), clock)
    assert {post: mentions[post].role for post in (asked, answered)} == {
        asked: "mention",
        answered: "answer",
    }
    assert mentions[answered].in_reply_to == asked


def test_a_hashtag_needs_no_token(server, make, clock):
    posts = {server.post(f"#Acme number {n}") for n in range(3)}
    server.post("#acmeboots is another")
    mentions, _, _ = fetch(make(token=None, hashtags=["Acme"]), clock)
    assert mentions.keys() == posts


def test_more_than_two_pages_arrive_and_a_second_run_brings_only_what_is_new(server, make, clock):
    posts = {server.post(f"@brand number {n}") for n in range(90)}
    mentions, checkpoint, pages = fetch(make(), clock)
    assert mentions.keys() == posts
    assert sum(bool(page.mentions) for page in pages) >= 3
    again, checkpoint, _ = fetch(make(), clock, checkpoint)
    assert again.items() <= mentions.items()
    more = {server.post(f"@brand and {n}") for n in range(50)}
    later, _, _ = fetch(make(), clock, checkpoint)
    assert more <= later.keys()
    assert not any(page.possibly_missed for page in pages)


def test_a_run_may_stop_after_any_page(server, make, clock):
    posts = {server.post(f"#acme number {n}") for n in range(100)}
    since = clock.at - timedelta(days=7)
    for stop in (1, 2, 3):
        walk = make(token=None, hashtags=["acme"]).pages(None, since)
        before = [next(walk) for _ in range(stop)]
        checkpoint = json.loads(json.dumps(before[-1].checkpoint))
        after, _, _ = fetch(make(token=None, hashtags=["acme"]), clock, checkpoint)
        assert mentions_of(before).keys() | after.keys() == posts


def test_search_finds_what_names_no_account(server, make, clock):
    post = server.post("the acme shop is closed")
    server.post("nothing")
    mentions, _, pages = fetch(make(search="acme", notifications=False), clock)
    assert mentions.keys() == {post}
    assert not any(page.possibly_missed for page in pages)


def test_edits_and_deletions_are_seen(server, make, clock):
    kept, edited, deleted = (server.post(f"@brand {name}") for name in ("a", "b", "c"))
    channel = make()
    fetch(channel, clock)
    server.edit(edited, "@brand b, and better")
    server.delete(deleted)
    assert isinstance(channel, CanRecheck)
    page = channel.recheck([kept, edited, deleted, "not-an-id"])
    found = {one.external_id: one for one in page.mentions}
    assert found[edited].text.endswith("b, and better")
    assert found[edited].edited_at
    assert found[kept].edited_at is None
    assert page.gone == [deleted, "not-an-id"]
    assert not page.broken


def test_a_boost_is_a_repost(server, make, clock):
    post = server.post("@brand #acme is great")
    boost = server.call("POST", f"/api/v1/statuses/{post}/reblog", BRAND)
    channel = make()
    assert isinstance(channel, CanRecheck)
    [mention] = channel.recheck([boost["id"]]).mentions
    assert mention.role == "repost"
    assert mention.repost_of == boost["reblog"]["uri"]
    assert mention.author.is_us
    assert "is great" in mention.text


@pytest.mark.parametrize(
    ("effect", "error", "said"),
    [
        ({"type": "ratelimit"}, RateLimitError, "until 20"),
        ({"type": "status", "status": 503}, UnavailableError, "503"),
        ({"type": "malformed"}, BadAnswerError, "not what was expected"),
        ({"type": "status", "status": 401}, AuthError, "refused the token"),
    ],
)
def test_what_fails_has_its_class_and_the_next_run_is_whole(
    server, make, clock, effect, error, said
):
    posts = {server.post(f"@brand number {n}") for n in range(60)}
    walk = make().pages(None, clock.at - timedelta(days=7))
    first = next(walk)
    server.fault(NOTIFICATIONS, **effect)
    with pytest.raises(error, match=said) as caught:
        list(walk)
    assert caught.value.hint
    server.heal()
    after, _, _ = fetch(make(), clock, json.loads(json.dumps(first.checkpoint)))
    assert mentions_of([first]).keys() | after.keys() == posts


def test_a_rate_limit_says_until_when(server, make, clock):
    server.fault(NOTIFICATIONS, type="ratelimit")
    with pytest.raises(RateLimitError) as caught:
        fetch(make(), clock)
    assert clock.now() < caught.value.not_before <= clock.now() + timedelta(seconds=301)


def test_a_failure_that_passes_is_not_seen(server, make, clock):
    post = server.post("@brand hello")
    server.fault(NOTIFICATIONS, 2, type="status", status=503)
    mentions, _, _ = fetch(make(), clock)
    assert mentions.keys() == {post}


def test_a_closed_hashtag_says_that_it_needs_a_token(server, make, clock):
    server.fault("/api/v1/timelines/tag/acme", type="status", status=401)
    with pytest.raises(AuthError, match="need a token"):
        fetch(make(token=None, hashtags=["acme"]), clock)


def answer_to(mention, text, **more):
    return Outgoing(mention, text, more.pop("key", "key-1"), **more)


@pytest.mark.parametrize(("private", "visibility"), [(False, "public"), (True, "direct")])
def test_an_answer_is_there_once_and_can_be_taken_back(server, make, clock, private, visibility):
    asked = server.post("@brand where is order 4411?")
    channel = make()
    reply = answer_to(fetch(channel, clock)[0][asked], "It is on its way.", private=private)
    assert channel.preview(reply).max_length == 500
    posted = channel.send(reply)
    assert channel.send(reply).external_id == posted.external_id
    kept = server.call("GET", f"/api/v1/statuses/{posted.external_id}", BRAND)
    assert (kept["visibility"], kept["in_reply_to_id"]) == (visibility, asked)
    assert kept["mentions"][0]["acct"] == "fan"
    mentions, _, _ = fetch(make(), clock)
    assert mentions[posted.external_id].role == "answer"
    channel.delete(posted.external_id)
    channel.delete(posted.external_id)
    assert channel.recheck([posted.external_id]).gone == [posted.external_id]


def test_when_the_answer_is_lost_it_is_unknown_and_found_again(server, make, clock):
    asked = server.post("@brand where is order 4411?")
    channel = make()
    reply = answer_to(fetch(channel, clock)[0][asked], "It is on its way.")
    server.fault("/api/v1/statuses", count=1, type="status", status=503)
    with pytest.raises(OutcomeUnknownError):
        channel.send(reply)
    again = make()
    posted = again.find(reply) or again.send(reply)
    assert again.find(reply) == posted


@pytest.fixture
def killing(server):
    """A line to the server on which the answer to a new post never arrives."""
    address = ("127.0.0.1", urlsplit(server.url).port)
    with FaultProxy(address, fault=answer_killed(b"POST /api/v1/statuses")).running() as proxy:
        yield proxy


@pytest.mark.parametrize("private", [False, True])
def test_an_answer_that_was_posted_and_not_heard_of_is_found_and_there_once(
    server, make, clock, killing, private
):
    asked = server.post("@brand where is order 4411?")
    reply = answer_to(fetch(make(), clock)[0][asked], "It is on its way.", private=private)
    with Http(clock, allowed=[killing.address]) as http:
        far = make(http=http, base_url=killing.url)
        with pytest.raises(OutcomeUnknownError):
            far.send(reply)
        assert killing.killed == 1
        posted = far.find(reply)
        assert posted is not None
        killing.heal()
        assert far.send(reply) == far.find(reply) == posted
    assert server.answers(asked) == [posted.external_id]


def test_a_token_that_was_withdrawn_is_told_and_a_new_one_goes_on(server, make, clock):
    first = server.post("@brand hello")
    found, checkpoint, _ = fetch(make(), clock)
    server.withdraw(BRAND)
    second = server.post("@brand are you there?")
    with pytest.raises(AuthError, match="refused the token") as caught:
        fetch(make(), clock, checkpoint)
    assert caught.value.hint == "sign in again: socialcare channel login mastodon"
    with pytest.raises(AuthError):
        make().send(answer_to(found[first], "We are."))
    found, _, _ = fetch(make(token=server.sign_in("brand")), clock, checkpoint)
    assert second in found
