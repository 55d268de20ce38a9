"""What the reviews of the Google Play Developer API look like.

https://developers.google.com/android-publisher/api-ref/rest/v3/reviews
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from socialcare.clock import from_epoch

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Stars = Annotated[int, msgspec.Meta(ge=1, le=5)]


class Timestamp(msgspec.Struct):
    seconds: int
    nanos: int = 0

    def __post_init__(self) -> None:
        from_epoch(self.seconds)

    @property
    def moment(self) -> datetime:
        micros = min(max(self.nanos // 1000, 0), 999_999)
        return from_epoch(self.seconds).replace(microsecond=micros)


class UserComment(msgspec.Struct, rename="camel"):
    """``text`` may be ``title TAB body``; it is a translation where there is ``originalText``."""

    last_modified: Timestamp
    text: str = ""
    original_text: str | None = None
    star_rating: Stars | None = None
    reviewer_language: str | None = None
    thumbs_up_count: Count | None = None


class DeveloperComment(msgspec.Struct, rename="camel"):
    last_modified: Timestamp
    text: str = ""


class Comment(msgspec.Struct, rename="camel"):
    """One of the two."""

    user_comment: UserComment | None = None
    developer_comment: DeveloperComment | None = None


class Review(msgspec.Struct, rename="camel"):
    """A person has one review of an app; what they write later takes its place."""

    review_id: Text
    comments: list[Comment]
    author_name: str = ""

    def __post_init__(self) -> None:
        if not self.written:
            raise ValueError("Object missing required field `userComment` - at `$.comments`")

    @property
    def written(self) -> list[UserComment]:
        """Oldest first; mostly one."""
        found = [one.user_comment for one in self.comments if one.user_comment]
        return sorted(found, key=lambda one: one.last_modified.moment)

    @property
    def answer(self) -> DeveloperComment | None:
        found = [one.developer_comment for one in self.comments if one.developer_comment]
        return max(found, key=lambda one: one.last_modified.moment, default=None)


class Pagination(msgspec.Struct, rename="camel"):
    next_page_token: str | None = None


class Reviews(msgspec.Struct, rename="camel"):
    """Without reviews it is an empty object."""

    reviews: list[msgspec.Raw] = []
    token_pagination: Pagination | None = None


class Applied(msgspec.Struct, rename="camel"):
    reply_text: str = ""
    last_edited: Timestamp | None = None


class Replied(msgspec.Struct):
    result: Applied


class Granted(msgspec.Struct):
    """https://developers.google.com/identity/protocols/oauth2/service-account."""

    access_token: Text
    expires_in: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 3600


class Denied(msgspec.Struct):
    """RFC 6749, 5.2."""

    error: str = ""
    error_description: str = ""


class ServiceAccount(msgspec.Struct):
    """The JSON file of a service account, as Google's console gives it."""

    client_email: Text
    private_key: Text
    private_key_id: Text
