"""What a label costs, against vaderSentiment's score alone on the same texts.

    python -m tests.benchmarks.classify_speed

Over all distinct texts under ``../shared/eval``, in small turns so that a busy machine
slows both alike; processor time. Then the cost of one text by its length: it is flat, as
only the first 2,000 characters and 100 emoji are read.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from socialcare.classify import Classifier
from socialcare.settings import Brand

EVAL = Path(__file__).resolve().parents[3] / "shared" / "eval"
TURN = 200
"""Texts that one of the two reads before it is the other's turn."""
LENGTHS = (2_000, 10_000, 100_000, 1_000_000)
UNITS = ("still waiting for my refund, great. ", "😡👍 ", "x", "&amp; @a: ")


def texts() -> list[str]:
    """Every distinct text once, in a fixed order that mixes the sets."""
    found: dict[str, None] = {}
    for path in sorted(EVAL.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            rows = (json.loads(line) for line in file)
            found.update((row["text"], None) for row in rows if isinstance(row.get("text"), str))
    mixed = list(found)
    random.Random(1).shuffle(mixed)
    return mixed


def cost(work: Callable[[str], object], some: Sequence[str]) -> float:
    start = time.process_time()
    for text in some:
        work(text)
    return time.process_time() - start


def throughput(some: Sequence[str]) -> None:
    score = SentimentIntensityAnalyzer().polarity_scores
    label = Classifier(Brand(), {}).classify
    scored = labelled = 0.0
    for start in range(0, len(some), TURN):
        turn = some[start : start + TURN]
        if start // TURN % 2:
            scored += cost(score, turn)
            labelled += cost(label, turn)
        else:
            labelled += cost(label, turn)
            scored += cost(score, turn)
    micro = 1_000_000 / len(some)
    print(f"{len(some)} distinct texts, {sum(map(len, some)) / len(some):.0f} characters each")
    print(f"vaderSentiment, score alone  {scored * micro:6.1f} µs a text")
    print(f"socialcare, whole decision   {labelled * micro:6.1f} µs a text")
    print(f"ratio {labelled / scored:.2f}")


def by_length() -> None:
    label = Classifier(Brand(), {}).classify
    for unit in UNITS:
        costs = []
        for length in LENGTHS:
            text = (unit * (length // len(unit) + 1))[:length]
            costs.append(min(cost(label, [text]) for _ in range(5)))
        shown = "  ".join(
            f"{length}: {took * 1000:.2f} ms" for length, took in zip(LENGTHS, costs, strict=True)
        )
        print(f"{unit[:12]!r:16} {shown}")


def main() -> None:
    if not EVAL.is_dir():
        print("../shared/eval is not here: nothing to measure on.")
        return
    throughput(texts())
    by_length()


if __name__ == "__main__":
    main()
