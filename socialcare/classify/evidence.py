"""What speaks for each label in one text, added up.

Every number is whole thousandths of log-odds; what is listed as a reason adds up to the
log-odds, to the last thousandth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import add, itemgetter
from typing import NamedTuple

from socialcare.classify.cues import Match
from socialcare.classify.decision import DECIDED
from socialcare.classify.learned import Found
from socialcare.classify.model import Loud, Words, loud
from socialcare.classify.packing import pack, unpack
from socialcare.classify.plain import Plain
from socialcare.classify.signals import SHOWN, Signal
from socialcare.models import Reason

QUESTION = DECIDED.index("question")
_REMEMBERED = 4_000
"""Strengths of a signal for which what it says is kept at hand."""
_FAINT = 500
"""Thousandths below which the form of a text is no reason of its own."""


class Heard(NamedTuple):
    """What a signal says for each label."""

    full: tuple[int, ...]
    shown: str | None
    """How it is usually shown, at full strength. That is made ready once:"""
    faint: int
    """Packed: what is too little to be a reason."""
    loud: tuple[Loud, ...]
    """What is enough."""


def heard(name: str, weights: Sequence[int]) -> Heard:
    shown = SHOWN.get(name)
    return Heard(tuple(weights), shown, *_said(weights, shown or name))


def _said(weights: Sequence[int], shown: str) -> tuple[int, tuple[Loud, ...]]:
    faint = pack([weight if abs(weight) < _FAINT else 0 for weight in weights])
    enough = [(label, weight) for label, weight in enumerate(weights) if abs(weight) >= _FAINT]
    return faint, tuple([loud(label, weight, shown) for label, weight in enough])


@dataclass(slots=True)
class Evidence:
    """``beside`` is how many thousandths what asks still counts beside a complaint."""

    beside: int = 1000
    _loud: list[Loud] = field(default_factory=list)
    _faint: int = 0

    def add_cues(self, plain: Plain, matches: Iterable[Match]) -> None:
        for cue, start, end in matches:
            weight = cue.said
            if weight:
                if cue.label == QUESTION:
                    weight = weight * self.beside // 1000
                shown = f'{cue.name} "{plain.shown(start, end)}"'
                self._loud.append(loud(cue.label, weight, shown))

    def add_signals(self, signals: Iterable[Signal], weights: Mapping[str, Heard]) -> None:
        for name, strength, shown in signals:
            full, usual, faint, said = weights[name]
            if shown != usual:
                faint, said = _scaled(full, strength, shown)
            self._faint += faint
            self._loud += said

    def add_words(self, words: Words, plain: Plain) -> None:
        faint, said = words.said_in(plain.words, plain.distinct)
        self._faint += faint
        self._loud += said

    def add_learned(self, plain: Plain, rules: Iterable[Found]) -> None:
        for label, weight, start, end in rules:
            self._loud.append(loud(label, weight, f'learned: "{plain.shown(start, end)}"'))

    def complete(self, bias: Sequence[int]) -> tuple[list[int], list[Reason]]:
        """Log-odds of each label, and what they are made of beside the ``bias``, strongest first."""
        rest = unpack(self._faint)
        log_odds = [*map(add, bias, rest)]
        found = [loud(label, said, "other words") for label, said in enumerate(rest) if said]
        found += self._loud
        for _, label, weight, _ in self._loud:
            log_odds[label] += weight
        found.sort(key=_strongest_first)
        return log_odds, [reason for _, _, _, reason in found]


_strongest_first = itemgetter(0)


@lru_cache(_REMEMBERED)
def _scaled(full: tuple[int, ...], strength: float, shown: str) -> tuple[int, tuple[Loud, ...]]:
    """What a signal says at this strength: many texts have the same."""
    return _said([round(weight * strength) for weight in full], shown)
