"""Phrases as a tree: one walk over the words finds all that stand there.

Phrases that begin alike share a place; how a phrase is written stands in the head of a
language file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from socialcare.classify.cues import Cue

GAP = 3
"""Words that ``..`` in a phrase may jump over, within one sentence."""
_BEGINNING = 3
"""Letters of a stem that finds it; no stem is shorter."""
_MEMO = 50_000
_SENTENCE = frozenset("^.!?")


class Element(NamedTuple):
    """One place of a phrase: any of ``words``, or a word that begins with one of ``stems``."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()
    gap: bool = False
    anything: bool = False


_GAP = Element(frozenset(), gap=True)
_ANY = Element(frozenset(), anything=True)


@dataclass(slots=True, eq=False)
class _Place:
    """How far into a phrase one has come; phrases that begin alike share it."""

    complete: list[tuple[int, Cue]] = field(default_factory=list)
    """Cues whose phrase ends here, with the rank that orders them."""
    after: dict[Element, _Place] = field(default_factory=dict)
    by_word: dict[str, list[_Place]] = field(default_factory=dict)
    by_stem: list[tuple[tuple[str, ...], _Place]] = field(default_factory=list)
    by_anything: list[_Place] = field(default_factory=list)
    by_gap: list[_Place] = field(default_factory=list)
    open: bool = False
    """A stem, a gap or any word may follow, so that looking the next word up is not enough."""

    def then(self, element: Element) -> _Place:
        known = self.after.get(element)
        if known is None:
            known = self.after[element] = _Place()
            self.link(element, known)
        return known

    def link(self, element: Element, place: _Place) -> None:
        for word in element.words:
            self.by_word.setdefault(word, []).append(place)
        if element.stems:
            self.by_stem.append((element.stems, place))
        if element.anything:
            self.by_anything.append(place)
        if element.gap:
            self.by_gap.append(place)
        self.open = self.open or not element.words or bool(element.stems)


def _joined(places: Sequence[_Place]) -> _Place:
    """One place that stands for several."""
    if len(places) == 1:
        return places[0]
    joined = _Place()
    for place in places:
        joined.complete += place.complete
        for element, further in place.after.items():
            joined.link(element, further)
    return joined


Found = tuple[int, int, "Cue", int]
"""Start, rank of the phrase, cue, end."""


class Phrases(dict[str, "_Place | None"]):
    """Where all phrases stand that begin with a word, as one place; None if there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.start = _Place()
        self.stems: dict[str, list[tuple[str, _Place]]] = {}
        """Stems that a phrase may begin with, by their first letters."""

    def add(self, elements: Sequence[Element]) -> _Place:
        """The place behind the last of ``elements``."""
        self.clear()
        place = self.start
        for element in elements:
            place = place.then(element)
        beginning = self.start.then(elements[0])
        for stem in elements[0].stems:
            alike = self.stems.setdefault(stem[:_BEGINNING], [])
            if (stem, beginning) not in alike:
                alike.append((stem, beginning))
        return place

    def found_in(self, words: Sequence[str]) -> list[Found]:
        """All that stands in the words, in reading order."""
        found: list[Found] = []
        beginnings = list(map(self.__getitem__, words))
        for at, place in enumerate(beginnings, 1):
            if place and (
                place.complete or place.open or (at < len(words) and words[at] in place.by_word)
            ):
                _enter(place, words, at, at - 1, found)
        found.sort(key=_in_order)
        return found

    def __missing__(self, word: str) -> _Place | None:
        places = list(self.start.by_word.get(word, ()))
        places += [
            place
            for stem, place in self.stems.get(word[:_BEGINNING], ())
            if word.startswith(stem) and place not in places
        ]
        if len(self) >= _MEMO:
            self.clear()
        self[word] = joined = _joined(places) if places else None
        return joined


_in_order = itemgetter(0, 1, 3)


def _enter(place: _Place, words: Sequence[str], at: int, start: int, found: list[Found]) -> None:
    """Take down what ends at ``place``, and follow every phrase that goes on from there."""
    for rank, cue in place.complete:
        found.append((start, rank, cue, at))
    if at == len(words):
        return
    for further in place.by_word.get(words[at], ()):
        if further.after:
            _enter(further, words, at + 1, start, found)
        else:
            for rank, cue in further.complete:
                found.append((start, rank, cue, at + 1))
    if place.open:
        _follow_loosely(place, words, at, start, found)


def _follow_loosely(
    place: _Place, words: Sequence[str], at: int, start: int, found: list[Found]
) -> None:
    word = words[at]
    for stems, further in place.by_stem:
        if word.startswith(stems):
            _enter(further, words, at + 1, start, found)
    if word not in _SENTENCE:
        for further in place.by_anything:
            _enter(further, words, at + 1, start, found)
    for further in place.by_gap:
        for jump in range(at, min(at + GAP, len(words) - 1) + 1):
            _enter(further, words, jump, start, found)
            if words[jump] in _SENTENCE:
                break


def compiled(phrase: str, lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[Element, ...]]:
    """The phrase as elements, once with and once without each ``[optional]`` part."""
    variants: list[list[Element]] = [[]]
    for part in phrase.split():
        optional = part.startswith("[") and part.endswith("]")
        element = _element(part[1:-1] if optional else part, lists)
        longer = [[*variant, element] for variant in variants]
        variants = longer + variants if optional else longer
    for variant in variants:
        if not variant or variant[0].gap or variant[0].anything:
            raise ValueError(f"the phrase {phrase!r} must begin with a word")
        yield tuple(variant)


def _element(part: str, lists: Mapping[str, Sequence[str]]) -> Element:
    if part == "..":
        return _GAP
    if part == "_":
        return _ANY
    words: set[str] = set()
    stems: list[str] = []
    for choice in part.split("|"):
        if choice.startswith("<"):
            name = choice.strip("<>")
            if name not in lists:
                raise ValueError(f"no list is called {name!r}")
            words.update(lists[name])
        elif choice.endswith("*") and len(choice) > 1:
            stems.append(choice[:-1])
        else:
            words.add(choice)
    return Element(frozenset(words), tuple(stems))
