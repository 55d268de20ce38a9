"""JSON Feed 1.0 and 1.1: https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

from datetime import datetime

import msgspec

from socialcare.channels.decode import decode, decode_items
from socialcare.channels.feed.document import (
    MAX_ENTRIES,
    Document,
    Entry,
    keep_readable,
    web_address,
)
from socialcare.channels.html import to_text
from socialcare.clock import parse_time
from socialcare.errors import BadAnswerError
from socialcare.models import Media
from socialcare.text import MAX_FIELD, at_door, for_screen


class _Author(msgspec.Struct):
    name: str | None = None
    url: str | None = None


class _Attachment(msgspec.Struct):
    url: str
    mime_type: str = ""
    title: str | None = None


class _Item(msgspec.Struct):
    id: str | int | float | None = None
    """A string by the specification; numbers are to be read as strings."""
    url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    authors: list[_Author] | None = None
    author: _Author | None = None
    """Version 1.0."""
    language: str | None = None
    attachments: list[_Attachment] | None = None


class _Feed(msgspec.Struct):
    version: str
    items: list[msgspec.Raw]
    title: str | None = None
    authors: list[_Author] | None = None
    author: _Author | None = None
    language: str | None = None


def read_json(body: bytes, url: str) -> Document:
    """Read a JSON Feed; ``url`` is where it came from, for relative links.

    Raises
    ------
    BadAnswerError
        Not JSON, or JSON that is not a feed.

    """
    feed = decode(body, _Feed, what="not a feed: the JSON")
    if "jsonfeed.org/version/" not in feed.version:
        raise BadAnswerError(
            f'not a feed: JSON of version "{for_screen(feed.version, one_line=True, limit=60)}"',
            "a JSON Feed says https://jsonfeed.org/version/1.1 there",
        )
    raws = feed.items[:MAX_ENTRIES]
    items, broken = decode_items(raws, _Item, where="$.items")
    unread = {item.where for item in broken}
    places = [place for at in range(len(raws)) if (place := f"$.items[{at}]") not in unread]
    entries = [_entry(place, item, feed, url) for place, item in zip(places, items, strict=True)]
    kept, broken = keep_readable(entries, broken)
    left_out = len(feed.items) > MAX_ENTRIES
    return Document(at_door(feed.title or "", 200), kept, broken, left_out=left_out)


def _entry(where: str, item: _Item, feed: _Feed, url: str) -> Entry:
    people = item.authors or _one(item.author) or feed.authors or _one(feed.author)
    person = people[0] if people else _Author()
    return Entry(
        where=where,
        id=None if item.id is None else at_door(str(item.id).strip(), MAX_FIELD + 1) or None,
        link=web_address(item.url, url),
        title=" ".join(at_door(item.title or "", MAX_FIELD).split()),
        body=_body(item),
        published=_moment(item.date_published),
        updated=_moment(item.date_modified),
        author=at_door((person.name or "").strip(), MAX_FIELD) or None,
        author_url=web_address(person.url, url),
        lang=at_door(item.language or feed.language or "", 40) or None,
        media=tuple(
            Media(
                file.mime_type.partition("/")[0],
                web_address(file.url, url),
                at_door(file.title or "") or None,
            )
            for file in (item.attachments or [])[:20]
            if file.mime_type.startswith(("image/", "video/", "audio/"))
        ),
    )


def _one(person: _Author | None) -> list[_Author] | None:
    return [person] if person else None


def _body(item: _Item) -> str:
    if item.content_html:
        return to_text(item.content_html)
    return at_door((item.content_text or item.summary or "").strip())


def _moment(value: str | None) -> datetime | None:
    try:
        return parse_time(value) if value else None
    except ValueError:
        return None
