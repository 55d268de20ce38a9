"""How right the labels are on the labelled sets under ``../shared/eval``.

    python -m tests.benchmarks.classify_accuracy

Nothing here is fitted; the sets are read, measured and left where they are. Rows of the
joint gold that the shipped model was fitted on (by their text) are left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from socialcare.classify import Classifier
from socialcare.classify.decision import DECIDED
from socialcare.classify.evaluate import (
    Scored,
    calibration_error,
    evaluate,
    label_score,
    report,
)
from socialcare.models import Classification, Label
from socialcare.settings import Brand
from tests.classify import gold_rows

EVAL = Path(__file__).resolve().parents[3] / "shared" / "eval"
AIRLINE: dict[str, Label] = {"negative": "complaint", "positive": "praise", "neutral": "other"}
TOPICS = {
    "delay_delivery": "delivery",
    "technical_fault": "product_fault",
    "account_access": "account",
    "staff_support": "staff",
    "baggage_lost_property": "lost_property",
    "warranty_return_replacement": "warranty_returns",
    "feature_howto_info": "howto_info",
}


def rows(name: str) -> list[dict[str, Any]]:
    with (EVAL / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def best_of(result: Classification) -> Label:
    return max(DECIDED, key=lambda label: result.scores[label])


def joint_gold(classifier: Classifier) -> None:
    fitted = {gold_rows.same(row.text) for row in gold_rows.read(EVAL.parent)}
    gold = [row for row in rows("joint_gold") if gold_rows.same(row["text"]) not in fitted]
    found = evaluate(gold, classifier)
    print(f"joint_gold  {found.texts} texts  macro-F1 {found.macro_f1:.3f}")
    for label, score in found.labels.items():
        print(
            f"  {label:10} P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}"
            f"  of {score.support}   taken for {dict(found.confusion[label])}"
        )
    print(
        f"  accuracy {found.accuracy:.3f}  unsure {found.unsure:.3f}"
        f"  accuracy when sure {found.accuracy_when_sure:.3f}  ECE {found.calibration_error:.3f}"
    )
    results = [(row, classifier.classify(row["text"])) for row in gold]
    lenient = sum(best_of(result) in {row["label"], row["alt_label"]} for row, result in results)
    print(f"  lenient accuracy {lenient / len(results):.3f}")
    alarms = false_alarms([(row["label"], result.scores["complaint"]) for row, result in results])
    print(f"  95% of complaints caught with false alarms on {alarms:.3f} of the rest")
    print(f"  urgent F1 {f1((row['urgent'], result.urgent) for row, result in results):.3f}")
    topic_figures([(row["topic"], result.topics) for row, result in results if row["topic"]])


def false_alarms(scored: list[tuple[str, float]], recall: float = 0.95) -> float:
    """Share of the other labels that score as high as the complaints that must be caught."""
    complaints = sorted((score for label, score in scored if label == "complaint"), reverse=True)
    least = complaints[math.ceil(recall * len(complaints)) - 1]
    rest = [score for label, score in scored if label != "complaint"]
    return sum(score >= least for score in rest) / len(rest)


def topic_figures(pairs: list[tuple[str, tuple[str, ...]]]) -> None:
    named = [(TOPICS.get(gold, gold), found) for gold, found in pairs]
    topics = sorted({gold for gold, _ in named})
    first = [
        f1((gold == topic, bool(found) and found[0] == topic) for gold, found in named)
        for topic in topics
    ]
    among = sum(gold in found for gold, found in named) / len(named)
    print(f"  topic, first named: macro-F1 {sum(first) / len(first):.3f}; among all: {among:.3f}")


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    pairs = list(pairs)
    right = sum(gold and found for gold, found in pairs)
    return 2 * right / max(1, sum(gold for gold, _ in pairs) + sum(found for _, found in pairs))


def complaints(classifier: Classifier) -> None:
    pairs = [
        (row["label"] == "complaint", classifier.classify(row["text"]))
        for row in rows("complaints_acl19")
    ]
    ways: dict[str, Callable[[Classification], Label]] = {
        "most probable": best_of,
        "label": lambda result: result.label,
    }
    for name, way in ways.items():
        said = [(gold, way(result) == "complaint") for gold, result in pairs]
        positive, negative = f1(said), f1((not gold, not found) for gold, found in said)
        print(
            f"complaints_acl19, {name}: complaint F1 {positive:.3f}"
            f"  macro-F1 {(positive + negative) / 2:.3f}"
        )
    likely = [(gold, result.scores["complaint"]) for gold, result in pairs]
    judged = [(max(share, 1 - share), (share >= 0.5) == gold) for gold, share in likely]
    print(f"complaints_acl19, complaint or not: ECE {calibration_error(judged):.3f}")


def airline(classifier: Classifier) -> None:
    scored, judged = [], []
    for row in rows("airline"):
        gold, result = AIRLINE[row["raw_label"]], classifier.classify(row["text"])
        best = best_of(result)
        said: Label = "other" if best == "question" else best
        scored.append(Scored(gold, said, said, 1.0))
        three = three_of(result)
        likely = max(AIRLINE.values(), key=three.__getitem__)
        judged.append((three[likely], likely == gold))
    found = report(scored)
    print(
        f"airline  accuracy {found.accuracy:.3f}  macro-F1 {found.macro_f1:.3f}"
        f"  ECE {calibration_error(judged):.3f}"
    )
    for label in AIRLINE.values():
        score = label_score(found.confusion, label)
        print(f"  {label:10} P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}")


def three_of(result: Classification) -> dict[Label, float]:
    """The crowd of this set knew no questions: they were neutral, as was all other."""
    scores = result.scores
    neutral = scores["question"] + scores["other"]
    return {"complaint": scores["complaint"], "praise": scores["praise"], "other": neutral}


def languages(classifier: Classifier) -> None:
    pairs = [(row["lang"], classifier.classify(row["text"])) for row in rows("umsab")]
    foreign = [result.label != "unsure" for lang, result in pairs if lang != "en"]
    english = [result.lang not in {"en", None} for lang, result in pairs if lang == "en"]
    print(f"umsab  other languages given a label {sum(foreign) / len(foreign):.3f}")
    print(f"       English called foreign {sum(english) / len(english):.3f}")


def main() -> None:
    if not EVAL.is_dir():
        print("../shared/eval is not here: nothing to measure on.")
        return
    classifier = Classifier(Brand(), {})
    for measure in (joint_gold, complaints, airline, languages):
        measure(classifier)


if __name__ == "__main__":
    main()
