"""Our VADER beside vaderSentiment's: `python -m tests.benchmarks.vader_speed`.

Both score the same real posts in one process, a few hundred in turn and in changing order,
and CPU time is counted, so that other work on the machine touches both alike. What counts
is the median of the ratios. In the first round every text is new; in the second the words
have been seen (our scorer remembers none, so the rounds should not differ).
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, pairwise, zip_longest
from pathlib import Path
from statistics import median, quantiles

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from socialcare.classify.vader import Scores, scores

EVAL = Path(__file__).resolve().parents[3] / "shared" / "eval"
WANTED = 100_000
TURN = 500
ROUNDS = 7
LENGTHS = (100, 1_000, 10_000, 100_000, 1_000_000)
QUADRATIC_FROM = 10_000
"""Characters from which the original is not asked: it takes minutes."""

Original = Callable[[str], Mapping[str, float]]


def posts() -> list[str]:
    """The distinct texts of the labelled sets."""
    rows = (json.loads(line) for file in sorted(EVAL.glob("*.jsonl")) for line in file.open("rb"))
    return list(dict.fromkeys(row["text"] for row in rows))


def with_neighbours_joined(texts: list[str]) -> list[str]:
    """The texts, and as many of two joined as are needed to have enough distinct ones."""
    joined = (f"{first} {second}" for first, second in pairwise(texts))
    return list(dict.fromkeys([*texts, *islice(joined, WANTED - len(texts))]))


def side_by_side(texts: list[str], original: Original) -> Iterator[tuple[float, float, int]]:
    """For each turn: CPU seconds of the original and of ours, and how many scores differ."""
    order = [0, 1]
    for start in range(0, len(texts), TURN):
        turn = texts[start : start + TURN]
        random.shuffle(order)
        taken = [0.0, 0.0]
        results: list[list[Mapping[str, float] | Scores]] = [[], []]
        for which in order:
            scorer = (original, scores)[which]
            begin = time.process_time()
            results[which] = [scorer(text) for text in turn]
            taken[which] = time.process_time() - begin
        yield taken[0], taken[1], _different(*results)


def _different(theirs: Iterable[object], ours: Iterable[object]) -> int:
    return sum(
        repr(a) != repr(b._asdict() if isinstance(b, Scores) else b)
        for a, b in zip(theirs, ours, strict=True)
    )


def per_character(score: Callable[[str], object], text: str, lengths: Iterable[int]) -> list[float]:
    """Nanoseconds of CPU for each character of a text scored in pieces, by their length.

    The least of several rounds over all lengths, so that no length meets the busy moment.
    """
    cut = [[text[at : at + length] for at in range(0, len(text), length)] for length in lengths]
    rounds = [[_seconds(score, pieces) for pieces in cut] for _ in range(ROUNDS)]
    return [min(seconds) / len(text) * 1e9 for seconds in zip(*rounds, strict=True)]


def _seconds(score: Callable[[str], object], texts: Iterable[str]) -> float:
    begin = time.process_time()
    for text in texts:
        score(text)
    return time.process_time() - begin


def main() -> None:
    original: Original = SentimentIntensityAnalyzer().polarity_scores
    scores("the lists are read")
    real = posts()
    random.Random(1).shuffle(real)
    for kind, texts in (("real", real), ("real or two joined", with_neighbours_joined(real))):
        mean = sum(map(len, texts)) / len(texts)
        print(f"{len(texts)} distinct texts, {kind}, {mean:.0f} characters each")
        for name in ("every text new", "words seen"):
            print(f"  {name}: {_summary(list(side_by_side(texts, original)), len(texts))}")
    per_length(real, original)


def _summary(turns: list[tuple[float, float, int]], texts: int) -> str:
    ratios = [theirs / ours for theirs, ours, _ in turns]
    theirs, ours = sum(turn[0] for turn in turns), sum(turn[1] for turn in turns)
    return (
        f"vaderSentiment {theirs / texts * 1e6:.1f} µs a text, ours {ours / texts * 1e6:.1f};"
        f" {median(ratios):.2f} times as fast, {theirs / ours:.2f} in all,"
        f" {quantiles(ratios, n=10)[0]:.2f} in the slowest tenth;"
        f" {sum(turn[2] for turn in turns)} scores differ"
    )


def per_length(texts: list[str], original: Original) -> None:
    """The same characters, cut into pieces of each length."""
    joined = " ".join(texts)[: max(LENGTHS)]
    short = [length for length in LENGTHS if length <= QUADRATIC_FROM]
    ours = per_character(scores, joined, LENGTHS)
    theirs = per_character(original, joined[: 10 * QUADRATIC_FROM], short)
    for length, own, other in zip_longest(LENGTHS, ours, theirs):
        beside = f"{other:.1f}" if other else "too slow to ask"
        print(f"{length:9} characters: ours {own:5.1f} ns for each, vaderSentiment {beside}")


if __name__ == "__main__":
    main()
