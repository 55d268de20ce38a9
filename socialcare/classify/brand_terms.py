"""Find the words of a brand in a text: fold the text, compile the terms, list the hits."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

TermKind = Literal["handle", "domain", "tag", "phrase", "word"]

_ZERO_WIDTH = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)
_MARK = (
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_PILE_OF_MARKS = re.compile(f"({_MARK}{{4}}){_MARK}+")
"""Normalising a long pile of marks costs the square of its length."""
_QUOTES = str.maketrans("’‘ʼ＇“”", "''''\"\"")

# Scripts written without spaces, or with particles glued on: a Latin name stands alone among them.
_GLUED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af"
_LEFT = rf"(?<![^\W{_GLUED}])"
_RIGHT = rf"(?![^\W{_GLUED}])"
_GAP = r"[\s\-_.'\u2010-\u2015·]{0,3}"
_HOST = re.compile(r"(?:https?://)?(?:www\.)?((?:[\w-]+\.)+[^\W\d_]{2,})/?")
_REDDIT = re.compile(r"/?(u|user|r)/([\w-]+)")
_TAG = re.compile(r"#(\w+)")
_SOFT_GAPS = re.compile(r"[\s\-_.'\u2010-\u2015·]+")

SHORT = 4
"""A name below this length is found in a hashtag only if it is all of it: #place is not “Ace”."""

