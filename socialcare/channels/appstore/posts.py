"""How reviews and answers of App Store Connect become mentions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from socialcare.channels.appstore.wire import Response, Review
from socialcare.models import Author, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

CONNECT = "https://appstoreconnect.apple.com"


@dataclass(frozen=True, slots=True)
class Place:
    """The channel's name here, the app, where it belongs, and the name that answers go by."""

    channel: str
    app: str
    source: str
    name: str

    @property
    def url(self) -> str:
        """A review has no page of its own."""
        return f"{CONNECT}/apps/{quote(self.app)}"


def words_of(title: str | None, body: str | None) -> str:
    parts = ((title or "").strip(), (body or "").strip())
    return at_door("\n\n".join(part for part in parts if part), MAX_TEXT)


def to_mentions(
    reviews: Sequence[Review], responses: Sequence[Response], place: Place
) -> list[Mention]:
    """Each review, followed by our answer where there is one."""
    by_id = {response.id: response for response in responses}
    by_review = {one.review_id: one for one in responses if one.review_id}
    found: list[Mention] = []
    for review in reviews:
        found.append(_review(review, place))
        response = answer_of(review, by_id) or by_review.get(review.id)
        if response:
            found.append(_answer(review, response, place))
    return found


def answer_of(review: Review, responses: Mapping[str, Response]) -> Response | None:
    return responses.get(review.response_id) if review.response_id else None


def _review(review: Review, place: Place) -> Mention:
    own_id = at_door(review.id, MAX_FIELD)
    name = at_door((review.attributes.reviewer_nickname or "").strip(), MAX_FIELD)
    return Mention(
        channel=place.channel,
        source=place.source,
        external_id=own_id,
        # nobody promises that a nickname is one person
        author=Author(f"review:{own_id}"[:MAX_FIELD], name or "a customer", name or None),
        text=words_of(review.attributes.title, review.attributes.body),
        created_at=review.moment,
        kind="review",
        url=place.url,
        thread=own_id,
        direct=True,
        rating=float(review.attributes.rating),
    )


def _answer(review: Review, response: Response, place: Place) -> Mention:
    review_id = at_door(review.id, MAX_FIELD)
    return Mention(
        channel=place.channel,
        source=place.source,
        external_id=at_door(response.id, MAX_FIELD),
        author=Author(place.app, place.name, place.name, is_us=True),
        text=at_door(response.attributes.response_body.strip(), MAX_TEXT),
        created_at=response.moment,
        kind="reply",
        role="answer",
        url=place.url,
        thread=review_id,
        in_reply_to=review_id,
    )
