"""VADER's scores, to the last digit those of vaderSentiment 3.3.2, in linear time.

The rules keep that version's order of operations and its oddities, so that a score can be
compared with what is published about VADER. The package is the reference in the tests.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Sequence
from heapq import heappush, heappushpop
from itertools import repeat
from math import sqrt
from typing import NamedTuple

from socialcare.classify.vader_words import INERT, NEGATION, WHOLE, Word, emoji, words

_CAPITALS = 0.733
_NEGATED = -0.74
_STRESS = frozenset({"so", "this"})
_FRONT = 3
"""Inert words put before a text, so that every word has three before it."""
_PUNCTUATION = repeat(string.punctuation)
_OTHERWISE = repeat(INERT)


class Scores(NamedTuple):
    """Shares of negative, neutral and positive words; the sum of all, −1 … 1."""

    neg: float
    neu: float
    pos: float
    compound: float


_EMPTY = Scores(0.0, 0.0, 0.0, 0.0)
_NEUTRAL = Scores(0.0, 1.0, 0.0, 0.0)


def compound(text: str) -> float:
    """−1 (negative) … 1 (positive); 0 for a text without a word that VADER knows."""
    return scores(text).compound


def compound_of_bare(text: str) -> float:
    """The same, faster, for words without punctuation around them: marks stand alone."""
    lowered = text.lower()
    tokens = lowered.split()
    known = words()
    if known.valued.isdisjoint(tokens):
        return 0.0
    line = [INERT, INERT, INERT, *map(known.known.get, tokens, _OTHERWISE), INERT, INERT]
    total = sum(_values(text, lowered, tokens, line))
    emphasis = _emphasis(text)
    return _between_ones(total + (emphasis if total > 0 else -emphasis if total < 0 else 0))


def scores(text: str) -> Scores:
    if not text.isascii():
        text = _described(text)
    lowered = text.lower()
    tokens = lowered.split()
    values = _values(text, lowered, tokens, _looked_up(tokens))
    if not values:
        return _NEUTRAL if tokens else _EMPTY
    neutral = len(tokens)
    positive = negative = 0.0
    for value in values:
        if value > 0:
            positive += value + 1
            neutral -= 1
        elif value < 0:
            negative += 1 - value
            neutral -= 1
    total = sum(values)
    if "!" in text or "?" in text:
        emphasis = _emphasis(text)
        total += emphasis if total > 0 else -emphasis if total < 0 else 0
        if positive > negative:
            positive += emphasis
        elif positive < negative:
            negative += emphasis
    whole = positive + negative + neutral
    return Scores(
        round(negative / whole, 3) if negative else 0.0,
        round(neutral / whole, 3),
        round(positive / whole, 3) if positive else 0.0,
        _between_ones(total),
    )


def _between_ones(total: float) -> float:
    return round(total / sqrt(total * total + 15), 4)


def _described(text: str) -> str:
    """Emoji as words. What follows one without a space sticks to its last word."""
    return emoji().runs.sub(_described_run, text)


def _described_run(run: re.Match[str]) -> str:
    signs = run[0]
    return signs if emoji().signs.isdisjoint(signs) else signs.translate(emoji().described)


def _emphasis(text: str) -> float:
    """What exclamation and question marks add, wherever they stand."""
    asked = text.count("?")
    doubt = 0 if asked < 2 else asked * 0.18 if asked <= 3 else 0.96
    return min(text.count("!"), 4) * 0.292 + doubt


def _values(text: str, lowered: str, tokens: Sequence[str], line: list[Word]) -> list[float]:
    """The values of the words in the lexicon, in order. All other words are worth 0."""
    live, boosters, but = _places(tokens, line)
    if not live:
        return []
    if "n't" in lowered:
        for at, token in enumerate(tokens, _FRONT):
            if "n't" in token and line[at] is INERT:
                line[at] = NEGATION
    shouted = _shouted(text, live + boosters) if text != lowered else ()
    values = [_value(line, at, shouted) for at in live]
    if but:
        _shift_weight(values, live, but)
    return values


def _looked_up(tokens: Sequence[str]) -> list[Word]:
    bare = map(str.strip, tokens, _PUNCTUATION)
    return [INERT, INERT, INERT, *map(words().bare.get, bare, _OTHERWISE), INERT, INERT]


def _places(tokens: Sequence[str], line: list[Word]) -> tuple[list[int], list[int], int]:
    """Where in the line words of the lexicon stand, boosters, and the first "but".

    What has to be looked up with its punctuation is looked up.
    """
    inert = INERT
    live: list[int] = []
    boosters: list[int] = []
    but = 0
    for at, found in enumerate(line):
        if found is inert:
            continue
        word = found
        if found is WHOLE:
            word = line[at] = words().whole.get(tokens[at - _FRONT], inert)
        if word.valence:
            live.append(at)
        elif word.boost:
            boosters.append(at)
        elif not but and word.lower == "but":
            but = at
    return live, boosters, but


def _shouted(text: str, places: Sequence[int]) -> Collection[int]:
    """Which of the places hold a word in capitals, unless all of the text is in capitals."""
    tokens = text.split()
    shouted = {at for at in places if tokens[at - _FRONT].isupper()}
    return () if shouted and all(map(str.isupper, tokens)) else shouted


def _value(line: Sequence[Word], at: int, shouted: Collection[int]) -> float:
    around = line[at - 3 : at + 3]
    three, two, one, word, after, _ = around
    if word.lower == "kind" and after.lower == "of":
        return 0
    value = word.valence
    if word.lower == "no" and after.valence:
        value = 0.0
    if (
        one.lower == "no"
        or two.lower == "no"
        or (three.lower == "no" and one.lower in {"or", "nor"})
    ):
        value = word.valence * _NEGATED
    if at in shouted:
        value += _CAPITALS if value > 0 else -_CAPITALS
    stressed = one.lower in _STRESS
    if one.boost:
        value += _boost(one, value, shouted=at - 1 in shouted)
    if one.negates:
        value *= _NEGATED
    if two.boost:
        value += _boost(two, value, shouted=at - 2 in shouted) * 0.95
    if stressed and two.lower == "never":
        value *= 1.25
    elif two.negates and not (two.lower == "without" and one.lower == "doubt"):
        value *= _NEGATED
    if at >= _FRONT + 3 and not three.valence:
        if three.boost:
            value += _boost(three, value, shouted=at - 3 in shouted) * 0.9
        if stressed or (three.lower == "never" and two.lower in _STRESS):
            value *= 1.25
        elif three.negates and not (three.lower == "without" and "doubt" in {one.lower, two.lower}):
            value *= _NEGATED
        if (
            word.lower in one.leads
            or one.lower in two.leads
            or two.lower in three.leads
            or after.lower in word.leads
        ):
            value = _phrase_value(value, around)
    if one.lower == "least" and two.lower not in {"at", "very"}:
        value *= _NEGATED
    return value


def _boost(booster: Word, value: float, *, shouted: bool) -> float:
    boost = -booster.boost if value < 0 else booster.boost
    if shouted:
        boost += _CAPITALS if value > 0 else -_CAPITALS
    return boost


def _phrase_value(value: float, around: Sequence[Word]) -> float:
    """The value that a phrase gives to the fourth of the words, else the one it has."""
    known = words()
    three, two, one, word, after, later = (each.lower for each in around)
    pair, near = f"{three} {two}", f"{two} {one}"
    for phrase in (f"{one} {word}", f"{near} {word}", near, f"{three} {near}", pair):
        if phrase in known.phrases:
            value = known.phrases[phrase]
            break
    value = known.phrases.get(f"{word} {after}", value)
    value = known.phrases.get(f"{word} {after} {later}", value)
    for phrase in (pair, near):
        value += known.boosters.get(phrase, 0)
    return value


def _shift_weight(values: list[float], places: Sequence[int], but: int) -> None:
    """Halve what stands before "but", raise what stands behind it.

    vaderSentiment looks each value up by itself, so that of equal ones the first is
    changed, even where it was before. A heap of places for each value finds it at once.
    """
    held: dict[float, list[int]] = {}
    for at, value in enumerate(values):
        same = held.get(value)
        first = heappushpop(same, at) if same else at
        values[first] = changed = value * (0.5 if places[first] < but else 1.5)
        heappush(held.setdefault(changed, []), first)
