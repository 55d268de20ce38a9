"""Answers in private: direct messages, where the password was allowed them.

https://docs.bsky.app/docs/api/chat-bsky-convo-send-message
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from socialcare.channels.attempts import earliest, not_reached
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
PAGE = 50
PAGES = 10
"""Of messages, among which one of ours is looked for, newest first."""


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


class Sent(msgspec.Struct, rename="camel"):
    id: Text
    sent_at: Moment | None = None


class Messages(msgspec.Struct):
    """https://docs.bsky.app/docs/api/chat-bsky-convo-get-messages."""

    messages: list[msgspec.Raw]
    cursor: str | None = None


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
        made = answer.decode(Sent, what="the answer to the message")
        return _posted(convo.id, made.id, made.sent_at)

    def find(self, reply: Outgoing) -> Posted | None:
        """A message of ours with these words, sent since the attempt.

        Raises
        ------
        OutcomeUnknownError
            That is further away than one can look.

        """
        convo = self._available(reply).convo
        if convo is None:
            return None
        us = self.calls.signin.current().did
        for message in self._newest_first(convo.id, reply):
            posted = _posted(convo.id, message.id, message.sent_at)
            ours = message.sender.did == us and message.text == reply.text
            if ours and posted.external_id not in reply.known:
                return posted
        return None

    def _newest_first(self, convo: str, reply: Outgoing) -> Iterator[Message]:
        nsid = "chat.bsky.convo.getMessages"
        params: dict[str, str | int] = {"convoId": convo, "limit": PAGE}
        for _ in range(PAGES):
            answer = self.calls.get(nsid, params, chat=True)
            found = answer.decode(Messages, what=f"the answer of {nsid}")
            since = earliest(reply, answer.ahead) or reply.mention.created_at
            for message in decode_items(found.messages, Message)[0]:
                if message.sent_at < since:
                    return
                yield message
            if not found.cursor or not found.messages:
                return
            params["cursor"] = found.cursor
        raise not_reached(self.channel, "in that conversation")

    def _available(self, reply: Outgoing) -> Availability:
        members = {"members": [reply.mention.author.external_id]}
        nsid = "chat.bsky.convo.getConvoAvailability"
        return self.calls.read(nsid, members, Availability, chat=True)


def _posted(convo: str, message: str, at: datetime | None) -> Posted:
    at = at.astimezone(UTC) if at else None
    return Posted(f"{PREFIX}{convo}/{message}", f"{SITE}/{convo}", at=at)
