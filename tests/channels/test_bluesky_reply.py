"""Bluesky: answers are measured twice, posted once, found again and taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socialcare.channels.base import CanCheckAccess, CanRecheck, CanReply
from socialcare.channels.bluesky.sending import record_key
from socialcare.clock import format_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    GoneError,
    OutcomeUnknownError,
    RefusedError,
)
from tests.channels.bluesky_fake import ASKED, ROOT, Fake, channel, ours, reply, view
from tests.channels.servers import head

PUT = "com.atproto.repo.putRecord"


@pytest.fixture
def fake(server):
    return Fake(server)


@pytest.fixture
def sky(fake, http, clock):
    return channel(fake, http, clock)


FAMILY = "👨‍👩‍👧‍👦"
"""One grapheme of 25 bytes."""


@pytest.mark.parametrize(
    ("text", "length", "refused"),
    [
        ("x" * 299, 299, None),
        ("x" * 300, 300, None),
        ("x" * 301, 301, "it is too long: 301 of 300 characters"),
        ("é" * 300, 300, None),
        ("e\u0301" * 300, 300, None),
        ("e\u0301" * 301, 301, "it is too long: 301 of 300 characters"),
        (FAMILY * 119 + "x" * 25, 144, None),
        (FAMILY * 120, 120, None),
        (FAMILY * 120 + "x", 121, "its characters are too large: 3,001 of 3,000 bytes"),
        ("🇩🇪" * 300, 300, None),
        ("https://acme.example/" + "x" * 279, 300, None),
    ],
)
def test_lengths_are_counted_in_graphemes_and_in_bytes(sky, text, length, refused):
    preview = sky.preview(reply(text))
    assert (preview.length, preview.max_length, preview.refused) == (length, 300, refused)
    assert preview.text == text


def test_a_preview_in_public_asks_nobody(sky, fake):
    sky.preview(reply())
    assert not fake.server.asked


def test_what_is_too_long_is_never_sent(sky, fake):
    with pytest.raises(RefusedError, match="301 of 300"):
        sky.send(reply("x" * 301))
    assert not fake.records


def test_it_can_do_what_it_says(sky):
    assert (sky.limits.max_length, sky.limits.private) == (300, True)
    assert all(isinstance(sky, can) for can in (CanReply, CanRecheck, CanCheckAccess))


def test_a_reply_is_a_record_with_refs_facets_and_the_time(sky, fake, clock):
    posted = sky.send(reply("Sorry, @ana.test @nobody.test: see https://acme.example/x #acme"))
    [(rkey, record)] = fake.records.items()
    assert rkey == record_key("reply-1")
    assert posted.external_id == posted.uri == ours(rkey)
    assert posted.url == f"https://bsky.app/profile/did:plc:brand/post/{rkey}"
    above = {"uri": ASKED, "cid": fake.posts[ASKED]["cid"]}
    assert record["reply"] == {"root": above, "parent": above}
    assert record["createdAt"] == format_time(clock.now())
    kinds = [one["features"][0]["$type"].partition("#")[2] for one in record["facets"]]
    assert kinds == ["mention", "link", "tag"]
    assert record["facets"][0]["features"][0]["did"] == "did:plc:ana"


def test_a_reply_within_a_thread_keeps_its_root(sky, fake):
    refs = {"root": {"uri": ROOT, "cid": "bafyroot"}, "parent": {"uri": ROOT, "cid": "bafyroot"}}
    fake.posts[ASKED] = view(ASKED, "did:plc:ana", "and now?", record={"reply": refs})
    sky.send(reply())
    [record] = fake.records.values()
    assert record["reply"]["root"] == {"uri": ROOT, "cid": "bafyroot"}
    assert record["reply"]["parent"]["uri"] == ASKED


def test_the_same_key_is_the_same_post(sky, fake, http, clock):
    first = sky.send(reply())
    again = channel(fake, http, clock).send(reply())
    assert first == again
    assert len(fake.records) == 1
    assert sky.send(reply(key="another")) != first


def test_a_post_whose_answer_is_lost_is_there_once(sky, fake):
    """Written, and then the line breaks: it is found, and a second attempt is the same post."""

    def lost(to):
        del fake.faults[PUT]
        fake.server.answers[f"/xrpc/{PUT}"](_Deaf(to))
        to.close()

    fake.faults[PUT] = lost
    with pytest.raises(OutcomeUnknownError):
        sky.send(reply())
    assert fake.asked(PUT) == 1
    posted = sky.find(reply())
    assert posted == sky.send(reply())
    assert list(fake.records) == [record_key("reply-1")]


class _Deaf:
    """A line to somebody who hears no answer."""

    def __init__(self, to):
        self.request = to.request

    def answer(self, *_, **__):
        pass


def half(to):
    to.send(head("HTTP/1.1 200 OK", "Content-Length: 9") + b"{")
    to.close()


def broken(to):
    to.answer(b'{"error":"InternalServerError"}', status="500 Oops")


@pytest.mark.parametrize("lost", [half, broken])
def test_a_reply_that_came_to_nothing_is_certainly_not_there(sky, fake, http, clock, lost):
    fake.faults[PUT] = lost
    with pytest.raises(OutcomeUnknownError):
        sky.send(reply())
    assert fake.asked(PUT) == 1
    assert sky.find(reply()) is None
    del fake.faults[PUT]
    posted = sky.send(reply())
    assert channel(fake, http, clock).find(reply()) == posted


def test_a_reply_that_was_never_sent_is_certainly_not_there(sky):
    assert sky.find(reply(key="never")) is None


def test_a_post_that_is_gone_cannot_be_answered(sky, fake):
    del fake.posts[ASKED]
    with pytest.raises(GoneError, match="gone, or hidden"):
        sky.send(reply())
    assert not fake.records


def test_an_author_who_lets_nobody_answer_is_left_alone(sky, fake):
    fake.posts[ASKED]["viewer"] = {"replyDisabled": True}
    with pytest.raises(RefusedError, match="does not let this account answer"):
        sky.send(reply())
    assert not fake.records


def test_a_refusal_of_the_server_says_why(sky, fake):
    body = b'{"error":"InvalidRequest","message":"Invalid app.bsky.feed.post record: no"}'
    fake.faults[PUT] = lambda to: to.answer(body, status="400 Bad Request")
    with pytest.raises(BadAnswerError, match="post record: no"):
        sky.send(reply())


def test_an_answer_is_taken_back_and_what_is_gone_is_fine(sky, fake):
    posted = sky.send(reply())
    sky.delete(posted.external_id)
    assert not fake.records
    sky.delete(posted.external_id)
    assert sky.find(reply()) is None


@pytest.mark.parametrize("uri", [ASKED, "at://did:plc:brand/app.bsky.feed.like/3x", "x", ""])
def test_only_posts_of_ours_are_deleted(sky, fake, uri):
    with pytest.raises(RefusedError, match="no post of our account"):
        sky.delete(uri)
    assert not fake.asked("com.atproto.repo.deleteRecord")


def test_record_keys_are_stable_and_differ():
    keys = {record_key(f"reply-{n}") for n in range(2_000)}
    assert len(keys) == 2_000
    assert record_key("reply-1") == record_key("reply-1")
    assert {len(key) for key in keys} == {13}
    assert max(keys) < "3nzzzzzzzzzzz"  # before 2027, so that no key lies in the future


def test_without_a_sign_in_nothing_is_sent(fake, http, clock):
    with pytest.raises(AuthError, match="no app password"):
        channel(fake, http, clock, password=None).send(reply())
    assert not fake.server.asked


def test_known_posts_are_looked_at_again_25_at_a_time(sky, fake):
    many = [f"at://did:plc:ana/app.bsky.feed.post/3m{n:03}" for n in range(38)]
    fake.posts |= {uri: view(uri, "did:plc:ana", f"number {uri[-3:]}") for uri in many}
    hidden = "at://did:plc:ana/app.bsky.feed.post/3hidden"
    gone = [f"at://did:plc:ana/app.bsky.feed.post/3{name}" for name in ("gone", "denied")]
    page = sky.recheck([*many, hidden, *gone, "not-a-post"])
    assert {one.external_id for one in page.mentions} == {*many}
    assert page.gone == [*gone, "not-a-post"]
    assert fake.asked("app.bsky.feed.getPosts") == 2
    assert page.mentions[0].author.followers == 12


def test_an_edited_post_has_its_new_words(sky, fake):
    fake.posts[ASKED] = replace_text(fake.posts[ASKED], "Where is my teapot?")
    [mention] = sky.recheck([ASKED]).mentions
    assert mention.text == "Where is my teapot?"
    assert replace(mention, text="Where is my kettle?").external_id == ASKED


def replace_text(post, text):
    return {**post, "cid": "bafyother", "record": {**post["record"], "text": text}}


def test_a_post_that_cannot_be_read_is_broken_and_not_gone(sky, fake):
    fake.posts[ASKED] = {**fake.posts[ASKED], "indexedAt": "soon"}
    page = sky.recheck([ASKED])
    assert (page.gone, len(page.broken), page.mentions) == ([], 1, [])
