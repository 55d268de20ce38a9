"""Cues: readable lines of data that speak for a label, a topic or urgency.

A language is one file in ``languages/``; its header says how a phrase is written.
Matching walks the words once and looks up what may start at each, so its cost grows
with the text and not with the number of cues.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

GAP = 3
"""Words that ``..`` in a phrase may jump over, within one sentence."""
_MEMO = 20_000
_SENTENCE = frozenset("^.!?")


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of a language file. ``target`` is a label, ``urgent``, ``topic:NAME`` …"""

    name: str
    target: str
    weight: float = 0.0
    hides: bool = False
    """An idiom: words it covers speak for nothing else, nor for a feeling."""
    unless: frozenset[str] = frozenset()
    """Silent when a cue of one of these names or targets speaks."""
    topic: bool = False


class Match(NamedTuple):
    cue: Cue
    start: int
    end: int


class _Element(NamedTuple):
    """One place of a phrase: any of ``words``, or a word that begins with one of ``stems``."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()
    gap: bool = False
    anything: bool = False


_GAP = _Element(frozenset(), gap=True)
_ANY = _Element(frozenset(), anything=True)


@dataclass(slots=True, eq=False)
class _Place:
    """How far into a phrase one has come; phrases that begin alike share it."""

    complete: list[tuple[int, Cue]] = field(default_factory=list)
    """Cues whose phrase ends here, with the rank that orders them."""
    after: dict[_Element, _Place] = field(default_factory=dict)
    by_word: dict[str, list[_Place]] = field(default_factory=dict)
    by_stem: list[tuple[tuple[str, ...], _Place]] = field(default_factory=list)
    by_anything: _Place | None = None
    by_gap: _Place | None = None
    open: bool = False
    """A stem, a gap or any word may follow, so that looking the next word up is not enough."""

    def then(self, element: _Element) -> _Place:
        known = self.after.get(element)
        if known is None:
            known = self.after[element] = _Place()
            self._link(element, known)
        return known

    def _link(self, element: _Element, place: _Place) -> None:
        for word in element.words:
            self.by_word.setdefault(word, []).append(place)
        if element.stems:
            self.by_stem.append((element.stems, place))
        if element.anything:
            self.by_anything = place
        if element.gap:
            self.by_gap = place
        self.open = bool(self.by_stem or self.by_anything or self.by_gap)


_Found = tuple[int, int, Cue, int]
"""Start, rank of the phrase, cue, end."""


class Matcher:
    """All cues of a language, found in one walk over the words."""

    def __init__(self) -> None:
        self._start = _Place()
        self._starts: dict[str, list[_Place]] = {}
        self._phrases = 0
        self.vocabulary: set[str] = set()

    def add(self, cue: Cue, phrases: Iterable[str], lists: Mapping[str, Sequence[str]]) -> None:
        """Take in a cue.

        Raises
        ------
        ValueError
            A phrase is empty, begins with a gap or names a list that is not there.

        """
        self._starts.clear()
        for phrase in phrases:
            for elements in _compiled(phrase, lists):
                self._index(elements, cue)

    def _index(self, elements: Sequence[_Element], cue: Cue) -> None:
        place = self._start
        for element in elements:
            place = place.then(element)
            self.vocabulary.update(word for word in element.words if word.isalpha())
            self.vocabulary.update(element.stems)
        self._phrases += 1
        place.complete.append((self._phrases, cue))

    def _beginning_with(self, word: str) -> list[_Place]:
        places = list(self._start.by_word.get(word, ()))
        places += [place for stems, place in self._start.by_stem if word.startswith(stems)]
        if len(self._starts) >= _MEMO:
            self._starts.clear()
        self._starts[word] = places
        return places

    def find(self, words: Sequence[str]) -> list[Match]:
        """Every cue that speaks, what idioms hide left out; in reading order.

        A cue speaks once, however often its words are there; for a topic every time counts.
        """
        found = self._all(words)
        if not found:
            return []
        hidden = {at for start, _, cue, end in found if cue.hides for at in range(start, end)}
        kept: dict[tuple[str, str, int], Match] = {}
        for start, _, cue, end in found:
            if cue.hides or not hidden or hidden.isdisjoint(range(start, end)):
                key = (cue.target, cue.name, start if cue.topic else 0)
                if key not in kept:
                    kept[key] = Match(cue, start, end)
        return _without_doubles(_without_silenced(list(kept.values())))

    def _all(self, words: Sequence[str]) -> list[_Found]:
        found: list[_Found] = []
        starts, last = self._starts, len(words)
        for at, word in enumerate(words):
            places = starts.get(word)
            if places is None:
                places = self._beginning_with(word)
            for place in places:
                if place.complete:
                    found += [(at, rank, cue, at + 1) for rank, cue in place.complete]
                if at + 1 < last and (place.open or words[at + 1] in place.by_word):
                    _walk(place, words, at + 1, at, found)
        found.sort(key=_in_order)
        return found


_in_order = itemgetter(0, 1, 3)


def _walk(place: _Place, words: Sequence[str], at: int, start: int, found: list[_Found]) -> None:
    """Follow every phrase that goes on from ``place`` with ``words[at]``."""
    word = words[at]
    following = place.by_word.get(word, ())
    if place.open:
        following = [*following, *_loosely_after(place, word)]
    for further in following:
        _enter(further, words, at + 1, start, found)
    if place.by_gap:
        for jump in range(at, min(at + GAP, len(words) - 1) + 1):
            _walk(place.by_gap, words, jump, start, found)
            if words[jump] in _SENTENCE:
                break


def _enter(place: _Place, words: Sequence[str], at: int, start: int, found: list[_Found]) -> None:
    if place.complete:
        found += [(start, rank, cue, at) for rank, cue in place.complete]
    if at < len(words) and (place.open or words[at] in place.by_word):
        _walk(place, words, at, start, found)


def _loosely_after(place: _Place, word: str) -> Iterator[_Place]:
    for stems, further in place.by_stem:
        if word.startswith(stems):
            yield further
    if place.by_anything and word not in _SENTENCE:
        yield place.by_anything


def hidden_words(matches: Iterable[Match]) -> set[int]:
    """Indices of words that idioms cover: they carry no feeling of their own."""
    return {at for cue, start, end in matches if cue.hides for at in range(start, end)}


def _without_silenced(matches: list[Match]) -> list[Match]:
    if not any(match.cue.unless for match in matches):
        return matches
    speaking = {match.cue.name for match in matches} | {match.cue.target for match in matches}
    return [match for match in matches if match.cue.unless.isdisjoint(speaking)]


def _without_doubles(matches: list[Match]) -> list[Match]:
    """The same words speak once for a label, through the cue that says most."""
    taken: dict[str, int] = {}
    kept: list[Match] = []
    for match in sorted(matches, key=_most_first):
        cue, start, end = match
        places = (1 << end) - (1 << start)
        before = taken.get(cue.target, 0)
        if cue.weight and before & places:
            continue
        taken[cue.target] = before | places
        kept.append(match)
    kept.sort(key=_by_start)
    return kept


def _most_first(match: Match) -> float:
    return -match.cue.weight


_by_start = itemgetter(1)


def _compiled(phrase: str, lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[_Element, ...]]:
    """The phrase as elements, once with and once without each ``[optional]`` part."""
    variants: list[list[_Element]] = [[]]
    for part in phrase.split():
        optional = part.startswith("[") and part.endswith("]")
        element = _element(part[1:-1] if optional else part, lists)
        longer = [[*variant, element] for variant in variants]
        variants = longer + variants if optional else longer
    for variant in variants:
        if not variant or variant[0].gap or variant[0].anything:
            raise ValueError(f"the phrase {phrase!r} must begin with a word")
        yield tuple(variant)


def _element(part: str, lists: Mapping[str, Sequence[str]]) -> _Element:
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
    return _Element(frozenset(words), tuple(stems))


def cues_of(target: str, table: Mapping[str, Any]) -> Iterator[tuple[Cue, Sequence[str]]]:
    """The lines of one section of a language file."""
    for name, line in table.items():
        yield (
            Cue(
                name=name.replace("_", " "),
                target=target,
                weight=float(line.get("weight", 0.0)),
                hides=bool(line.get("hides", False)),
                unless=frozenset(other.replace("_", " ") for other in line.get("unless", ())),
            ),
            line["any"],
        )
