"""What a forum sends.

https://docs.discourse.org/
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from socialcare.clock import EARLIEST, LATEST

Text = Annotated[str, msgspec.Meta(min_length=1)]
Id = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Count = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
LIKE = 2
"""The kind of an action on a post that is a like."""
REGULAR, BY_A_MODERATOR = 1, 2
"""Kinds of post that people write; others are notes of the software, and whispers of the staff."""


class Action(msgspec.Struct):
    id: int
    count: Count = 0


class Answered(msgspec.Struct):
    """Whom a post answers."""

    username: str = ""


class Post(msgspec.Struct):
    """A post as lists, topics and ``/posts/ID.json`` give it."""

    id: Id
    username: Text
    created_at: Moment
    topic_id: Id
    post_number: Id
    cooked: str = ""
    name: str | None = None
    user_id: Count | None = None
    updated_at: Moment | None = None
    topic_slug: str | None = None
    topic_title: str | None = None
    reply_to_post_number: Count | None = None
    reply_to_user: Answered | None = None
    reply_count: Count | None = None
    actions_summary: list[Action] | None = None
    version: Count = 1
    post_type: int = REGULAR
    locale: str | None = None
    cooked_hidden: bool | None = None
    deleted_at: str | None = None
    user_deleted: bool | None = None
    raw: str | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("created_at", self.created_at)
        if self.updated_at:
            refuse_odd_years("updated_at", self.updated_at)

    @property
    def likes(self) -> int | None:
        """An action that nobody took may be left out."""
        if self.actions_summary is None:
            return None
        return next((one.count for one in self.actions_summary if one.id == LIKE), 0)

    @property
    def is_gone(self) -> bool:
        """Staff still see what was deleted, and everybody what its author has withdrawn."""
        return bool(self.deleted_at or self.user_deleted)

    @property
    def is_readable(self) -> bool:
        """Written by people, and there; a post that was flagged shows only a note."""
        return (
            self.post_type in {REGULAR, BY_A_MODERATOR}
            and not self.is_gone
            and not self.cooked_hidden
        )


class Position(msgspec.Struct):
    """The part of a post that paging needs."""

    id: Id


class Numbered(msgspec.Struct):
    """The part of a post that says where in its topic it stands."""

    post_number: Id


class Latest(msgspec.Struct):
    latest_posts: list[msgspec.Raw]


class Hit(msgspec.Struct):
    """The newest post of a topic that a search found; its text is cut short."""

    id: Id
    topic_id: Id
    post_number: Id
    created_at: Moment

    def __post_init__(self) -> None:
        refuse_odd_years("created_at", self.created_at)

    @property
    def moment(self) -> datetime:
        return self.created_at.astimezone(UTC)


class Grouped(msgspec.Struct):
    more_full_page_results: bool | None = None
    error: str | None = None


class Found(msgspec.Struct):
    """An answer of ``search.json``. A forum under load gives none, and says so at status 200."""

    posts: list[msgspec.Raw]
    grouped_search_result: Grouped | None = None

    @property
    def has_more(self) -> bool:
        return bool(
            self.grouped_search_result and self.grouped_search_result.more_full_page_results
        )

    @property
    def error(self) -> str | None:
        return self.grouped_search_result.error if self.grouped_search_result else None


class Stream(msgspec.Struct):
    posts: list[msgspec.Raw]
    stream: list[Id] = []
    """The ids of the posts of the topic, oldest first; very long topics leave it out."""


class Chunk(msgspec.Struct):
    post_stream: Stream


class Topic(msgspec.Struct):
    """Some posts of a topic, and what it is called."""

    id: Id
    title: str
    post_stream: Stream
    slug: str = ""


class Listed(msgspec.Struct):
    id: Id
    title: str = ""
    created_at: Moment | None = None
    bumped_at: Moment | None = None


class TopicList(msgspec.Struct):
    """Those come first in which something was written last."""

    topics: list[Listed] = []
    more_topics_url: str | None = None


class Topics(msgspec.Struct):
    topic_list: TopicList


class Refusal(msgspec.Struct):
    """What the software itself says when it does not do what was asked."""

    errors: list[str] = []
    error_type: str | None = None
    failed: str | None = None
    """``"FAILED"``; such an answer has a ``message`` instead of errors."""
    message: str | None = None

    @property
    def said(self) -> str:
        return " ".join(part for part in (*self.errors, self.message or "") if part)

    @property
    def is_its_own(self) -> bool:
        """Not that of a proxy in front of it."""
        return bool(self.errors or self.error_type)


class Pending(msgspec.Struct):
    """A post that waits for the moderators."""

    topic_id: int | None = None
    raw_text: str = ""


class PendingPosts(msgspec.Struct):
    pending_posts: list[Pending] = []


class Created(msgspec.Struct):
    """An answer to a new post: the post, or word that the moderators look at it first."""

    id: Id | None = None
    topic_id: Id | None = None
    topic_slug: str | None = None
    post_number: Id | None = None
    action: str | None = None
    created_at: Moment | None = None


class Rules(msgspec.Struct):
    """https://github.com/discourse/discourse/blob/main/config/site_settings.yml (``posting``)."""

    min_post_length: Count = 20
    max_post_length: Count = 32_000
    min_personal_message_post_length: Count = 10

    def shortest(self, *, private: bool) -> int:
        return self.min_personal_message_post_length if private else self.min_post_length


class Me(msgspec.Struct):
    username: Text


class Current(msgspec.Struct):
    current_user: Me


def refuse_odd_years(key: str, moment: datetime) -> None:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"`$.{key}` is outside 1970 to 9999")
