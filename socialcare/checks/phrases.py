"""Phrases in the words of a reply. How one is written stands in the head of ``data/en.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

GAP = 3
"""Words that ``..`` may jump over."""
MOST_READ = 10_000
"""Characters of a reply in which phrases are looked for."""
_MOST_OPTIONAL = 5
_MOST_GAPS = 2
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[.!?\n]")
_ENDS = frozenset(".!?\n")
_BEGINNING = 2
"""Letters by which stems are kept; no stem is shorter."""


class Word(NamedTuple):
    """A word, small, and where it stands; ``.!?`` and a line break are words too."""

    text: str
    start: int
    end: int


class _Part(NamedTuple):
    words: frozenset[str]
    stems: tuple[str, ...] = ()
    number: bool = False
    gap: bool = False

    def takes(self, word: str) -> bool:
        return (
            word in self.words
            or (bool(self.stems) and word.startswith(self.stems))
            or (self.number and word[0].isdigit())
        )


def words_of(text: str) -> list[Word]:
    """The words of a straight text, a dash within a word kept; ``^`` where a sentence begins."""
    words, begins = [], True
    for match in _WORD.finditer(text[:MOST_READ]):
        word = match[0].casefold()
        if begins and word not in _ENDS:
            words.append(Word("^", match.start(), match.start()))
        begins = word in _ENDS
        words.append(Word(word, *match.span()))
    return words


class Phrases:
    """A list of phrases, kept by how they begin.

    Raises
    ------
    ValueError
        A phrase is none; the message says why, after the phrase.

    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_word: dict[str, list[tuple[_Part, ...]]] = {}
        self._by_stem: dict[str, list[tuple[_Part, ...]]] = {}
        self._by_number: list[tuple[_Part, ...]] = []
        for phrase in phrases:
            for parts in _compiled(phrase):
                self._keep(parts)

    def _keep(self, parts: tuple[_Part, ...]) -> None:
        first = parts[0]
        for word in first.words:
            self._by_word.setdefault(word, []).append(parts)
        for stem in {stem[:_BEGINNING] for stem in first.stems}:
            self._by_stem.setdefault(stem, []).append(parts)
        if first.number:
            self._by_number.append(parts)

    def find(self, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
        """Spans of words in which a phrase stands; of those at one place the longest."""
        for at, word in enumerate(words):
            text = word.text
            candidates = [
                *self._by_word.get(text, ()),
                *(parts for parts in self._by_stem.get(text[:_BEGINNING], ()) if parts[0].takes(text)),
                *(self._by_number if text[0].isdigit() else ()),
            ]  # fmt: skip
            ends = [end for parts in candidates if (end := _end(parts, 1, words, at + 1))]
            if ends:
                yield at, max(ends)

    def in_words(self, words: Sequence[Word]) -> bool:
        return next(self.find(words), None) is not None


def _end(parts: Sequence[_Part], part: int, words: Sequence[Word], at: int) -> int | None:
    """Where the phrase ends whose ``part`` should stand at ``words[at]``."""
    if part == len(parts):
        return at
    if not parts[part].gap:
        if at < len(words) and parts[part].takes(words[at].text):
            return _end(parts, part + 1, words, at + 1)
        return None
    for jumped in range(GAP + 1):
        if end := _end(parts, part + 1, words, at + jumped):
            return end
        if at + jumped >= len(words) or words[at + jumped].text in _ENDS:
            return None
    return None


def _compiled(phrase: str) -> Iterator[tuple[_Part, ...]]:
    """Once with and once without each ``[optional]`` part."""
    pieces = phrase.casefold().replace("\u2019", "'").split()
    if sum(piece.startswith("[") for piece in pieces) > _MOST_OPTIONAL:
        raise ValueError(f"has more than {_MOST_OPTIONAL} parts in [ ]")
    if pieces.count("..") > _MOST_GAPS:
        raise ValueError(f"has more than {_MOST_GAPS} gaps")
    variants: list[tuple[_Part, ...]] = [()]
    for piece in pieces:
        if piece.startswith("[") != piece.endswith("]"):
            raise ValueError("has a [ ] that is not closed, or holds a space")
        part = _part(piece.strip("[]"))
        longer = [(*variant, part) for variant in variants]
        variants = longer + variants if piece.startswith("[") else longer
    for variant in variants:
        if not variant or variant[0].gap or variant[-1].gap:
            raise ValueError("must begin and end with a word")
        yield variant


def _part(piece: str) -> _Part:
    if piece == "..":
        return _Part(frozenset(), gap=True)
    choices = piece.split("|")
    stems = tuple(choice[:-1] for choice in choices if choice.endswith("*"))
    if any(len(stem) < _BEGINNING for stem in stems):
        raise ValueError(f"has a stem of fewer than {_BEGINNING} letters")
    words = frozenset(c for c in choices if c != "#" and not c.endswith("*"))
    if "" in words:
        raise ValueError("has an empty word")
    return _Part(words, stems, "#" in choices)
