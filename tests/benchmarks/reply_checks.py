"""How right the checks of replies are on the list that was written for them.

    python -m tests.benchmarks.reply_checks

Three lists, printed one by one. ``replies.jsonl`` was written before the checks, by who wrote
them too, and their word lists were changed by its lines: at first by those with odd numbers,
later by all whose finding was wrong. ``replies_second.jsonl`` is by another writer who had not
seen the checks; at first sight 93 of its 100 bad replies were caught and none of its 80 good ones
stopped (4 with a needless look). Then its misses were read and the lists changed by families of
phrases. ``replies_third.jsonl`` is by the second writer, who knew the lists by then, was
committed before it was first run, and nothing has been changed by it since: 37 of 45 caught
(82%), 1 of 35 stopped, 4 with a needless look. That is what to expect of replies of your own.
Whoever changes a list because of a line of the third should say so in ``LISTS``, and write a
fourth.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from socialcare.checks import NAMES, Context, check

FOLDER = Path(__file__).resolve().parent.parent / "checks"
FIRST, SECOND, THIRD = "replies.jsonl", "replies_second.jsonl", "replies_third.jsonl"
LISTS = {
    FIRST: "seen while tuning",
    SECOND: "seen while tuning: misses read after the first run",
    THIRD: "not seen while tuning: the honest estimate",
}
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


def rows(name: str = FIRST) -> list[dict[str, Any]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
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


def show(name: str, some: Iterable[dict[str, Any]]) -> None:
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


def main() -> None:
    for name, seen in LISTS.items():
        print(f"{name} ({seen})")
        if name == FIRST:
            for half, some in zip(("odd lines", "even lines"), halves(), strict=True):
                show(half, some)
        show("all", rows(name))
        print()


if __name__ == "__main__":
    main()