_LOOKALIKES = dict(
    zip(
        "авекмнорстухіјѕԁԛԝһӏɡαεικνορτυχωβγ",
        "abekmhopctyxijsdqwhlgaeiknoptuxwby",
        strict=True,
    )
)
"""Cyrillic and Greek letters that read as Latin ones, after folding."""
_LOOKALIKE_TABLE = str.maketrans(_LOOKALIKES)
_HAS_LOOKALIKE = re.compile(f"[{''.join(_LOOKALIKES)}]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is matched. ``cased`` has the same length and keeps the capitals."""

    text: str
    cased: str


@dataclass(frozen=True, slots=True)
class Term:
    written: str
    kind: TermKind
    pattern: str
    compact: str
    """Without gaps, as it stands in a hashtag."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a term stands. In a hashtag: ``tag`` is all of it, ``rest`` what else it says."""

    term: Term
    start: int
    end: int
    tag: tuple[int, int] | None = None
    rest: str = ""

    def written(self, cased: str) -> str:
        begin, end = self.tag or (self.start, self.end)
        return cased[begin:end]


class Spans:
    """Stretches of a text, merged where they touch."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self._begins: list[int] = []
        self._ends: list[int] = []
        for begin, end in sorted((hit.start, hit.end) for hit in hits):
            if self._ends and begin <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._begins.append(begin)
                self._ends.append(end)

    def cover(self, begin: int, end: int) -> bool:
        place = bisect_right(self._begins, begin) - 1
        return place >= 0 and end <= self._ends[place]

    def touch(self, begin: int, end: int) -> bool:
        place = bisect_left(self._begins, end) - 1
        return place >= 0 and begin < self._ends[place]


def fold(text: str) -> Folded:
    """NFKC without zero-width characters, in one case, with straight quotes."""
    if not text.isascii():
        text = _PILE_OF_MARKS.sub(r"\1", _ZERO_WIDTH.sub("", text))
        text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    folded = text.casefold()
    if len(folded) == len(text):
        return Folded(folded, text)
    pieces = [(char.casefold(), char) for char in text]
    cased = "".join(char if len(low) == 1 else low for low, char in pieces)
    return Folded(folded, cased)


def latin_lookalike(folded: str) -> str | None:
    """The same text with Cyrillic and Greek twins read as Latin; None where there are none."""
    return folded.translate(_LOOKALIKE_TABLE) if _HAS_LOOKALIKE.search(folded) else None


def parse_term(written: str) -> Term | None:
    """What a line of the config looks for; None where it is empty or nothing but gaps."""
    text = fold(written).text.strip()
    if not _SOFT_GAPS.sub("", text):
        return None
    if text[0] in "@/" or _REDDIT.fullmatch(text):
        return parse_handle(written)
    if text[0] == "#" and len(text) > 1:
        return Term(written, "tag", rf"#{re.escape(text[1:])}(?!\w)", text[1:])
    if host := _HOST.fullmatch(text):
        pattern = rf"(?<![\w-]){re.escape(host[1])}(?![\w-]|\.\w)"
        return Term(written, "domain", pattern, _SOFT_GAPS.sub("", host[1]))
    kind: TermKind = "phrase" if re.search(r"\w\W+\w", text) else "word"
    return Term(written, kind, _words_pattern(text), _SOFT_GAPS.sub("", text))


def parse_handle(written: str) -> Term | None:
    """An account, found with and without its instance; ``u/name`` and ``r/name`` are Reddit's."""
    text = fold(written).text.strip()
    if reddit := _REDDIT.fullmatch(text):
        place = "r" if reddit[1] == "r" else "(?:u|user)"
        name = re.escape(reddit[2])
        return Term(written, "handle", rf"(?<!\w){place}/{name}(?![\w-])", reddit[2])
    name, _, instance = text.lstrip("@").partition("@")
    if not name:
        return None
    host = rf"(?:@{re.escape(instance)})?" if instance else ""
    pattern = rf"(?<![\w@])@{re.escape(name)}{host}(?![\w@]|\.\w)"
    return Term(written, "handle", pattern, name)


def _words_pattern(text: str) -> str:
    """Words with any gap of spaces, hyphens or nothing between; other signs as they are."""
    parts = re.findall(r"\w+|[^\w]+", text)
    pattern = ""
    for place, part in enumerate(parts):
        if part[0].isalnum() or part[0] == "_":
            pattern += re.escape(part)
        elif _SOFT_GAPS.fullmatch(part):
            pattern += _GAP if 0 < place < len(parts) - 1 else ""
        else:
            pattern += rf"\s{{0,2}}{re.escape(part.strip())}" + (
                r"\s{0,2}" if place < len(parts) - 1 else ""
            )
    last = parts[-1]
    plural = "s?" if len(last) > 3 and last.isalpha() and last[-1] != "s" else ""
    return _edge(text[0], _LEFT) + pattern + plural + _edge(text[-1], _RIGHT)


def _edge(char: str, boundary: str) -> str:
    glued = re.match(f"[{_GLUED}]", char)
    return boundary if char.isalnum() and not glued else ""


_ORDER: dict[TermKind, int] = {"handle": 0, "domain": 1, "tag": 2, "phrase": 3, "word": 4}


class Terms:
    """Several terms compiled into one expression; the longest wins where two begin together."""

    def __init__(self, terms: Iterable[Term | None]) -> None:
        known = {term.pattern: term for term in reversed([t for t in terms if t])}
        self.terms = sorted(known.values(), key=lambda t: (_ORDER[t.kind], -len(t.compact)))
        self._pattern = re.compile("|".join(f"({term.pattern})" for term in self.terms) or r"(?!)")
        self._tagged = sorted(self.terms, key=lambda t: -len(t.compact))

    def find(self, folded: str) -> list[Hit]:
        """All hits in the order of the text; inside a hashtag only at its beginning or end."""
        tags = list(self._in_tags(folded))
        covered = Spans(tags)
        plain = [hit for hit in self._plain(folded) if not covered.touch(hit.start, hit.end)]
        return sorted(tags + plain, key=lambda hit: hit.start)

    def _plain(self, folded: str) -> Iterator[Hit]:
        for match in self._pattern.finditer(folded):
            yield Hit(self.terms[(match.lastindex or 1) - 1], *match.span())

    def _in_tags(self, folded: str) -> Iterator[Hit]:
        for match in _TAG.finditer(folded):
            for term in self._tagged:
                if hit := _in_tag(term, match[1], match.span()):
                    yield hit
                    break


def _in_tag(term: Term, tag: str, span: tuple[int, int]) -> Hit | None:
    begin, end = span
    name = term.compact
    if tag == name:
        return Hit(term, begin, end, span)
    if len(name) < SHORT:
        return None
    if tag.startswith(name):
        return Hit(term, begin, begin + 1 + len(name), span, tag[len(name) :].strip("_"))
    if tag.endswith(name):
        return Hit(term, end - len(name), end, span, tag[: -len(name)].strip("_"))
    return None
