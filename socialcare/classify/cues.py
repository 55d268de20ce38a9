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

from socialcare.classify.model import Model

GAP = 3
"""Words that ``..`` in a phrase may jump over, within one sentence."""
_BEGINNING = 3
"""Letters of a stem that finds it; no stem is shorter."""
_MEMO = 50_000
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
    label: int = -1
    """Place of the target among the labels that are decided between; −1 if it is none."""
    said: int = 0
    """Thousandths of log-odds that it counts for: ``weight``, with what was learnt beside it."""


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
    by_anything: list[_Place] = field(default_factory=list)
    by_gap: list[_Place] = field(default_factory=list)
    open: bool = False
    """A stem, a gap or any word may follow, so that looking the next word up is not enough."""

    def then(self, element: _Element) -> _Place:
        known = self.after.get(element)
        if known is None:
            known = self.after[element] = _Place()
            self.link(element, known)
        return known

    def link(self, element: _Element, place: _Place) -> None:
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


_Found = tuple[int, int, Cue, int]
"""Start, rank of the phrase, cue, end."""


class Matcher:
    """All cues of a language, found in one walk over the words."""

    def __init__(self) -> None:
        self._beginnings = _Beginnings()
        self._phrases = 0
        self.vocabulary: set[str] = set()

    def add(self, cue: Cue, phrases: Iterable[str], lists: Mapping[str, Sequence[str]]) -> None:
        """Take in a cue.

        Raises
        ------
        ValueError
            A phrase is empty, begins with a gap or names a list that is not there.

        """
        for phrase in phrases:
            for elements in _compiled(phrase, lists):
                self._index(elements, cue)

    def _index(self, elements: Sequence[_Element], cue: Cue) -> None:
        for element in elements:
            self.vocabulary.update(word for word in element.words if word.isalpha())
            self.vocabulary.update(element.stems)
        self._phrases += 1
        self._beginnings.add(elements).complete.append((self._phrases, cue))

    def find(self, words: Sequence[str]) -> list[Match]:
        """Every cue that speaks, what idioms hide left out; in reading order.

        A cue speaks once, however often its words are there; for a topic every time counts.
        """
        found = self._all(words)
        if not found:
            return []
        idioms = [match for match in found if match[2].hides]
        hidden = {at for start, _, _, end in idioms for at in range(start, end)}
        kept: dict[tuple[str, str, int], Match] = {}
        for start, _, cue, end in found:
            if hidden and not cue.hides and not hidden.isdisjoint(range(start, end)):
                continue
            key = cue.target, cue.name, start if cue.topic else 0
            if key not in kept:
                kept[key] = Match(cue, start, end)
        return _without_doubles(_without_silenced(list(kept.values())))

    def _all(self, words: Sequence[str]) -> list[_Found]:
        found: list[_Found] = []
        beginnings = list(map(self._beginnings.__getitem__, words))
        for at, place in enumerate(beginnings, 1):
            if place and (
                place.complete or place.open or (at < len(words) and words[at] in place.by_word)
            ):
                _enter(place, words, at, at - 1, found)
        found.sort(key=_in_order)
        return found


class _Beginnings(dict[str, "_Place | None"]):
    """Where all phrases stand that begin with a word, as one place; None if there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.start = _Place()
        self.stems: dict[str, list[tuple[str, _Place]]] = {}
        """Stems that a phrase may begin with, by their first letters."""

    def add(self, elements: Sequence[_Element]) -> _Place:
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


def _enter(place: _Place, words: Sequence[str], at: int, start: int, found: list[_Found]) -> None:
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
    place: _Place, words: Sequence[str], at: int, start: int, found: list[_Found]
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


def hidden_words(matches: Iterable[Match]) -> set[int]:
    """Indices of words that idioms cover: they carry no feeling of their own."""
    idioms = [match for match in matches if match[0].hides]
    return {at for _, start, end in idioms for at in range(start, end)}


def _without_silenced(matches: list[Match]) -> list[Match]:
    if not [match for match in matches if match[0].unless]:
        return matches
    speaking = {cue.name for cue, _, _ in matches} | {cue.target for cue, _, _ in matches}
    return [match for match in matches if match[0].unless.isdisjoint(speaking)]


def _without_doubles(matches: list[Match]) -> list[Match]:
    """The same words speak once for a label, through the cue that says most."""
    if len(matches) == 1:
        return matches
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


def cues_of(
    target: str, table: Mapping[str, Any], label: int, learnt: Model
) -> Iterator[tuple[Cue, Sequence[str]]]:
    """The lines of one section of a language file, with what was learnt beside.

    Nothing learnt makes a cue speak against its own label.
    """
    for name, line in table.items():
        weight = float(line.get("weight", 0.0))
        said = round(weight * learnt.scale)
        yield (
            Cue(
                name=name.replace("_", " "),
                target=target,
                weight=weight,
                hides=bool(line.get("hides", False)),
                unless=frozenset(other.replace("_", " ") for other in line.get("unless", ())),
                label=label,
                said=max(said + learnt.cues.get(f"{target}.{name}", 0), said // 4)
                if label >= 0
                else 0,
            ),
            line["any"],
        )
