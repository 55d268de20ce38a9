"""The one input record: what import, exec and every later door for data read.

A record is flat: ``text``, and any of :data:`FIELDS`, all named as in our own JSON, so
that an export can be imported again. What people decided (labels, owners, states) is not
read here, and neither are fields that nobody knows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar, cast, get_args

from socialcare.channels.base import Broken, Page
from socialcare.channels.dates import read_time
from socialcare.channels.values import address, count, flag, one_of, several, stars, word
from socialcare.clock import format_time
from socialcare.models import KINDS, Author, Kind, Media, Mention, Role
from socialcare.text import at_door

T = TypeVar("T")

FIELDS: tuple[str, ...] = (
    "channel", "source", "external_id", "uri", "kind", "role", "url", "thread", "in_reply_to",
    "repost_of", "author", "author_id", "author_name", "author_url", "followers", "is_us",
    "direct", "automated", "created_at", "fetched_at", "edited_at", "text", "lang",
    "likes", "reposts", "replies", "rating", "media", "media_type", "media_alt",
)  # fmt: skip
"""The facts of a mention. ``id`` counts as ``external_id`` where that is missing."""

PAGE_SIZE = 500
MAX_RAW = 64 * 1024
"""Bytes of an unreadable item that are kept."""


class BadRecord(ValueError):  # noqa: N818
    """A record that is no mention. The text begins with the field: ``created_at: no time: 'x'``."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record and the line it began on."""

    line: int
    record: Mapping[str, object]
    raw: str = ""


def mention_from_record(
    record: Mapping[str, object], *, channel: str, now: datetime, source: str | None = None
) -> Mention:
    """Read one record.

    With a ``source`` the caller decides where it belongs; without one the record may name
    its own ``source`` and ``channel``, as an export of ours does. A record without an id
    gets a hash of channel, url, author, created_at and text: the same record read twice is
    one mention, also where it carries no time and counts as written ``now``.

    Raises
    ------
    BadRecord
        No text, or a field that means nothing; the message names the field.

    """
    read = _Reader(record)
    if source is None:
        channel = read("channel", word) or channel
        source = read("source", word) or f"import:{channel}"
    created_at = read("created_at", _time)
    url = read("url", address)
    role = cast("Role", read("role", _role) or "mention")
    external_id = read("external_id", word) or read("id", word)
    if external_id is None:
        external_id = _hash(channel, url, record.get("author"), created_at, record.get("text"))
    return Mention(
        channel=channel,
        source=source,
        external_id=external_id,
        author=_author(read, external_id, is_us=role == "answer"),
        text=_text(read),
        created_at=created_at or now,
        kind=cast("Kind", read("kind", _kind) or "post"),
        role=role,
        url=url,
        uri=read("uri", word),
        thread=read("thread", word),
        in_reply_to=read("in_reply_to", word),
        repost_of=read("repost_of", word),
        lang=read("lang", word),
        direct=read("direct", flag) or False,
        automated=read("automated", flag) or False,
        rating=read("rating", stars),
        likes=read("likes", count),
        reposts=read("reposts", count),
        replies=read("replies", count),
        media=_media(read),
        edited_at=read("edited_at", _time),
        fetched_at=read("fetched_at", _time),
    )


def record_from_mention(mention: Mention) -> dict[str, object]:
    """Write all facts as one flat record; :func:`mention_from_record` reads it back the same."""
    author, media = mention.author, mention.media
    return {
        "channel": mention.channel,
        "source": mention.source,
        "external_id": mention.external_id,
        "uri": mention.uri,
        "kind": mention.kind,
        "role": mention.role,
        "url": mention.url,
        "thread": mention.thread,
        "in_reply_to": mention.in_reply_to,
        "repost_of": mention.repost_of,
        "author": author.handle,
        "author_id": author.external_id,
        "author_name": author.name,
        "author_url": author.url,
        "followers": author.followers,
        "is_us": author.is_us,
        "direct": mention.direct,
        "automated": mention.automated,
        "created_at": format_time(mention.created_at),
        "fetched_at": mention.fetched_at and format_time(mention.fetched_at),
        "edited_at": mention.edited_at and format_time(mention.edited_at),
        "text": mention.text,
        "lang": mention.lang,
        "likes": mention.likes,
        "reposts": mention.reposts,
        "replies": mention.replies,
        "rating": mention.rating,
        "media": [item.url for item in media],
        "media_type": [item.type for item in media],
        "media_alt": [item.alt for item in media],
    }


