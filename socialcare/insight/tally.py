"""Sums, shares and spreads of what a report is made of; the arithmetic, and nothing else."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

KINDS = ("first_response", "next_response", "resolution")
LABELS = ("complaint", "question", "praise", "other", "unsure")
_SPREAD = ("mean", "median", "p90")
FIELDS = (
    *("mentions", *LABELS, "complaints_share", "need_answer", "answered", "answer_rate"),
    *(f"{kind}{part}" for kind in KINDS
      for part in ("_count", *(f"{clock}{name}" for clock in ("_", "_open_") for name in _SPREAD))),
    *("in_time", "late", "in_time_share"),
    *("in_time_calendar", "late_calendar", "in_time_calendar_share"),
    *("waiting", "waiting_late", "waiting_median", "waiting_oldest"),
)  # fmt: skip
"""Names of all figures: numbers, shares of 1, spans in seconds. What cannot be said is None."""
WAITING = FIELDS[-4:]
"""How it stands now, whatever the period."""
Figures = dict[str, float | int | None]


@dataclass(slots=True)
class Tally:
    """What is counted of one group. Spans are seconds; ``opened`` those in the team's hours."""

    labels: Counter[str] = field(default_factory=Counter)
    need_answer: int = 0
    answered: int = 0
    took: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    opened: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    in_time: Counter[bool] = field(default_factory=Counter)
    in_time_calendar: Counter[bool] = field(default_factory=Counter)
    waiting: int = 0
    waiting_late: int = 0
    waited: list[float] = field(default_factory=list)

    def count(self, label: str, number: int, *, needs: bool, answered: bool) -> None:
        self.labels[label] += number
        if needs:
            self.need_answer += number
            self.answered += number if answered else 0

    def span(self, kind: str, took: float, in_open: float | None) -> None:
        self.took[kind].append(took)
        if in_open is not None:
            self.opened[kind].append(in_open)

    def judge(self, *, in_time: bool | None, calendar: bool | None) -> None:
        if in_time is not None:
            self.in_time[in_time] += 1
        if calendar is not None:
            self.in_time_calendar[calendar] += 1

    def wait(self, waited: float | None, *, late: bool) -> None:
        self.waiting += 1
        self.waiting_late += late
        if waited is not None:
            self.waited.append(waited)

    def add(self, other: Tally) -> None:
        self.labels += other.labels
        self.need_answer += other.need_answer
        self.answered += other.answered
        for mine, others in ((self.took, other.took), (self.opened, other.opened)):
            for kind in KINDS:
                mine[kind] += others[kind]
        self.in_time += other.in_time
        self.in_time_calendar += other.in_time_calendar
        self.waiting += other.waiting
        self.waiting_late += other.waiting_late
        self.waited += other.waited

    def figures(self) -> Figures:
        mentions = self.labels.total()
        found: Figures = {
            "mentions": mentions,
            **{label: self.labels[label] for label in LABELS},
            "complaints_share": share(self.labels["complaint"], mentions),
            "need_answer": self.need_answer,
            "answered": self.answered,
            "answer_rate": share(self.answered, self.need_answer),
        }
        for kind in KINDS:
            found[f"{kind}_count"] = len(self.took[kind])
            for clock, spans in (("_", self.took[kind]), ("_open_", self.opened[kind])):
                values = spread(spans)
                found |= {f"{kind}{clock}{name}": values[name] for name in _SPREAD}
        for name, judged in (("", self.in_time), ("_calendar", self.in_time_calendar)):
            found[f"in_time{name}"] = judged[True]
            found[f"late{name}"] = judged[False]
            found[f"in_time{name}_share"] = share(judged[True], judged.total())
        found["waiting"], found["waiting_late"] = self.waiting, self.waiting_late
        found["waiting_median"] = spread(self.waited)["median"]
        found["waiting_oldest"] = round(max(self.waited), 3) if self.waited else None
        return found


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def spread(spans: Sequence[float]) -> dict[str, float | None]:
    """``median`` halves them; ``p90`` is the least that 9 of 10 do not exceed."""
    if not spans:
        return dict.fromkeys(_SPREAD)
    ordered = sorted(spans)
    middle = len(ordered) // 2
    values = (
        math.fsum(ordered) / len(ordered),
        (ordered[middle] + ordered[~middle]) / 2,
        ordered[-(-9 * len(ordered) // 10) - 1],
    )
    return {name: round(value, 3) for name, value in zip(_SPREAD, values, strict=True)}


def change(now: int, before: int) -> float | None:
    """By how much it grew, as a share of what it was; None where there was nothing."""
    return round(now / before - 1, 4) if before else None
