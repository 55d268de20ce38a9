"""A feed as read, whatever it was written in, and what makes one of its entries the same entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urljoin, urlsplit

from socialcare.channels.base import Broken
from socialcare.clock import format_time
from socialcare.models import Media
from socialcare.text import MAX_FIELD, at_door

MAX_ENTRIES = 1_000
"""Entries of one feed that are read; the first of the document, which are mostly the newest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; every text is plain, every address http(s) and absolute, or None."""

    where: str
    """Path for messages: ``entry[3]``, ``$.items[3]``."""
    id: str | None = None
    link: str | None = None
    title: str = ""
    body: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    author: str | None = None
    author_url: str | None = None
    lang: str | None = None
    media: tuple[Media, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to read and nothing to know it by."""
        return not (self.id or self.link or self.title or self.body or self.media)

    @property
    def digest(self) -> str:
        """What it says, without the tracking numbers that some servers put into ids and links."""
        place = urlsplit(self.link) if self.link else None
        files = () if self.title or self.body else (media.url or "" for media in self.media)
        parts = (
            self.title,
            format_time(self.published) if self.published else "",
            self.body,
            f"{place.netloc}{place.path}" if place else "",
            *files,
        )
        return sha256("\x00".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Document:
    """All of one answer. ``whole`` is false where it was damaged: it must be asked for again."""

    title: str = ""
    entries: Sequence[Entry] = ()
    broken: Sequence[Broken] = ()
    whole: bool = True
    left_out: bool = False
    """There were more than ``MAX_ENTRIES``."""


def web_address(value: object, base: str = "") -> str | None:
    """A link as it can be stored and opened, or None; ``base`` is what it may be relative to."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        address = urljoin(base, at_door(value.strip(), MAX_FIELD + 1)).replace(" ", "%20")
        place = urlsplit(address)
    except ValueError:
        return None
    web = place.scheme in {"http", "https"} and place.netloc and address.isprintable()
    return address if web and len(address) <= MAX_FIELD else None


def keep_readable(
    entries: Sequence[Entry], broken: Sequence[Broken]
) -> tuple[list[Entry], list[Broken]]:
    """Set apart entries in which there is nothing at all."""
    empty = [
        Broken(entry.where, "nothing in it: no id, link, title, text or file")
        for entry in entries
        if entry.nothing
    ]
    return [entry for entry in entries if not entry.nothing], [*broken, *empty]


def identify(entries: Sequence[Entry], seen: Mapping[str, str]) -> dict[str, Entry]:
    """Give every entry a key that stays the same from one poll to the next.

    The key is its id, else its link, else a digest of what it says. An id or link that
    several different entries share is none. An unknown key with known words
    (``seen``: digest to key) is the old entry under a new number, unless the old one is
    still there beside it. Of entries that are alike in everything the first is kept.
    """
    claims = [entry.id or entry.link or "" for entry in entries]
    digests = [entry.digest for entry in entries]
    shared = Counter(claim for claim, _ in set(zip(claims, digests, strict=True)))
    keys = [
        claim if claim and shared[claim] == 1 and len(claim) <= MAX_FIELD else f"sha256:{digest}"
        for claim, digest in zip(claims, digests, strict=True)
    ]
    present, known = set(keys), set(seen.values())
    found: dict[str, Entry] = {}
    for entry, key, digest in zip(entries, keys, digests, strict=True):
        before = seen.get(digest)
        if before is not None and key not in known and before not in present:
            found.setdefault(before, entry)
        else:
            found.setdefault(key, entry)
    return found
