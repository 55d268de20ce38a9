"""Answers: posts below what speaks to us, own posts, direct messages to who takes them.

X lets a program answer only where the author of a post named or quoted the account.

https://docs.x.com/x-api/posts/create-post
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from socialcare.channels.attempts import earliest
from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.decode import decode_items
from socialcare.channels.x.calls import Calls
from socialcare.channels.x.length import LONGEST, spans, weighted
from socialcare.channels.x.posts import SOURCE, names, page_of, text_of, unescaped
from socialcare.channels.x.refusals import NOT_FOUND, problems
from socialcare.channels.x.wire import (
    Event,
    Listing,
    MadeAnswer,
    MadeEventAnswer,
    One,
    Post,
    User,
    id_at,
    time_of,
)
from socialcare.errors import AuthError, OutcomeUnknownError, RefusedError

LONGEST_MESSAGE = 10_000
"""Of a direct message, in characters."""
NEWEST = 100
"""Of our own posts, among which an answer is looked for."""
MESSAGE = "dm:"
"""Before the id of a direct message, which could be that of a post."""
NOT_SUMMONED = (
    "X lets programs answer only where the author named this account, and this post does not: "
    "answer on its page"
)
NO_MESSAGES = "its author takes no direct messages from this account"
_HANDLES = re.compile(r"(?:\s*@\w{1,20})+\s+")
_ID = re.compile(r"[0-9]{1,19}", re.ASCII)


class Desk:
    """Writes as one account. ``us`` are our handles (no ``@``, casefolded)."""

    def __init__(self, calls: Calls, us: frozenset[str], fields: Mapping[str, str]) -> None:
        self._calls, self._us, self._fields = calls, us, fields

    def preview(self, reply: Outgoing) -> Preview:
        """Only for a message somebody has to be asked: whether it may be written to them."""
        most = LONGEST_MESSAGE if reply.private else LONGEST
        length = len(reply.text) if reply.private else weighted(reply.text)
        return Preview(reply.text, length, most, self._refused(reply, length, most))

    def _refused(self, reply: Outgoing, length: int, most: int) -> str | None:
        to = reply.to
        if to is not None and (to.source != SOURCE or not _ID.fullmatch(to.external_id)):
            return f"it came from {to.source}, and is no post of X"
        if not reply.text.strip():
            return "it is empty"
        if length > most:
            return f"it is too long: {length:,} of {most:,}, as X counts"
        if to is None:
            return None
        if reply.private:
            return None if self._takes_messages(to.author.external_id) else NO_MESSAGES
        summoned = to.direct or names(to.text, self._us or {self.me.username.casefold()})
        return None if summoned else NOT_SUMMONED

    def _takes_messages(self, user_id: str) -> bool:
        if not _ID.fullmatch(user_id):
            return False
        answer = self._calls.ask(
            f"users/{user_id}",
            {"user.fields": "receives_your_dm"},
            what="read whether they take messages",
        )
        user = _user(answer.decode(One, what="the account"))
        return user is not None and user.receives_your_dm is True

    def send(self, reply: Outgoing) -> Posted:
        refused = self.preview(reply).refused
        if refused:
            raise RefusedError(
                f"{self._calls.channel}: {refused}.", "change it, or answer by hand on x.com"
            )
        if reply.private:
            path = f"dm_conversations/with/{reply.mention.author.external_id}/messages"
            answer = self._calls.write("POST", path, {"text": reply.text}, what="write to them")
            made = answer.decode(MadeEventAnswer, what="the message that was made").data
            return _message(made.dm_event_id)
        content: dict[str, object] = {"text": reply.text}
        if reply.to is not None:
            content["reply"] = {"in_reply_to_tweet_id": reply.to.external_id}
        answer = self._calls.write("POST", "tweets", content, what="answer there")
        return _posted(answer.decode(MadeAnswer, what="the post that was made").data.id)

    def find(self, reply: Outgoing) -> Posted | None:
        """Look among our newest: what answers the same post, or person, in the same words.

        Raises
        ------
        OutcomeUnknownError
            It is not there. It may yet come: X knows no key for an attempt.

        """
        found = self._message(reply) if reply.private else self._answer(reply)
        if found is not None:
            return found
        raise OutcomeUnknownError(
            f"{self._calls.channel}: X does not show the answer, and may yet do so.",
            "look there; then record its address, or send it again on purpose",
        )

    def _answer(self, reply: Outgoing) -> Posted | None:
        wanted, since = plain(reply.text), earliest(reply)
        above = None if reply.to is None else reply.to.external_id
        for post in self._own(reply):
            if since and int(post.identity) < id_at(since):
                continue
            same = post.reference("replied_to") == above and post.identity not in reply.known
            if same and plain(text_of(post)) == wanted:
                return _posted(post.identity)
        return None

    def _own(self, reply: Outgoing) -> Iterator[Post]:
        """https://docs.x.com/x-api/users/get-posts"""
        asked = {k: v for k, v in self._fields.items() if k in {"tweet.fields", "post.fields"}}
        params = {**asked, "max_results": str(NEWEST), **_since(reply)}
        answer = self._calls.ask(
            f"users/{self.me.id}/tweets", params, what="read our own newest posts"
        )
        yield from decode_items(answer.decode(Listing, what="our own posts").data, Post)[0]

    def _message(self, reply: Outgoing) -> Posted | None:
        """https://docs.x.com/x-api/direct-messages/get-dm-events-for-a-dm-conversation"""
        path = f"dm_conversations/with/{reply.mention.author.external_id}/dm_events"
        params = {"max_results": str(NEWEST), "dm_event.fields": "id,text,sender_id"}
        answer = self._calls.ask(path, params, what="read our messages to them", fine={404})
        if answer.status != 200:
            return None
        oldest = id_at(earliest(reply, answer.ahead) or reply.mention.created_at)
        wanted = plain(reply.text)
        raws = answer.decode(Listing, what="the messages").data
        for event in decode_items(raws, Event)[0]:
            ours = event.sender_id == self.me.id and int(event.id) >= oldest
            if f"{MESSAGE}{event.id}" in reply.known:
                continue
            if ours and plain(unescaped(event.text)) == wanted:
                return _message(event.id)
        return None

    def delete(self, external_id: str) -> None:
        """https://docs.x.com/x-api/posts/delete-post"""
        if not _ID.fullmatch(external_id):
            raise RefusedError(
                f"{self._calls.channel}: that is no post.", "delete it where it was written"
            )
        self._calls.write("DELETE", f"tweets/{external_id}", what="delete that", fine={404})

    @cached_property
    def me(self) -> User:
        """The account of the token."""
        me = who_am_i(self._calls)
        if me is None:
            raise AuthError(
                f"{self._calls.channel}: this is the token of an app, and reads only.",
                "answers need the OAuth 2.0 token of your account, with tweet.write: "
                f"socialcare channel login {self._calls.channel}",
            )
        return me


