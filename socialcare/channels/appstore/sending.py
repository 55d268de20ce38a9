"""Answers on the App Store: one to a review, shown after up to a day, replaced by a second.

https://developer.apple.com/documentation/appstoreconnectapi/post-v1-customerreviewresponses
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from socialcare.channels.appstore.calls import Calls
from socialcare.channels.appstore.posts import Place
from socialcare.channels.appstore.wire import Made, OneReview, Response
from socialcare.channels.base import Outgoing, Posted, Preview
from socialcare.channels.decode import decode_items
from socialcare.clock import format_time
from socialcare.errors import RefusedError
from socialcare.text import for_screen

LONGEST = 5_970
"""What App Store Connect's own form takes; the API's pages name no limit. Counted in UTF-16."""
RESPONSES = "customerReviewResponses"
_ID = re.compile(r"[\w-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Desk:
    """Writes with the key."""

    calls: Calls
    place: Place

    def preview(self, reply: Outgoing) -> Preview:
        refused = unfit(reply, self.place.source) or _taken(self._there(reply), reply, self.place)
        return Preview(reply.text, length_of(reply.text), LONGEST, refused)

    def send(self, reply: Outgoing) -> Posted:
        self._insist(unfit(reply, self.place.source))
        there = self._there(reply)
        self._insist(_taken(there, reply, self.place))
        if there:
            return self._posted(there)
        review = {"data": {"type": "customerReviews", "id": reply.mention.external_id}}
        data = {
            "type": RESPONSES,
            "attributes": {"responseBody": reply.text},
            "relationships": {"review": review},
        }
        answer = self.calls.write("POST", RESPONSES, {"data": data}, what="answer that review")
        return self._posted(answer.decode(Made, what="the answer that was made").data)

    def find(self, reply: Outgoing) -> Posted | None:
        """There is one answer to a review: it is this one, or this one is not there."""
        there = self._there(reply)
        same = there and _plain(there.attributes.response_body) == _plain(reply.text)
        return self._posted(there) if there and same else None

    def delete(self, external_id: str) -> None:
        if not _ID.fullmatch(external_id):
            raise RefusedError(f"{self._name}: that is no answer.", "delete it at the App Store")
        path = f"{RESPONSES}/{external_id}"
        self.calls.write("DELETE", path, what="delete that answer", fine={404}, again=True)

    def _there(self, reply: Outgoing) -> Response | None:
        answer = self.calls.review(reply.mention.external_id)
        if answer is None:
            return None
        found = answer.decode(OneReview, what="the review").included
        responses = decode_items(found, Response)[0]
        return responses[0] if responses else None

    def _insist(self, refused: str | None) -> None:
        if refused:
            raise RefusedError(f"{self._name}: {refused}.", "change it, or answer by hand")

    def _posted(self, response: Response) -> Posted:
        return Posted(response.id, self.place.url, at=response.moment)

    @property
    def _name(self) -> str:
        return for_screen(self.calls.channel, one_line=True, limit=60)


def unfit(reply: Outgoing, source: str) -> str | None:
    """Why it cannot be posted, as far as nobody has to be asked."""
    length = length_of(reply.text)
    if reply.private:
        return "the App Store has no private answers"
    if reply.mention.source != source:
        return f"it came from {reply.mention.source}, and this channel is {source}"
    if reply.mention.kind != "review":
        return "it is no review"
    if not reply.text.strip():
        return "it is empty"
    if length > LONGEST:
        return f"it has {length:,} characters, and {LONGEST:,} are allowed there"
    return None


def length_of(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _plain(text: str) -> str:
    return " ".join(text.split())


def _taken(there: Response | None, reply: Outgoing, place: Place) -> str | None:
    """An answer that somebody else gave is not to be overwritten."""
    if there is None or _plain(there.attributes.response_body) == _plain(reply.text):
        return None
    said = for_screen(there.attributes.response_body, one_line=True, limit=80)
    at = format_time(there.moment)[:10]
    return (
        f'the review has an answer since {at} ("{said}"), and this one would take its place;'
        f" change it at {place.url}"
    )
