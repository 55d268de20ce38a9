"""What speaks for an ambiguous name being the brand: evidence, word lists, words nearby."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from socialcare.classify.brand_terms import Hit, Spans

NEAR = 300
"""Characters within which a context word counts in full."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One contribution to the score, as a person reads it."""

    points: float
    reason: str


@cache
def word_lists() -> Mapping[str, tuple[str, ...]]:
    raw = tomllib.loads(Path(__file__).with_name("brand_words.toml").read_text("utf-8"))
    return {name: tuple(words) for name, words in raw.items()}


@cache
def word_set(name: str) -> frozenset[str]:
    return frozenset(word_lists()[name])


def words_pattern(words: Iterable[str], *, in_tags: bool = False) -> re.Pattern[str]:
    """Any of the words or phrases, whole, with or without a plural -s.

    ``in_tags`` finds them at the beginning and the end of a hashtag as well: #newboots.
    """
    parts = [r"[\s-]{1,3}".join(map(re.escape, word.split())) for word in words if word.strip()]
    if not parts:
        return re.compile(r"(?!)")
    parts.sort(key=len, reverse=True)
    anyone = f"(?:{'|'.join(parts)})(?:s|es)?"
    tagged = rf"|#{anyone}\w*|#\w{{1,40}}?{anyone}(?!\w)" if in_tags else ""
    return re.compile(rf"(?<!\w){anyone}(?!\w){tagged}")


@dataclass(frozen=True, slots=True)
class Marks:
    """Where in a text something stands: the words and their beginnings, in order."""

    words: Sequence[str]
    starts: Sequence[int]

    @classmethod
    def of(cls, pattern: re.Pattern[str], text: str, outside: Spans) -> Marks:
        """All matches that touch none of the spans ``outside``."""
        found = [match for match in pattern.finditer(text) if not outside.touch(*match.span())]
        return cls([match[0] for match in found], [match.start() for match in found])

    def without(self, other: Marks) -> Marks:
        taken = set(other.starts)
        pairs = zip(self.words, self.starts, strict=True)
        left = [(word, start) for word, start in pairs if start not in taken]
        return Marks([word for word, _ in left], [start for _, start in left])

    def near(self, hit: Hit) -> tuple[str, ...]:
        low = bisect_left(self.starts, hit.start - NEAR)
        high = bisect_left(self.starts, hit.end + NEAR)
        return tuple(dict.fromkeys(self.words[low:high]))

    def weigh(self, what: str, hit: Hit, points: float) -> list[Evidence]:
        """In full near the hit, a little more for a second one, half for one further away."""
        near = self.near(hit) if points else ()
        if not near:
            away = self.words[:1] if points else ()
            return [Evidence(points / 2, f"{what} “{word}” further away") for word in away]
        second = [Evidence(0.5, f"and “{word}”") for word in near[1:2]]
        return [Evidence(points, f"{what} “{near[0]}” near the name"), *second]