def to_mention(
    row: Row, *, channel: str, now: datetime, source: str | None = None
) -> Mention | Broken:
    """Read one row; a bad one becomes a dead letter and never stops the rest."""
    try:
        return mention_from_record(row.record, channel=channel, now=now, source=source)
    except BadRecord as error:
        return broken_row(row.line, str(error), row.raw)


def broken_row(line: int, reason: str, raw: str) -> Broken:
    return Broken(f"line {line}", reason, raw[:MAX_RAW].encode("utf-8", "replace")[:MAX_RAW])


def in_pages(items: Iterable[Mention | Broken], size: int = PAGE_SIZE) -> Iterator[Page]:
    """Cut a stream into pages that fit into one transaction. They carry no checkpoint."""
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield Page(
            mentions=[item for item in batch if isinstance(item, Mention)],
            broken=[item for item in batch if isinstance(item, Broken)],
        )


class _Reader:
    """Reads fields of one record, and names the field when its value is refused."""

    __slots__ = ("record",)

    def __init__(self, record: Mapping[str, object]) -> None:
        self.record = record

    def __call__(self, field: str, read: Callable[[object], T | None]) -> T | None:
        value = self.record.get(field)
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            raise BadRecord(f"{field}: {error}") from None


def _time(value: object) -> datetime | None:
    blank = isinstance(value, (list, dict)) or (isinstance(value, str) and not value.strip())
    return None if blank else read_time(value)


def _kind(value: object) -> str | None:
    return one_of(value, KINDS)


def _role(value: object) -> str | None:
    return one_of(value, get_args(Role))


def _text(read: _Reader) -> str:
    """A text may be empty only where there is something else to see: pictures, stars, an old row."""
    text = read.record.get("text")
    if isinstance(text, str) and text and not text.isspace():
        return at_door(text)
    if text is not None and not isinstance(text, str):
        raise BadRecord("text: not a text")
    facts = ("media", "rating") if text is None else ("media", "rating", "external_id")
    if any(read.record.get(name) for name in facts):
        return at_door(text or "")
    raise BadRecord("text: missing" if text is None else "text: empty")


def _author(read: _Reader, external_id: str, *, is_us: bool) -> Author:
    """Nobody named is nobody known: two records without an author are not of one person."""
    handle, name, known_id = (
        read("author", word),
        read("author_name", word),
        read("author_id", word),
    )
    said = read("is_us", flag)
    return Author(
        external_id=known_id or handle or name or f"anonymous:{external_id}"[:2_000],
        handle=handle or name or known_id or "",
        name=name,
        url=read("author_url", address),
        followers=read("followers", count),
        is_us=is_us if said is None else said,
    )


def _media(read: _Reader) -> tuple[Media, ...]:
    urls, types = read("media", several) or [], read("media_type", several) or []
    alts = read("media_alt", several) or []
    found = []
    for index in range(max(len(urls), len(types))):
        url, type_, alt = (_item(values, index) for values in (urls, types, alts))
        if isinstance(nested := url, dict):
            url, type_, alt = (nested.get(key) for key in ("url", "type", "alt"))
        found.append(Media(_plain(type_) or "image", _plain(url), _plain(alt)))
    return tuple(found)


def _item(values: list[object], index: int) -> object:
    return values[index] if index < len(values) else None


def _plain(value: object) -> str | None:
    return at_door(value) if isinstance(value, str) and value else None


def _hash(*parts: object) -> str:
    """Id of a record that has none: stable over runs, machines and versions."""
    plain = [format_time(part) if isinstance(part, datetime) else str(part or "") for part in parts]
    packed = json.dumps(plain, ensure_ascii=True).encode()
    return f"h-{hashlib.sha256(packed).hexdigest()[:32]}"
