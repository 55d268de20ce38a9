"""Bluesky against a real network of its own programs: what people do there arrives here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest

from socialcare.channels.base import Outgoing, Setup, TokensInMemory
from socialcare.channels.bluesky import Bluesky
from socialcare.channels.http import Http
from socialcare.clock import SystemClock
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    GoneError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
)
from socialcare.settings import Brand
from socialcare.testing import mentions_of
from tests.channels.bluesky_server import database, running
from tests.channels.fault_proxy import FaultProxy, answer_killed

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SIGNED_WITH = b"jwt-secret"
"""What the account server of a test network signs its tokens with."""


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    log = tmp_path_factory.mktemp("bluesky") / "log"
    with running(log, POSTGRES_URL=database()) as running_network:
        yield running_network


@pytest.fixture(scope="module")
def people(network):
    return {name: network.person(name) for name in ("brand", "alice", "bob")}


@pytest.fixture(scope="module")
def password(people):
    return people["brand"].app_password()


@pytest.fixture
def http(network):
    with Http(SystemClock(), allowed=[("127.0.0.1", urlsplit(network.url).port)]) as client:
        yield client


@pytest.fixture
def tokens():
    return TokensInMemory()


@pytest.fixture
def make(network, http, password, tokens):
    def channel(password=password, http=http, **options):
        return Bluesky(
            Setup(
                name="sky",
                options={"identifier": "brand.test", "server": network.url, **options},
                connect=partial(http.session, "sky"),
                clock=SystemClock(),
                brand=Brand("Acme"),
                secret={"password": password}.get,
                tokens=tokens,
            )
        )

    return channel


def fetch(channel, checkpoint=None):
    pages = list(channel.pages(checkpoint, datetime.now(UTC) - timedelta(days=1)))
    return mentions_of(pages), json.loads(json.dumps(pages[-1].checkpoint)), pages


def answer_to(mentions, post, text="We are on it", key="key-1", *, private=False):
    return Outgoing(mentions[post["uri"]], text, key, private)


def test_mentions_answers_quotes_and_threads_arrive(network, people, make):
    brand, alice, bob = people.values()
    first = brand.post("Acme 2.0 is out")
    network.settle()
    named = alice.naming(brand, "my kettle is broken 👩‍👩‍👧")
    answered = bob.answering(first, "when in Canada?")
    quoted = bob.post(
        "look", embed={"$type": "app.bsky.embed.record", "record": first}, langs=["en"]
    )
    network.settle()
    channel = make(query=[])
    assert channel.check_access() == "@brand.test"
    found, _, pages = fetch(channel)
    assert {uri: found[uri].role for uri in found} == {
        first["uri"]: "answer",
        named["uri"]: "mention",
        answered["uri"]: "mention",
        quoted["uri"]: "mention",
    }
    assert all(one.direct for one in found.values() if one.role == "mention")
    assert found[named["uri"]].text == "@brand.test my kettle is broken 👩‍👩‍👧"
    assert found[named["uri"]].author.handle == "@alice.test"
    assert found[named["uri"]].author.followers == 0
    assert found[answered["uri"]].in_reply_to == found[answered["uri"]].thread == first["uri"]
    assert found[quoted["uri"]].text.startswith("look\n\nRE: https://bsky.app/profile/did:plc:")
    assert found[quoted["uri"]].lang == "en"
    assert not any(page.possibly_missed or page.broken for page in pages)


def test_search_is_read_to_its_end_and_again(network, people, make):
    """This network's search knows no times and no phrases; only what it finds is looked at."""
    posts = {people["bob"].post(f"gadget number {n}")["uri"] for n in range(130)}
    network.settle()
    channel = make(query=["gadget"], notifications=False)
    found, checkpoint, pages = fetch(channel)
    assert found.keys() == posts
    assert len(pages) >= 2
    assert not any(page.possibly_missed for page in pages)
    more = people["bob"].post("gadget again")["uri"]
    network.settle()
    later, _, _ = fetch(make(query=["gadget"], notifications=False), checkpoint)
    assert more in later


