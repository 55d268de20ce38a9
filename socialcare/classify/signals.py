"""What the form of a text says beside its words. Weights stand in the language file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from socialcare.classify.plain import Plain

BAD_STARS = 2
GOOD_STARS = 4
_TAIL = 4
"""Words behind the last question that are no further sentence: thanks, a link, a name."""
_LEAST_FEELING = 0.05
"""Compound scores nearer to zero are neutral, as VADER's authors have it."""


class Signal(NamedTuple):
    """``name`` finds the weights, ``strength`` scales them, ``shown`` is what a reader sees."""

    name: str
    strength: float
    shown: str


class ShapeWords(NamedTuple):
    """What a language's file says about the form of its sentences."""

    personal: frozenset[str]
    asking: frozenset[str]
    opening: frozenset[str]
    """Words that may stand before the one that makes a sentence ask."""


def signals(
    plain: Plain, sentiment: float, rating: float | None, shape: ShapeWords, *, to_us: bool
) -> Iterator[Signal]:
    """``to_us``: the place says whom it speaks to (a message, a review), so no name is missed."""
    yield from _marks(plain, shape)
    yield from _sentiment(sentiment)
    yield from _stars(rating)
    yield from _shape(plain, shape)
    if to_us:
        yield Signal("to_us", 1.0, "written to us")
    elif "@" not in plain.words:
        yield Signal("nobody", 1.0, "names nobody")


def _marks(plain: Plain, shape: ShapeWords) -> Iterator[Signal]:
    words = plain.words
    asked = [at for at, word in enumerate(words) if word == "?"]
    if asked:
        last = asked[-1] >= len(words) - _TAIL
        yield Signal("question_mark" if last else "question_inside", 1.0, "question mark")
        if any(_first_word(words, at, shape.opening) in shape.asking for at in asked):
            yield Signal("asks", 1.0, "a sentence that asks")
    if "!!" in plain.text or "??" in plain.text or "?!" in plain.text:
        yield Signal("many_marks", 1.0, "many marks")


def _first_word(words: Sequence[str], end: int, opening: frozenset[str]) -> str:
    """The word that begins the sentence whose end is at ``end``."""
    at = end
    while at and words[at] != "^":
        at -= 1
    while at < end and (words[at] in {"^", "@"} or words[at] in opening):
        at += 1
    return words[at]


def _sentiment(score: float) -> Iterator[Signal]:
    if score <= -_LEAST_FEELING:
        yield Signal("negative", -score, f"VADER compound {score:+.2f}")
    elif score >= _LEAST_FEELING:
        yield Signal("positive", score, f"VADER compound {score:+.2f}")


def _stars(rating: float | None) -> Iterator[Signal]:
    if rating is None:
        return
    if rating <= BAD_STARS:
        yield Signal("bad_rating", 1.0, f"rating {rating:g} of 5")
    elif rating >= GOOD_STARS:
        yield Signal("good_rating", 1.0, f"rating {rating:g} of 5")


def _title_case(scored: Sequence[str]) -> bool:
    words = [word for word in scored if word[:1].isalpha()][1:]
    return sum(word[0].isupper() for word in words) * 2 > len(words)


def _shape(plain: Plain, shape: ShapeWords) -> Iterator[Signal]:
    words = [word for word in plain.words if word[0].isalpha()]
    personal = not shape.personal.isdisjoint(words)
    if plain.retweet:
        yield Signal("retweet", 1.0, "passed on")
    if plain.links:
        yield Signal("link", 1.0, "link")
    if personal:
        yield Signal("personal", 1.0, "speaks of I, we or you")
    elif len(words) >= 5 and not {"?", "!"} & set(plain.words):
        headline = plain.links > 0 or _title_case(plain.scored)
        yield Signal(
            "headline" if headline else "impersonal",
            1.0,
            "reads like a headline" if headline else "speaks of nobody",
        )
    if plain.words and plain.words[0] == "@":
        yield Signal("addressed", 1.0, "speaks to somebody")
    if len(words) > 22:
        yield Signal("long", 1.0, "tells at length")
    elif not words and plain.emoji:
        yield Signal("only_emoji", 1.0, "nothing but emoji")
    elif len(words) <= 3:
        yield Signal("short", 1.0, "few words")
    if sum(word.isupper() and len(word) > 2 for word in plain.scored) >= 3:
        yield Signal("shouting", 1.0, "capitals")
