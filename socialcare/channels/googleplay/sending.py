"""Answers on Google Play: one below a review, and a second takes the place of the first.

https://developers.google.com/android-publisher/api-ref/rest/v3/reviews/reply
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.googleplay.calls import Calls
from socialcare.channels.googleplay.posts import REPLY, Place
from socialcare.channels.googleplay.wire import DeveloperComment, Replied, Timestamp
from socialcare.clock import format_time
from socialcare.errors import RefusedError
from socialcare.text import for_screen

LONGEST = 350
"""About that much, says Google, and not what it counts: UTF-16 is the strictest count."""
CONSOLE = "https://play.google.com/console"
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Desk:
    """Writes as the service account."""

    calls: Calls
    place: Place

    def preview(self, reply: Outgoing) -> Preview:
        text = as_posted(reply.text)
        refused = self._unfit(reply, text) or _taken(self._there(reply), text)
        return Preview(text, _length(text), LONGEST, refused)

    def send(self, reply: Outgoing) -> Posted:
        text = as_posted(reply.text)
        self._insist(self._unfit(reply, text))
        there = self._there(reply)
        self._insist(_taken(there, text))
        if there is not None:
            return self._posted(reply, there.last_modified)
        answer = self.calls.reply(reply.mention.external_id, text)
        made = answer.decode(Replied, what="the reply that was made").result
        return self._posted(reply, made.last_edited)

    def find(self, reply: Outgoing) -> Posted | None:
        """There is one answer to a review: it is this one, or this one is not there."""
        there = self._there(reply)
        if there is None or _plain(there.text) != _plain(as_posted(reply.text)):
            return None
        return self._posted(reply, there.last_modified)

    def delete(self, external_id: str) -> None:
        refuse_deletion(self.calls.channel, external_id)

    def _unfit(self, reply: Outgoing, text: str) -> str | None:
        if reply.private:
            return "Google Play has no private answers"
        if reply.mention.source != self.place.source:
            return f"it came from {reply.mention.source}, and this channel is {self.place.source}"
        if reply.mention.kind != "review":
            return "it is no review"
        if not text.strip():
            return "it is empty"
        length = _length(text)
        if length > LONGEST:
            return f"it has {length:,} characters, and {LONGEST} are allowed there"
        return None

    def _there(self, reply: Outgoing) -> DeveloperComment | None:
        review = self.calls.review(reply.mention.external_id)
        return review.answer if review else None

    def _insist(self, refused: str | None) -> None:
        if refused:
            raise RefusedError(f"{self._name}: {refused}.", "change it, or answer by hand")

    def _posted(self, reply: Outgoing, at: Timestamp | None) -> Posted:
        review = reply.mention.external_id
        return Posted(f"{review}{REPLY}", self.place.url(review), at=at.moment if at else None)

    @property
    def _name(self) -> str:
        return for_screen(self.calls.channel, one_line=True, limit=60)


def refuse_deletion(channel: str, external_id: str) -> None:
    """The API has no call for that."""
    shown = for_screen(external_id, one_line=True, limit=60)
    raise RefusedError(
        f"{for_screen(channel, one_line=True, limit=60)}: Google Play lets no program delete an"
        f" answer ({shown}).",
        f"delete it at {CONSOLE}",
    )


def as_posted(text: str) -> str:
    """Google strips HTML tags from an answer: what is counted and shown is what is left."""
    return _TAG.sub("", text)


def _taken(there: DeveloperComment | None, text: str) -> str | None:
    """An answer that somebody else gave is not to be overwritten."""
    if there is None or _plain(there.text) == _plain(text):
        return None
    said = for_screen(there.text, one_line=True, limit=80)
    at = format_time(there.last_modified.moment)[:10]
    return (
        f'the review has an answer since {at} ("{said}"), and this one would take its place;'
        f" change it at {CONSOLE}"
    )


def _plain(text: str) -> str:
    return " ".join(text.split())


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
