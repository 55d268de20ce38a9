"""What Reddit sends, asked with ``raw_json=1``: without it ``<``, ``>`` and ``&`` are escaped.

https://github.com/reddit-archive/reddit/wiki/JSON
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from socialcare.clock import from_epoch

Name = Annotated[str, msgspec.Meta(pattern=r"^t[134]_[a-z0-9]{1,20}\Z")]
"""A fullname: ``t1_`` comment, ``t3_`` post, ``t4_`` message."""
Count = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
NOTHING = msgspec.Raw(b"")


class Listed(msgspec.Struct):
    children: list[msgspec.Raw] = []
    after: str | None = None


class Listing(msgspec.Struct):
    """One page of any list."""

    kind: Literal["Listing"]
    data: Listed


class Said(msgspec.Struct):
    """What comments, posts and messages have in common.

    ``edited`` is false or epoch seconds; very old edits are true, without a time.
    """

    name: Name
    created_utc: float
    author: str | None = None
    author_fullname: str | None = None
    subreddit: str | None = None
    distinguished: str | None = None
    edited: float | bool = False
    score: Count | None = None

    def __post_init__(self) -> None:
        from_epoch(self.created_utc)
        from_epoch(float(self.edited))

    @property
    def moment(self) -> datetime:
        return from_epoch(self.created_utc)

    @property
    def edited_at(self) -> datetime | None:
        return None if isinstance(self.edited, bool) else from_epoch(self.edited)


class CommentData(Said, kw_only=True):
    """``context`` instead of ``permalink`` and ``link_id`` where it came to the inbox."""

    body: str
    parent_id: Name
    link_id: Name | None = None
    permalink: str | None = None
    context: str | None = None
    score_hidden: bool = False
    media_metadata: msgspec.Raw = NOTHING


class PostData(Said, kw_only=True):
    title: str
    selftext: str = ""
    permalink: str
    url: str | None = None
    is_self: bool = False
    is_video: bool = False
    post_hint: str | None = None
    hide_score: bool = False
    num_comments: Count | None = None
    removed_by_category: str | None = None
    subreddit_subscribers: Count | None = None
    media_metadata: msgspec.Raw = NOTHING
    gallery_data: msgspec.Raw = NOTHING


class MessageData(Said, kw_only=True):
    body: str
    subject: str = ""
    dest: str = ""
    parent_id: str | None = None
    first_message_name: str | None = None


class Comment(msgspec.Struct, tag_field="kind", tag="t1"):
    data: CommentData


class Post(msgspec.Struct, tag_field="kind", tag="t3"):
    data: PostData


class Message(msgspec.Struct, tag_field="kind", tag="t4"):
    data: MessageData


Thing = Comment | Post | Message


class Picture(msgspec.Struct):
    """``s`` is the source: ``u`` an image, ``gif`` or ``mp4`` what moves."""

    e: str = ""
    s: dict[str, Any] = {}


class GalleryItem(msgspec.Struct):
    media_id: str
    caption: str | None = None


class Gallery(msgspec.Struct):
    items: list[GalleryItem] = []


class Me(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=1)]


class Grant(msgspec.Struct):
    """An access token, or why there is none: a refused password comes with status 200."""

    access_token: str = ""
    expires_in: float = 3600
    refresh_token: str | None = None
    error: Any = None


class Refusal(msgspec.Struct):
    """``reason`` says why a subreddit is closed, or what is wrong with a text."""

    message: Any = None
    reason: Any = None
    explanation: Any = None


class Made(msgspec.Struct):
    things: list[msgspec.Raw] = []


class Verdict(msgspec.Struct):
    """``errors`` are lists of code, words and field; ``ratelimit`` is in seconds."""

    errors: list[list[Any]]
    data: Made | None = None
    ratelimit: float | None = None


class Written(msgspec.Struct):
    """The answer to whatever was written, with status 200 also where it was not taken."""

    json: Verdict
