"""Against sets that people labelled, which lie outside the project."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from socialcare.classify import Classifier
from socialcare.classify.decision import DECIDED
from socialcare.classify.evaluate import evaluate
from socialcare.models import Classification, Label
from socialcare.settings import Brand
from tests.classify import gold_rows

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(Brand(), {})


def rows(shared: Path, name: str) -> list[dict[str, Any]]:
    with (shared / "eval" / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def share(pairs: Iterable[tuple[bool, bool]]) -> float:
    """F1 of what was found (second) against what is (first)."""
    pairs = list(pairs)
    return 2 * sum(is_it and said for is_it, said in pairs) / sum(map(sum, pairs))


def best_of(result: Classification) -> Label:
    return max(DECIDED, key=lambda label: result.scores[label])


@pytest.fixture(scope="module")
def unseen(shared: Path) -> list[dict[str, Any]]:
    """The joint gold without the rows that the model was fitted on."""
    fitted = {gold_rows.same(row.text) for row in gold_rows.read(shared)}
    gold = rows(shared, "joint_gold")
    return [row for row in gold if gold_rows.same(row["text"]) not in fitted]


def test_labels_are_right(unseen: list[dict[str, Any]], classifier: Classifier):
    found = evaluate(unseen, classifier)
    assert found.texts == 547
    assert found.macro_f1 >= 0.79
    assert found.labels["complaint"].f1 >= 0.80
    assert found.labels["question"].f1 >= 0.78
    assert found.labels["praise"].f1 >= 0.76


def test_doubt_is_honest(unseen: list[dict[str, Any]], classifier: Classifier):
    found = evaluate(unseen, classifier)
    assert found.unsure <= 0.15
    assert found.accuracy_when_sure >= found.accuracy + 0.02
    assert found.calibration_error <= 0.07


def test_few_complaints_are_missed(unseen: list[dict[str, Any]], classifier: Classifier):
    scored = [(row["label"], classifier.classify(row["text"]).scores) for row in unseen]
    complaints = sorted(scores["complaint"] for label, scores in scored if label == "complaint")
    least = complaints[len(complaints) // 20]
    rest = [scores["complaint"] >= least for label, scores in scored if label != "complaint"]
    assert sum(rest) / len(rest) <= 0.35


def test_complaints_of_another_set(shared: Path, classifier: Classifier):
    said = [
        (row["label"] == "complaint", best_of(classifier.classify(row["text"])) == "complaint")
        for row in rows(shared, "complaints_acl19")
    ]
    assert share(said) >= 0.74
    assert (share(said) + share((not one, not two) for one, two in said)) / 2 >= 0.79


def test_labels_of_a_single_trade(shared: Path, classifier: Classifier):
    meant = {"negative": "complaint", "positive": "praise"}
    right = [
        meant.get(row["raw_label"], "neither") == meant_by(classifier.classify(row["text"]))
        for row in rows(shared, "airline")[::3]
    ]
    assert sum(right) / len(right) >= 0.75


def meant_by(result: Classification) -> str:
    best = best_of(result)
    return best if best in {"complaint", "praise"} else "neither"


def test_other_languages_are_unsure_and_english_is_kept(shared: Path, classifier: Classifier):
    found = [(row["lang"], classifier.classify(row["text"])) for row in rows(shared, "umsab")]
    foreign = [result.label != "unsure" for lang, result in found if lang != "en"]
    english = [result.lang not in {"en", None} for lang, result in found if lang == "en"]
    assert sum(foreign) / len(foreign) <= 0.05
    assert sum(english) / len(english) <= 0.03


def test_hostile_mentions_all_get_a_label(shared: Path, classifier: Classifier):
    texts = [
        json.loads(line).get("mention", {}).get("text")
        for path in sorted((shared / "hostile").glob("mentions-*.jsonl"))
        for line in path.read_text(encoding="ascii").splitlines()
    ]
    known = [text for text in texts if isinstance(text, str)]
    assert len(known) > 300
    assert all(sum(classifier.classify(text).scores.values()) > 0.999 for text in known)
