"""Answers on Google Play: one to a review, never in the place of somebody else's."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from socialcare import testing
from socialcare.channels.base import CanReply, Outgoing
from socialcare.channels.googleplay.sending import as_posted
from socialcare.errors import (
    AuthError,
    GoneError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
)
from socialcare.testing import NOW, Fault, Item, mentions_of
from tests.channels import cases
from tests.channels.cases.googleplay import PACKAGE, REVIEWS, TOKEN, refusal

REVIEW = Item("1000", NOW)


@pytest.fixture
def store():
    with testing.bench(cases.load("googleplay")) as running:
        running.service.items = [REVIEW]
        yield running


def outgoing(store, text: str = "On its way.", private: bool = False) -> Outgoing:
    pages, _ = store.run()
    return Outgoing(mentions_of(pages)["1000"], text, "key-1", private)


def written(store) -> list[object]:
    return [json.loads(one.body) for one in store.service.written]


def test_an_answer_is_put_below_its_review(store):
    play = store.channel()
    assert isinstance(play, CanReply)
    posted = play.send(outgoing(store))
    assert written(store) == [{"replyText": "On its way."}]
    assert [one.url for one in store.service.written] == [f"{REVIEWS}/1000:reply"]
    assert (posted.external_id, posted.at) == ("1000/reply", NOW)
    assert posted.url == f"https://play.google.com/store/apps/details?id={PACKAGE}&reviewId=1000"


def test_the_id_of_an_answer_is_that_which_a_fetch_brings(store):
    reply = outgoing(store)
    posted = store.channel().send(reply)
    store.service.answers = {"1000": (reply.text, NOW)}
    pages, _ = store.run()
    assert mentions_of(pages)[posted.external_id].role == "answer"


def test_the_same_answer_twice_is_written_once(store):
    reply = outgoing(store)
    first = store.channel().send(reply)
    assert store.channel().send(reply) == first
    assert len(written(store)) == 1


@pytest.mark.parametrize("there", ["We are sorry.", "On its way"])
def test_an_answer_that_is_there_is_not_overwritten(store, there):
    reply = outgoing(store)
    store.service.answers = {"1000": (there, NOW)}
    refused = store.channel().preview(reply).refused
    assert refused is not None
    assert "has an answer since 2026-11-21" in refused
    assert there in refused
    with pytest.raises(RefusedError, match="would take its place"):
        store.channel().send(reply)
    assert written(store) == []
    assert store.channel().find(reply) is None


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("x" * 350, None),
        ("x" * 351, "it has 351 characters, and 350 are allowed there"),
        ("😢" * 175, None),
        ("😢" * 176, "it has 352 characters, and 350 are allowed there"),
        (f"<b>{'x' * 350}</b>", None),
        (" \n", "it is empty"),
        ("<p></p>", "it is empty"),
    ],
)
def test_what_does_not_fit_is_told_before(store, text, refused):
    preview = store.channel().preview(outgoing(store, text))
    assert (preview.refused, preview.max_length) == (refused, 350)
    if refused:
        with pytest.raises(RefusedError, match=refused):
            store.channel().send(outgoing(store, text))
    assert written(store) == []


def test_what_cannot_be_answered_here_is_told_without_asking(store):
    reply = outgoing(store)
    asked = len(store.service.asked)
    play = store.channel()
    elsewhere = replace(reply, to=replace(reply.mention, source="googleplay:com.other.app"))
    ours = replace(reply, to=replace(reply.mention, kind="reply"))
    assert (
        play.preview(replace(reply, private=True)).refused == "Google Play has no private answers"
    )
    assert "it came from googleplay:com.other.app" in (play.preview(elsewhere).refused or "")
    assert play.preview(ours).refused == "it is no review"
    assert len(store.service.asked) == asked


@pytest.mark.parametrize(
    ("text", "posted"),
    [
        ("<b>Thank</b> you", "Thank you"),
        ('a <a href="https://acme.example">link</a>', "a link"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("I <3 you > all", "I <3 you > all"),
        ("<", "<"),
    ],
)
def test_tags_are_shown_and_counted_as_google_leaves_them(text, posted):
    assert as_posted(text) == posted


def test_an_answer_with_tags_is_found_again(store):
    reply = outgoing(store, "<b>Thank</b>\nyou")
    posted = store.channel().send(reply)
    assert written(store) == [{"replyText": "Thank\nyou"}]
    assert store.channel().find(reply) == posted


def test_a_review_that_is_gone_has_no_answer(store):
    reply = outgoing(store)
    store.service.items = []
    assert store.channel().find(reply) is None
    with pytest.raises(GoneError, match="reply to that review"):
        store.service.refuses = Fault(404, refusal(404, "reviewNotFound"))
        store.channel().send(reply)


FAILURES = [
    (403, refusal(403, "permissionDenied"), AuthError, "let this service account reply to that review"),
    (400, refusal(400, "replyTooLong", "Too long."), RefusedError, "does not take it .400.: Too long"),
    (429, refusal(429, "x"), RateLimitError, "slow down"),
    (403, refusal(403, "quotaExceeded"), RateLimitError, "slow down"),
    (503, b"", OutcomeUnknownError, "cannot tell"),
    (200, b"<html>", OutcomeUnknownError, "not what was expected"),
    (200, b"{}", OutcomeUnknownError, "not what was expected"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "error", "message"), FAILURES)
def test_a_write_is_tried_once_and_its_failure_named(store, status, body, error, message):
    reply = outgoing(store)
    store.service.refuses = Fault(status, body)
    with pytest.raises(error, match=message) as raised:
        store.channel().send(reply)
    assert len(store.service.written) == 1
    assert TOKEN not in f"{raised.value} {raised.value.hint}"


def test_an_answer_cannot_be_taken_back_and_it_says_where(store):
    with pytest.raises(RefusedError, match="lets no program delete an answer") as raised:
        store.channel().delete("1000/reply\x1b[2J")
    assert "\x1b" not in raised.value.message
    assert raised.value.hint == "delete it at https://play.google.com/console"
    assert store.service.asked == []
