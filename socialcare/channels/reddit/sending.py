"""Answers: comments below what was said, messages to people who wrote one to us.

Reddit's policy forbids messages that nobody asked for, so a message is an answer to one, and
goes into the conversation it belongs to: ``/api/comment`` takes a message as its parent, where
``/api/compose`` would begin another conversation and not tell the id of what it made.

https://www.reddit.com/dev/api#POST_api_comment
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from socialcare.channels.attempts import earliest
from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.reddit.calls import Calls
from socialcare.channels.reddit.posts import NOBODY, SOURCE, Place, read_things, to_mention
from socialcare.channels.reddit.recheck import info
from socialcare.channels.reddit.wire import Comment, Listing, Me, Message, Thing
from socialcare.errors import AuthError, OutcomeUnknownError, RefusedError

LONGEST = 10_000
"""Characters of a comment or a message."""
PAGES = 3
"""Of a hundred of our own, among which an answer is looked for."""
NO_ACCOUNT = "answers need a refresh token or the password of your account: an app alone reads only"
UNASKED = (
    "Reddit forbids messages that nobody asked for: only who wrote a message to this account "
    "is answered in private"
)
A_MESSAGE = "it came as a message, and is answered in private"
_PARENT = re.compile(r"t[134]_[a-z0-9]{1,20}")
_OWN = re.compile(r"t1_[a-z0-9]{1,20}")


class Desk:
    """Writes as one account."""

    def __init__(self, calls: Calls, place: Place) -> None:
        self._calls, self._place = calls, place

    def preview(self, reply: Outgoing) -> Preview:
        """Nobody has to be asked for this. It is Markdown there."""
        return Preview(reply.text, len(reply.text), LONGEST, self._refused(reply))

    def _refused(self, reply: Outgoing) -> str | None:
        to, length = reply.mention, len(reply.text)
        if to.source != SOURCE or not _PARENT.fullmatch(to.external_id):
            return f"it came from {to.source}, and is nothing that Reddit's API can answer"
        if not self._calls.signin.is_account:
            return NO_ACCOUNT
        if reply.private and to.kind != "dm":
            return UNASKED
        if to.kind == "dm" and not reply.private:
            return A_MESSAGE
        if not reply.text.strip():
            return "it is empty"
        if length > LONGEST:
            return f"it has {length:,} characters, and {LONGEST:,} are allowed there"
        return None

    def send(self, reply: Outgoing) -> Posted:
        refused = self._refused(reply)
        if refused:
            raise RefusedError(
                f"{self._calls.name}: {refused}.", "change it, or answer by hand on its page"
            )
        form = {"thing_id": reply.mention.external_id, "text": reply.text}
        verdict = self._calls.post("api/comment", form, what="answer there")
        made, _ = read_things(verdict.data.things if verdict.data else [], "$.json.data.things")
        if not made:
            raise OutcomeUnknownError(
                f"{self._calls.name}: Reddit took the answer and does not show it: "
                "moderators may have to let it through.",
                "look there; then record its address, or send it again on purpose",
            )
        return self._posted(made[0])

    def find(self, reply: Outgoing) -> Posted | None:
        """Look among our own for the same words below the same parent.

        Raises
        ------
        OutcomeUnknownError
            It is not there. It may yet come: Reddit knows no key for an attempt.

        """
        wanted = plain(reply.text)
        for thing in self._own(reply):
            if not isinstance(thing, Comment | Message) or _is_earlier(thing, reply):
                continue
            data = thing.data
            is_below = data.parent_id == reply.mention.external_id and self._is_ours(data.author)
            if is_below and plain(data.body) == wanted:
                posted = self._posted(thing)
                if posted.external_id not in reply.known:
                    return posted
        raise OutcomeUnknownError(
            f"{self._calls.name}: Reddit does not show the answer, and may yet do so.",
            "look there; then record its address, or send it again on purpose",
        )

    def _own(self, reply: Outgoing) -> Iterator[Thing]:
        """Our newest first, down to the time of what is answered.

        https://www.reddit.com/dev/api#GET_user_{username}_{where}
        """
        path = "message/sent" if reply.mention.kind == "dm" else f"user/{self.me}/comments"
        params: Mapping[str, str] = {"limit": "100", "sort": "new"}
        for _ in range(PAGES):
            answer = self._calls.get(path, params, what="read our own answers")
            listed = answer.decode(Listing, what="our own answers").data
            things, _broken = read_things(listed.children, "$.data.children")
            yield from things
            older = any(one.data.moment < reply.mention.created_at for one in things)
            if older or not listed.after:
                return
            params = {**params, "after": listed.after}

    def delete(self, external_id: str) -> None:
        """Only what we wrote; what is gone already is fine.

        https://www.reddit.com/dev/api#POST_api_del
        """
        if not _OWN.fullmatch(external_id):
            raise RefusedError(
                f"{self._calls.name}: Reddit lets nobody take back a message.",
                "write to them what has changed",
            )
        me = self.me.casefold()
        things, _ = info([external_id], self._calls)
        author = things[0].data.author if things else None
        if author is None or author == NOBODY:
            return
        if author.casefold() != me:
            raise RefusedError(
                f"{self._calls.name}: that was written by somebody else.", "report it on its page"
            )
        self._calls.post("api/del", {"id": external_id}, what="delete that", again=True)

    def _is_ours(self, author: str | None) -> bool:
        return (author or "").casefold() == self.me.casefold()

    def _posted(self, thing: Thing) -> Posted:
        mention = to_mention(thing, self._place)
        return Posted(mention.external_id, mention.url, mention.uri, mention.created_at)

    @cached_property
    def me(self) -> str:
        """The account of the token.

        https://www.reddit.com/dev/api#GET_api_v1_me
        """
        if not self._calls.signin.is_account:
            name = self._calls.name
            raise AuthError(f"{name}: {NO_ACCOUNT}.", f"sign in: socialcare channel login {name}")
        answer = self._calls.get("api/v1/me", {}, what="read our own account")
        return answer.decode(Me, what="our own account").name


def _is_earlier(thing: Comment | Message, reply: Outgoing) -> bool:
    """Older than the attempt that is looked for, so that it cannot be what that made."""
    since = earliest(reply)
    return since is not None and thing.data.moment < since


def plain(text: str) -> str:
    return " ".join(text.split())
