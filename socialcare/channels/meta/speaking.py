"""Answers on Instagram: replies to comments, comments where we were named, private replies.

What a comment written by a program may be, Instagram's own announcement says: 300
characters, 4 hashtags, one address, not all in capitals. Today's pages neither repeat it
nor take it back; who wants to write more writes by hand.

https://developers.facebook.com/docs/instagram-platform/comment-moderation
https://developers.facebook.com/docs/instagram-platform/private-replies
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC

from socialcare.channels.base import Outgoing, Posted
from socialcare.channels.decode import decode_items
from socialcare.channels.meta.calls import Calls
from socialcare.channels.meta.desk import Desk, first, plain, too_long, units
from socialcare.channels.meta.refusals import is_gone
from socialcare.channels.meta.remarks import (
    ON_OTHERS,
    OTHERS,
    REMARK_FIELDS,
    SOURCE,
    Place,
)
from socialcare.channels.meta.wire import Made, Remark

LONGEST = 300
LONGEST_MESSAGE = 1_000
"""In bytes. https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message"""
MOST_HASHTAGS = 4
WRITES = "instagram_manage_comments"
MESSAGES = "instagram_manage_comments and pages_messaging"
_ID = re.compile(r"[0-9]{1,40}", re.ASCII)
_PLACE = re.compile(rf"(?:{ON_OTHERS}|{OTHERS})?[0-9]{{1,40}}", re.ASCII)
_HASHTAG = re.compile(r"#\w")
_ADDRESS = re.compile(r"https?://\S|\bwww\.\S", re.IGNORECASE)
ONLY_TAGGED = (
    "Instagram lets programs comment only where the caption names the account, "
    "and here it is only tagged"
)
NOT_PRIVATELY = "Instagram allows private replies only to comments below your own media"


class AccountDesk(Desk):
    """Writes as the account whose number is ``account``."""

    platform = "instagram"

    def __init__(self, calls: Calls, account: str, place: Callable[[], Place]) -> None:
        super().__init__(calls)
        self._account, self._place = account, place

    def _text(self, reply: Outgoing) -> str:
        """Replies have one level: who answers a reply has to name whom they mean."""
        handle = reply.mention.author.handle
        if reply.private or reply.mention.kind != "reply" or not handle.startswith("@"):
            return reply.text
        named = re.search(rf"{re.escape(handle)}(?!\w|\.\w)", reply.text, re.IGNORECASE)
        return reply.text if named else f"{handle} {reply.text}"

    def _measured(self, reply: Outgoing, text: str) -> tuple[int, int]:
        if reply.private:
            return len(text.encode("utf-8", "replace")), LONGEST_MESSAGE
        return units(text), LONGEST

    def _refused(self, reply: Outgoing, text: str, length: int, most: int) -> str | None:
        to = reply.mention
        if to.source != SOURCE or not _PLACE.fullmatch(to.external_id):
            return f"it came from {to.source}, and is nothing of Instagram"
        if not text.strip():
            return "it is empty"
        if reply.private:
            where = None if _ID.fullmatch(to.external_id) else NOT_PRIVATELY
            return first((too_long(length, most, "bytes"), where, self._too_old(reply)))
        return too_long(length, most) or _against_the_rules(text) or self._only_tagged(reply)

    def _only_tagged(self, reply: Outgoing) -> str | None:
        """A caption comes without the ``@`` of its names, or with it."""
        if not reply.mention.external_id.startswith(OTHERS):
            return None
        name = self._place().username
        named = name and re.search(
            rf"(?<![\w.]){re.escape(name)}(?!\w|\.\w)", reply.mention.text, re.IGNORECASE
        )
        return None if named else ONLY_TAGGED

    def _public(self, reply: Outgoing, text: str) -> Posted:
        """https://developers.facebook.com/docs/instagram-platform/reference/instagram-user/mentions"""
        form = {"message": text}
        elsewhere = _elsewhere(reply)
        path = f"{self._account}/mentions" if elsewhere else f"{_target(reply)}/replies"
        answer = self._calls.write(
            "POST", path, form={**form, **elsewhere}, what="answer there", needs=WRITES
        )
        made = answer.decode(Made, what="the comment that was made")
        own_id = f"{ON_OTHERS}{made.id}" if elsewhere else made.id
        return Posted(own_id, reply.mention.url)

    def _private(self, reply: Outgoing) -> Posted:
        recipient = {"comment_id": reply.mention.external_id}
        return self._message(f"{self._account}/messages", recipient, reply.text, needs=MESSAGES)

    def _find_comment(self, reply: Outgoing) -> Posted | None:
        """Answers below somebody else's media are shown to nobody by this API."""
        if _elsewhere(reply):
            raise self.unknown("it would stand below somebody else's media")
        wanted, nameless = plain(self._text(reply)), False
        params = {"fields": REMARK_FIELDS, "limit": "50"}
        for listing, since in self._below(reply, f"{_target(reply)}/replies", params, WRITES):
            remarks, broken = decode_items(listing.data, Remark)
            for one in remarks:
                if one.id in reply.known or one.timestamp < since:
                    continue
                if plain(one.text) == wanted:
                    if self._is_ours(one):
                        at = one.timestamp.astimezone(UTC)
                        return Posted(one.id, reply.mention.url, at=at)
                    nameless = nameless or not (one.username or one.author)
            if broken:
                raise self.unknown("an answer there could not be read")
        if nameless:
            raise self.unknown("somebody whom Instagram does not name wrote the same there")
        return None

    def _is_ours(self, remark: Remark) -> bool:
        who = remark.author
        name = remark.username or (who.username if who else "")
        return self._place().is_us(who.id if who else "", name)

    @property
    def _holder(self) -> str:
        """With the token of the Page, that of the Page; with one of Instagram Login, our own."""
        return "me"

    @property
    def _ours(self) -> frozenset[str]:
        return frozenset({self._account, self._place().username} - {""})

    @property
    def _reads_messages(self) -> str:
        return "instagram_manage_messages and pages_manage_metadata"

    def _is_comment(self, external_id: str) -> bool:
        return bool(_ID.fullmatch(external_id))

    def _delete(self, external_id: str) -> None:
        answer = self._calls.ask(
            external_id,
            {"fields": REMARK_FIELDS},
            what="see whose it is",
            needs=WRITES,
            fine=is_gone,
        )
        if answer.status != 200:
            return
        if not self._is_ours(answer.decode(Remark, what="the comment")):
            raise self._somebody_elses()
        self._calls.write("DELETE", external_id, what="delete that", needs=WRITES, fine=is_gone)


