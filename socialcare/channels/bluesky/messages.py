"""Answers in private: direct messages, where the password was allowed them.

https://docs.bsky.app/docs/api/chat-bsky-convo-send-message
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from socialcare.channels.base import Outgoing, Posted
from socialcare.channels.bluesky.calls import Calls
from socialcare.channels.bluesky.refusals import may_not_message
from socialcare.channels.bluesky.sending import Measure
from socialcare.channels.bluesky.wire import Moment, Text
from socialcare.channels.decode import decode_items

PRIVATE = Measure(1_000, 10_000)
"""https://github.com/bluesky-social/atproto/blob/main/lexicons/chat/bsky/convo/defs.json"""
SITE = "https://bsky.app/messages"
PREFIX = "message:"
LATEST = 50
"""Messages that are looked at for one that may be ours."""


class Convo(msgspec.Struct):
    id: Text


class Opened(msgspec.Struct):
    """https://docs.bsky.app/docs/api/chat-bsky-convo-get-convo-for-members."""

    convo: Convo


class Availability(msgspec.Struct, rename="camel"):
    """https://docs.bsky.app/docs/api/chat-bsky-convo-get-convo-availability."""

    can_chat: bool
    convo: Convo | None = None


class Message(msgspec.Struct, rename="camel"):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/chat/bsky/convo/defs.json, messageView."""

    id: Text
    text: str
    sent_at: Moment
    sender: Sender


class Sender(msgspec.Struct):
    did: Text


class Sent(msgspec.Struct):
    id: Text


class Messages(msgspec.Struct):
    """https://docs.bsky.app/docs/api/chat-bsky-convo-get-messages."""

    messages: list[msgspec.Raw]


@dataclass(frozen=True, slots=True)
class DirectMessages:
    """Messages of ours to the author of a post."""

    channel: str
    calls: Calls

    def refused(self, reply: Outgoing) -> str | None:
        """Why no message can be sent, for people; asking opens no conversation."""
        if not self.calls.signin.current().may_message:
            return "this app password may not send messages"
        if self._available(reply).can_chat:
            return None
        return f"{reply.mention.author.handle} takes no messages from us"

    def send(self, reply: Outgoing) -> Posted:
        """Not repeated: the service knows no key for it."""
        if not self.calls.signin.current().may_message:
            raise may_not_message(self.channel)
        members = {"members": [reply.mention.author.external_id]}
        convo = self.calls.read(
            "chat.bsky.convo.getConvoForMembers", members, Opened, chat=True
        ).convo
        content = {"convoId": convo.id, "message": {"text": reply.text}}
        answer = self.calls.post("chat.bsky.convo.sendMessage", content, chat=True)
        return _posted(convo.id, answer.decode(Sent, what="the answer to the message").id)

    def find(self, reply: Outgoing) -> Posted | None:
        """A message of ours with these words, sent after what it answers was written."""
        convo = self._available(reply).convo
        if convo is None:
            return None
        found = self.calls.read(
            "chat.bsky.convo.getMessages",
            {"convoId": convo.id, "limit": LATEST},
            Messages,
            chat=True,
        )
        us = self.calls.signin.current().did
        for message in decode_items(found.messages, Message)[0]:
            ours = message.sender.did == us and message.text == reply.text
            if ours and message.sent_at >= reply.mention.created_at:
                return _posted(convo.id, message.id)
        return None

    def _available(self, reply: Outgoing) -> Availability:
        members = {"members": [reply.mention.author.external_id]}
        nsid = "chat.bsky.convo.getConvoAvailability"
        return self.calls.read(nsid, members, Availability, chat=True)


def _posted(convo: str, message: str) -> Posted:
    return Posted(f"{PREFIX}{convo}/{message}", f"{SITE}/{convo}")
