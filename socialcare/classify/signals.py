"""What the form of a text says beside its words. Weights stand in the language file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from socialcare.classify.plain import Plain

_PERSONAL = frozenset(
    "i i'm i've i'd i'll me my mine we we're we've us our you you're you've your".split()
)
_LEAST_FEELING = 0.05
"""Compound scores nearer to zero are neutral, as VADER's authors have it."""


class Signal(NamedTuple):
    """``name`` finds the weights, ``strength`` scales them, ``shown`` is what a reader sees."""

    name: str
    strength: float
    shown: str


def signals(plain: Plain, sentiment: float, rating: float | None) -> Iterator[Signal]:
    yield from _marks(plain)
    yield from _sentiment(sentiment)
    yield from _stars(rating)
    yield from _shape(plain)


def _marks(plain: Plain) -> Iterator[Signal]:
    if "?" in plain.words:
        at = plain.words.index("?")
        last = at >= len(plain.words) - 2
        yield Signal("question_mark" if last else "question_inside", 1.0, "question mark")
    if "!!" in plain.text or "??" in plain.text or "?!" in plain.text:
        yield Signal("many_marks", 1.0, "many marks")


def _sentiment(score: float) -> Iterator[Signal]:
    if score <= -_LEAST_FEELING:
        yield Signal("negative", -score, f"VADER compound {score:+.2f}")
    elif score >= _LEAST_FEELING:
        yield Signal("positive", score, f"VADER compound {score:+.2f}")


def _stars(rating: float | None) -> Iterator[Signal]:
    if rating is None:
        return
    if rating <= 2:
        yield Signal("bad_rating", 1.0, f"rating {rating:g} of 5")
    elif rating >= 4:
        yield Signal("good_rating", 1.0, f"rating {rating:g} of 5")


def _shape(plain: Plain) -> Iterator[Signal]:
    words = [word for word in plain.words if word[0].isalpha()]
    personal = not _PERSONAL.isdisjoint(words)
    if plain.retweet:
        yield Signal("retweet", 1.0, "passed on")
    if plain.links:
        yield Signal("link", 1.0, "link")
    if personal:
        yield Signal("personal", 1.0, "speaks of I, we or you")
    elif len(words) >= 5 and not {"?", "!"} & set(plain.words):
        yield Signal("headline", 1.0, "reads like a headline")
    if plain.words and plain.words[0] == "@":
        yield Signal("addressed", 1.0, "speaks to somebody")
    if len(words) > 22:
        yield Signal("long", 1.0, "tells at length")
    elif len(words) <= 3:
        yield Signal("short", 1.0, "few words")
    if sum(word.isupper() and len(word) > 2 for word in plain.scored) >= 3:
        yield Signal("shouting", 1.0, "capitals")
