"""What speaks for each label in one text, added up.

Every number is whole thousandths of log-odds; what is listed as a reason adds up to the
log-odds, to the last thousandth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from socialcare.classify.cues import Match
from socialcare.classify.decision import DECIDED
from socialcare.classify.learned import Found
from socialcare.classify.model import Words
from socialcare.classify.plain import Plain
from socialcare.classify.signals import Signal
from socialcare.models import Reason

_QUESTION = DECIDED.index("question")
_FAINT = 300
"""Thousandths below which the form of a text is no reason of its own."""


@dataclass(slots=True)
class Evidence:
    log_odds: list[int]
    reasons: list[Reason] = field(default_factory=list)
    _faint: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def add_cues(self, plain: Plain, matches: Iterable[Match], beside: int) -> None:
        """``beside``: thousandths that what asks still counts."""
        for cue, start, end in matches:
            if cue.said:
                weight = cue.said
                if cue.label == _QUESTION and beside != 1000:
                    weight = weight * beside // 1000
                self._add(cue.label, weight, f'{cue.name} "{plain.shown(start, end)}"')

    def add_signals(
        self,
        signals: Iterable[Signal],
        weights: Mapping[str, Sequence[tuple[int, int]]],
        beside: int,
    ) -> None:
        for name, strength, shown in signals:
            for label, full in weights[name]:
                weight = full if strength == 1.0 else round(full * strength)
                if label == _QUESTION and beside != 1000:
                    weight = weight * beside // 1000
                if -_FAINT < weight < _FAINT:
                    self._faint[label] += weight
                else:
                    self._add(label, weight, shown)

    def add_words(self, words: Words, said: Sequence[str]) -> None:
        quiet, loud = words.said_in(said)
        for label, weight, shown in loud:
            self._add(label, weight, shown)
        for label, weight in enumerate(quiet):
            self._faint[label] += weight

    def add_learned(self, plain: Plain, rules: Iterable[Found]) -> None:
        for label, weight, start, end in rules:
            self._add(label, weight, f'learned: "{plain.shown(start, end)}"')

    def complete(self) -> list[Reason]:
        """All reasons, what is faint told as one for each label."""
        for label, weight in enumerate(self._faint):
            if weight:
                self._add(label, weight, "other words")
        return self.reasons

    def _add(self, label: int, weight: int, shown: str) -> None:
        self.log_odds[label] += weight
        self.reasons.append(Reason(DECIDED[label], shown, weight / 1000))
