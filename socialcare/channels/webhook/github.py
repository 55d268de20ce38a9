"""Bodies of GitHub's webhooks: issues, discussions and comments that were made, edited or deleted.

They become the same mentions that the channel ``github`` reads, with the same ids.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.channels.github.posts import (
    COMMENT,
    ISSUE,
    REPO,
    Count,
    Moment,
    Place,
    Text,
    Words,
    from_words,
    path_of,
    read_comments,
    read_issues,
    refuse_odd_years,
    titled,
)
from socialcare.models import Mention

T = TypeVar("T")
Event = Literal["issues", "issue_comment", "discussion", "discussion_comment"]

SAYS_SOMETHING = frozenset({"opened", "created", "edited"})
"""Actions that bring words; labels, assignments, closing and the like bring none."""
DELETED = "deleted"
_MARKS = (("repository", "full_name"), ("sender", "login"), ("hook", "config"))
_REPO = re.compile(REPO, re.ASCII)
_HOST = re.compile(r"[\w.-]{1,253}(?::\d{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that was deleted there."""

    source: str
    external_id: str


Item = Mention | Gone | Broken


class Repository(msgspec.Struct):
    full_name: Text
    html_url: Text

    def __post_init__(self) -> None:
        if not _REPO.fullmatch(self.full_name):
            raise ValueError("`$.full_name` is no name of a repository")
        if not _HOST.fullmatch(urlsplit(self.html_url).netloc):
            raise ValueError("`$.html_url` is no address")

    @property
    def host(self) -> str:
        return urlsplit(self.html_url).netloc.casefold()


class Body(msgspec.Struct):
    """What all bodies have in common. Which event it was is told only by what is in it."""

    action: str = ""
    repository: msgspec.Raw = msgspec.Raw()
    issue: msgspec.Raw = msgspec.Raw()
    discussion: msgspec.Raw = msgspec.Raw()
    comment: msgspec.Raw = msgspec.Raw()

    @property
    def event(self) -> Event | None:
        """None where it is one that brings nothing: a ping, a push, a review of code."""
        comments = _is_there(self.comment)
        if _is_there(self.issue):
            return "issue_comment" if comments else "issues"
        if _is_there(self.discussion):
            return "discussion_comment" if comments else "discussion"
        return None


class IssueAt(msgspec.Struct):
    """The part of an issue that its id needs."""

    url: Text

    def __post_init__(self) -> None:
        path_of("url", self.url, ISSUE)

    def id_in(self, repo: str) -> str:  # noqa: ARG002 - it is in the address
        return path_of("url", self.url, ISSUE)


class CommentAt(msgspec.Struct):
    url: Text

    def __post_init__(self) -> None:
        path_of("url", self.url, COMMENT)

    def id_in(self, repo: str) -> str:  # noqa: ARG002 - it is in the address
        return path_of("url", self.url, COMMENT)


class DiscussionAt(msgspec.Struct):
    number: Count

    def id_in(self, repo: str) -> str:
        return f"{repo}/discussions/{self.number}"


class DiscussionCommentAt(msgspec.Struct):
    id: Count

    def id_in(self, repo: str) -> str:
        return f"{repo}/discussions/comments/{self.id}"


_AT: Mapping[Event, type[IssueAt | CommentAt | DiscussionAt | DiscussionCommentAt]] = {
    "issues": IssueAt,
    "issue_comment": CommentAt,
    "discussion": DiscussionAt,
    "discussion_comment": DiscussionCommentAt,
}


class Discussed(Words, kw_only=True):
    """What a discussion and a comment on it have in common."""

    updated_at: Moment

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_odd_years("updated_at", self.updated_at)


class Discussion(Discussed, kw_only=True):
    title: str
    comments: Count | None = None


class DiscussionComment(Discussed, kw_only=True):
    parent_id: Count | None = None


