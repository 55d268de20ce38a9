"""What speaks for each label in one text, added up.

Every number is whole thousandths of log-odds; what is listed as a reason adds up to the
log-odds, to the last thousandth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from socialcare.classify.cues import Match
from socialcare.classify.decision import DECIDED
from socialcare.classify.learned import Found
from socialcare.classify.model import Words
from socialcare.classify.packing import pack, unpack
from socialcare.classify.plain import Plain
from socialcare.classify.signals import Signal
from socialcare.models import Reason

QUESTION = DECIDED.index("question")
_REST = "other words"
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
    _loud: list[tuple[int, int, str]] = field(default_factory=list)
    _faint: int = 0

    def add_cues(self, plain: Plain, matches: Iterable[Match]) -> None:
        for cue, start, end in matches:
            weight = cue.said
            if weight:
                if cue.label == QUESTION:
                    weight = weight * self.beside // 1000
                shown = f'{cue.name} "{plain.shown(start, end)}"'
                self._loud.append((cue.label, weight, shown))

    def add_signals(self, signals: Iterable[Signal], weights: Mapping[str, Heard]) -> None:
        loud = self._loud
        for name, strength, shown in signals:
            said = weights[name]
            if strength != 1.0:
                self._add_scaled(said.full, strength, shown)
                continue
            self._faint += said.faint
            for label, weight in said.loud:
                loud.append((label, weight, shown))

    def _add_scaled(self, full: Sequence[int], strength: float, shown: str) -> None:
        faint = [0, 0, 0, 0]
        for label, weight in enumerate(full):
            scaled = round(weight * strength)
            if -_FAINT < scaled < _FAINT:
                faint[label] = scaled
            else:
                self._loud.append((label, scaled, shown))
        self._faint += pack(faint)

    def add_words(self, words: Words, said: list[str]) -> None:
        faint, loud = words.said_in(said)
        self._faint += faint
        self._loud += loud

    def add_learned(self, plain: Plain, rules: Iterable[Found]) -> None:
        for label, weight, start, end in rules:
            self._loud.append((label, weight, f'learned: "{plain.shown(start, end)}"'))

    def complete(self, bias: Sequence[int]) -> tuple[list[int], list[Reason]]:
        """Log-odds of each label, and what they are made of beside the ``bias``."""
        c, q, p, o = unpack(self._faint)
        log_odds = [bias[0] + c, bias[1] + q, bias[2] + p, bias[3] + o]
        reasons = [_reason(label, said, _REST) for label, said in enumerate((c, q, p, o)) if said]
        for label, weight, shown in self._loud:
            log_odds[label] += weight
            reasons.append(_reason(label, weight, shown))
        return log_odds, reasons


@lru_cache(_REMEMBERED)
def _reason(label: int, weight: int, shown: str) -> Reason:
    return Reason(DECIDED[label], shown, weight / 1000)
