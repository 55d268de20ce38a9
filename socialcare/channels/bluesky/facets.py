"""What is a link, a mention or a hashtag in a text: facets, read and made.

Their offsets count bytes of the text in UTF-8, never characters.

https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/richtext/facet.json
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from socialcare.channels.bluesky.wire import Facet
from socialcare.channels.graphemes import count_graphemes
from socialcare.text import MAX_FIELD

FACET = "app.bsky.richtext.facet"
MAX_FACETS = 300
"""Of one post that are looked at: a post has no more graphemes."""
MAX_TAG = 64
"""Graphemes of a hashtag."""

HANDLE = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""In either case. https://atproto.com/specs/handle"""

_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_MENTION = re.compile(rf"(?<![^\s(])@({HANDLE})(?![\w@])", re.IGNORECASE)
_TAG = re.compile("(?<!\\S)[#\uff03](?!\ufe0f)([^\\s\u00ad\u2060\u200a-\u200d\u20e2]+)")
_SCHEME = re.compile(r"https?://(www\.)?", re.IGNORECASE)


def with_links(text: str, facets: Sequence[Facet]) -> str:
    """The text with the addresses of its links written out, where it shows a part or a name."""
    raw = text.encode("utf-8", "replace")
    out, done = b"", 0
    for start, end, uri in sorted(_links(raw, facets)):
        if start < done:
            continue
        shown = raw[start:end].decode("utf-8", "replace")
        out += raw[done:start] + _written_out(shown, uri).encode("utf-8", "replace")
        done = end
    return (out + raw[done:]).decode("utf-8", "replace")


def _links(raw: bytes, facets: Sequence[Facet]) -> Iterator[tuple[int, int, str]]:
    for facet in facets[:MAX_FACETS]:
        start = _whole(raw, facet.index.byte_start, -1)
        end = _whole(raw, facet.index.byte_end, 1)
        for feature in facet.features:
            uri = (feature.uri or "")[:MAX_FIELD]
            if feature.type == f"{FACET}#link" and _SCHEME.match(uri) and start < end:
                yield start, end, uri


def _whole(raw: bytes, offset: int, step: int) -> int:
    """The offset within the text, moved out of the middle of a character."""
    offset = min(offset, len(raw))
    while 0 < offset < len(raw) and raw[offset] & 0xC0 == 0x80:
        offset += step
    return offset


def _written_out(shown: str, uri: str) -> str:
    part = _SCHEME.sub("", shown.strip(), count=1).removesuffix("...").removesuffix("…")
    if _SCHEME.sub("", uri, count=1).casefold().startswith(part.casefold()):
        return uri
    return f"{shown} ({uri})"


def mentioned(facets: Sequence[Facet]) -> frozenset[str]:
    """The DIDs of the accounts that a post names."""
    return frozenset(
        feature.did
        for facet in facets[:MAX_FACETS]
        for feature in facet.features
        if feature.type == f"{FACET}#mention" and feature.did
    )


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text by its characters, and what it stands for."""

    start: int
    end: int
    kind: Literal["link", "mention", "tag"]
    value: str


def spans(text: str) -> list[Span]:
    """Links, handles and hashtags of a text, in order, none inside another."""
    found = [*_link_spans(text), *_tag_spans(text)]
    found += [Span(m.start(), m.end(), "mention", m[1].lower()) for m in _MENTION.finditer(text)]
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: span.start):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _link_spans(text: str) -> Iterator[Span]:
    for match in _LINK.finditer(text):
        link = match[0]
        while link and (link[-1] in ".,;:!?'\u2019\u201d" or _closes_nothing(link)):
            link = link[:-1]
        if _SCHEME.sub("", link):
            yield Span(match.start(), match.start() + len(link), "link", link)


def _closes_nothing(link: str) -> bool:
    return link.endswith(")") and link.count(")") > link.count("(")


def _tag_spans(text: str) -> Iterator[Span]:
    for match in _TAG.finditer(text):
        tag = match[1]
        while tag and unicodedata.category(tag[-1]).startswith("P"):
            tag = tag[:-1]
        speaks = any(unicodedata.category(char)[0] not in "NP" for char in tag)
        if speaks and count_graphemes(tag) <= MAX_TAG:
            yield Span(match.start(), match.start(1) + len(tag), "tag", tag)


def make_facets(text: str, did_of: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Facets for a text of ours; a handle that nobody has stays plain text."""
    made: list[dict[str, Any]] = []
    for span in spans(text):
        feature = {"link": {"uri": span.value}, "tag": {"tag": span.value}}.get(span.kind)
        if span.kind == "mention":
            did = did_of(span.value)
            feature = {"did": did} if did else None
        if feature is not None:
            start = len(text[: span.start].encode())
            end = start + len(text[span.start : span.end].encode())
            made.append(
                {
                    "index": {"byteStart": start, "byteEnd": end},
                    "features": [{"$type": f"{FACET}#{span.kind}", **feature}],
                }
            )
    return made
