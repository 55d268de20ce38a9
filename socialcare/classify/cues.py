"""Cues: readable lines of data that speak for a label, a topic or urgency.

A language is one file in ``languages/``; its header says how a phrase is written.
Matching walks the words once and looks up what may start at each, so its cost grows
with the text and not with the number of cues.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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

    @property
    def exact(self) -> bool:
        return not (self.stems or self.gap or self.anything)

    def fits(self, word: str) -> bool:
        if word in self.words:
            return True
        if self.anything:
            return word not in _SENTENCE
        return bool(self.stems) and word.startswith(self.stems)


_GAP = _Element(frozenset(), gap=True)
_ANY = _Element(frozenset(), anything=True)


_Phrase = tuple[tuple[_Element, ...], Cue]


@dataclass(frozen=True, slots=True)
class _Openings:
    """What may follow one first word: sorted by the second, so that few are tried."""

    alone: list[Cue] = field(default_factory=list)
    by_second: dict[str, list[_Phrase]] = field(default_factory=dict)
    others: list[_Phrase] = field(default_factory=list)
    """Phrases whose second place is a gap, any word or the beginning of one."""

    def add(self, rest: tuple[_Element, ...], cue: Cue) -> None:
        if not rest:
            self.alone.append(cue)
        elif rest[0].exact:
            for word in rest[0].words:
                self.by_second.setdefault(word, []).append((rest[1:], cue))
        else:
            self.others.append((rest, cue))


_UNSEEN = _Openings()


@dataclass(slots=True)
class Matcher:
    """All cues of a language, found in one walk over the words."""

    _starts: dict[str, list[_Phrase]] = field(default_factory=dict)
    _stems: dict[str, list[_Phrase]] = field(default_factory=dict)
    _lengths: set[int] = field(default_factory=set)
    _memo: dict[str, _Openings | None] = field(default_factory=dict)
    vocabulary: set[str] = field(default_factory=set)

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

    def _index(self, elements: tuple[_Element, ...], cue: Cue) -> None:
        first, rest = elements[0], elements[1:]
        for word in first.words:
            self._starts.setdefault(word, []).append((rest, cue))
        for stem in first.stems:
            self._stems.setdefault(stem, []).append((rest, cue))
            self._lengths.add(len(stem))
        for element in elements:
            self.vocabulary.update(word for word in element.words if word.isalpha())
            self.vocabulary.update(element.stems)

    def _openings(self, word: str) -> _Openings | None:
        """The phrases that ``word`` may begin; None where there are none."""
        known = self._memo.get(word, _UNSEEN)
        if known is not _UNSEEN:
            return known
        phrases = list(self._starts.get(word, ()))
        for length in sorted(self._lengths):
            phrases.extend(self._stems.get(word[:length], ()) if len(word) >= length else ())
        openings = _Openings() if phrases else None
        for rest, cue in phrases:
            if openings:
                openings.add(rest, cue)
        if len(self._memo) >= _MEMO:
            self._memo.clear()
        self._memo[word] = openings
        return openings

    def find(self, words: Sequence[str]) -> list[Match]:
        """Every cue that speaks, what idioms hide left out; in reading order.

        A cue speaks once, however often its words are there; for a topic every time counts.
        """
        found = list(self._all(words))
        hidden = _covered(found)
        kept: dict[tuple[str, str, int], Match] = {}
        for match in found:
            if match.cue.hides or not (hidden and _inside(match, hidden)):
                once = match.start if match.cue.topic else 0
                kept.setdefault((match.cue.target, match.cue.name, once), match)
        return _without_doubles(_without_silenced(kept.values()))

    def _all(self, words: Sequence[str]) -> Iterator[Match]:
        last = len(words) - 1
        for at, word in enumerate(words):
            openings = self._openings(word)
            if openings is None:
                continue
            for cue in openings.alone:
                yield Match(cue, at, at + 1)
            if at == last:
                return
            for rest, cue in openings.by_second.get(words[at + 1], ()):
                if end := _end(rest, words, at + 2):
                    yield Match(cue, at, end)
            for rest, cue in openings.others:
                if end := _end(rest, words, at + 1):
                    yield Match(cue, at, end)


def _covered(found: Iterable[Match]) -> set[int]:
    return {at for match in found if match.cue.hides for at in range(match.start, match.end)}


def hidden_words(matches: Iterable[Match]) -> set[int]:
    """Indices of words that idioms cover: they carry no feeling of their own."""
    return _covered(matches)


def _inside(match: Match, hidden: set[int]) -> bool:
    return any(at in hidden for at in range(match.start, match.end))


def _without_silenced(matches: Iterable[Match]) -> list[Match]:
    matches = list(matches)
    speaking = {match.cue.name for match in matches} | {match.cue.target for match in matches}
    return [match for match in matches if not (match.cue.unless & speaking)]


def _without_doubles(matches: list[Match]) -> list[Match]:
    """The same words speak once for a label, through the cue that says most."""
    taken: set[tuple[str, int]] = set()
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: -match.cue.weight):
        places = {(match.cue.target, at) for at in range(match.start, match.end)}
        if match.cue.weight and not places.isdisjoint(taken):
            continue
        taken |= places
        kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def _end(rest: tuple[_Element, ...], words: Sequence[str], at: int) -> int:
    """Where the phrase ends (exclusive), or 0 if it does not fit."""
    for place, element in enumerate(rest):
        if element.gap:
            return _end_after_gap(rest[place + 1 :], words, at)
        if at >= len(words) or not element.fits(words[at]):
            return 0
        at += 1
    return at


def _end_after_gap(rest: tuple[_Element, ...], words: Sequence[str], at: int) -> int:
    for jump in range(at, min(at + GAP, len(words)) + 1):
        end = _end(rest, words, jump)
        if end:
            return end
        if jump < len(words) and words[jump] in _SENTENCE:
            return 0
    return 0


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
