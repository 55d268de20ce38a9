"""What App Store Connect sends.

https://developer.apple.com/documentation/appstoreconnectapi/customer-reviews
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

import msgspec

from socialcare.clock import EARLIEST, LATEST

Text = Annotated[str, msgspec.Meta(min_length=1)]
Stars = Annotated[int, msgspec.Meta(ge=1, le=5)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


def refuse_odd_years(path: str, moment: datetime) -> None:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"`{path}` is outside 1970 to 9999")


class ReviewAttributes(msgspec.Struct, rename="camel"):
    created_date: Moment
    rating: Stars
    title: str | None = None
    body: str | None = None
    reviewer_nickname: str | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("$.attributes.createdDate", self.created_date)


class Reference(msgspec.Struct):
    id: Text


class Relation(msgspec.Struct):
    data: Reference | None = None


class OfReview(msgspec.Struct):
    response: Relation | None = None


class OfResponse(msgspec.Struct):
    review: Relation | None = None


class Review(msgspec.Struct):
    type: Literal["customerReviews"]
    id: Text
    attributes: ReviewAttributes
    relationships: OfReview = msgspec.field(default_factory=OfReview)

    @property
    def moment(self) -> datetime:
        return self.attributes.created_date.astimezone(UTC)

    @property
    def response_id(self) -> str | None:
        response = self.relationships.response
        return response.data.id if response and response.data else None


class ResponseAttributes(msgspec.Struct, rename="camel"):
    """``state`` is PENDING_PUBLISH, for up to a day, or PUBLISHED."""

    response_body: str
    last_modified_date: Moment
    state: str = ""

    def __post_init__(self) -> None:
        refuse_odd_years("$.attributes.lastModifiedDate", self.last_modified_date)


class Response(msgspec.Struct):
    type: Literal["customerReviewResponses"]
    id: Text
    attributes: ResponseAttributes
    relationships: OfResponse = msgspec.field(default_factory=OfResponse)

    @property
    def moment(self) -> datetime:
        return self.attributes.last_modified_date.astimezone(UTC)

    @property
    def review_id(self) -> str | None:
        review = self.relationships.review
        return review.data.id if review and review.data else None


class Links(msgspec.Struct):
    next: str | None = None

    @property
    def cursor(self) -> str | None:
        """Of the next page; its address is made here, whatever host is named."""
        found = parse_qs(urlsplit(self.next or "").query).get("cursor")
        return found[0] if found else None


class Reviews(msgspec.Struct):
    data: list[msgspec.Raw]
    included: list[msgspec.Raw] = []
    links: Links = msgspec.field(default_factory=Links)


class OneReview(msgspec.Struct):
    data: msgspec.Raw
    included: list[msgspec.Raw] = []


class Made(msgspec.Struct):
    data: Response


class OneError(msgspec.Struct):
    code: str = ""
    title: str = ""
    detail: str = ""


class Refusal(msgspec.Struct):
    """https://developer.apple.com/documentation/appstoreconnectapi/interpreting-and-handling-errors."""

    errors: list[OneError] = []

    @property
    def codes(self) -> list[str]:
        return [one.code for one in self.errors]

    @property
    def words(self) -> str:
        return "; ".join(one.detail or one.title for one in self.errors[:3]).rstrip(". ")
