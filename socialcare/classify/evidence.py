"""What speaks for each label in one text, added up.

Every number is whole thousandths of log-odds; what is listed as a reason adds up to the
log-odds, to the last thousandth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import add
from typing import NamedTuple

from socialcare.classify.cues import Match
from socialcare.classify.decision import DECIDED
from socialcare.classify.learned import Found
from socialcare.classify.model import Loud, Words, loud
from socialcare.classify.packing import pack, unpack
from socialcare.classify.plain import Plain
from socialcare.classify.signals import Signal
from socialcare.models import Reason

QUESTION = DECIDED.index("question")
_REMEMBERED = 20_000
"""Reasons that are kept at hand: many texts have the same."""
_FAINT = 500
"""Thousandths below which the form of a text is no reason of its own."""


class Heard(NamedTuple):
    """What a signal says for each label."""

    full: tuple[int, ...]
    faint: int
    """Packed: what is too little to be a reason, where the signal is at full strength."""
    loud: tuple[tuple[int, int], ...]
    """Label and weight of what is enough."""


def heard(weights: Sequence[int]) -> Heard:
    return Heard(
        full=tuple(weights),
        faint=pack([weight if abs(weight) < _FAINT else 0 for weight in weights]),
        loud=tuple(
            (label, weight) for label, weight in enumerate(weights) if abs(weight) >= _FAINT
        ),
    )


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
            said = weights[name]
            if strength != 1.0:
                self._add_scaled(said.full, strength, shown)
                continue
            self._faint += said.faint
            for label, weight in said.loud:
                self._loud.append(_remembered(label, weight, shown))

    def _add_scaled(self, full: Sequence[int], strength: float, shown: str) -> None:
        faint = [0, 0, 0, 0]
        for label, weight in enumerate(full):
            scaled = round(weight * strength)
            if -_FAINT < scaled < _FAINT:
                faint[label] = scaled
            else:
                self._loud.append(loud(label, scaled, shown))
        self._faint += pack(faint)

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
        found = [_other_words(said * 4 + label) for label, said in enumerate(rest) if said]
        found += self._loud
        for label, weight, _ in self._loud:
            log_odds[label] += weight
        strength = [-abs(weight) for _, weight, _ in found]
        order = sorted(range(len(found)), key=strength.__getitem__)
        return log_odds, [found[at].reason for at in order]


_remembered = lru_cache(_REMEMBERED)(loud)


@lru_cache(_REMEMBERED)
def _other_words(said: int) -> Loud:
    """What is too little to be named, by its weight times four, and the label."""
    return loud(said % 4, said // 4, "other words")
