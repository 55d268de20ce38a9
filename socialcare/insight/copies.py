"""Copies of one text by many: the same words, or nearly the same, behind other names and links.

Linear: each text is looked at once, and compared with one other for each of its marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from zlib import crc32

READ = 400
"""Characters of a text that are looked at."""
LEAST_WORDS = 7
"""Many people say "the checkout is down" without copying one another."""
_MARKS = 4
_ALIKE = 0.6
_SHINGLE = 3
# Links, names, and what stands before a text that is passed on.
_LEFT_OUT = re.compile(r"https?:\S*|www\.\S+|@[\w.@-]+:?|\b(?:rt|via|mt)\b[ :]*|&\w+;")
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    return _WORD.findall(_LEFT_OUT.sub(" ", text[:READ].lower()))


def groups(texts: Iterable[str]) -> list[int]:
    """For each text the number of its group: that of the first text that it is a copy of."""
    by_words: dict[str, int] = {}
    by_mark: dict[int, int] = {}
    shingles: dict[int, frozenset[int]] = {}
    found: list[int] = []
    for number, text in enumerate(texts):
        words = words_of(text)
        key = " ".join(words)
        group = by_words.get(key) if len(words) >= LEAST_WORDS else number
        if group is None:
            own = _shingles(words)
            marks = sorted(own)[:_MARKS]
            group = _alike(own, marks, by_mark, shingles, number)
            by_words[key] = group
            if group == number:
                shingles[number] = own
                for mark in marks:
                    by_mark.setdefault(mark, number)
        found.append(group)
    return found


def _shingles(words: Sequence[str]) -> frozenset[int]:
    return frozenset(
        crc32(" ".join(words[at : at + _SHINGLE]).encode())
        for at in range(max(1, len(words) - _SHINGLE + 1))
    )


def _alike(
    own: frozenset[int],
    marks: Sequence[int],
    by_mark: dict[int, int],
    shingles: dict[int, frozenset[int]],
    number: int,
) -> int:
    for mark in marks:
        other = by_mark.get(mark)
        if other is not None:
            theirs = shingles[other]
            if len(own & theirs) >= _ALIKE * len(own | theirs):
                return other
    return number
