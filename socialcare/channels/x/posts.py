"""How a post becomes a mention."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.decode import decode_items
from socialcare.channels.x.wire import Entities, Id, Includes, Listing, Medium, Post, User, time_of
from socialcare.models import Author, Media, Mention, Role
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

SOURCE = "x"
_OWN_MEDIA = re.compile(r"https?://(?:twitter|x)\.com/[^/\s]+/status/\d+/(?:photo|video)/\d+")
_NAMED = re.compile(r"(?<![A-Za-z0-9_!#$%&*@＠])[@＠]([A-Za-z0-9_]{1,20})(?![A-Za-z0-9_@À-ɏ]|://)")
MOST_ADDRESSES = 100
"""Of one post, that are written out."""
_PSEUDO = frozenset({"und", "zxx", "art"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """The channel's name, our id there, our handles (no ``@``, casefolded), and that of the id."""

    channel: str
    own: str = ""
    us: frozenset[str] = frozenset()
    handle: str | None = None

    def is_us(self, user_id: str, username: str) -> bool:
        return user_id == self.own or (bool(username) and username.casefold() in self.us)


@dataclass(frozen=True, slots=True)
class Around:
    """What came along with a page: authors, referenced posts and media, by their ids."""

    users: Mapping[str, User] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    media: Mapping[str, Medium] = field(default_factory=dict)


def around(includes: Includes) -> Around:
    """What of it cannot be read is left out: the posts themselves stand without it."""
    posts = decode_items([*includes.tweets, *includes.posts], Post)[0]
    return Around(
        {user.id: user for user in decode_items(includes.users, User)[0]},
        {post.id: post for post in posts},
        {one.media_key: one for one in decode_items(includes.media, Medium)[0]},
    )


def read_posts(listing: Listing, place: Place) -> tuple[list[Mention], list[Broken]]:
    posts, broken = decode_items(listing.data, Post, where="$.data")
    beside = around(listing.includes)
    return [to_mention(post, place, beside) for post in _newest(posts)], broken


def _newest(posts: Sequence[Post]) -> list[Post]:
    """Of several versions of one post the last."""
    last: dict[str, Post] = {}
    for post in posts:
        known = last.get(post.identity)
        if known is None or int(post.id) > int(known.id):
            last[post.identity] = post
    return list(last.values())


def to_mention(post: Post, place: Place, beside: Around) -> Mention:
    """An edit has an id of its own; the first one stays that of the mention."""
    user = beside.users.get(post.author_id)
    author, identity = _author(post.author_id, user, place), post.identity
    edited = post.id != identity
    counts, parent = post.public_metrics, post.reference("replied_to")
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=identity,
        author=author,
        text=at_door(text_of(_whole(post, beside)), MAX_TEXT),
        created_at=time_of(identity) if edited else post.moment,
        kind="reply" if parent else "post",
        role=_role(post, author),
        url=page_of(identity, user.username if user else None),
        uri=page_of(identity),
        thread=post.conversation_id,
        in_reply_to=parent,
        repost_of=post.repost_of,
        lang=language(post.lang),
        direct=not author.is_us and _speaks_to_us(post, place, beside),
        likes=counts.like_count if counts else None,
        reposts=_either(counts.retweet_count, counts.repost_count) if counts else None,
        replies=counts.reply_count if counts else None,
        media=_media(post, beside),
        edited_at=post.moment if edited else None,
    )


def _author(user_id: str, user: User | None, place: Place) -> Author:
    if user is None and user_id == place.own and place.handle:
        user = User(user_id, place.handle)
    if user is None:
        return Author(user_id, "", is_us=place.is_us(user_id, ""))
    username = at_door(user.username, MAX_FIELD)
    return Author(
        external_id=user_id,
        handle=f"@{username}",
        name=at_door(user.name, MAX_FIELD) or None,
        url=f"https://x.com/{username}",
        followers=user.public_metrics.followers_count if user.public_metrics else None,
        is_us=place.is_us(user_id, username),
    )


def _role(post: Post, author: Author) -> Role:
    if post.repost_of:
        return "repost"
    return "answer" if author.is_us else "mention"


def _whole(post: Post, beside: Around) -> Post:
    """A repost has the beginning of what it passes on; the post itself has all of it."""
    return beside.posts.get(post.repost_of or "", post)


def text_of(post: Post) -> str:
    """Addresses written out, those of its own pictures left out, entities read once."""
    note = post.note
    entities = (note.entities if note else None) or post.entities or Entities()
    text = (note.text if note else "") or post.text
    urls = [*entities.urls, *(post.entities.urls if post.entities else [])][:MOST_ADDRESSES]
    for one in sorted(urls, key=lambda one: len(one.url), reverse=True):
        whole = (one.expanded_url or "")[:MAX_FIELD]
        if one.url and whole:
            own = _OWN_MEDIA.fullmatch(whole)
            text = text.replace(one.url, "" if own else whole.replace("&", "&amp;"))
    return unescaped(text).strip()


def unescaped(text: str) -> str:
    """X writes three entities, and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def language(lang: str | None) -> str | None:
    """``und``, ``qme`` and the like say that there is none."""
    if lang is None or lang in _PSEUDO or (len(lang) == 3 and lang.startswith("q")):
        return None
    return at_door(lang, MAX_FIELD) or None


def _speaks_to_us(post: Post, place: Place, beside: Around) -> bool:
    """Its author named us, answered us, or quoted us; a repost says nothing of its own."""
    if post.repost_of:
        return False
    named = [one.username for of in _entities(post) for one in of.mentions]
    quoted = beside.posts.get(post.reference("quoted") or "")
    return (
        (bool(place.own) and post.in_reply_to_user_id == place.own)
        or any(name.casefold() in place.us for name in named)
        or (quoted is not None and place.is_us(quoted.author_id, ""))
        or names(text_of(post), place.us)
    )


def _entities(post: Post) -> list[Entities]:
    note = post.note
    return [one for one in (post.entities, note.entities if note else None) if one]


def names(text: str, us: Collection[str]) -> bool:
    """As X sees handles: letters of other scripts may stand around them without a blank."""
    return any(name.casefold() in us for name in _NAMED.findall(text))


def _media(post: Post, beside: Around) -> tuple[Media, ...]:
    keys = post.attachments.media_keys if post.attachments else []
    found = [beside.media[key] for key in keys if key in beside.media]
    return tuple(
        Media(
            {"photo": "image", "animated_gif": "gif"}.get(one.type, at_door(one.type, MAX_FIELD)),
            at_door(one.url or one.preview_image_url or "", MAX_FIELD) or None,
            at_door(one.alt_text or "", MAX_TEXT) or None,
        )
        for one in found
    )


def page_of(post_id: str, username: str | None = None) -> str:
    """Handles change; the page without one stays."""
    return f"https://x.com/{at_door(username or 'i/web', MAX_FIELD)}/status/{post_id}"


def _either(first: T | None, second: T | None) -> T | None:
    return second if first is None else first


class Identified(msgspec.Struct):
    id: Id


def raw_ids(raws: Sequence[msgspec.Raw]) -> list[str]:
    """The ids of items, also of those that cannot be read whole."""
    return [one.id for one in decode_items(raws, Identified)[0]]
