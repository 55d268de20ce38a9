"""The complaint bursts of a real week: airlines in February 2015, by the times of the tweets.

A burst is told without the detector, by looking back on all days: spans of four hours with at
least 12 complaints and three times as many as the same hours have on the middle day. The detector
sees only what came before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from socialcare.insight.baseline import learn
from socialcare.insight.series import QUARTERS_A_DAY, HomeTime, Series, moment_of, quarter_of
from socialcare.insight.surge import LONGEST, surge
from socialcare.workflow.spikes import KNOWN_FROM

FILE = Path(__file__).resolve().parents[3] / "shared" / "eval" / "airline.jsonl"
SPAN = 16
LEAST = 12
TIMES = 3.0
WITHIN = 32
HOME = HomeTime(ZoneInfo("America/New_York"))
LEAST_HISTORY = 200


@dataclass(frozen=True, slots=True)
class Week:
    """One airline. ``bursts`` and ``alarms`` are first quarters and those after the last."""

    brand: str
    a_day: float
    bursts: list[tuple[int, int]]
    alarms: list[tuple[int, int]]

    def noticed(self) -> list[float | None]:
        """Hours from the beginning of each burst to its alarm."""
        return [
            next(
                (max(0, alarm - begin) / 4 for alarm, last in self.alarms
                 if alarm < begin + WITHIN and last >= begin),
                None,
            )
            for begin, _ in self.bursts
        ]  # fmt: skip

    def others(self) -> list[tuple[int, int]]:
        """Alarms that belong to no burst."""
        return [
            (first, last)
            for first, last in self.alarms
            if not any(first < end + WITHIN and last >= begin - 4 for begin, end in self.bursts)
        ]


def weeks() -> list[Week]:
    if not FILE.exists():
        return []
    rows: dict[str, list[tuple[int, bool]]] = {}
    with FILE.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            at = quarter_of(datetime.strptime(row["created"], "%Y-%m-%d %H:%M:%S %z"))
            rows.setdefault(row["brand"], []).append((at, row["raw_label"] == "negative"))
    return [
        week for brand, seen in sorted(rows.items()) if (week := _week(brand, seen)) is not None
    ]


def _week(brand: str, seen: list[tuple[int, bool]]) -> Week | None:
    """None where nothing was collected before the last days."""
    first = quarter_of(datetime.fromisoformat("2015-02-17T05:00+00:00"))
    end = max(at for at, _ in seen)
    everything, complaints = [0] * (end - first), [0] * (end - first)
    for at, complained in seen:
        if first <= at < end:
            everything[at - first] += 1
            complaints[at - first] += complained
    known = int(KNOWN_FROM.total_seconds()) // 900
    if sum(everything[:known]) < LEAST_HISTORY // 2:
        return None
    series = Series(first, everything, complaints)
    a_day = sum(everything) / len(everything) * QUARTERS_A_DAY
    return Week(brand, a_day, list(_bursts(series, known)), list(_alarms(series, known)))


def _bursts(series: Series, known: int) -> Iterator[tuple[int, int]]:
    counts, length = series.complaints, len(series.complaints)
    high = []
    for start in range(known, length - SPAN):
        same = [
            sum(counts[other : other + SPAN])
            for other in range(start % QUARTERS_A_DAY, length - SPAN, QUARTERS_A_DAY)
        ]
        count = sum(counts[start : start + SPAN])
        high.append(count >= LEAST and count >= TIMES * sorted(same)[len(same) // 2])
    yield from (
        (series.start + known + a, series.start + known + b + SPAN) for a, b in _runs(high, SPAN)
    )


def _alarms(series: Series, known: int) -> Iterator[tuple[int, int]]:
    first = series.start + known
    found = []
    for quarter in range(first, series.end):
        baseline = learn(series.until(quarter + 1 - LONGEST), HOME)
        found.append(
            baseline is not None and surge(series, baseline, HOME, quarter + 1, 3.0) is not None
        )
    yield from ((first + a, first + b) for a, b in _runs(found, LONGEST))


def _runs(marks: list[bool], apart: int) -> Iterator[tuple[int, int]]:
    """Spans of marks, joined where fewer than ``apart`` lie between."""
    begin = last = None
    for place, marked in enumerate(marks):
        if not marked:
            continue
        if begin is None or last is None:
            begin = place
        elif place - last > apart:
            yield begin, last
            begin = place
        last = place
    if begin is not None and last is not None:
        yield begin, last


def lines() -> Iterator[str]:
    found = weeks()
    if not found:
        yield "airline.jsonl is not there: real bursts were not looked for"
        return
    for week in found:
        told = [
            f"{moment_of(begin).astimezone(ZoneInfo('America/New_York')):%d %b %H:%M}"
            f" {'missed' if hours is None else f'after {hours:g} h'}"
            for (begin, _), hours in zip(week.bursts, week.noticed(), strict=True)
        ]
        yield (
            f"{week.brand}, {week.a_day:.0f} a day: {', '.join(told) or 'no burst'};"
            f" other alarms: {len(week.others())}"
        )
