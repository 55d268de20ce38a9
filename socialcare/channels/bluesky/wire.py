"""What the services of Bluesky send, as far as we read it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from socialcare.clock import EARLIEST, LATEST

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Offset = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
POST = "app.bsky.feed.post"
"""The collection of posts in a repository, and the type of its records."""


class Refusal(msgspec.Struct):
    """https://atproto.com/specs/xrpc#error-responses."""

    error: str = ""
    message: str = ""


class Service(msgspec.Struct, rename="camel"):
    """https://www.w3.org/TR/did-core/#services."""

    id: str = ""
    service_endpoint: str = ""


class Document(msgspec.Struct):
    """https://atproto.com/specs/did#did-documents."""

    service: list[Service] = []


class Opened(msgspec.Struct, rename="camel"):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/server/createSession.json."""

    access_jwt: Text
    refresh_jwt: Text
    did: Text
    handle: Text
    did_doc: msgspec.Raw = msgspec.Raw(b"{}")

    def __repr__(self) -> str:
        return f"Opened({self.handle!r})"


class Whose(msgspec.Struct):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/server/getSession.json."""

    did: Text
    handle: Text


class Label(msgspec.Struct):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/label/defs.json."""

    src: str = ""
    val: str = ""


class Profile(msgspec.Struct, rename="camel"):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/actor/defs.json.

    Counts are only in the detailed view, which lists of posts do not hold.
    """

    did: Text
    handle: Text
    display_name: str | None = None
    labels: list[Label] | None = None
    followers_count: Count | None = None


class Ref(msgspec.Struct):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/repo/strongRef.json."""

    uri: Text
    cid: str = ""


class ReplyRef(msgspec.Struct):
    root: Ref
    parent: Ref


class Slice(msgspec.Struct, rename="camel"):
    """Both ends count bytes of the text in UTF-8; the second is not part of it."""

    byte_start: Offset
    byte_end: Offset


class Feature(msgspec.Struct):
    type: str = msgspec.field(name="$type", default="")
    uri: str | None = None
    did: str | None = None


class Facet(msgspec.Struct):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/richtext/facet.json."""

    index: Slice
    features: list[Feature] = []


class Record(msgspec.Struct, rename="camel"):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json.

    ``createdAt`` is what the program of the author said, and may be no time at all.
    """

    text: str
    created_at: str = ""
    facets: msgspec.Raw = msgspec.Raw(b"[]")
    reply: ReplyRef | None = None
    langs: list[str] | None = None


class Image(msgspec.Struct):
    fullsize: str | None = None
    thumb: str | None = None
    alt: str | None = None


class Card(msgspec.Struct):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/embed/external.json."""

    uri: str = ""
    title: str = ""


class Quoted(msgspec.Struct):
    """A quoted post, a step deeper where media stand beside it; also one that is gone or hidden.

    https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/embed/record.json
    """

    uri: str | None = None
    record: Quoted | None = None

    @property
    def address(self) -> str | None:
        return self.uri or (self.record.address if self.record else None)


class Embed(msgspec.Struct):
    """Any ``app.bsky.embed.*#view``: what a kind does not have stays empty."""

    type: str = msgspec.field(name="$type", default="")
    images: list[Image] = []
    items: list[Image] = []
    """Of a gallery, the newer kind for many pictures."""
    external: Card | None = None
    playlist: str | None = None
    thumbnail: str | None = None
    alt: str | None = None
    media: Embed | None = None
    record: Quoted | None = None


class Viewer(msgspec.Struct, rename="camel"):
    reply_disabled: bool | None = None


class PostView(msgspec.Struct, rename="camel"):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/defs.json."""

    uri: Text
    author: Profile
    record: Record
    indexed_at: Moment
    cid: str = ""
    embed: msgspec.Raw = msgspec.Raw(b"null")
    labels: list[Label] | None = None
    like_count: Count | None = None
    repost_count: Count | None = None
    reply_count: Count | None = None
    viewer: Viewer | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("indexedAt", self.indexed_at)


class Notification(msgspec.Struct, rename="camel"):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/notification/listNotifications.json."""

    uri: Text
    reason: Text
    indexed_at: Moment

    def __post_init__(self) -> None:
        refuse_odd_years("indexedAt", self.indexed_at)


class Reason(msgspec.Struct, rename="camel"):
    """Why a post is in a feed; nothing is said where its author wrote it there."""

    type: str = msgspec.field(name="$type", default="")


class InFeed(msgspec.Struct):
    """https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/defs.json, feedViewPost."""

    post: PostView
    reason: Reason | None = None


class Posts(msgspec.Struct):
    """An answer of ``searchPosts`` or ``getPosts``."""

    posts: list[msgspec.Raw]
    cursor: str | None = None


class Notifications(msgspec.Struct):
    notifications: list[msgspec.Raw]
    cursor: str | None = None


class Feed(msgspec.Struct):
    feed: list[msgspec.Raw]
    cursor: str | None = None


class Profiles(msgspec.Struct):
    profiles: list[msgspec.Raw]


class Node(msgspec.Struct, rename="camel"):
    """The post at the end of a thread: one of ours, or one that is gone or hidden."""

    type: str = msgspec.field(name="$type", default="")


class Thread(msgspec.Struct):
    thread: Node


class Resolved(msgspec.Struct):
    did: Text


class Kept(msgspec.Struct):
    """An answer of ``getRecord``."""

    uri: Text
    cid: str = ""
    value: Record = msgspec.field(default_factory=lambda: Record(""))


class Written(msgspec.Struct):
    """An answer of ``putRecord``."""

    uri: Text


def refuse_odd_years(key: str, moment: datetime) -> None:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"`$.{key}` is outside 1970 to 9999")
