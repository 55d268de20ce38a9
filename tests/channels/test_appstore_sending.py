"""Answers on the App Store: one to a review, never in the place of somebody else's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from socialcare import testing
from socialcare.channels.appstore import AppStore
from socialcare.channels.base import CanReply, Outgoing
from socialcare.clock import parse_time
from socialcare.errors import (
    AuthError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
)
from socialcare.testing import NOW, Case, Fault, Item, Kept, mentions_of
from tests.channels import cases
from tests.channels.cases import appstore_feed
from tests.channels.cases.appstore import APP, refusal

REVIEW = Item("1000", NOW)


@pytest.fixture
def store():
    with testing.bench(cases.load("appstore")) as running:
        running.service.items = [REVIEW]
        yield running


def outgoing(store, text: str = "On its way.", private: bool = False) -> Outgoing:
    pages, _ = store.run()
    return Outgoing(mentions_of(pages)["1000"], text, "key-1", private)


def test_an_answer_belongs_to_its_review(store):
    apps = store.channel()
    assert isinstance(apps, CanReply)
    posted = apps.send(outgoing(store))
    [asked] = store.service.written
    assert (asked.method, asked.url) == ("POST", "/v1/customerReviewResponses")
    assert json.loads(asked.body)["data"] == {
        "type": "customerReviewResponses",
        "attributes": {"responseBody": "On its way."},
        "relationships": {"review": {"data": {"type": "customerReviews", "id": "1000"}}},
    }
    assert (posted.external_id, posted.at) == ("response-1000", parse_time("2026-11-21T19:00:00Z"))
    assert posted.url == f"https://appstoreconnect.apple.com/apps/{APP}"


def test_the_same_answer_twice_is_written_once(store):
    """It is there before the App Store shows it, for up to a day."""
    reply = outgoing(store)
    first = store.channel().send(reply)
    assert store.channel().send(reply) == first
    assert store.channel().find(reply) == first
    assert len(store.service.written) == 1


def test_an_answer_that_is_there_is_not_overwritten(store):
    reply = outgoing(store)
    store.service.replies = [Kept("r9", "We are sorry.", "1000")]
    refused = store.channel().preview(reply).refused
    assert refused is not None
    assert 'has an answer since 2026-11-21 ("We are sorry.")' in refused
    assert f"https://appstoreconnect.apple.com/apps/{APP}" in refused
    with pytest.raises(RefusedError, match="would take its place"):
        store.channel().send(reply)
    assert store.channel().find(reply) is None
    assert store.service.written == []


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("x" * 5_970, None),
        ("x" * 5_971, "it has 5,971 characters, and 5,970 are allowed there"),
        ("😢" * 2_986, "it has 5,972 characters, and 5,970 are allowed there"),
        (" \n", "it is empty"),
    ],
)
def test_what_does_not_fit_is_told_before(store, text, refused):
    preview = store.channel().preview(outgoing(store, text))
    assert (preview.refused, preview.max_length) == (refused, 5_970)
    if refused:
        with pytest.raises(RefusedError, match=refused):
            store.channel().send(outgoing(store, text))
    assert store.service.written == []


def test_what_cannot_be_answered_here_is_told_without_asking(store):
    reply = outgoing(store)
    asked = len(store.service.asked)
    apps = store.channel()
    elsewhere = replace(reply, to=replace(reply.mention, source=f"appstore:{APP}/feed"))
    ours = replace(reply, to=replace(reply.mention, kind="reply"))
    private = replace(reply, private=True)
    assert apps.preview(private).refused == "the App Store has no private answers"
    assert f"it came from appstore:{APP}/feed" in (apps.preview(elsewhere).refused or "")
    assert apps.preview(ours).refused == "it is no review"
    assert len(store.service.asked) == asked


FAILURES: list[Any] = [
    (401, refusal("NOT_AUTHORIZED"), {}, AuthError, "refused the key"),
    (403, refusal("FORBIDDEN_ERROR"), {}, AuthError, "let this key answer that review"),
    (409, refusal("STATE_ERROR", "Too late."), {}, RefusedError, "does not take it .409.: Too late"),
    (422, refusal("ENTITY_ERROR.ATTRIBUTE.INVALID", "Too long."), {}, RefusedError, "Too long"),
    (429, refusal("RATE_LIMIT_EXCEEDED"), {}, RateLimitError, "slow down"),
    (503, b"", {}, OutcomeUnknownError, "cannot tell"),
    (200, b"<html>", {}, OutcomeUnknownError, "not what was expected"),
    (201, b'{"data": {}}', {}, OutcomeUnknownError, "not what was expected"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "headers", "error", "message"), FAILURES)
def test_a_write_is_tried_once_and_its_failure_named(store, status, body, headers, error, message):
    """Once more only with a new token, where the old one was refused: then nothing was done."""
    reply = outgoing(store)
    store.service.refuses = Fault(status, body, headers)
    with pytest.raises(error, match=message) as raised:
        store.channel().send(reply)
    assert len(store.service.written) == (2 if status == 401 else 1)
    assert raised.value.hint


def test_an_answer_is_deleted_by_its_own_id(store):
    posted = store.channel().send(outgoing(store))
    store.channel().delete(posted.external_id)
    store.channel().delete(posted.external_id)
    deleted = [one for one in store.service.written if one.method == "DELETE"]
    assert {one.url for one in deleted} == {"/v1/customerReviewResponses/response-1000"}
    assert store.service.replies == []


@pytest.mark.parametrize("external_id", ["", "../apps/1", "a b", "x" * 201])
def test_what_is_no_answer_is_not_deleted(store, external_id):
    with pytest.raises(RefusedError, match="that is no answer"):
        store.channel().delete(external_id)
    assert store.service.written == []


def test_without_a_key_nothing_is_sent_and_it_says_why():
    case: Case = appstore_feed.case()
    case.service.items = [REVIEW]
    with testing.bench(case) as feed:
        reply = outgoing(feed)
        asked = len(feed.service.asked)
        channel = feed.channel()
        assert isinstance(channel, AppStore)
        preview = channel.preview(reply)
        assert preview.refused is not None
        assert "need a key of App Store Connect" in preview.refused
        assert preview.max_length == 5_970
        for attempt in (channel.send, channel.find):
            with pytest.raises(AuthError, match="need a key") as raised:
                attempt(reply)
            assert "key_id and issuer" in raised.value.hint
        assert len(feed.service.asked) == asked
