"""What the form of a text says beside its words. Weights stand in the language file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from socialcare.classify.plain import Plain

BAD_STARS = 2
GOOD_STARS = 4
_TAIL = 4
"""Words behind the last question that are no further sentence: thanks, a link, a name."""
_SHOUTED = 3
"""Words in capitals from which a text shouts."""
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


_LAST_ASKS = Signal("question_mark", 1.0, "question mark")
_ONE_ASKS = Signal("question_inside", 1.0, "question mark")
_ASKS = Signal("asks", 1.0, "a sentence that asks")
_MANY_MARKS = Signal("many_marks", 1.0, "many marks")
_RETWEET = Signal("retweet", 1.0, "passed on")
_LINK = Signal("link", 1.0, "link")
_PERSONAL = Signal("personal", 1.0, "speaks of I, we or you")
_HEADLINE = Signal("headline", 1.0, "reads like a headline")
_IMPERSONAL = Signal("impersonal", 1.0, "speaks of nobody")
_ADDRESSED = Signal("addressed", 1.0, "speaks to somebody")
_LONG = Signal("long", 1.0, "tells at length")
_SHORT = Signal("short", 1.0, "few words")
_ONLY_EMOJI = Signal("only_emoji", 1.0, "nothing but emoji")
_SHOUTING = Signal("shouting", 1.0, "capitals")
COMPLAINED = Signal("complained", 1.0, "complains of something")
"""Stands beside a cue of a complaint: what else is said then means less."""
TOPICAL = Signal("topical", 1.0, "speaks of goods or service")
PLAINLY_TOPICAL = Signal("plainly_topical", 1.0, "plainly speaks of goods or service")
_TO_US = Signal("to_us", 1.0, "written to us")
_NOBODY = Signal("nobody", 1.0, "names nobody")

SHOWN = {
    signal.name: signal.shown
    for signal in (
        _LAST_ASKS,
        _ONE_ASKS,
        _ASKS,
        _MANY_MARKS,
        _RETWEET,
        _LINK,
        _PERSONAL,
        _HEADLINE,
        _IMPERSONAL,
        _ADDRESSED,
        _LONG,
        _SHORT,
        _ONLY_EMOJI,
        _SHOUTING,
        COMPLAINED,
        TOPICAL,
        PLAINLY_TOPICAL,
        _TO_US,
        _NOBODY,
    )
}
"""How those are shown that always say the same."""


def signals(
    plain: Plain, sentiment: float, rating: float | None, shape: ShapeWords, *, to_us: bool
) -> list[Signal]:
    """``to_us``: the place says whom it speaks to (a message, a review), so no name is missed."""
    found: list[Signal] = []
    if "?" in plain.distinct:
        found += _questions(plain.words, shape)
    text = plain.text
    if "!!" in text or "??" in text or "?!" in text:
        found.append(_MANY_MARKS)
    if sentiment <= -_LEAST_FEELING:
        found.append(Signal("negative", -sentiment, f"VADER compound {sentiment:+.2f}"))
    elif sentiment >= _LEAST_FEELING:
        found.append(Signal("positive", sentiment, f"VADER compound {sentiment:+.2f}"))
    if rating is not None:
        found += _stars(rating)
    _add_shape(found, plain, shape)
    if to_us:
        found.append(_TO_US)
    elif "@" not in plain.distinct:
        found.append(_NOBODY)
    return found


def _questions(words: Sequence[str], shape: ShapeWords) -> list[Signal]:
    asked = [at for at, word in enumerate(words) if word == "?"]
    found = [_LAST_ASKS if asked[-1] >= len(words) - _TAIL else _ONE_ASKS]
    if any(_first_word(words, at, shape.opening) in shape.asking for at in asked):
        found.append(_ASKS)
    return found


def _first_word(words: Sequence[str], end: int, opening: frozenset[str]) -> str:
    """The word that begins the sentence whose end is at ``end``."""
    at = end
    while at and words[at] != "^":
        at -= 1
    while at < end and (words[at] in {"^", "@"} or words[at] in opening):
        at += 1
    return words[at]


def _stars(rating: float) -> list[Signal]:
    if rating <= BAD_STARS:
        return [Signal("bad_rating", 1.0, f"rating {rating:g} of 5")]
    if rating >= GOOD_STARS:
        return [Signal("good_rating", 1.0, f"rating {rating:g} of 5")]
    return []


def _add_shape(found: list[Signal], plain: Plain, shape: ShapeWords) -> None:
    distinct, spoken = plain.distinct, plain.spoken
    if plain.retweet:
        found.append(_RETWEET)
    if plain.links:
        found.append(_LINK)
    if not shape.personal.isdisjoint(distinct):
        found.append(_PERSONAL)
    elif spoken >= 5 and "?" not in distinct and "!" not in distinct:
        found.append(_HEADLINE if plain.links or _title_case(plain.scored) else _IMPERSONAL)
    if plain.words and plain.words[0] == "@":
        found.append(_ADDRESSED)
    if spoken > 22:
        found.append(_LONG)
    elif not spoken and plain.emoji:
        found.append(_ONLY_EMOJI)
    elif spoken <= 3:
        found.append(_SHORT)
    if _shouted(plain.scored) >= _SHOUTED:
        found.append(_SHOUTING)


def _shouted(scored: Sequence[str]) -> int:
    return sum([len(word) > 2 for word in filter(str.isupper, scored)])


def _title_case(scored: Sequence[str]) -> bool:
    words = [word for word in scored if word[:1].isalpha()][1:]
    return sum(word[0].isupper() for word in words) * 2 > len(words)
