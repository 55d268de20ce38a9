"""Answers: a reply below a comment, or a comment below a video, as the account of the token.

https://developers.google.com/youtube/v3/docs/comments/insert
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from socialcare.channels.attempts import earliest
from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.decode import decode_items
from socialcare.channels.youtube.calls import Calls
from socialcare.channels.youtube.posts import SOURCE, comment_url, top_of
from socialcare.channels.youtube.wire import Comment, Owner, Thread
from socialcare.errors import AuthError, OutcomeUnknownError, RefusedError

LONGEST = 10_000
PAGES = 10
"""Of a hundred comments, among which ours is looked for."""
FINE = frozenset({"commentNotFound"})
T = TypeVar("T")
PRIVATE = "YouTube has no private messages"
NO_TOKEN = (
    "answers on YouTube need an OAuth token of your channel, and there is none: a key reads only"  # noqa: S105
)


def preview(reply: Outgoing, *, may_write: bool) -> Preview:
    """Nobody has to be asked for this. The length is that of UTF-16, the stricter count."""
    text = addressed(reply)
    length = len(text.encode("utf-16-le")) // 2
    refused = None
    if reply.private:
        refused = PRIVATE
    elif not may_write:
        refused = NO_TOKEN
    elif reply.mention.source != SOURCE:
        refused = f"it came from {reply.mention.source}"
    elif length > LONGEST:
        refused = f"it has {length:,} characters, and {LONGEST:,} are allowed there"
    return Preview(text, length, LONGEST, refused)


def addressed(reply: Outgoing) -> str:
    """Replies have one level: who answers a reply has to name whom they mean."""
    handle = reply.mention.author.handle
    if "." not in reply.mention.external_id or not handle.startswith("@"):
        return reply.text
    named = re.search(rf"{re.escape(handle)}(?![\w.-])", reply.text, re.IGNORECASE)
    return reply.text if named else f"{handle} {reply.text}"


class Desk:
    """Writes as one account."""

    def __init__(self, calls: Calls, name: str) -> None:
        self._calls, self._name = calls, name

    def send(self, reply: Outgoing) -> Posted:
        refused = preview(reply, may_write=True).refused
        if refused:
            raise RefusedError(f"{self._name}: {refused}.", "change it, or answer by hand")
        words = {"textOriginal": addressed(reply)}
        if reply.mention.kind == "post":
            video = {"videoId": reply.mention.external_id, "topLevelComment": {"snippet": words}}
            answer = self._calls.write(
                "POST", "commentThreads", {"part": "snippet"}, {"snippet": video}
            )
            made = answer.decode(Thread, what="the comment that was made")
            return _posted(made.snippet.top_level_comment, reply)
        thread = {"parentId": top_of(reply.mention.external_id), **words}
        answer = self._calls.write("POST", "comments", {"part": "snippet"}, {"snippet": thread})
        return _posted(answer.decode(Comment, what="the reply that was made"), reply)

    def find(self, reply: Outgoing) -> Posted | None:
        """Look among the replies, or the comments.

        Raises
        ------
        OutcomeUnknownError
            It is not shown. It may yet be: YouTube shows new comments late, and some never.

        """
        wanted, since = _plain(addressed(reply)), earliest(reply)
        for comment in self._comments(reply):
            if comment.id in reply.known or (since and comment.moment < since):
                continue
            said = comment.snippet.text_original or comment.snippet.text_display
            if comment.author == self.me.id and _plain(said) == wanted:
                return _posted(comment, reply)
        raise OutcomeUnknownError(
            f"{self._name}: YouTube does not show the answer, and may yet do so.",
            "look there; then record its address, or send it again on purpose",
        )

    def _comments(self, reply: Outgoing) -> Iterator[Comment]:
        """The replies of the thread; below a video its newest threads."""
        if reply.mention.kind != "post":
            thread = {"parentId": top_of(reply.mention.external_id)}
            yield from self._pages("comments", thread, Comment)
            return
        below = {"videoId": reply.mention.external_id, "order": "time"}
        for one in self._pages("commentThreads", below, Thread):
            yield one.snippet.top_level_comment

    def _pages(self, of: str, whose: Mapping[str, str], into: type[T]) -> Iterator[T]:
        params = {"part": "snippet", "maxResults": "100", "textFormat": "plainText", **whose}
        for _ in range(PAGES):
            found = self._calls.ask(of, params, fine=FINE)
            if found is None:
                return
            yield from decode_items(found.items, into)[0]
            if not found.next_page_token:
                return
            params = {**params, "pageToken": found.next_page_token}

    def delete(self, external_id: str) -> None:
        """Who owns a video may be able to delete what others wrote: only our own comments are."""
        params = {"part": "snippet", "id": external_id}
        found = self._calls.ask("comments", params, fine=FINE)
        comments = decode_items(found.items, Comment)[0] if found else []
        if not comments:
            return
        if comments[0].author != self.me.id:
            raise RefusedError(
                f"{self._name}: that comment was written by somebody else.",
                "hide it in YouTube Studio, if it is below your video",
            )
        self._calls.write("DELETE", "comments", {"id": external_id}, fine=FINE)

    @cached_property
    def me(self) -> Owner:
        """The channel of the token."""
        found = self._calls.ask("channels", {"part": "snippet", "mine": "true"})
        owners = decode_items(found.items, Owner)[0] if found else []
        if not owners:
            raise AuthError(
                f"{self._name}: the account of the token has no YouTube channel.",
                f"sign in with one that has: socialcare channel login {self._name}",
            )
        return owners[0]


def _posted(comment: Comment, reply: Outgoing) -> Posted:
    video = (
        reply.mention.external_id if reply.mention.kind == "post" else video_of(reply.mention.url)
    )
    url = comment_url(video, comment.id)
    return Posted(comment.id, url, url, comment.moment)


def video_of(url: str | None) -> str | None:
    match = re.search(r"[?&]v=([\w-]{1,64})", url or "")
    return match[1] if match else None


def _plain(text: str) -> str:
    return " ".join(text.split())
