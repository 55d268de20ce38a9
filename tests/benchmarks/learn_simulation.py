"""What `learn` is worth to a user who corrects 50 errors: `python -m tests.benchmarks.learn_simulation`.

Reads `../shared/eval/airline.jsonl`. For every brand with 1,000 rows or more, a simulated
user corrects 50 random errors, says nothing about the rest, and applies what is proposed.
Then the accuracy on that brand's other rows is compared, before and after: negative is a
complaint, positive is praise, neutral is anything else. The pooled difference has a 95%
interval from a paired bootstrap over rows. `--rules` shows the rules.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from socialcare.classify import Classifier
from socialcare.classify.decision import DECIDED
from socialcare.inbox.corrections import Counts, Standing
from socialcare.models import Classification, Label
from socialcare.settings import Brand, Settings
from socialcare.settings.learned import LearnedRule
from socialcare.workflow.learn.proposing import lesson

EVAL = Path(__file__).resolve().parents[3] / "shared" / "eval"
GOLD: dict[str, Label] = {"negative": "complaint", "positive": "praise", "neutral": "other"}
LEAST_ROWS = 1_000
CORRECTED = 50
USERS = 10
RESAMPLED = 1_000


@dataclass(frozen=True, slots=True)
class User:
    """The rules applied, and for every other row what changed: -1, 0 or 1."""

    brand: str
    rules: tuple[LearnedRule, ...]
    before: float
    changes: Mapping[int, int]

    @property
    def gain(self) -> float:
        return sum(self.changes.values()) / len(self.changes)


def brands(folder: Path) -> dict[str, list[tuple[str, Label]]]:
    """Texts with what is right, by brand."""
    found: dict[str, list[tuple[str, Label]]] = {}
    with (folder / "airline.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            found.setdefault(row["brand"], []).append((row["text"], GOLD[row["raw_label"]]))
    return {brand: rows for brand, rows in found.items() if len(rows) >= LEAST_ROWS}


def said(result: Classification) -> Label:
    """The most probable label; anything else than complaint and praise is ``other``."""
    best = max(DECIDED, key=lambda label: result.scores[label])
    return "other" if best == "question" else best


def users(brand: str, rows: Sequence[tuple[str, Label]], number: int) -> Iterator[User]:
    settings = Settings(brand=Brand(name=brand))
    classifier = Classifier(settings.brand, {})
    results = [classifier.classify(text) for text, _ in rows]
    right = [said(found) == gold for found, (_, gold) in zip(results, rows, strict=True)]
    wrong = [at for at, is_right in enumerate(right) if not is_right]
    standing = [_row(at, text, results[at]) for at, (text, _) in enumerate(rows)]
    for user in range(number):
        corrected = set(random.Random(f"{brand} {user}").sample(wrong, CORRECTED))
        told = [
            replace(row, said_label=rows[at][1]) if at in corrected else row
            for at, row in enumerate(standing)
        ]
        proposals = lesson(told, Counts(CORRECTED, len(rows)), settings, ()).proposals
        rules = tuple(proposal.rule for proposal in proposals)
        learned = Classifier(settings.brand, {}, rules)
        others = [at for at in range(len(rows)) if at not in corrected]
        changes = {
            at: (said(learned.classify(rows[at][0])) == rows[at][1]) - right[at] for at in others
        }
        yield User(brand, rules, sum(right[at] for at in others) / len(others), changes)


def _row(at: int, text: str, result: Classification) -> Standing:
    return Standing(
        id=at,
        text=text,
        author="@somebody",
        url=None,
        rating=None,
        has_media=False,
        lang=None,
        kind="post",
        automated=False,
        direct=False,
        label=result.label,
        topics=result.topics,
        said_label=None,
        said_topics=None,
        not_us=False,
        settled=False,
    )


def interval(found: Sequence[User]) -> tuple[float, float]:
    """95% of the pooled gain. Rows are drawn again, all users of a brand with them."""
    dice = random.Random(3)
    brands_: dict[str, list[User]] = {}
    for user in found:
        brands_.setdefault(user.brand, []).append(user)
    rows = [_by_row(mates) for mates in brands_.values()]
    gains = sorted(
        sum(_gain(dice.choices(one, k=len(one))) for one in rows) / len(rows)
        for _ in range(RESAMPLED)
    )
    return gains[RESAMPLED // 40], gains[-RESAMPLED // 40]


def _by_row(mates: Sequence[User]) -> list[tuple[int, int]]:
    """For every row the sum of its changes, and how many users had not corrected it."""
    rows = max(row for user in mates for row in user.changes) + 1
    told = [[user.changes[row] for user in mates if row in user.changes] for row in range(rows)]
    return [(sum(changes), len(changes)) for changes in told]


def _gain(rows: Sequence[tuple[int, int]]) -> float:
    return sum(changed for changed, _ in rows) / sum(told for _, told in rows)


def main(arguments: Sequence[str]) -> None:
    if not EVAL.is_dir():
        print("../shared/eval is not here: nothing to measure on.")
        return
    everybody: list[User] = []
    for brand, rows in brands(EVAL).items():
        found = list(users(brand, rows, USERS))
        everybody += found
        before = sum(user.before for user in found) / len(found)
        gain = sum(user.gain for user in found) / len(found)
        least, most = min(u.gain for u in found), max(u.gain for u in found)
        print(
            f"{brand:12} {len(rows):5} rows  {before:.3f} -> {before + gain:.3f}"
            f"  {gain * 100:+.2f} points (users {least * 100:+.2f} to {most * 100:+.2f},"
            f" {sum(u.gain > 0 for u in found)} of {len(found)} better)"
            f"  {sum(len(u.rules) for u in found) / len(found):.1f} rules"
        )
        if "--rules" in arguments:
            for user in found[:2]:
                print("  ", ", ".join(f'"{r.phrase}" {r.target} {r.weight:g}' for r in user.rules))
    low, high = interval(everybody)
    mean = sum(user.gain for user in everybody) / len(everybody)
    print(f"pooled       {mean * 100:+.2f} points, 95% {low * 100:+.2f} to {high * 100:+.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
