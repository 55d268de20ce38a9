"""Which words speak for a label, where people said what is right.

A phrase gets the weight under which the corrected texts become likely without those
that nobody corrected becoming unlikely: logistic regression on one phrase at a time, the
best first, each fitted on what the ones before it left. Nothing here is random.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from socialcare.classify.decision import (
    DECIDED,
    DOUBT,
    with_slip,
    without_slip,
)
from socialcare.classify.phrases import empty_words
from socialcare.models import Label

LEAST_SUPPORT = 2
"""Corrections that a rule rests on, at least."""
MOST_RULES = 15
_MOST_TIMES = 3.0
_USUAL_SHARE = 0.1
"""The fewer texts are corrected, the more errors one correction stands for: up to this
share of the texts it counts more than once."""
_VARIANCE = 0.1
"""Of the weights, before anything is known: small, as most words say little."""
_CLEAR_VARIANCE = 0.5
"""The same for a phrase on which corrections agree, and that stands in few other texts."""
_CLEAR_SUPPORT = 3
_LEAST_GAIN = 1.0
"""Log-likelihood that a rule must be worth."""
_LEAST_WEIGHT, _MOST_WEIGHT = 0.3, 3.0
_STEPS = 12
_SHRUNK = 1.5
"""What log-odds are divided by while weights are looked for: a text that a person corrected
is seldom as far from right as its words have it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One text: what the classifier makes of it, and what is right."""

    id: int
    phrases: frozenset[str]
    scores: Mapping[str, float]
    label: Label
    """What a person said, or what nobody objected to."""
    corrected: bool = False


class Speaks(NamedTuple):
    """A phrase that speaks for a label, and the corrections (ids) that it rests on."""

    phrase: str
    label: Label
    weight: float
    support: tuple[int, ...]


def mine(cases: Sequence[Case], known: Collection[tuple[str, str]] = ()) -> list[Speaks]:
    """Phrases that speak for a label, the most telling first; ``known`` ones are left out."""
    return _Miner(cases, known).run()


def refit(cases: Sequence[Case], rules: Sequence[Speaks]) -> list[Speaks]:
    """The same phrases with the weights that these cases give them; 0 where they say nothing."""
    miner = _Miner(cases, (), wanted={(rule.phrase, rule.label) for rule in rules})
    found = []
    for rule in rules:
        weight, _ = miner.fit(rule.phrase, rule.label)
        weight = _rounded(weight) if weight >= _LEAST_WEIGHT else 0.0
        miner.take(rule.phrase, rule.label, weight)
        found.append(rule._replace(weight=weight))
    return found


def scores_with(case: Case, rules: Iterable[Speaks]) -> dict[str, float]:
    """The probability of each label when the rules are added."""
    parts = _by_words(case)
    for rule in rules:
        if rule.phrase in case.phrases:
            parts[rule.label] *= math.exp(rule.weight)
    return {label: with_slip(share) for label, share in _shares(parts).items()}


def _by_words(case: Case) -> dict[str, float]:
    return {label: without_slip(score) for label, score in case.scores.items()}


def said(case: Case, rules: Sequence[Speaks] = ()) -> Label:
    """The label that a case gets with the rules: as the classifier would, doubt included."""
    scores = scores_with(case, rules) if rules else case.scores
    best = max(DECIDED, key=lambda label: scores[label])
    return best if scores[best] >= DOUBT else "unsure"


class _Miner:
    def __init__(
        self,
        cases: Sequence[Case],
        known: Collection[tuple[str, str]],
        wanted: Collection[tuple[str, Label]] | None = None,
    ) -> None:
        self._cases = cases
        self._scores = [_shrunk(_by_words(case)) for case in cases]
        self._wrong = [case.corrected and said(case) != case.label for case in cases]
        corrected = sum(case.corrected for case in cases)
        share = _USUAL_SHARE * len(cases) / max(1, corrected)
        self._times = min(_MOST_TIMES, max(1.0, share))
        """How many uncorrected texts one correction outweighs."""
        pairs = self._supported() if wanted is None else wanted
        self._candidates = {pair for pair in pairs if pair not in known}
        self._where: dict[str, list[int]] = {phrase: [] for phrase, _ in self._candidates}
        for at, case in enumerate(cases):
            for phrase in case.phrases & self._where.keys():
                self._where[phrase].append(at)

    def _supported(self) -> Iterable[tuple[str, Label]]:
        """What enough corrections speak for, and not more of them against."""
        mended: Counter[tuple[str, Label]] = Counter()
        corrected: Counter[str] = Counter()
        for case, wrong in zip(self._cases, self._wrong, strict=True):
            if case.corrected:
                corrected.update(case.phrases)
            if wrong:
                mended.update((phrase, case.label) for phrase in case.phrases)
        for pair, number in mended.items():
            if number >= LEAST_SUPPORT and 2 * number >= corrected[pair[0]]:
                yield pair

    def run(self) -> list[Speaks]:
        found: list[Speaks] = []
        worth = {pair: self.fit(*pair)[1] for pair in self._candidates}
        while worth and len(found) < MOST_RULES:
            pair = min(worth, key=lambda one: (-worth[one], empty_words(one[0]), -len(one[0]), one))
            phrase, label = pair
            weight, gain = self.fit(phrase, label)
            if _LEAST_GAIN <= gain < worth[pair]:
                worth[pair] = gain  # what was taken before says part of it already
                continue
            del worth[pair]
            if gain >= _LEAST_GAIN and weight >= _LEAST_WEIGHT:
                found.append(Speaks(phrase, label, _rounded(weight), self._support(phrase, label)))
                self.take(phrase, label, _rounded(weight))
                worth = {one: value for one, value in worth.items() if not _overlap(one, pair)}
        return found

    def _support(self, phrase: str, label: Label) -> tuple[int, ...]:
        return tuple(
            self._cases[at].id
            for at in self._where[phrase]
            if self._wrong[at] and self._cases[at].label == label
        )

    def fit(self, phrase: str, label: Label) -> tuple[float, float]:
        """The best weight and the log-likelihood that it gains, both of them penalised."""
        places = self._where[phrase]
        mended = sum(self._wrong[at] and self._cases[at].label == label for at in places)
        against = [self._cases[at].corrected for at in places if self._cases[at].label != label]
        clear = mended >= _CLEAR_SUPPORT and len(against) <= mended and not any(against)
        times = _MOST_TIMES if clear else self._times
        rows = [
            (
                times if self._cases[at].corrected else 1.0,
                float(self._cases[at].label == label),
                self._scores[at][label],
            )
            for at in places
        ]
        weight, gain = _fitted(rows, _CLEAR_VARIANCE if clear else _VARIANCE)
        return weight * _SHRUNK, gain

    def take(self, phrase: str, label: Label, weight: float) -> None:
        for at in self._where.get(phrase, ()):
            scores = self._scores[at]
            scores[label] *= math.exp(weight / _SHRUNK)
            scores.update(_shares(scores))


def _shrunk(shares: Mapping[str, float]) -> dict[str, float]:
    return _shares({label: share ** (1 / _SHRUNK) for label, share in shares.items()})


def _fitted(rows: Sequence[tuple[float, float, float]], variance: float) -> tuple[float, float]:
    """Newton's method on a concave function; ``rows`` are (times, right or not, probability)."""
    weight = 0.0
    for _ in range(_STEPS):
        factor = math.exp(weight)
        slope, bend = -weight / variance, 1 / variance
        for times, right, before in rows:
            now = before * factor / (1 - before + before * factor)
            slope += times * (right - now)
            bend += times * now * (1 - now)
        weight += max(-1.0, min(1.0, slope / bend))
    grown = math.exp(weight) - 1
    gain = -weight * weight / (2 * variance)
    for times, right, before in rows:
        gain += times * (right * weight - math.log1p(before * grown))
    return weight, gain


def _overlap(one: tuple[str, Label], other: tuple[str, Label]) -> bool:
    """Whether two rules would count the same word twice for one label."""
    return one[1] == other[1] and not set(one[0].split()).isdisjoint(other[0].split())


def _rounded(weight: float) -> float:
    return round(min(_MOST_WEIGHT, weight), 1)


def _shares(parts: Mapping[str, float]) -> dict[str, float]:
    whole = math.fsum(parts.values())
    return {label: part / whole for label, part in parts.items()}
