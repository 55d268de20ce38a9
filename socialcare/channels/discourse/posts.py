"""How a post becomes a mention."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urljoin

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.channels.discourse.wire import Post
from socialcare.channels.html import MAX_HTML, QUOTED, to_text
from socialcare.models import Author, Media, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

DROPPED = QUOTED | {"aside.onebox", "div.meta"}
"""What others said: quotes, and the page behind an address; and the size of a picture's file."""
NOT_OF_THE_AUTHOR = frozenset({"emoji", "avatar", "site-icon", "thumbnail", "onebox-avatar"})
_TAG = re.compile(r"<(?P<end>/?)(?P<name>aside|img)\b(?P<rest>[^>]{0,4000})>")
_ATTRIBUTE = re.compile(r'([a-z-]{1,40})="([^"]{0,2000})"')
_NAMED = re.compile(r"(?<![\w@.])@([\w.-]{1,60})")

ParentOf = Callable[[Post], str | None]
"""The id of the post that a post answers."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where posts are read: the channel's name, the forum's host and address, our user names."""

    channel: str
    host: str
    base: str
    us: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        return f"discourse:{self.host}"

    def is_us(self, username: str) -> bool:
        return username.casefold() in self.us

    def url(self, topic: int, slug: str | None, number: int) -> str:
        slug = at_door(slug or "", MAX_FIELD)
        between = f"{quote(slug, safe='')}/" if slug else ""
        return f"{self.base}/t/{between}{topic}/{number}"


def to_mention(
    post: Post, place: Place, title: str | None = None, parent: str | None = None
) -> Mention:
    """A post; the first of a topic begins with the topic's title."""
    is_us = place.is_us(post.username)
    url = place.url(post.topic_id, post.topic_slug, post.post_number)
    text = _text(post, title)
    moment = post.created_at.astimezone(UTC)
    return Mention(
        channel=place.channel,
        source=place.source,
        external_id=str(post.id),
        author=_author(post, place),
        text=text,
        created_at=moment,
        kind="post" if post.post_number == 1 else "reply",
        role="answer" if is_us else "mention",
        url=url,
        uri=url,
        thread=str(post.topic_id),
        in_reply_to=parent,
        lang=at_door(post.locale, MAX_FIELD).replace("_", "-") if post.locale else None,
        direct=not is_us and _speaks_to_us(post, text, place),
        automated=post.user_id is not None and post.user_id < 0,
        likes=post.likes,
        replies=post.reply_count,
        media=tuple(_media(post.cooked, place.base)),
        edited_at=_edited(post, moment),
    )


def _author(post: Post, place: Place) -> Author:
    name = at_door(post.username, MAX_FIELD)
    return Author(
        name,
        f"@{name}",
        at_door(post.name, MAX_FIELD) if post.name else None,
        f"{place.base}/u/{quote(name, safe='')}",
        is_us=place.is_us(name),
    )


def _text(post: Post, title: str | None) -> str:
    parts = [to_text(post.cooked, drop=DROPPED)]
    parts += [address for address in _oneboxes(post.cooked) if address not in parts[0]]
    if post.post_number == 1:
        parts.insert(0, at_door(title or post.topic_title or "", MAX_FIELD).strip())
    return at_door("\n\n".join(part for part in parts if part), MAX_TEXT)


def _speaks_to_us(post: Post, text: str, place: Place) -> bool:
    if post.reply_to_user is not None and place.is_us(post.reply_to_user.username):
        return True
    return any(place.is_us(name.rstrip(".")) for name in _NAMED.findall(text))


def _edited(post: Post, created: datetime) -> datetime | None:
    """``updated_at`` alone changes with every like."""
    if post.version < 2 or post.updated_at is None:
        return None
    return max(post.updated_at.astimezone(UTC), created)


def _tags(cooked: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The pictures and previews that the author put there, not those within a quote."""
    depth = 0
    for tag in _TAG.finditer(cooked[:MAX_HTML]):
        if tag["end"]:
            depth = max(depth - 1, 0)
            continue
        if depth == 0:
            found = dict(_ATTRIBUTE.findall(tag["rest"]))
            yield tag["name"], {key: at_door(_entities(value)) for key, value in found.items()}
        depth += tag["name"] == "aside"


def _entities(value: str) -> str:
    from html import unescape

    return unescape(value)


def _oneboxes(cooked: str) -> list[str]:
    """The addresses that the forum shows as a preview of their pages."""
    return [
        attributes["data-onebox-src"]
        for name, attributes in _tags(cooked)
        if name == "aside" and attributes.get("data-onebox-src", "").startswith("http")
    ]


def _media(cooked: str, base: str) -> Iterator[Media]:
    for name, attributes in _tags(cooked):
        classes = attributes.get("class", "").split()
        if name != "img" or not NOT_OF_THE_AUTHOR.isdisjoint(classes):
            continue
        src = attributes.get("src", "")
        if src and not src.startswith("data:"):
            yield Media("image", _absolute(base, src), attributes.get("alt") or None)


def _absolute(base: str, src: str) -> str | None:
    try:
        return at_door(urljoin(f"{base}/", src), MAX_FIELD)
    except ValueError:
        return None


def read_posts(raws: Sequence[msgspec.Raw], where: str = "$") -> tuple[list[Post], list[Broken]]:
    """The posts that people wrote."""
    posts, broken = decode_items(raws, Post, where=where)
    return [post for post in posts if post.is_readable], broken


def is_within(post: Post, floor: datetime) -> bool:
    return post.created_at >= floor
