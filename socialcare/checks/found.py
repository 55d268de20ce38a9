"""A text in which private things are marked, so that none is told twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

BLANK = "\u00a4"
"""Stands where something was that is no number: neither a word nor a gap."""
MOST = 20
"""So many finds of one kind are enough to stop a reply."""


@dataclass(frozen=True, slots=True)
class Found:
    """``shown`` is what people see of it: of a card or a password, as little as will do."""

    kind: str
    shown: str
    exact: str
    """Letters and digits, small: for comparing."""
    masked: bool = False


@dataclass(slots=True)
class Sheet:
    """``text`` is straight; in ``bare`` links, handles, dates, prices and versions are blank."""

    text: str
    bare: str
    found: list[Found] = field(default_factory=list)
    _taken: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self._taken = bytearray(len(self.text))

    def take(self, kind: str, start: int, end: int, shown: str | None = None) -> None:
        """Note what stands there, unless something else was found in it before."""
        if not self.free(start, end) or self.enough(kind):
            return
        self._taken[start:end] = b"\x01" * (end - start)
        words = " ".join(self.text[start:end].split()).strip(" .,;:")
        self.found.append(Found(kind, shown or words, key(words), shown is not None))

    def free(self, start: int, end: int) -> bool:
        return 1 not in self._taken[start:end]

    def enough(self, kind: str) -> bool:
        return sum(one.kind == kind for one in self.found) >= MOST


def key(text: str) -> str:
    """What is the same however it is spaced and cut into groups."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def blanked(text: str, *patterns: re.Pattern[str]) -> str:
    """The text with each match replaced by as many blanks."""
    for pattern in patterns:
        text = pattern.sub(lambda m: BLANK * len(m[0]), text)
    return text


def before(text: str, place: int, reach: int = 24) -> str:
    """The end of what stands before a place."""
    return text[max(0, place - reach) : place]


def groups(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Runs of digits within a span."""
    for match in _DIGITS.finditer(text, start, end):
        yield match.span()


_DIGITS = re.compile("[0-9]+")