def test_a_reply_is_posted_once_found_and_taken_back(network, people, make):
    brand, bob = people["brand"], people["bob"]
    first = brand.post("We ship to Canada")
    network.settle()
    asked = bob.answering(first, "since when?")
    network.settle()
    found, _, _ = fetch(make(query=[]))
    channel = make(query=[])
    text = "Since May, @bob.test and @nobody.test: https://acme.example/canada #acme é"
    reply = answer_to(found, asked, text, "key-of-canada")
    assert channel.find(reply) is None
    posted = channel.send(reply)
    before = len(brand.records())
    assert make().send(reply) == posted
    assert make().find(reply) == posted
    assert len(brand.records()) == before
    [record] = [one["value"] for one in brand.records() if one["uri"] == posted.uri]
    assert record["reply"] == {"root": first, "parent": asked}
    assert len(record["facets"]) == 3
    network.settle()
    seen, _, _ = fetch(make(query=[]))
    assert seen[posted.external_id].role == "answer"
    assert seen[posted.external_id].in_reply_to == asked["uri"]
    channel.delete(posted.external_id)
    channel.delete(posted.external_id)
    assert channel.find(reply) is None


def test_the_server_counts_lengths_as_we_do(network, people, make):
    asked = people["alice"].naming(people["brand"], "how long?")
    network.settle()
    found, _, _ = fetch(make(query=[]))
    family = "👨‍👩‍👧‍👦"
    for number, text in enumerate(("e\u0301" * 300, "🇩🇪" * 300, family * 120, "x" * 300)):
        channel = make()
        reply = answer_to(found, asked, text, f"length-{number}")
        assert channel.preview(reply).refused is None
        channel.delete(channel.send(reply).external_id)
    for number, text in enumerate(("e\u0301" * 301, family * 120 + "x")):
        channel = make()
        reply = answer_to(found, asked, text, f"too-long-{number}")
        assert channel.preview(reply).refused
        with pytest.raises(RefusedError):
            channel.send(reply)
        with pytest.raises(BadAnswerError, match="too big"):
            channel._replies.send(reply, datetime.now(UTC))


def test_edits_and_deletions_are_seen(network, people, make):
    alice, brand = people["alice"], people["brand"]
    edited, deleted = (alice.naming(brand, name)["uri"] for name in ("b", "c"))
    network.settle()
    alice.edit(edited, "b, and better")
    alice.delete(deleted)
    network.settle()
    page = make().recheck([edited, deleted, "at://did:plc:nobody/app.bsky.feed.post/3maaa"])
    assert [one.text for one in page.mentions] == ["b, and better"]
    assert page.gone == [deleted, "at://did:plc:nobody/app.bsky.feed.post/3maaa"]


def test_who_blocks_us_is_not_gone(network, people, make):
    stranger = network.person("stranger")
    post = stranger.naming(people["brand"], "never again")["uri"]
    network.settle()
    assert make().recheck([post]).mentions
    stranger.call(
        "com.atproto.repo.createRecord",
        repo=stranger.did,
        collection="app.bsky.graph.block",
        record={"subject": people["brand"].did, "createdAt": "2026-01-01T00:00:00.000Z"},
    )
    network.settle()
    page = make().recheck([post])
    assert (page.mentions, page.gone) == ([], [])


def test_a_post_that_is_gone_cannot_be_answered(network, people, make):
    post = people["alice"].naming(people["brand"], "soon gone")
    network.settle()
    found, _, _ = fetch(make(query=[]))
    people["alice"].delete(post["uri"])
    network.settle()
    with pytest.raises(GoneError):
        make().send(answer_to(found, post, key="too-late"))


