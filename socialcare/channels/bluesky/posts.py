"""How a post becomes a mention."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from socialcare.channels.base import Broken
from socialcare.channels.bluesky.facets import mentioned, with_links
from socialcare.channels.bluesky.wire import (
    POST,
    Card,
    Embed,
    Facet,
    Image,
    InFeed,
    PostView,
    Profile,
    Record,
)
from socialcare.channels.decode import decode_items
from socialcare.clock import parse_time
from socialcare.models import Author, Media, Mention
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

SITE = "https://bsky.app"
SOURCE = "bluesky"
NO_HANDLE = "handle.invalid"
"""What stands where a handle no longer leads back to its account."""
POST_URI = re.compile(
    rf"at://(?P<did>did:[a-z]+:[A-Za-z0-9._:%-]+)/{re.escape(POST)}/(?P<rkey>[A-Za-z0-9._:~-]+)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where posts are read: the channel's name, our own handles, and the account we signed in as."""

    channel: str
    us: frozenset[str] = frozenset()
    """Handles in lower case, without ``@``."""
    did: str | None = None

    def is_us(self, profile: Profile) -> bool:
        return profile.did == self.did or profile.handle.casefold() in self.us


FollowersOf = Callable[[Sequence[str]], Mapping[str, int]]
"""How many follow each account, by DID; accounts that nobody knows are left out."""


def read_posts(
    raws: Sequence[msgspec.Raw], path: str = "$.posts"
) -> tuple[list[PostView], list[Broken]]:
    return decode_items(raws, PostView, where=path)


def read_feed(raws: Sequence[msgspec.Raw]) -> tuple[list[PostView], list[Broken]]:
    """The posts that the owner of a feed wrote: neither what they passed on nor what they pinned."""
    items, broken = decode_items(raws, InFeed, where="$.feed")
    return [item.post for item in items if item.reason is None], broken


def moment_of(view: PostView) -> datetime:
    """When a post counts as written: it cannot be later than it was first seen.

    That is what the service sorts by, for clocks of programs go wrong.
    """
    indexed = view.indexed_at.astimezone(UTC)
    created = written_at(view.record)
    return min(created, indexed) if created else indexed


def written_at(record: Record) -> datetime | None:
    """What the program of its author said; None where that is no time."""
    try:
        return parse_time(record.created_at[:64])
    except ValueError:
        return None


def to_mention(
    view: PostView, place: Place, followers: int | None = None, *, notified: bool = False
) -> Mention:
    """``notified``: the service says that it speaks to us."""
    author = _author(view.author, place, followers)
    uri = at_door(view.uri, MAX_FIELD)
    reply = view.record.reply
    facets, embed = _facets(view), _embed(view)
    return Mention(
        channel=place.channel,
        source=SOURCE,
        external_id=uri,
        author=author,
        text=_text(view, facets, embed),
        created_at=moment_of(view),
        kind="reply" if reply else "post",
        role="answer" if author.is_us else "mention",
        url=page_of(uri),
        uri=uri,
        thread=at_door(reply.root.uri, MAX_FIELD) if reply else uri,
        in_reply_to=at_door(reply.parent.uri, MAX_FIELD) if reply else None,
        lang=_short((view.record.langs or [""])[0]),
        direct=not author.is_us and (notified or _speaks_to(place, view, facets, embed)),
        automated=_is_bot(view.author),
        likes=view.like_count,
        reposts=view.repost_count,
        replies=view.reply_count,
        media=tuple(_media(embed)) if embed else (),
    )


def page_of(uri: str) -> str | None:
    """The page of a post. With the DID in it, it outlives a change of the handle."""
    match = POST_URI.fullmatch(uri)
    return f"{SITE}/profile/{match['did']}/post/{match['rkey']}" if match else None


def _author(profile: Profile, place: Place, followers: int | None) -> Author:
    did, handle = at_door(profile.did, MAX_FIELD), at_door(profile.handle, MAX_FIELD)
    return Author(
        external_id=did,
        handle=did if handle == NO_HANDLE else f"@{handle}",
        name=_short(profile.display_name),
        url=f"{SITE}/profile/{did}",
        followers=followers if followers is not None and followers >= 0 else None,
        is_us=place.is_us(profile),
    )


def _is_bot(profile: Profile) -> bool:
    """The label that accounts give themselves, for others may label anybody as anything."""
    return any(one.val == "bot" and one.src == profile.did for one in profile.labels or ())


def _facets(view: PostView) -> list[Facet]:
    """Those that can be read: a link that cannot is no reason to lose a post."""
    lists, _ = decode_items([view.record.facets], list[msgspec.Raw])
    return decode_items(lists[0], Facet)[0] if lists else []


def _embed(view: PostView) -> Embed | None:
    embeds, _ = decode_items([view.embed], Embed)
    return embeds[0] if embeds else None


def _text(view: PostView, facets: Sequence[Facet], embed: Embed | None) -> str:
    """The words, then the card of a link, then the address of a quoted post, as paragraphs."""
    words = with_links(at_door(view.record.text), facets)
    parts = [words.strip()]
    if embed:
        parts += [_card(card, words) for card in _cards(embed)]
        quoted = page_of(at_door(_quoted(embed) or "", MAX_FIELD))
        parts.append(f"RE: {quoted}" if quoted else "")
    return at_door("\n\n".join(part for part in parts if part), MAX_TEXT)


def _cards(embed: Embed) -> Iterator[Card]:
    for one in (embed, embed.media):
        if one and one.external:
            yield one.external


def _card(card: Card, words: str) -> str:
    uri = at_door(card.uri, MAX_FIELD).strip()
    lines = [at_door(card.title, MAX_FIELD).strip(), "" if uri in words else uri]
    return "\n".join(line for line in lines if line)


def _quoted(embed: Embed) -> str | None:
    return embed.record.address if embed.record else None


def _speaks_to(place: Place, view: PostView, facets: Sequence[Facet], embed: Embed | None) -> bool:
    """Names us, answers us or quotes us."""
    if place.did is None:
        return False
    reply = view.record.reply
    aimed_at = [reply.parent.uri if reply else "", (_quoted(embed) if embed else None) or ""]
    ours = f"at://{place.did}/"
    return place.did in mentioned(facets) or any(uri.startswith(ours) for uri in aimed_at)


def _media(embed: Embed) -> Iterator[Media]:
    for one in (embed, embed.media):
        if one is None:
            continue
        for image in (*one.images, *one.items):
            yield _picture(image)
        if one.playlist or one.type.startswith("app.bsky.embed.video"):
            url = _short(one.playlist) or _short(one.thumbnail)
            yield Media("video", url, _short(one.alt))


def _picture(image: Image) -> Media:
    return Media("image", _short(image.fullsize) or _short(image.thumb), _short(image.alt))


def _short(field: str | None) -> str | None:
    return at_door(field or "", MAX_FIELD).strip() or None
