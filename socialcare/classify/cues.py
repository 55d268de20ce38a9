"""Cues: readable lines of data that speak for a label, a topic or urgency.

A language is one file in ``languages/``; its header says how a phrase is written.
Matching walks the words once and looks up what may start at each, so its cost grows
with the text and not with the number of cues.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from socialcare.classify.model import Model
from socialcare.classify.phrase_tree import Element, Found, Phrases, compiled


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

    key: str = ""
    """The same for all cues of one name and target."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"{self.target} {self.name}")


Match = tuple[Cue, int, int]
"""A cue that speaks, and the words ``[start:end]`` that it stands in."""
_MILLION = 1_000_000


class Matcher:
    """All cues of a language, found in one walk over the words."""

    def __init__(self) -> None:
        self._tree = Phrases()
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
            for elements in compiled(phrase, lists):
                self._index(elements, cue)

    def _index(self, elements: Sequence[Element], cue: Cue) -> None:
        for element in elements:
            self.vocabulary.update(word for word in element.words if word.isalpha())
            self.vocabulary.update(element.stems)
        self._phrases += 1
        # Of what begins at the same word, what says most comes first.
        rank = self._phrases - round(cue.weight * _MILLION) * _MILLION
        self._tree.add(elements).complete.append((rank, cue))

    def find(self, words: Sequence[str]) -> list[Match]:
        """Every cue that speaks, what idioms hide left out; in reading order.

        A cue speaks once, however often its words are there; for a topic every time counts.
        """
        found = self._tree.found_in(words)
        if not found:
            return []
        if [cue for _, _, cue, _ in found if cue.hides]:
            found = _without_hidden(found)
        kept: dict[str | tuple[str, int], Match] = {}
        for start, _, cue, end in found:
            key = (cue.key, start) if cue.topic else cue.key
            if key not in kept:
                kept[key] = cue, start, end
        matches = list(kept.values())
        if [cue for cue, _, _ in matches if cue.unless]:
            matches = _without_silenced(matches)
        return _without_doubles(matches) if _say_twice(matches) else matches


def hidden_words(matches: Iterable[Match]) -> set[int]:
    """Indices of words that idioms cover: they carry no feeling of their own."""
    return {at for cue, start, end in matches if cue.hides for at in range(start, end)}


def _without_hidden(found: Iterable[Found]) -> list[Found]:
    """What shares no word with an idiom, and the idioms."""
    found = list(found)
    hidden = {at for start, _, cue, end in found if cue.hides for at in range(start, end)}
    return [one for one in found if one[2].hides or hidden.isdisjoint(range(one[0], one[3]))]


def _without_silenced(matches: list[Match]) -> list[Match]:
    speaking = {cue.name for cue, _, _ in matches} | {cue.target for cue, _, _ in matches}
    return [match for match in matches if match[0].unless.isdisjoint(speaking)]


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


def _say_twice(matches: Iterable[Match]) -> bool:
    """Whether the same word speaks twice for one label; the matches are in reading order."""
    free: dict[str, int] = {}
    for cue, start, end in matches:
        if cue.weight:
            target = cue.target
            if target in free and start < free[target]:
                return True
            free[target] = end
    return False


def _most_first(match: Match) -> float:
    return -match[0].weight


_by_start = itemgetter(1)


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
