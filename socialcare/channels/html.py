"""From the HTML of a mention to the words a person would read.

nh3 (html5ever) turns whatever came into well-formed, balanced markup; one walk over
its output makes the text. ``html.parser`` would take seconds on 24 kB of ``<a ``, and
nh3's own text output glues the words on both sides of a ``<br>`` together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import unescape
from types import MappingProxyType

import nh3

from socialcare.text import at_door

MAX_HTML = 16_384
"""Characters of one HTML text that are read: no HTML parser is linear in nested tags."""

QUOTED: frozenset[str] = frozenset({".quote-inline", "aside.quote"})
"""What other people said, repeated above the answer: Mastodon's ``RE:`` line, Discourse's quote."""

_LINES = frozenset({
    "address", "article", "aside", "caption", "center", "dd", "details", "dialog", "div", "dt",
    "figcaption", "footer", "form", "header", "hgroup", "li", "main", "nav", "section", "summary",
    "tbody", "tfoot", "thead", "tr",
})  # fmt: skip
_PARAGRAPHS = frozenset({
    "blockquote", "dl", "fieldset", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p",
    "pre", "table", "ul",
})  # fmt: skip
_LISTS = frozenset({"ol", "ul"})
_CELLS = frozenset({"td", "th"})
_INLINE = frozenset({"a", "br", "code", "img", "span"})
_TAGS = set(_LINES | _PARAGRAPHS | _CELLS | _INLINE)
_VOID = frozenset({"br", "hr", "img"})
_ATTRIBUTES = {"*": {"class"}, "a": {"href"}, "img": {"alt"}}
_SILENT = {"script", "style"}
_SCHEMES = {"http", "https"}

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_SPACE = re.compile(r"[ \t\n\r\f]+")
_CUT_ENTITY = re.compile(r"&[#0-9A-Za-z]{0,31}\Z")


def to_text(
    html: str,
    *,
    drop: Collection[str] = QUOTED,
    names: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Read HTML as a person would: paragraphs, line breaks and list items stay apart.

    A link is its visible text; where the page shows an address cut short, it is the
    whole address. Entities are read once. A ``blockquote`` starts its lines with ``> ``.

    ``drop`` holds elements to leave out, as ``tag.class`` or ``.class``; ``names`` gives
    for the ``href`` of a link what to write instead of its text (``@ana@mas.to``).
    """
    if len(html) > MAX_HTML:
        html = _CUT_ENTITY.sub("", html[:MAX_HTML])
    clean = nh3.clean(
        at_door(html, MAX_HTML),
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    walk = _Walk(drop, names)
    for closing, tag, attributes, text in _TOKEN.findall(clean):
        if text:
            walk.text(unescape(text))
        elif closing:
            walk.end(tag)
        else:
            walk.start(tag, {key: unescape(value) for key, value in _ATTRIBUTE.findall(attributes)})
    return at_door("".join(walk.parts))


class _Walk:
    """What was written so far, and what is due before the next word."""

    def __init__(self, drop: Collection[str], names: Mapping[str, str]) -> None:
        self.parts: list[str] = []
        self._drop = frozenset(drop)
        self._names = names
        self._breaks = 0
        self._space = False
        self._bullet = ""
        self._quotes = 0
        self._lists = 0
        self._pre = 0
        self._left_out = 0
        self._hidden: list[bool] = []
        self._link: _Link | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        classes = attributes.get("class", "").split()
        if self._left_out or not self._drop.isdisjoint(_selectors(tag, classes)):
            self._left_out += tag not in _VOID
            return
        if tag == "span":
            self._hidden.append("invisible" in classes)
            if self._link and self._hidden[-1]:
                self._link.shortened = True
        elif tag == "a":
            href = attributes.get("href", "")
            self._link = _Link(href, len(self.parts), self._breaks, self._space, self._bullet)
        elif tag == "img" and any("emoji" in name for name in classes):
            self.text(attributes.get("alt", ""))
        elif tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        else:
            self._open_block(tag)

    def _open_block(self, tag: str) -> None:
        self._break_for(tag)
        if tag == "li":
            self._bullet = "- "
        elif tag in _LISTS:
            self._lists += 1
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._pre += 1

    def end(self, tag: str) -> None:
        if self._left_out:
            self._left_out -= 1
            return
        if tag == "span":
            self._hidden.pop()
        elif tag == "a":
            self._end_link()
        elif tag == "li":
            self._bullet = ""
        elif tag in _LISTS:
            self._lists -= 1
        elif tag == "blockquote":
            self._quotes -= 1
        elif tag == "pre":
            self._pre -= 1
        self._break_for(tag)

    def _break_for(self, tag: str) -> None:
        if tag in _PARAGRAPHS and not (self._lists and tag in _LISTS):
            self._breaks = 2
        elif tag in _LINES or tag in _LISTS:
            self._breaks = max(self._breaks, 1)
        elif tag in _CELLS:
            self._space = True

    def _end_link(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        instead = self._names.get(link.href) or link.address("".join(self.parts[link.at :]))
        if instead:
            del self.parts[link.at :]
            self._breaks, self._space, self._bullet = link.breaks, link.space, link.bullet
            self._write(instead)

    def text(self, text: str) -> None:
        if self._left_out or any(self._hidden):
            return
        text = text.replace("\xa0", " ")
        if self._pre:
            self._write(text.rstrip("\n").replace("\n", "\n" + "> " * self._quotes))
            self._breaks += text.endswith("\n")
            return
        words = _SPACE.sub(" ", text)
        self._space = self._space or words.startswith(" ")
        self._write(words.strip(" "))
        self._space = self._space or words.endswith(" ")

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._breaks and self.parts:
            self.parts.append("\n" * min(self._breaks, 2))
        elif self._space and self.parts:
            self.parts.append(" ")
        if self._breaks or not self.parts:
            self.parts.append("> " * self._quotes)
        self.parts.append(self._bullet + text)
        self._breaks, self._space, self._bullet = 0, False, ""


class _Link:
    """An open ``<a>``: where its words begin, and what was due before them."""

    def __init__(self, href: str, at: int, breaks: int, space: bool, bullet: str) -> None:
        self.href = href
        self.at = at
        self.breaks = breaks
        self.space = space
        self.bullet = bullet
        self.shortened = False

    def address(self, shown: str) -> str | None:
        """The whole address, if what is ``shown`` is that address cut short."""
        if not self.href.startswith(("http://", "https://")):
            return None
        if self.shortened:
            return self.href
        shown = shown.strip()
        start = shown.removesuffix("…").removesuffix("...")
        if start != shown and start and self.href.partition("://")[2].startswith(_bare(start)):
            return self.href
        return None


def _bare(address: str) -> str:
    return address.removeprefix("http://").removeprefix("https://")


def _selectors(tag: str, classes: Collection[str]) -> set[str]:
    return {f"{prefix}.{name}" for name in classes for prefix in ("", tag)}
