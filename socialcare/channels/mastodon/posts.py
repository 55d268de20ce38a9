"""What the server sends, and how a post becomes a mention."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.channels.html import to_text
from socialcare.clock import EARLIEST, LATEST
from socialcare.models import Author, Kind, Media, Mention, Role
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
MAX_NAMED = 50
"""Accounts named in one post whose handles are completed."""


class Account(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Account/."""

    id: Text
    acct: Text
    """``user``, or ``user@host`` when the account lives elsewhere."""
    display_name: str | None = None
    url: str | None = None
    followers_count: Count | None = None
    bot: bool | None = None


class Attachment(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/MediaAttachment/."""

    type: str = "unknown"
    url: str | None = None
    remote_url: str | None = None
    description: str | None = None


class Named(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Status/#Mention."""

    acct: str
    url: str | None = None


class Status(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Status/; an answer to DELETE has no ``content``."""

    id: Text
    created_at: Moment
    account: Account
    uri: Text | None = None
    """Always there on Mastodon; servers that only speak its API may leave it out."""
    visibility: str = "public"
    content: str | None = None
    spoiler_text: str | None = None
    url: str | None = None
    language: str | None = None
    in_reply_to_id: str | None = None
    reblog: Status | None = None
    media_attachments: list[Attachment] = []
    mentions: list[Named] = []
    favourites_count: Count | None = None
    reblogs_count: Count | None = None
    replies_count: Count | None = None
    edited_at: Moment | None = None

    def __post_init__(self) -> None:
        _refuse_odd_years("created_at", self.created_at)
        if self.edited_at:
            _refuse_odd_years("edited_at", self.edited_at)


class Notification(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Notification/; ``status`` is null once deleted."""

    id: Text
    type: str
    status: Status | None = None


class Position(msgspec.Struct):
    """The part of a post or notification that paging needs."""

    id: Text
    created_at: Moment

    def __post_init__(self) -> None:
        _refuse_odd_years("created_at", self.created_at)

    @property
    def moment(self) -> datetime:
        return self.created_at.astimezone(UTC)


def _refuse_odd_years(key: str, moment: datetime) -> None:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"`$.{key}` is outside 1970 to 9999")


@dataclass(frozen=True, slots=True)
class Place:
    """Where posts are read: the channel's name, its server's host, our own full handles."""

    channel: str
    host: str
    us: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        return f"mastodon:{self.host}"

    def handle(self, acct: str) -> str:
        """``@user@host`` in full; local accounts get the server's host."""
        acct = at_door(acct, MAX_FIELD).removeprefix("@")
        return f"@{acct}" if "@" in acct else f"@{acct}@{self.host}"

    def is_us(self, handle: str) -> bool:
        return handle.casefold() in self.us


def read_statuses(
    raws: Sequence[msgspec.Raw], place: Place, path: str = "$"
) -> tuple[list[Mention], list[Broken]]:
    statuses, broken = decode_items(raws, Status, where=path)
    return [to_mention(status, place) for status in statuses], broken


def read_notifications(
    raws: Sequence[msgspec.Raw], place: Place, path: str = "$"
) -> tuple[list[Mention], list[Broken]]:
    """Only those of type ``mention``: a server may not know how to leave others out."""
    notes, broken = decode_items(raws, Notification, where=path)
    return [
        to_mention(note.status, place, notified=True)
        for note in notes
        if note.type == "mention" and note.status
    ], broken


def to_mention(status: Status, place: Place, *, notified: bool = False) -> Mention:
    """A post, or a boost as a ``repost`` with the words of what it passes on.

    A content warning stands in front of the words, as ``CW: …`` in a paragraph of its
    own. The API names no root of a thread, so a reply has its parent for ``thread``.
    """
    words = status.reblog or status
    author = _author(status.account, place)
    parent = _short(status.in_reply_to_id)
    return Mention(
        channel=place.channel,
        source=place.source,
        external_id=at_door(status.id, MAX_FIELD),
        author=author,
        text=_text(words, place),
        created_at=status.created_at.astimezone(UTC),
        kind=_kind(status),
        role=_role(status, author),
        url=_short(status.url) or _short(status.uri),
        uri=_short(status.uri),
        thread=parent or _short(status.id),
        in_reply_to=parent,
        repost_of=_reposted(status.reblog) if status.reblog else None,
        lang=_short(words.language),
        direct=not author.is_us and (notified or _names_us(status, place)),
        automated=bool(status.account.bot),
        likes=status.favourites_count,
        reposts=status.reblogs_count,
        replies=status.replies_count,
        media=tuple(_media(one) for one in words.media_attachments),
        edited_at=status.edited_at.astimezone(UTC) if status.edited_at else None,
    )


def _reposted(status: Status) -> str | None:
    return _short(status.uri) or _short(status.id)


def _kind(status: Status) -> Kind:
    if status.visibility == "direct":
        return "dm"
    return "reply" if status.in_reply_to_id else "post"


def _role(status: Status, author: Author) -> Role:
    if status.reblog:
        return "repost"
    return "answer" if author.is_us else "mention"


def _names_us(status: Status, place: Place) -> bool:
    return any(place.is_us(place.handle(named.acct)) for named in status.mentions)


def _author(account: Account, place: Place) -> Author:
    handle = place.handle(account.acct)
    followers = account.followers_count
    return Author(
        external_id=at_door(account.id, MAX_FIELD),
        handle=handle,
        name=_short(account.display_name),
        url=_short(account.url),
        followers=followers if followers is not None and followers >= 0 else None,
        is_us=place.is_us(handle),
    )


def _text(status: Status, place: Place) -> str:
    handles = {named.acct: place.handle(named.acct) for named in status.mentions[:MAX_NAMED]}
    links = {named.url: handles[named.acct] for named in status.mentions[:MAX_NAMED] if named.url}
    body = _complete(to_text(status.content or "", names=links), handles)
    warning = at_door(status.spoiler_text or "").strip()
    parts = [f"CW: {warning}" if warning else "", body.strip()]
    return at_door("\n\n".join(part for part in parts if part), MAX_TEXT)


def _complete(text: str, handles: Mapping[str, str]) -> str:
    """Give ``@user`` its host also where it is no link; not where two users share the name."""
    names: dict[str, set[str]] = {}
    for acct, handle in handles.items():
        names.setdefault(acct.partition("@")[0].casefold(), set()).add(handle)
    for name, known in names.items():
        if len(known) == 1:
            short = rf"(?<![\w@/.])@{re.escape(name)}(?![\w@]|[.-]\w)"
            full = known.pop().replace("\\", r"\\")
            text = re.sub(short, full, text, flags=re.IGNORECASE)
    return text


def _media(attachment: Attachment) -> Media:
    return Media(
        type=at_door(attachment.type, MAX_FIELD),
        url=_short(attachment.url) or _short(attachment.remote_url),
        alt=at_door(attachment.description or "").strip() or None,
    )


def _short(field: str | None) -> str | None:
    return at_door(field or "", MAX_FIELD).strip() or None
