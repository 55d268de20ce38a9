"""The words that VADER knows, read from the files of the vaderSentiment package.

Only lists are taken from there: how words are weighed is written in
:mod:`socialcare.classify.vader`, and the package's own scorer never runs.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

_IN_RULES = ("so", "this", "never", "without", "doubt", "or", "least", "at", "very", "but")
"""Words that rules name, most of which are in no list."""


@dataclass(slots=True, eq=False)
class Word:
    """What the rules ask about one word."""

    lower: str = ""
    valence: float = 0.0
    """0 outside the lexicon, which holds no zero itself."""
    boost: float = 0.0
    """What it adds to the words behind it; below 0 for a dampener."""
    negates: bool = False
    leads: frozenset[str] = frozenset()
    """Words that may follow it in a phrase."""


INERT = Word()
"""Every word that changes no score, and what stands before and behind a text."""
NEGATION = Word(negates=True)
"""Every word with *n't* that is in no list."""
WHOLE = Word()
"""Stands for all words that are looked up with their punctuation."""


@dataclass(frozen=True, slots=True)
class Words:
    """Keys are lower case."""

    known: Mapping[str, Word]
    """As they stand in the lists."""
    valued: frozenset[str]
    """Those in the lexicon."""
    bare: Mapping[str, Word]
    """By what is left without punctuation around it; :data:`WHOLE` where that is too short."""
    whole: Mapping[str, Word]
    """What has at most two characters left without it, as it stands. Holds the emoticons."""
    phrases: Mapping[str, float]
    """What a word in a phrase is worth instead of its own value."""
    boosters: Mapping[str, float]
    """Words and phrases that strengthen (+) or dampen (−)."""


@dataclass(frozen=True, slots=True)
class Emoji:
    """Single characters only: VADER finds no sequences."""

    signs: frozenset[str]
    described: Mapping[int, str]
    """Code point → description behind a space."""
    runs: re.Pattern[str]
    """What may be emoji: a few signs of Latin-1 and all from the first higher one."""


@cache
def words() -> Words:
    # Importing takes a tenth of the time of reading the lists out of the source.
    from vaderSentiment import vaderSentiment

    known = _known(
        {word: float(mean) for word, mean in _rows("vader_lexicon.txt")},
        vaderSentiment.BOOSTER_DICT,
        frozenset(vaderSentiment.NEGATE),
        _leads((*vaderSentiment.SPECIAL_CASES, *vaderSentiment.BOOSTER_DICT)),
    )
    rests = [word.strip(string.punctuation) for word in known]
    short = {word: rest for word, rest in zip(known, rests, strict=True) if len(rest) <= 2}
    return Words(
        known=known,
        valued=frozenset(word for word, found in known.items() if found.valence),
        bare=known | dict.fromkeys(short.values(), WHOLE),
        whole={word: known[word] for word in short},
        phrases=vaderSentiment.SPECIAL_CASES,
        boosters=vaderSentiment.BOOSTER_DICT,
    )


@cache
def emoji() -> Emoji:
    rows = _rows("emoji_utf8_lexicon.txt")
    described = {ord(sign): f" {text}" for sign, text in rows if len(sign) == 1}
    signs = frozenset(map(chr, described))
    low = "".join(sorted(sign for sign in signs if sign < "\u0100"))
    first = min(signs.difference(low))
    # Twice, as a search is only fast for what begins with exactly one of a set.
    runs = re.compile(f"[{low}{first}-\U0010ffff][{first}-\U0010ffff]*")
    return Emoji(signs, described, runs)


def _rows(name: str) -> Iterator[list[str]]:
    """The first two columns of each line of a file that the package ships."""
    import vaderSentiment

    text = Path(vaderSentiment.__file__).with_name(name).read_text("utf-8")
    return (line.split("\t", 2)[:2] for line in text.split("\n") if line)


def _known(
    valences: Mapping[str, float],
    boosters: Mapping[str, float],
    negations: frozenset[str],
    leads: Mapping[str, frozenset[str]],
) -> dict[str, Word]:
    known = {word: Word(word, valence) for word, valence in valences.items()}
    for word in negations.union(boosters, leads, *leads.values(), _IN_RULES):
        known[word] = Word(
            word,
            valences.get(word, 0.0),
            boosters.get(word, 0.0),
            word in negations,
            leads.get(word, frozenset()),
        )
    return known


def _leads(phrases: Iterable[str]) -> dict[str, frozenset[str]]:
    """First word of each pair in a phrase → the second ones."""
    leads: dict[str, frozenset[str]] = {}
    for phrase in phrases:
        for first, second in pairwise(phrase.split()):
            leads[first] = leads.get(first, frozenset()) | {second}
    return leads