def _elsewhere(reply: Outgoing) -> dict[str, str]:
    """The ids below somebody else's media; empty below our own."""
    kind, _, own_id = reply.mention.external_id.partition(":")
    if f"{kind}:" == OTHERS:
        return {"media_id": own_id}
    if f"{kind}:" == ON_OTHERS:
        media = (reply.mention.thread or "").removeprefix(OTHERS)
        return {"media_id": media, "comment_id": own_id}
    return {}


def _target(reply: Outgoing) -> str:
    parent = reply.mention.in_reply_to
    if reply.mention.kind == "reply" and parent and _ID.fullmatch(parent):
        return parent
    return reply.mention.external_id


def _against_the_rules(text: str) -> str | None:
    """https://tmblr.co/Zda_5q1JAz_ge (Instagram's developers' blog, July 2014)"""
    letters = [sign for sign in text if sign.isalpha()]
    cased = [sign for sign in letters if sign.lower() != sign.upper()]
    if len(_HASHTAG.findall(text)) > MOST_HASHTAGS:
        return f"Instagram allows {MOST_HASHTAGS} hashtags in a comment"
    if len(_ADDRESS.findall(text)) > 1:
        return "Instagram allows one address in a comment"
    if len(cased) > 1 and all(sign.isupper() for sign in cased):
        return "Instagram allows no comment that is all in capitals"
    return None
