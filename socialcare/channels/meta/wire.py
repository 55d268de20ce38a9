"""What the Graph API sends, as far as we read it.

https://developers.facebook.com/docs/graph-api/reference
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import msgspec

from socialcare.clock import EARLIEST, LATEST

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
ONWARD = ("after", "until", "__paging_token")
"""What may be taken over from the address of the next page."""


def refuse_odd_years(key: str, moment: datetime) -> None:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"`$.{key}` is outside 1970 to 9999")


class Cursors(msgspec.Struct):
    after: str = ""


class Paging(msgspec.Struct):
    """``next`` holds the access token: what is of use is taken out of it, the rest is dropped."""

    cursors: Cursors | None = None
    next: str | None = None
    onward: dict[str, str] = {}

    def __post_init__(self) -> None:
        address, self.next = self.next, None
        self.onward = {}
        if address is None:
            return
        if self.cursors and self.cursors.after:
            self.onward = {"after": self.cursors.after}
            return
        query = parse_qs(urlsplit(address).query) if len(address) < 10_000 else {}
        self.onward = {key: query[key][0] for key in ONWARD if key in query}


class Listing(msgspec.Struct):
    """One page of any list. A page may be empty, and more come after it."""

    data: list[msgspec.Raw]
    paging: Paging | None = None

    def onward(self, *, bare: bool = False) -> dict[str, str]:
        """What asks for the next page; empty at the end. ``bare``: this list never tells ``next``.

        https://developers.facebook.com/docs/graph-api/results
        """
        if self.paging is None:
            return {}
        if bare and self.paging.cursors and self.paging.cursors.after:
            return {"after": self.paging.cursors.after}
        return self.paging.onward


class Dated(msgspec.Struct):
    """When an item of a list was made; one of the two is there."""

    created_time: Moment | None = None
    timestamp: Moment | None = None

    @property
    def moment(self) -> datetime | None:
        moment = self.created_time or self.timestamp
        return moment.astimezone(UTC) if moment and EARLIEST <= moment <= LATEST else None


class Person(msgspec.Struct):
    """A Page, an Instagram account, or a person by an id that only this Page knows."""

    id: Text
    name: str = ""
    username: str = ""


class Thing(msgspec.Struct):
    id: Text


class Made(msgspec.Struct):
    """A comment of ours that was just written."""

    id: Text
    permalink_url: str | None = None
    created_time: Moment | None = None


class MadeMessage(msgspec.Struct):
    message_id: Text


class Shown(msgspec.Struct):
    """That there is a picture or video to see."""


class Attachment(msgspec.Struct):
    """https://developers.facebook.com/docs/graph-api/reference/story-attachment."""

    type: str = ""
    url: str | None = None
    media: Shown | None = None
    subattachments: Attachments | None = None


class Attachments(msgspec.Struct):
    data: list[Attachment] = []


class Summary(msgspec.Struct):
    total_count: Count | None = None


class Counted(msgspec.Struct):
    summary: Summary | None = None


class Shares(msgspec.Struct):
    count: Count | None = None


class Comment(msgspec.Struct):
    """https://developers.facebook.com/docs/graph-api/reference/comment.

    ``from`` is missing where the author's name may not be told to us.
    """

    id: Text
    created_time: Moment
    message: str = ""
    author: Person | None = msgspec.field(default=None, name="from")
    permalink_url: str | None = None
    parent: Thing | None = None
    like_count: Count | None = None
    comment_count: Count | None = None
    attachment: Attachment | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("created_time", self.created_time)


class Post(msgspec.Struct):
    """https://developers.facebook.com/docs/graph-api/reference/page-post."""

    id: Text
    created_time: Moment
    message: str = ""
    story: str = ""
    author: Person | None = msgspec.field(default=None, name="from")
    permalink_url: str | None = None
    updated_time: Moment | None = None
    attachments: Attachments | None = None
    shares: Shares | None = None
    comments: Counted | None = None
    reactions: Counted | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("created_time", self.created_time)


class Linked(msgspec.Struct):
    """What tells a comment from a post."""

    id: Text
    permalink_url: str = ""


class Child(msgspec.Struct):
    media_type: str = ""
    media_url: str | None = None


class Children(msgspec.Struct):
    data: list[Child] = []


class Below(msgspec.Struct):
    """The newest comment below a media object: all that is asked for is its id."""

    data: list[Thing] = []


class Media(msgspec.Struct):
    """https://developers.facebook.com/docs/instagram-platform/reference/instagram-media."""

    id: Text
    timestamp: Moment
    caption: str = ""
    media_type: str = ""
    media_url: str | None = None
    permalink: str | None = None
    username: str = ""
    owner: Thing | None = None
    like_count: Count | None = None
    comments_count: Count | None = None
    children: Children | None = None
    comments: Below | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("timestamp", self.timestamp)


class Ground(msgspec.Struct):
    """The media object that a comment stands below."""

    id: Text
    permalink: str | None = None
    username: str = ""


class Remark(msgspec.Struct):
    """A comment on Instagram.

    https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/comments
    """

    id: Text
    timestamp: Moment
    text: str
    username: str = ""
    author: Person | None = msgspec.field(default=None, name="from")
    like_count: Count | None = None
    parent_id: str | None = None
    replies: Listing | None = None
    media: Ground | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("timestamp", self.timestamp)


class MentionedComment(msgspec.Struct):
    mentioned_comment: msgspec.Raw


class MentionedMedia(msgspec.Struct):
    mentioned_media: msgspec.Raw


class Message(msgspec.Struct):
    """https://developers.facebook.com/docs/messenger-platform/conversations."""

    id: Text
    created_time: Moment
    message: str = ""
    author: Person | None = msgspec.field(default=None, name="from")


class Conversation(msgspec.Struct):
    id: Text
    messages: Listing | None = None


class Private(msgspec.Struct):
    """False where a comment has had its private reply already, or may have none."""

    can_reply_privately: bool | None = None


class Refusal(msgspec.Struct):
    """https://developers.facebook.com/docs/graph-api/guides/error-handling."""

    message: str = ""
    code: int = 0
    error_subcode: int = 0
    is_transient: bool = False
    error_user_msg: str = ""


class Envelope(msgspec.Struct):
    error: Refusal


class Usage(msgspec.Struct):
    """Per cent of what is allowed; minutes until it goes on, where it has stopped."""

    call_count: float = 0
    total_time: float = 0
    total_cputime: float = 0
    estimated_time_to_regain_access: float = 0
