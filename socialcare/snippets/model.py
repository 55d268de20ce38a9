"""A ready-made answer: one name, and a text for each language and channel it was written for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from socialcare.snippets.template import Template

FAQ = "faq"
"""The channel of the public page: ``NAME.faq.md`` is what stands there."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)
_LANG = re.compile(r"[a-z]{2}", re.ASCII)
_CHANNEL = re.compile(r"[a-z0-9][\w-]{0,59}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """What the name of a file says: ``delay.de.mastodon.md``."""

    name: str
    lang: str | None = None
    channel: str | None = None

    @classmethod
    def parse(cls, stem: str) -> Address:
        """Two letters are a language, anything else behind the name is a channel.

        Raises
        ------
        ValueError
            It is no name of a ready-made answer.

        """
        name, *rest = stem.split(".")
        if not _NAME.fullmatch(name):
            raise ValueError(stem)
        lang = rest.pop(0) if rest and _LANG.fullmatch(rest[0]) else None
        channel = rest.pop(0) if rest and _CHANNEL.fullmatch(rest[0]) else None
        if rest:
            raise ValueError(stem)
        return cls(name, lang, channel)

    @property
    def stem(self) -> str:
        return ".".join(filter(None, (self.name, self.lang, self.channel)))


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the text; None and empty: as the plain file of that name says."""

    title: str | None = None
    topics: tuple[str, ...] = ()
    lang: str | None = None
    channels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    public: bool | None = None
    source: str | None = None
    statement: bool | None = None
    until: str | None = None
    promise: str | None = None
    pace: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One file. Its ``header`` is what it says itself."""

    path: Path
    address: Address
    header: Header
    text: str
    template: Template

    @property
    def lang(self) -> str | None:
        """The language that it is written in; None is that of the brand."""
        return self.address.lang or self.header.lang


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom an answer is: their language, and the channel by name and by type."""

    lang: str | None = None
    channels: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What may go to many in the same words, once it is approved.

    ``until`` is when it ends, ``promise`` when we say more, as people write times; ``pace`` how
    many leave in an hour on one channel.
    """

    until: str | None
    promise: str | None
    pace: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """``variants`` are in the order of their addresses, the plain one first."""

    name: str
    variants: tuple[Variant, ...]

    @property
    def first(self) -> Variant:
        return self.variants[0]

    @property
    def title(self) -> str:
        titles = (variant.header.title for variant in self.variants)
        return next(filter(None, titles), self.name)

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t for v in self.variants for t in v.header.topics))

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t for v in self.variants for t in v.header.tags))

    @property
    def channels(self) -> tuple[str, ...]:
        """Where it is offered; empty is everywhere."""
        return self.first.header.channels

    @property
    def public(self) -> bool:
        return bool(self.first.header.public)

    @property
    def statement(self) -> Statement | None:
        """How it goes to many; None where it is no statement."""
        header = self.first.header
        if not header.statement:
            return None
        pace = int(header.pace.partition("/")[0]) if header.pace else None
        return Statement(header.until, header.promise, pace, self._digest)

    @property
    def _digest(self) -> str:
        """The same while nothing of it has changed that somebody approved."""
        header = self.first.header
        parts = [str(header.until), str(header.promise), str(header.pace)]
        for variant in self.variants:
            parts += (variant.address.stem, variant.text)
        return sha256("\0".join(parts).encode()).hexdigest()

    def title_of(self, variant: Variant) -> str:
        return variant.header.title or self.title

    def langs(self, usual: str) -> tuple[str, ...]:
        """The languages that it is written in, each once, in the order of its files."""
        return tuple(dict.fromkeys(variant.lang or usual for variant in self.variants))

    def offered_on(self, audience: Audience) -> bool:
        return not self.channels or bool(set(self.channels) & set(audience.channels))

    def variant_for(self, audience: Audience) -> Variant | None:
        """The most specific one that fits; None where none does.

        In this order: NAME.LANG.CHANNEL, NAME.LANG, NAME.CHANNEL, NAME. A channel's own name
        comes before that of its type. A file for a language is for that language only; the
        plain one is for everybody who has none of their own.
        """
        for lang in dict.fromkeys((audience.lang, None)):
            for channel in (*audience.channels, None):
                for variant in self.variants:
                    address = variant.address
                    if (address.lang, address.channel) == (lang, channel):
                        return variant
        return None