def _since(reply: Outgoing) -> dict[str, str]:
    """What is older cannot be it: than what it answers, or than the first attempt."""
    since = earliest(reply) if reply.tried_at else None
    ids = [id_at(since)] if since else []
    if reply.to is not None:
        ids.append(int(reply.to.external_id))
    return {"since_id": str(max(ids))} if ids else {}


def who_am_i(calls: Calls) -> User | None:
    """The account of the token; None where it is that of an app."""
    answer = calls.ask("users/me", what="read our own account", fine={403})
    return _user(answer.decode(One, what="our own account")) if answer.status == 200 else None


def find_user(calls: Calls, handle: str) -> User | None:
    """https://docs.x.com/x-api/users/get-user-by-username"""
    answer = calls.ask(f"users/by/username/{handle}", what=f"find @{handle}", fine={404})
    if answer.status != 200:
        return None
    one = answer.decode(One, what="the account")
    lost = any(each.kind == NOT_FOUND for each in problems(one.errors))
    return None if lost else _user(one)


def _posted(post_id: str) -> Posted:
    return Posted(post_id, page_of(post_id), page_of(post_id), time_of(post_id))


def _message(event_id: str) -> Posted:
    return Posted(f"{MESSAGE}{event_id}", at=time_of(event_id))


def _user(one: One) -> User | None:
    found = decode_items([one.data], User)[0] if bytes(one.data) else []
    return found[0] if found else None


def plain(text: str) -> str:
    """What survives the way there: words, without the handles before them and without addresses."""
    text = _HANDLES.sub("", f"{text} ", count=1) if _HANDLES.match(text) else text
    for start, end in reversed(list(spans(text))):
        text = f"{text[:start]}\u00b7{text[end:]}"
    return " ".join(text.split()).casefold()
