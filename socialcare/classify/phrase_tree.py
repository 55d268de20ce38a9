"""Phrases as a tree: one walk over the words finds all that stand there.

Phrases that begin alike share a place; how a phrase is written stands in the head of a
language file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from socialcare.classify.cues import Cue

GAP = 3
"""Words that ``..`` in a phrase may jump over, within one sentence."""
_BEGINNING = 3
"""Letters of a stem that finds it; no stem is shorter."""
_MEMO = 10_000
_STATES = 10_000
_SENTENCE = frozenset("^.!?")


class Element(NamedTuple):
    """One place of a phrase: any of ``words``, or a word that begins with one of ``stems``."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()
    gap: bool = False
    anything: bool = False

    def takes(self, word: str) -> bool:
        return (
            word in self.words
            or (bool(self.stems) and word.startswith(self.stems))
            or (self.anything and word not in _SENTENCE)
        )


_GAP = Element(frozenset(), gap=True)
_ANY = Element(frozenset(), anything=True)


@dataclass(slots=True, eq=False)
class _Place:
    """How far into a phrase one has come; phrases that begin alike share it."""

    complete: list[tuple[int, Cue]] = field(default_factory=list)
    """Cues whose phrase ends here, with the rank that orders them."""
    after: dict[Element, _Place] = field(default_factory=dict)

    def then(self, element: Element) -> _Place:
        known = self.after.get(element)
        if known is None:
            known = self.after[element] = _Place()
        return known

    def followed_by(self, word: str) -> list[_Place]:
        return [place for element, place in self.after.items() if element.takes(word)]


class _State:
    """All places that the same words lead to: what comes next is one look into ``after``.

    ``behind_gap`` are places that the next words may still be jumped over for, and how many.
    """

    __slots__ = ("after", "before", "complete", "jumps", "open", "otherwise", "reached", "stems")

    def __init__(self, places: Iterable[_Place], behind_gap: Iterable[tuple[_Place, int]]) -> None:
        here = list(places)
        left = dict(behind_gap)
        self.complete = tuple(ended for place in here for ended in place.complete)
        """What ends with the last word."""
        reached = [*here, *left]
        for place in reached:
            behind = place.after.get(_GAP)
            if behind and left.get(behind) != GAP:
                left[behind] = GAP
                reached.append(behind)
        self.before = tuple(ended for place in left for ended in place.complete)
        """What ends with the last word if there is a next one."""
        self.reached = tuple(dict.fromkeys(reached))
        self.jumps = frozenset((place, more - 1) for place, more in left.items() if more)
        following = [element for place in reached for element in place.after]
        self.stems = tuple(stem for element in following for stem in element.stems)
        self.otherwise: _State | None = None
        """What follows any word that is not in ``after`` and has none of the ``stems``."""
        self.after: dict[str, _State | None] = dict.fromkeys(
            (word for element in following for word in element.words), _UNREAD
        )
        loose = bool(self.jumps) or _ANY in following
        if loose:
            self.after.update(dict.fromkeys(_SENTENCE, _UNREAD))
        self.open = bool(self.before or self.stems or loose)
        """Looking the next word up is not enough."""

    def key_after(self, word: str) -> _Key:
        places = frozenset([behind for place in self.reached for behind in place.followed_by(word)])
        return places, frozenset() if word in _SENTENCE else self.jumps


_Key = tuple[frozenset[_Place], frozenset[tuple[_Place, int]]]
_UNREAD: _State = object.__new__(_State)
"""Stands in ``after`` until a text holds the word there."""
_NOWHERE = _State((), ())
"""Stands behind a word that looks like the beginning of a phrase and is none."""
Found = tuple[int, int, "Cue", int]
"""Start, rank of the phrase, cue, end. A rank is that of one cue: in order, none is compared."""


class Phrases:
    """All phrases; where a word may begin one, its state is made when a text first holds it.

    Only those words are kept at hand: the table stays small, near the processor, however
    many words the texts have.
    """

    def __init__(self) -> None:
        self._behind: dict[str, _State] = {}
        """The state behind a word that phrases begin with."""
        self.start = _Place()
        self.stems: dict[str, list[tuple[str, _Place]]] = {}
        """Stems that a phrase may begin with, by their first letters."""
        self.openers: dict[str, list[_Place]] = {}
        """What is behind each whole word that a phrase may begin with."""
        self._states: dict[_Key, _State] = {}
        self._by_stem = 0
        """Words that are kept at hand in some ``after`` because of how they begin."""

    def add(self, elements: Sequence[Element]) -> _Place:
        """The place behind the last of ``elements``."""
        self._forget()
        place = self.start
        for element in elements:
            place = place.then(element)
        beginning = self.start.then(elements[0])
        for word in elements[0].words:
            behind = self.openers.setdefault(word, [])
            if beginning not in behind:
                behind.append(beginning)
        for stem in elements[0].stems:
            alike = self.stems.setdefault(stem[:_BEGINNING], [])
            if (stem, beginning) not in alike:
                alike.append((stem, beginning))
        return place

    def found_in(self, words: Sequence[str]) -> list[Found]:
        """All that stands in the words, in reading order."""
        found: list[Found] = []
        stems = self.stems
        following = [*words[1:], ""]
        for end, known, after in zip(count(1), map(self._behind.get, words), following):
            state = known
            if state is None:
                word = words[end - 1]
                if word not in self.openers and word[:_BEGINNING] not in stems:
                    continue
                state = self._begun(word)
            if state.complete:
                for rank, cue in state.complete:
                    found.append((end - 1, rank, cue, end))
            if after in state.after or state.open:
                self._walk(state, words, end, found)
        found.sort()
        return found

    def _walk(self, state: _State, words: Sequence[str], end: int, found: list[Found]) -> None:
        """Take down every phrase that ends behind ``words[end]``, where ``state`` leads on."""
        start, size = end - 1, len(words)
        while end < size:
            for rank, cue in state.before:
                found.append((start, rank, cue, end))
            word = words[end]
            following = state.after.get(word, state.otherwise)
            if following is _UNREAD or (
                state.stems and word.startswith(state.stems) and word not in state.after
            ):
                following = self._following(state, word)
            if following is None:
                return
            state = following
            end += 1
            for rank, cue in state.complete:
                found.append((start, rank, cue, end))

    def _following(self, state: _State, word: str) -> _State | None:
        """What is behind a word that was not met there before; it is kept at hand."""
        following = self._state(state.key_after(word))
        if word not in state.after:
            self._by_stem += 1
            if self._by_stem >= _MEMO:
                self._forget()
        state.after[word] = following
        return following

    def _state(self, key: _Key) -> _State | None:
        if not any(key):
            return None
        known = self._states.get(key)
        if known is None:
            if len(self._states) >= _STATES:
                self._forget()
            known = self._states[key] = _State(*key)
            known.otherwise = self._state(
                (
                    frozenset(
                        [place.after[_ANY] for place in known.reached if _ANY in place.after]
                    ),
                    known.jumps,
                )
            )
        return known

    def _forget(self) -> None:
        self._behind.clear()
        self._states.clear()
        self._by_stem = 0

    def _begun(self, word: str) -> _State:
        stems = self.stems.get(word[:_BEGINNING], ())
        places = [place for stem, place in stems if word.startswith(stem)]
        places += self.openers.get(word, ())
        state = self._state((frozenset(places), frozenset())) or _NOWHERE
        if len(self._behind) >= _MEMO:
            self._behind.clear()
        self._behind[word] = state
        return state


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
