"""What the service sends, and how an issue or a comment becomes a mention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.channels.markdown import to_plain
from socialcare.clock import EARLIEST, LATEST
from socialcare.models import Author, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

REPO = r"[A-Za-z0-9_][\w-]{0,99}/(?!\.{1,2}(?:/|$))[\w.-]{1,100}"
"""``owner/name``; it becomes part of addresses, so a name of dots is none."""
ISSUE = re.compile(rf"({REPO})/issues/\d{{1,18}}", re.ASCII)
"""``external_id`` of an issue or pull request: its path below ``/repos/``."""
COMMENT = re.compile(rf"({REPO})/issues/comments/\d{{1,18}}", re.ASCII)
TEAM = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""https://docs.github.com/en/graphql/reference/enums#commentauthorassociation"""
NOBODY = "ghost"
"""Whose account is gone, as the pages show them."""


class User(msgspec.Struct):
    """https://docs.github.com/en/rest/users/users; ``type`` is User, Bot, Organization …"""

    login: Text
    id: Count
    html_url: str | None = None
    type: str = "User"


class Reactions(msgspec.Struct):
    """Those that agree; the others (confused, eyes, thumbs down) are no likes."""

    plus: Count = msgspec.field(name="+1", default=0)
    laugh: Count = 0
    hooray: Count = 0
    heart: Count = 0
    rocket: Count = 0

    @property
    def likes(self) -> int:
        return self.plus + self.laugh + self.hooray + self.heart + self.rocket


class Position(msgspec.Struct):
    """The part of an issue or comment that paging needs."""

    updated_at: Moment

    def __post_init__(self) -> None:
        refuse_odd_years("updated_at", self.updated_at)


class Words(msgspec.Struct, kw_only=True):
    """What all that is written there has in common."""

    html_url: Text
    created_at: Moment
    user: User | None = None
    body: str | None = None
    author_association: str = "NONE"
    reactions: Reactions | None = None

    def __post_init__(self) -> None:
        refuse_odd_years("created_at", self.created_at)


class Comment(Words, kw_only=True):
    """https://docs.github.com/en/rest/issues/comments"""

    url: Text
    issue_url: Text
    updated_at: Moment

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_odd_years("updated_at", self.updated_at)
        path_of("url", self.url, COMMENT)
        path_of("issue_url", self.issue_url, ISSUE)


class Issue(Words, kw_only=True):
    """https://docs.github.com/en/rest/issues/issues; pull requests are issues as well."""

    url: Text
    title: str
    comments: Count | None = None
    pull_request: dict[str, object] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        path_of("url", self.url, ISSUE)


def refuse_odd_years(key: str, moment: datetime) -> None:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"`$.{key}` is outside 1970 to 9999")


def path_of(key: str, url: str, form: re.Pattern[str]) -> str:
    """The path below ``/repos/`` of an address of the API."""
    path = url.partition("/repos/")[2]
    if not form.fullmatch(path):
        raise ValueError(f"`$.{key}` is no address of an issue or comment")
    return path


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is read: the channel's name, the host, our own logins (no ``@``, casefolded).

    ``team``: whoever works on the repository is one of us. ``pulls``: pull requests are read.
    """

    channel: str
    host: str
    us: frozenset[str] = frozenset()
    team: bool = False
    pulls: bool = False

    @property
    def source(self) -> str:
        return f"github:{self.host}"

    def author(self, user: User | None, association: str) -> Author:
        """There is no reach: followers are not part of what the service sends."""
        if user is None:
            return Author(NOBODY, f"@{NOBODY}")
        login = at_door(user.login, MAX_FIELD)
        return Author(
            external_id=str(user.id),
            handle=f"@{login}",
            url=at_door(user.html_url or "", MAX_FIELD) or None,
            is_us=login.casefold() in self.us or (self.team and association in TEAM),
        )


def read_issues(
    raws: Sequence[msgspec.Raw], place: Place, path: str = "$", *, ours: bool = False
) -> tuple[list[Mention], list[Broken]]:
    """``ours``: they lie in a repository of ours, and so speak to us."""
    issues, broken = decode_items(raws, Issue, where=path)
    wanted = [issue for issue in issues if place.pulls or issue.pull_request is None]
    return [from_issue(issue, place, ours=ours) for issue in wanted], broken


def read_comments(
    raws: Sequence[msgspec.Raw], place: Place, path: str = "$", *, ours: bool = False
) -> tuple[list[Mention], list[Broken]]:
    comments, broken = decode_items(raws, Comment, where=path)
    wanted = [one for one in comments if place.pulls or "/pull/" not in one.html_url]
    return [from_comment(one, place, ours=ours) for one in wanted], broken


def from_issue(issue: Issue, place: Place, *, ours: bool = False) -> Mention:
    """When it was edited is not told."""
    external_id = path_of("url", issue.url, ISSUE)
    mention = titled(issue.title, from_words(issue, external_id, place, ours=ours))
    return replace(mention, thread=external_id, replies=issue.comments)


def from_comment(comment: Comment, place: Place, *, ours: bool = False) -> Mention:
    issue = path_of("issue_url", comment.issue_url, ISSUE)
    edited = comment.updated_at > comment.created_at
    return replace(
        from_words(comment, path_of("url", comment.url, COMMENT), place, ours=ours),
        kind="comment",
        thread=issue,
        in_reply_to=issue,
        edited_at=comment.updated_at.astimezone(UTC) if edited else None,
    )


def from_words(one: Words, external_id: str, place: Place, *, ours: bool) -> Mention:
    """A post by itself, which belongs to no thread yet."""
    author = place.author(one.user, one.author_association)
    words, media = to_plain(one.body or "")
    page = at_door(one.html_url, MAX_FIELD)
    return Mention(
        channel=place.channel,
        source=place.source,
        external_id=external_id,
        author=author,
        text=at_door(words, MAX_TEXT),
        created_at=one.created_at.astimezone(UTC),
        role="answer" if author.is_us else "mention",
        url=page,
        uri=page,
        direct=ours and not author.is_us,
        automated=one.user is not None and one.user.type == "Bot",
        likes=one.reactions.likes if one.reactions else None,
        media=media,
    )


def titled(title: str, mention: Mention) -> Mention:
    """The title stands above the words."""
    text = "\n\n".join(part for part in (at_door(title, MAX_FIELD).strip(), mention.text) if part)
    return replace(mention, text=at_door(text, MAX_TEXT))
