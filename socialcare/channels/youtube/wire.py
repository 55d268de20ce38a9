"""What the YouTube Data API sends.

https://developers.google.com/youtube/v3/docs
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from socialcare.channels import google
from socialcare.clock import EARLIEST, LATEST

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


def refuse_odd_years(key: str, moment: datetime) -> None:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"`$.snippet.{key}` is outside 1970 to 9999")


class Items(msgspec.Struct, rename="camel"):
    """One page of any list; an empty one may leave ``items`` out."""

    kind: Text
    items: list[msgspec.Raw] = []
    next_page_token: str | None = None


class ChannelId(msgspec.Struct):
    value: str = ""


class CommentSnippet(msgspec.Struct, rename="camel"):
    """``textOriginal`` is for the author alone; ``videoId`` is missing in some answers."""

    text_display: str
    published_at: Moment
    updated_at: Moment | None = None
    text_original: str | None = None
    author_display_name: str = ""
    author_channel_id: ChannelId | None = None
    author_channel_url: str | None = None
    video_id: str | None = None
    parent_id: str | None = None
    like_count: Count | None = None
    image_url: str | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("publishedAt", self.published_at)
        if self.updated_at:
            refuse_odd_years("updatedAt", self.updated_at)


class Comment(msgspec.Struct):
    id: Text
    snippet: CommentSnippet

    @property
    def moment(self) -> datetime:
        return self.snippet.published_at.astimezone(UTC)

    @property
    def author(self) -> str:
        """The id of the author's channel; empty where that is gone."""
        return self.snippet.author_channel_id.value if self.snippet.author_channel_id else ""


class ThreadSnippet(msgspec.Struct, rename="camel"):
    top_level_comment: Comment
    channel_id: str = ""
    """Whose video it is on."""
    video_id: str | None = None
    total_reply_count: Count = 0


class Replies(msgspec.Struct):
    """Only some of them."""

    comments: list[msgspec.Raw] = []


class Thread(msgspec.Struct):
    id: Text
    snippet: ThreadSnippet
    replies: Replies | None = None


class VideoSnippet(msgspec.Struct, rename="camel"):
    published_at: Moment
    channel_id: Text
    title: str = ""
    description: str = ""
    channel_title: str = ""
    default_language: str | None = None
    default_audio_language: str | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("publishedAt", self.published_at)


class VideoStatistics(msgspec.Struct, rename="camel"):
    """Without ``commentCount`` nobody may comment, without ``likeCount`` nobody sees likes."""

    like_count: Count | None = None
    comment_count: Count | None = None


class Video(msgspec.Struct):
    """Other things in other lists look alike; only the kind tells."""

    kind: Literal["youtube#video"]
    id: Text
    snippet: VideoSnippet
    statistics: VideoStatistics | None = None

    @property
    def moment(self) -> datetime:
        return self.snippet.published_at.astimezone(UTC)


class FoundId(msgspec.Struct, rename="camel"):
    video_id: Text


class FoundSnippet(msgspec.Struct, rename="camel"):
    published_at: Moment

    def __post_init__(self) -> None:
        refuse_odd_years("publishedAt", self.published_at)


class Found(msgspec.Struct):
    """A hit of a search; its description is cut short."""

    id: FoundId
    snippet: FoundSnippet

    @property
    def moment(self) -> datetime:
        return self.snippet.published_at.astimezone(UTC)


class ChannelSnippet(msgspec.Struct, rename="camel"):
    title: str = ""
    custom_url: str | None = None
    """The handle, with its ``@``."""


class ChannelStatistics(msgspec.Struct, rename="camel"):
    subscriber_count: Count | None = None
    hidden_subscriber_count: bool = False


class Owner(msgspec.Struct):
    """A channel: who writes, and whose videos they are."""

    id: Text
    snippet: ChannelSnippet | None = None
    statistics: ChannelStatistics | None = None

    @property
    def handle(self) -> str:
        return (self.snippet.custom_url or self.snippet.title) if self.snippet else self.id

    @property
    def followers(self) -> int | None:
        if self.statistics is None or self.statistics.hidden_subscriber_count:
            return None
        return self.statistics.subscriber_count


class Refusal(google.Refusal):
    """https://developers.google.com/youtube/v3/docs/errors."""

    @property
    def is_daily(self) -> bool:
        return self.is_of_the_day or "quotaExceeded" in self.reasons
