"""One number for all that the classifier says about the labelled sets under ``../shared/eval``.

    python -m tests.benchmarks.label_digest

Run it with each supported version of Python, and in another order of the sets
(``--backwards``): the digests must be the same. The first is of labels, topics, urgency and
language; the second of every score and reason as well.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from socialcare.classify import Classifier
from socialcare.models import Classification
from socialcare.settings import Brand

EVAL = Path(__file__).resolve().parents[3] / "shared" / "eval"
EVERY = 3


def texts() -> Iterator[str]:
    for file in sorted(EVAL.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for n, line in enumerate(lines) if n % EVERY == 0)


def digests(text: str, found: Classification) -> tuple[str, str]:
    said: list[object] = [text, found.label, found.topics, found.urgent, found.lang]
    reasons = [(reason.label, reason.cue, reason.weight) for reason in found.reasons]
    scores = [found.confidence, sorted(found.scores.items()), found.sentiment_score]
    return _digest(said), _digest([*said, *scores, reasons])


def _digest(part: list[object]) -> str:
    return hashlib.sha256(json.dumps(part).encode()).hexdigest()


def main() -> None:
    classifier = Classifier(Brand(), {})
    listed = list(texts())
    if "--backwards" in sys.argv:
        listed.reverse()
    rows = sorted(digests(text, classifier.classify(text)) for text in listed)
    labels, everything = (
        hashlib.sha256("".join(part).encode()) for part in zip(*rows, strict=True)
    )
    print(f"Python {sys.version.split()[0]}  {len(rows):,} texts")
    print(f"labels      {labels.hexdigest()}")
    print(f"everything  {everything.hexdigest()}")


if __name__ == "__main__":
    main()
