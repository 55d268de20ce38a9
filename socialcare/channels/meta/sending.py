"""Answers on Facebook: comments of our Page, and one private reply to each comment.

https://developers.facebook.com/docs/graph-api/reference/object/comments
https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC

from socialcare.channels.base import Outgoing, Posted
from socialcare.channels.decode import decode_items
from socialcare.channels.meta.calls import Calls
from socialcare.channels.meta.desk import Desk, first, plain, too_long, units
from socialcare.channels.meta.posts import SOURCE
from socialcare.channels.meta.refusals import is_gone
from socialcare.channels.meta.wire import Comment, Made, Private

LONGEST = 8_000
"""Of a comment; Meta's pages do not say it, others that post there do."""
LONGEST_MESSAGE = 2_000
"""https://developers.facebook.com/docs/messenger-platform/reference/send-api"""
WRITES = "pages_manage_engagement"
READS = "pages_read_engagement and pages_read_user_content"
MESSAGES = "pages_messaging"
_ID = re.compile(r"[0-9]{1,40}(?:_[0-9]{1,40}){0,2}", re.ASCII)
_FIELDS = "id,message,from,created_time,permalink_url"


class PageDesk(Desk):
    """Writes as the Page whose id ``own`` gives."""

    platform = "messenger"

    def __init__(self, calls: Calls, own: Callable[[], str]) -> None:
        super().__init__(calls)
        self._own = own

    def _text(self, reply: Outgoing) -> str:
        return reply.text

    def _measured(self, reply: Outgoing, text: str) -> tuple[int, int]:
        return units(text), LONGEST_MESSAGE if reply.private else LONGEST

    def _refused(self, reply: Outgoing, text: str, length: int, most: int) -> str | None:
        to = reply.mention
        if to.source != SOURCE or not _ID.fullmatch(to.external_id):
            return f"it came from {to.source}, and is no post of Facebook"
        if not text.strip():
            return "it is empty"
        reasons = (check(reply) for check in (self._too_old, self._not_privately))
        return too_long(length, most) or (first(reasons) if reply.private else None)

    def _not_privately(self, reply: Outgoing) -> str | None:
        """Once for each comment, and not for those of other Pages."""
        if self._may_privately(reply) is not False:
            return None
        return "Facebook allows no private reply to it: it has had its one, or its author is a Page"

    def _may_privately(self, reply: Outgoing) -> bool | None:
        """None where Facebook does not say."""
        answer = self._calls.ask(
            reply.mention.external_id,
            {"fields": "can_reply_privately"},
            what="see whether a private reply is allowed",
            needs=READS,
        )
        found = answer.decode(Private, what="whether a private reply is allowed")
        return found.can_reply_privately

    def _find_message(self, reply: Outgoing) -> Posted | None:
        """There is one for each comment: while it may have one, it has had none."""
        return None if self._may_privately(reply) else super()._find_message(reply)

    def _public(self, reply: Outgoing, text: str) -> Posted:
        answer = self._calls.write(
            "POST",
            f"{_target(reply)}/comments",
            form={"message": text, "fields": "id,permalink_url,created_time"},
            what="answer there",
            needs=WRITES,
        )
        made = answer.decode(Made, what="the comment that was made")
        at = made.created_time.astimezone(UTC) if made.created_time else None
        return Posted(made.id, made.permalink_url, made.permalink_url, at)

    def _private(self, reply: Outgoing) -> Posted:
        key = "post_id" if reply.mention.kind == "post" else "comment_id"
        recipient = {key: reply.mention.external_id}
        return self._message(f"{self._own()}/messages", recipient, reply.text, needs=MESSAGES)

    def _find_comment(self, reply: Outgoing) -> Posted | None:
        wanted, own = plain(reply.text), self._own()
        nameless = False
        for comment in self._comments(reply):
            if plain(comment.message) != wanted:
                continue
            if comment.id in reply.known:
                continue
            if comment.author and comment.author.id == own:
                at, url = comment.created_time.astimezone(UTC), comment.permalink_url
                return Posted(comment.id, url, url, at)
            nameless = nameless or comment.author is None
        if nameless:
            raise self.unknown("somebody whom Facebook does not name wrote the same there")
        return None

    def _comments(self, reply: Outgoing) -> Iterator[Comment]:
        """Those since the attempt, newest first."""
        params = {
            "fields": _FIELDS,
            "filter": "stream",
            "order": "reverse_chronological",
            "limit": "100",
        }
        for listing, since in self._below(reply, f"{_target(reply)}/comments", params, READS):
            comments, broken = decode_items(listing.data, Comment)
            yield from (one for one in comments if one.created_time >= since)
            if broken:
                raise self.unknown("an answer there could not be read")
            if comments and all(one.created_time < since for one in comments):
                return

    @property
    def _holder(self) -> str:
        return self._own()

    @property
    def _ours(self) -> frozenset[str]:
        return frozenset({self._own()})

    @property
    def _reads_messages(self) -> str:
        return "pages_messaging, pages_manage_metadata and pages_read_engagement"

    def _is_comment(self, external_id: str) -> bool:
        return bool(_ID.fullmatch(external_id))

    def _delete(self, external_id: str) -> None:
        answer = self._calls.ask(
            external_id, {"fields": _FIELDS}, what="see whose it is", needs=READS, fine=is_gone
        )
        if answer.status != 200:
            return
        comment = answer.decode(Comment, what="the comment")
        if comment.author is None or comment.author.id != self._own():
            raise self._somebody_elses()
        self._calls.write("DELETE", external_id, what="delete that", needs=WRITES, fine=is_gone)


def _target(reply: Outgoing) -> str:
    """Whoever answers a reply writes below the comment that it answers: there are no deeper ones."""
    parent = reply.mention.in_reply_to
    if reply.mention.kind == "reply" and parent and _ID.fullmatch(parent):
        return parent
    return reply.mention.external_id
