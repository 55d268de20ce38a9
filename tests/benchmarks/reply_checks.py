"""How right the checks of replies are on the list that was written for them.

    python -m tests.benchmarks.reply_checks

The list was written before the checks were. Word lists and patterns were changed by looking
at the lines with odd numbers only; those with even numbers were counted, not read again. Both
halves and the word lists come from one writer, so the even half flatters them: of 19 bad replies
that were written later, in other words, 13 were caught before the lists had seen their like (what
was missed were defensive phrases), and none of 12 good ones was stopped.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from socialcare.checks import NAMES, Context, check

LIST = Path(__file__).resolve().parent.parent / "checks" / "replies.jsonl"
USUAL: dict[str, Any] = {
    "links": ("acme.example", "github.com"),
    "our_handles": ("@acmehelp",),
    "author_handles": ("@mia@mas.to",),
}


@dataclass(slots=True)
class Score:
    """``wanted`` and ``caught`` count expectations by check; the rest counts replies."""

    bad: int = 0
    right: int = 0
    good: int = 0
    stopped: int = 0
    looked_at: int = 0
    wanted: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)

    @property
    def caught_share(self) -> float:
        """Of the bad ones, those where each check that should speak did, at its level."""
        return self.right / self.bad

    @property
    def stopped_share(self) -> float:
        return self.stopped / self.good


def rows() -> list[dict[str, Any]]:
    with LIST.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def halves() -> tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]:
    """The lines with odd numbers, which were looked at, and the others."""
    every = rows()
    return every[::2], every[1::2]


def context_of(row: dict[str, Any]) -> Context:
    return Context(
        length=len(row["text"]),
        private=row["private"],
        lang=row["lang"],
        label=row["label"],
        **{**USUAL, **row.get("context", {})},
    )


def score(some: Iterable[dict[str, Any]]) -> Score:
    told = Score()
    for row in some:
        levels = {one.check: one.level for one in check(row["text"], context_of(row))}
        if row["good"]:
            _add_good(told, levels)
        else:
            _add_bad(told, levels, row["expect"])
    return told


def _add_good(told: Score, levels: dict[str, Any]) -> None:
    told.good += 1
    told.stopped += "stop" in levels.values()
    told.looked_at += "look" in levels.values()
    told.false.update(name for name, level in levels.items() if level != "ok")


def _add_bad(told: Score, levels: dict[str, Any], expect: dict[str, str]) -> None:
    told.bad += 1
    told.right += all(levels[name] == level for name, level in expect.items())
    told.wanted.update(expect.keys())
    told.caught.update(name for name, level in expect.items() if levels[name] == level)


def main() -> None:
    for name, some in zip(("odd lines", "even lines", "all"), (*halves(), rows()), strict=True):
        told = score(some)
        print(
            f"{name}: {told.bad} bad, {told.caught_share:.1%} caught by the right check;"
            f" {told.good} good, {told.stopped_share:.1%} stopped, {told.looked_at} with a look"
        )
        for one in NAMES:
            if told.wanted[one] or told.false[one]:
                print(
                    f"  {one:16} {told.caught[one]:3} of {told.wanted[one]:3} caught,"
                    f" {told.false[one]} false"
                )


if __name__ == "__main__":
    main()