def test_a_password_without_messages_is_told_apart(network, people, make):
    post = people["alice"].naming(people["brand"], "in private?")
    network.settle()
    found, _, _ = fetch(make(query=[]))
    reply = answer_to(found, post, private=True)
    assert make().preview(reply).refused == "this app password may not send messages"
    trusted = make(password=people["brand"].app_password(privileged=True))
    trusted.check_access()
    assert trusted._calls.signin.current().may_message


def test_a_reply_whose_answer_was_lost_is_there_once(network, people, make):
    post = people["alice"].naming(people["brand"], "and if the line breaks?")
    network.settle()
    found, _, _ = fetch(make(query=[]))
    reply = answer_to(found, post, key="broken-line")
    before = len(people["brand"].records())
    address = ("127.0.0.1", urlsplit(network.url).port)
    killing = FaultProxy(address, fault=answer_killed(b"com.atproto.repo.putRecord"))
    with killing.running(), Http(SystemClock(), allowed=[killing.address]) as http:
        through = make(base_url=killing.url, http=http)
        with pytest.raises(OutcomeUnknownError):
            through.send(reply)
        assert killing.killed == 1
        posted = through.find(reply)
        assert posted is not None
        killing.heal()
        assert posted == through.send(reply) == through.find(reply)
    assert len(people["brand"].records()) == before + 1


def expired(token: str) -> str:
    """The same token, as the server would have signed it to end an hour ago."""
    head, body, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    past = int(datetime.now(UTC).timestamp()) - 3_600
    claims = {**claims, "iat": past - 7_200, "exp": past}
    signed = f"{head}.{_bare(json.dumps(claims).encode())}"
    return f"{signed}.{_bare(hmac.new(SIGNED_WITH, signed.encode(), hashlib.sha256).digest())}"


def _bare(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize("spoil", [expired, lambda token: f"{token[:-4]}AAAA"])
def test_a_token_that_is_over_is_renewed_and_the_next_run_has_the_new_one(make, tokens, spoil):
    make().check_access()
    kept = tokens.read()
    tokens.write({**kept, "access": spoil(kept["access"])})
    channel = make()
    assert channel.check_access() == "@brand.test"
    assert tokens.read()["refresh"] != kept["refresh"]
    assert tokens.read()["access"] != spoil(kept["access"])
    assert channel._calls.signin.current().access == tokens.read()["access"]


def test_a_revoked_password_is_told(network, people, make, tokens):
    person = people["bob"]
    mine = {"identifier": "bob.test", "password": person.app_password()}
    make(**mine).check_access()
    person.revoke()
    kept = tokens.read()
    tokens.write({**kept, "access": expired(kept["access"])})
    with pytest.raises(AuthError, match="refused the sign-in"):
        make(**mine).check_access()


def test_no_secret_is_told_anywhere(network, make, tokens, password, caplog):
    caplog.set_level(logging.DEBUG)
    channel = make(query=["gadget"])
    fetch(channel)
    shown = caplog.text + repr(channel._calls) + repr(channel._setup)
    secrets = [password, tokens.read()["access"], tokens.read()["refresh"]]
    assert not any(secret in shown for secret in secrets)


def test_too_many_logins_are_told_with_the_time(tmp_path):
    """An account server of its own, with its limits on; it needs no database."""
    with running(tmp_path / "log", RATE_LIMITS="1", POSTGRES_URL="") as strict:
        strict.person("brand")
        clock = SystemClock()
        with Http(clock, allowed=[("127.0.0.1", urlsplit(strict.url).port or 0)]) as http:
            error = None
            for number in range(40):
                setup = Setup(
                    "sky",
                    {"identifier": "brand.test", "server": strict.url},
                    partial(http.session, "sky"),
                    clock,
                    Brand("Acme"),
                    {"password": f"wrong-{number}"}.get,
                )
                try:
                    Bluesky(setup).check_access()
                except RateLimitError as limit:
                    error = limit
                    break
                except AuthError:
                    continue
    assert error is not None
    assert clock.now() < error.not_before <= clock.now() + timedelta(days=1)
