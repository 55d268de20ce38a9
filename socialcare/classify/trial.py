"""What learned rules are worth on texts that they were not learned from: cross-validation."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from socialcare.classify.mining import Case, Speaks, mine, refit, said, scores_with

FOLDS = 5
_FAINTEST = 1e-9


@dataclass(frozen=True, slots=True)
class Trial:
    """``tested`` texts that people judged: how many are right before and after."""

    tested: int
    before: int
    after: int

    @property
    def helps(self) -> bool:
        """Whether what was learned is worth a point of accuracy or more."""
        return self.after > self.before and 100 * (self.after - self.before) >= self.tested


def cross_validate(
    cases: Sequence[Case], judged: Collection[int], known: Collection[tuple[str, str]] = ()
) -> Trial:
    """Learn on four fifths of what people judged, test on the last, five times.

    ``judged`` are ids of cases; the others are only learned from.
    """
    before = after = tested = 0
    for learned_from, held in _folds(cases, judged):
        rules = mine(learned_from, known)
        tested += len(held)
        before += sum(said(case) == case.label for case in held)
        after += sum(said(case, rules) == case.label for case in held)
    return Trial(tested, before, after)


def helpful(
    cases: Sequence[Case], judged: Collection[int], rules: Sequence[Speaks]
) -> list[Speaks]:
    """The rules that make held-out texts more likely, and no more of them wrong.

    Each is given the weight that the other texts give it, and left out in turn.
    """
    likely, right = [0.0] * len(rules), [0] * len(rules)
    for learned_from, held in _folds(cases, judged):
        refitted = refit(learned_from, rules)
        for place, rule in enumerate(refitted):
            others = [*refitted[:place], *refitted[place + 1 :]]
            for case in (case for case in held if rule.phrase in case.phrases):
                likely[place] += _gain(case, refitted, others)
                right[place] += said(case, refitted) == case.label
                right[place] -= said(case, others) == case.label
    return [
        rule
        for rule, gain, more in zip(rules, likely, right, strict=True)
        if gain > 0 and more >= 0
    ]


def _gain(case: Case, rules: Sequence[Speaks], others: Sequence[Speaks]) -> float:
    """Log-likelihood of the right label with one rule more."""
    more, less = (scores_with(case, each)[case.label] for each in (rules, others))
    return math.log(max(more, _FAINTEST)) - math.log(max(less, _FAINTEST))


def _folds(
    cases: Sequence[Case], judged: Collection[int]
) -> Iterator[tuple[list[Case], list[Case]]]:
    fold = {id_: place % FOLDS for place, id_ in enumerate(sorted(judged))}
    for number in range(FOLDS):
        held = [case for case in cases if fold.get(case.id) == number]
        if held:
            yield [case for case in cases if fold.get(case.id) != number], held
