"""What X sends, in both of its vocabularies: tweets, as they were called, and posts.

https://docs.x.com/x-api/fundamentals/data-dictionary
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from socialcare.clock import EARLIEST, LATEST, from_epoch

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,19}$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

EPOCH_MS = 1_288_834_974_657
"""The first moment that an id can tell."""
_SHIFT = 22


def time_of(post_id: str) -> datetime:
    """When the id was given out.

    Raises
    ------
    ValueError
        It is no id of that kind.

    """
    return from_epoch(((int(post_id) >> _SHIFT) + EPOCH_MS) / 1000)


def id_at(moment: datetime) -> int:
    """The smallest id that could be given out then; 0 before there were such ids."""
    ms = int(moment.timestamp() * 1000) - EPOCH_MS
    return max(ms, 0) << _SHIFT


class Reference(msgspec.Struct):
    """``type``: replied_to, quoted, retweeted or reposted."""

    id: Id
    type: str


class Named(msgspec.Struct):
    username: str = ""


class Url(msgspec.Struct):
    url: str = ""
    expanded_url: str | None = None


class Entities(msgspec.Struct):
    mentions: list[Named] = []
    urls: list[Url] = []


class Metrics(msgspec.Struct):
    like_count: Count | None = None
    reply_count: Count | None = None
    retweet_count: Count | None = None
    repost_count: Count | None = None


class Note(msgspec.Struct):
    """The whole text of a post of more than 280 signs."""

    text: str = ""
    entities: Entities | None = None


class Attachments(msgspec.Struct):
    media_keys: list[str] = []


class Post(msgspec.Struct):
    """Only ``id`` and ``text`` come unasked; the author is always asked for."""

    id: Id
    text: str
    author_id: Id
    created_at: Moment | None = None
    conversation_id: Id | None = None
    in_reply_to_user_id: Id | None = None
    lang: str | None = None
    public_metrics: Metrics | None = None
    entities: Entities | None = None
    attachments: Attachments | None = None
    note_tweet: Note | None = None
    note_post: Note | None = None
    referenced_tweets: list[Reference] = []
    referenced_posts: list[Reference] = []
    edit_history_tweet_ids: list[Id] = []
    edit_history_post_ids: list[Id] = []

    def __post_init__(self) -> None:
        if not EARLIEST <= self.moment <= LATEST:
            raise ValueError("`$.created_at` is outside 1970 to 9999")

    @property
    def moment(self) -> datetime:
        return self.created_at.astimezone(UTC) if self.created_at else time_of(self.id)

    @property
    def history(self) -> list[str]:
        """The ids of all versions, oldest first."""
        return self.edit_history_tweet_ids or self.edit_history_post_ids or [self.id]

    @property
    def identity(self) -> str:
        return self.history[0]

    @property
    def note(self) -> Note | None:
        return self.note_tweet or self.note_post

    def reference(self, *types: str) -> str | None:
        found = self.referenced_tweets or self.referenced_posts
        return next((one.id for one in found if one.type in types), None)

    @property
    def repost_of(self) -> str | None:
        return self.reference("retweeted", "reposted")


class UserMetrics(msgspec.Struct):
    followers_count: Count | None = None


class User(msgspec.Struct):
    id: Id
    username: str
    name: str = ""
    public_metrics: UserMetrics | None = None
    receives_your_dm: bool | None = None


class Medium(msgspec.Struct):
    media_key: str
    type: str = ""
    url: str | None = None
    preview_image_url: str | None = None
    alt_text: str | None = None


class Includes(msgspec.Struct):
    users: list[msgspec.Raw] = []
    tweets: list[msgspec.Raw] = []
    posts: list[msgspec.Raw] = []
    media: list[msgspec.Raw] = []


class Problem(msgspec.Struct):
    """https://docs.x.com/x-api/fundamentals/response-codes-and-errors"""

    title: str = ""
    detail: str = ""
    type: str = ""
    period: str = ""
    resource_id: str | None = None
    value: object = None
    message: str = ""
    errors: list[msgspec.Raw] = []

    @property
    def about(self) -> str | None:
        """The id that it is about."""
        return self.resource_id or (self.value if isinstance(self.value, str) else None)

    @property
    def kind(self) -> str:
        """The last word of its type: usage-capped, resource-not-found …"""
        return self.type.rstrip("/").rpartition("/")[2]


class Meta(msgspec.Struct):
    result_count: Count = 0
    next_token: str | None = None


class Listing(msgspec.Struct):
    """A page of posts. Where there are none, ``data`` is left out."""

    data: list[msgspec.Raw] = []
    includes: Includes = msgspec.field(default_factory=Includes)
    errors: list[msgspec.Raw] = []
    meta: Meta | None = None


class One(msgspec.Struct):
    """One account or post, or why there is none."""

    data: msgspec.Raw = msgspec.Raw()
    errors: list[msgspec.Raw] = []


class Made(msgspec.Struct):
    id: Id


class MadeAnswer(msgspec.Struct):
    data: Made


class Event(msgspec.Struct):
    """A direct message, or something else in its conversation."""

    id: Id
    text: str = ""
    sender_id: str = ""


class MadeEvent(msgspec.Struct):
    dm_event_id: Id


class MadeEventAnswer(msgspec.Struct):
    data: MadeEvent


def question(vocabulary: str) -> Mapping[str, str]:
    """The fields that are asked for, as ``tweet`` or ``post`` calls them."""
    posts = (
        "created_at,author_id,conversation_id,in_reply_to_user_id,lang,public_metrics,entities,"
        f"attachments,referenced_{vocabulary}s,edit_history_{vocabulary}_ids,note_{vocabulary}"
    )
    return {
        f"{vocabulary}.fields": posts,
        "expansions": f"author_id,referenced_{vocabulary}s.id,attachments.media_keys",
        "user.fields": "username,name,public_metrics",
        "media.fields": "alt_text,url,type,preview_image_url",
    }
