"""The figures, worked out by hand."""

import pytest

from socialcare.classify.evaluate import Scored, calibration_error, evaluate, report
from socialcare.models import Classification, Label

ROWS = [
    Scored("complaint", "complaint", "complaint", 0.95),
    Scored("complaint", "complaint", "unsure", 0.35),
    Scored("complaint", "other", "other", 0.65),
    Scored("question", "question", "question", 0.75),
    Scored("praise", "other", "unsure", 0.35),
    Scored("other", "other", "other", 0.85),
]


def test_precision_recall_and_f1_of_each_label():
    labels = report(ROWS).labels
    complaint, other, praise = labels["complaint"], labels["other"], labels["praise"]
    assert (complaint.precision, complaint.recall, complaint.f1) == pytest.approx((1, 2 / 3, 0.8))
    assert (other.precision, other.recall, other.f1) == pytest.approx((1 / 3, 1, 0.5))
    assert (praise.precision, praise.recall, praise.f1, praise.support) == (0, 0, 0, 1)


def test_f1_is_of_the_most_probable_label_and_doubt_is_counted_apart():
    found = report(ROWS)
    assert found.macro_f1 == pytest.approx((0.8 + 1 + 0 + 0.5) / 4)
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.unsure == pytest.approx(2 / 6)
    assert found.accuracy_when_sure == pytest.approx(3 / 4)
    assert found.confusion["complaint"] == {"complaint": 2, "other": 1}


def test_calibration_is_the_mean_gap_between_confidence_and_truth():
    assert calibration_error([(0.95, True), (0.95, False)]) == pytest.approx(0.45)
    assert calibration_error([(0.25, False), (0.75, True)]) == pytest.approx(0.25)
    assert calibration_error([(1.0, True)]) == 0
    assert calibration_error([]) == 0


def test_a_label_that_nobody_gave_is_no_zero_in_the_mean():
    only = report([Scored("praise", "praise", "praise", 0.9)])
    assert only.macro_f1 == 1


def test_nothing_to_compare_is_no_error():
    empty = report([])
    assert (empty.texts, empty.macro_f1, empty.accuracy_when_sure) == (0, 0, 0)


class Always:
    def __init__(self, label: Label) -> None:
        self.label = label
        self.seen: list[tuple[str, float | None]] = []

    def classify(self, text: str, *, rating: float | None = None) -> Classification:
        self.seen.append((text, rating))
        scores = dict.fromkeys(("complaint", "question", "praise", "other"), 0.1)
        scores[self.label] = 0.7
        return Classification(self.label, 0.7, scores, "neutral", 0.0)


def test_rows_without_text_or_known_label_are_passed_over():
    classifier = Always("praise")
    rows: list[dict[str, object]] = [
        {"text": "nice", "label": "praise", "rating": 5},
        {"text": "?", "label": None},
        {"text": "x", "label": "unsure"},
        {"label": "praise"},
        {"text": 7, "label": "praise"},
        {"text": "bad", "label": "complaint", "rating": "1"},
    ]
    found = evaluate(rows, classifier)
    assert found.texts == 2
    assert classifier.seen == [("nice", 5.0), ("bad", None)]
    assert found.accuracy == 0.5