def is_body(record: Mapping[str, object]) -> bool:
    """Whether it is a body of GitHub, and not a record: those are flat and have a text."""
    return "text" not in record and any(
        isinstance(part := record.get(key), dict) and mark in part for key, mark in _MARKS
    )


def read_body(raw: bytes, place: Place) -> Sequence[Item]:
    """What a body brings: one mention, one that is gone, or nothing.

    The ``where`` of what is broken is a path in the body.
    """
    bodies, broken = _decoded(msgspec.Raw(raw), Body, "$")
    if not bodies:
        return broken
    body = bodies[0]
    event = body.event
    if event is None or body.action not in {*SAYS_SOMETHING, DELETED}:
        return []
    repositories, broken = _decoded(body.repository, Repository, "$.repository")
    if not repositories:
        return broken
    repo = repositories[0]
    read = _Reader(body, event, repo.full_name, replace(place, host=repo.host))
    return read.deleted() if body.action == DELETED else read.said()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what one event is about, in the repository ``repo``."""

    body: Body
    event: Event
    repo: str
    place: Place

    @property
    def _key(self) -> str:
        return "comment" if self.event.endswith("comment") else self.event.removesuffix("s")

    @property
    def _raw(self) -> msgspec.Raw:
        raw: msgspec.Raw = getattr(self.body, self._key)
        return raw

    def deleted(self) -> Sequence[Item]:
        found, broken = _decoded(self._raw, _AT[self.event], f"$.{self._key}")
        return [Gone(self.place.source, one.id_in(self.repo)) for one in found] or broken

    def said(self) -> Sequence[Item]:
        read: dict[Event, Callable[[], Sequence[Item]]] = {
            "issues": lambda: self._as_listed(read_issues),
            "issue_comment": lambda: self._as_listed(read_comments),
            "discussion": self._discussion,
            "discussion_comment": self._comment,
        }
        return read[self.event]()

    def _as_listed(self, read: Callable[..., tuple[list[Mention], list[Broken]]]) -> Sequence[Item]:
        mentions, broken = read([self._raw], self.place, ours=True)
        return mentions or [replace(one, where=f"$.{self._key}") for one in broken]

    def _discussion(self) -> Sequence[Item]:
        """``updated_at`` moves with every comment: only the event tells that it was edited."""
        ids, lost = _decoded(self._raw, DiscussionAt, "$.discussion")
        found, broken = _decoded(self._raw, Discussion, "$.discussion")
        if not ids or not found:
            return lost or broken
        one = found[0]
        mention = from_words(one, ids[0].id_in(self.repo), self.place, ours=True)
        edited = one.updated_at if self.body.action == "edited" else None
        return [
            replace(
                titled(one.title, mention),
                thread=mention.external_id,
                replies=one.comments,
                edited_at=_utc(edited),
            )
        ]

    def _comment(self) -> Sequence[Item]:
        above, lost = _decoded(self.body.discussion, DiscussionAt, "$.discussion")
        ids, nameless = _decoded(self._raw, DiscussionCommentAt, "$.comment")
        found, broken = _decoded(self._raw, DiscussionComment, "$.comment")
        if not above or not ids or not found:
            return lost or nameless or broken
        one, thread = found[0], above[0].id_in(self.repo)
        parent = DiscussionCommentAt(one.parent_id).id_in(self.repo) if one.parent_id else thread
        edited = one.updated_at if one.updated_at > one.created_at else None
        mention = from_words(one, ids[0].id_in(self.repo), self.place, ours=True)
        return [replace(mention, kind="comment", thread=thread, in_reply_to=parent,
                        edited_at=_utc(edited))]  # fmt: skip


def _is_there(raw: msgspec.Raw) -> bool:
    return bytes(raw) not in {b"", b"null"}


def _utc(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC)


def _decoded(raw: msgspec.Raw, into: type[T], where: str) -> tuple[list[T], list[Broken]]:
    good, broken = decode_items([raw], into)
    return good, [replace(one, where=where) for one in broken]
