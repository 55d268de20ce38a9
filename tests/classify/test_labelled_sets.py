"""Against sets that people labelled, which lie outside the project."""

import json
from pathlib import Path
from typing import Any

import pytest

from socialcare.classify import Classifier
from socialcare.classify.evaluate import evaluate
from socialcare.settings import Brand

pytestmark = pytest.mark.shared
VADER_ALONE = 0.507
"""Macro-F1 of VADER with thresholds in its best order on this set."""


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(Brand(), {})


def rows(shared: Path, name: str) -> list[dict[str, Any]]:
    with (shared / "eval" / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_labels_beat_sentiment_alone_by_far(shared: Path, classifier: Classifier):
    found = evaluate(rows(shared, "joint_gold"), classifier)
    assert found.texts == 631
    assert found.macro_f1 >= VADER_ALONE + 0.10
    assert found.unsure <= 0.15
    assert found.accuracy_when_sure > found.accuracy


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
