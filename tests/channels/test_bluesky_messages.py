"""Bluesky: answers in private, where the password was allowed them."""

from __future__ import annotations

import pytest

from socialcare.errors import (
    OutcomeUnknownError,
    RefusedError,
)
from tests.channels.bluesky_fake import Fake, channel, reply

FAMILY = "👨‍👩‍👧‍👦"
"""One grapheme of 25 bytes."""


@pytest.fixture
def fake(server):
    return Fake(server)


@pytest.fixture
def sky(fake, http, clock):
    return channel(fake, http, clock)


SEND = "chat.bsky.convo.sendMessage"


@pytest.fixture
def private(fake, http, clock):
    """A channel whose password may send messages."""
    fake.scope = "com.atproto.appPassPrivileged"
    return channel(fake, http, clock)


def test_a_private_answer_is_a_message(private, fake):
    assert private.preview(reply(private=True)).refused is None
    assert private.find(reply(private=True)) is None
    posted = private.send(reply("Your order number, please", private=True))
    assert [one["text"] for one in fake.messages] == ["Your order number, please"]
    assert posted.external_id == "message:c1/m0"
    assert posted.url == "https://bsky.app/messages/c1"
    assert private.find(reply("Your order number, please", private=True)) == posted
    assert not fake.records


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("x" * 1_000, None),
        ("x" * 1_001, "it is too long: 1,001 of 1,000 characters"),
        (FAMILY * 400, None),
        (FAMILY * 400 + "x", "its characters are too large: 10,001 of 10,000 bytes"),
    ],
)
def test_a_message_may_be_longer(private, text, refused):
    assert private.preview(reply(text, private=True)).refused == refused


def test_a_message_whose_answer_is_lost_is_not_sent_again(private, fake):
    def lost(to):
        fake.messages.append(
            {"id": "m7", "text": "Hello", "sender": {"did": "did:plc:brand"},
             "sentAt": "2026-11-21T12:00:00.000Z"}
        )  # fmt: skip
        to.close()

    fake.faults[SEND] = lost
    with pytest.raises(OutcomeUnknownError):
        private.send(reply("Hello", private=True))
    assert fake.asked(SEND) == 1
    found = private.find(reply("Hello", private=True))
    assert found
    assert found.external_id == "message:c1/m7"


def test_the_same_words_to_them_before_they_wrote_are_another_message(private, fake):
    fake.messages.append(
        {"id": "m0", "text": "Hello", "sender": {"did": "did:plc:brand"},
         "sentAt": "2026-11-20T12:00:00.000Z"}
    )  # fmt: skip
    theirs = {**fake.messages[0], "sender": {"did": "did:plc:ana"}}
    fake.messages.append({**theirs, "sentAt": "2026-11-21T12:00:00.000Z"})
    assert private.find(reply("Hello", private=True)) is None


def test_a_password_without_messages_says_how_to_get_one(sky, fake):
    preview = sky.preview(reply(private=True))
    assert preview.refused == "this app password may not send messages"
    with pytest.raises(RefusedError, match="may not send messages") as caught:
        sky.send(reply(private=True))
    assert "Allow access to your direct messages" in caught.value.hint
    assert not fake.asked("chat.bsky.convo.getConvoForMembers")


def test_a_server_that_refuses_messages_is_understood_the_same_way(private, fake):
    body = b'{"error":"InvalidToken","message":"Bad token method"}'
    fake.faults["chat.bsky.convo.getConvoForMembers"] = lambda to: to.answer(
        body, status="400 Bad Request"
    )
    with pytest.raises(RefusedError, match="may not send messages"):
        private.send(reply(private=True))
    assert fake.asked("com.atproto.server.refreshSession") == 0


def test_who_takes_no_messages_is_told_in_the_preview(private, fake):
    fake.can_chat = False
    assert private.preview(reply(private=True)).refused == "@ana.test takes no messages from us"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("MessagesDisabled", "they take no messages"),
        ("NotFollowedBySender", "only from accounts that they follow"),
        ("BlockedActor", "blocked the other"),
    ],
)
def test_why_no_message_can_be_sent(private, fake, code, said):
    body = f'{{"error":"{code}","message":"no"}}'.encode()
    fake.faults["chat.bsky.convo.getConvoForMembers"] = lambda to: to.answer(
        body, status="400 Bad Request"
    )
    with pytest.raises(RefusedError, match=said):
        private.send(reply(private=True))


def test_a_message_cannot_be_taken_back(private):
    with pytest.raises(RefusedError, match="takes no message back"):
        private.delete("message:c1/m0")
