"""How good the labels are against texts that people read: plain functions, no output.

F1 is that of the most probable of the four labels; how often the classifier says
``unsure``, and how right it is otherwise, is counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from socialcare.classify.decision import DECIDED
from socialcare.models import Classification, Label

BINS = 10
"""Equal steps of confidence over which calibration is averaged."""


class Labeller(Protocol):
    def classify(self, text: str, *, rating: float | None = None) -> Classification: ...


class Scored(NamedTuple):
    """One text: what a reader said, what is most probable, what was said."""

    gold: Label
    best: Label
    label: Label
    confidence: float


@dataclass(frozen=True, slots=True)
class LabelScore:
    precision: float
    recall: float
    f1: float
    support: int
    """Texts that a reader gave this label."""


@dataclass(frozen=True, slots=True)
class Report:
    texts: int
    labels: Mapping[Label, LabelScore]
    macro_f1: float
    """Mean over the four labels; a label that nobody gave is left out."""
    accuracy: float
    unsure: float
    """Share of texts labelled ``unsure``."""
    accuracy_when_sure: float
    confusion: Mapping[Label, Mapping[Label, int]]
    """Reader's label → most probable label → texts."""
    calibration_error: float
    """Expected calibration error: mean gap between confidence and accuracy, 0 … 1."""


def evaluate(rows: Iterable[Mapping[str, Any]], classifier: Labeller) -> Report:
    """Label every row with a known ``label`` and compare.

    A row has ``text`` and ``label``, and may have ``rating``; rows without one of the four
    labels are passed over.
    """
    return report([scored for row in rows if (scored := _score(row, classifier))])


def _score(row: Mapping[str, Any], classifier: Labeller) -> Scored | None:
    gold = next((label for label in DECIDED if label == row.get("label")), None)
    text = row.get("text")
    if gold is None or not isinstance(text, str):
        return None
    rating = row.get("rating")
    result = classifier.classify(
        text, rating=float(rating) if isinstance(rating, int | float) else None
    )
    best = max(DECIDED, key=lambda label: result.scores[label])
    return Scored(gold, best, result.label, result.scores[best])


def report(scored: Sequence[Scored]) -> Report:
    """Everything that can be said about a list of compared labels."""
    confusion = {
        gold: dict(Counter(row.best for row in scored if row.gold == gold)) for gold in DECIDED
    }
    labels = {label: label_score(confusion, label) for label in DECIDED}
    seen = [score.f1 for score in labels.values() if score.support]
    sure = [row for row in scored if row.label != "unsure"]
    return Report(
        texts=len(scored),
        labels=labels,
        macro_f1=_share(sum(seen), len(seen)),
        accuracy=_share(sum(row.best == row.gold for row in scored), len(scored)),
        unsure=_share(len(scored) - len(sure), len(scored)),
        accuracy_when_sure=_share(sum(row.label == row.gold for row in sure), len(sure)),
        confusion=confusion,
        calibration_error=calibration_error(
            [(row.confidence, row.best == row.gold) for row in scored]
        ),
    )


def label_score(confusion: Mapping[Label, Mapping[Label, int]], label: Label) -> LabelScore:
    right = confusion[label].get(label, 0)
    support = sum(confusion[label].values())
    said = sum(row.get(label, 0) for row in confusion.values())
    return LabelScore(
        precision=_share(right, said),
        recall=_share(right, support),
        f1=_share(2 * right, said + support),
        support=support,
    )


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float:
    """Mean gap between confidence and accuracy over equal steps of confidence.

    ``judged`` holds a confidence, 0 … 1, and whether the label was right.
    """
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    gaps = (
        abs(sum(confidence for confidence, _ in rows) - sum(right for _, right in rows))
        for rows in bins.values()
    )
    return _share(sum(gaps), len(judged))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
