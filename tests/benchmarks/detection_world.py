"""Histories as they might have been: a brand's mentions by quarters of an hour, made up.

Nothing of it is taken from the detector: rhythm, sway, holidays and growth are drawn anew for
every seed, and the detector is told only of every second holiday.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from socialcare.insight.series import QUARTERS_A_DAY, HomeTime, Series, quarter_of

Sway = Literal["poisson", "over-dispersed", "clumped"]
ZONES = ("Europe/Oslo", "America/New_York", "Asia/Kolkata", "UTC")
START = datetime(2026, 1, 12, tzinfo=UTC)
EPOCH = date(1970, 1, 1)
_NIGHT_TO_NIGHT = (
    2,
    1,
    1,
    1,
    1,
    2,
    4,
    8,
    12,
    15,
    16,
    16,
    15,
    15,
    15,
    15,
    16,
    17,
    18,
    18,
    17,
    14,
    9,
    5,
)
_HOLIDAY_EVERY = 25


@dataclass(frozen=True, slots=True)
class Kind:
    """What worlds are drawn from."""

    a_day: float
    sway: Sway
    share: float
    """Of complaints."""


@dataclass
class World:
    """One brand for some weeks. ``drawn`` are the counts without any incident."""

    kind: Kind
    rng: random.Random
    home: HomeTime
    rates: list[float]
    """Mentions expected by quarter, this day's and hour's sway included."""
    start: int
    everything: list[int] = field(default_factory=list)
    complaints: list[int] = field(default_factory=list)

    def series(self) -> Series:
        return Series(self.start, self.everything, self.complaints)

    def quarter_at(self, day: int, hour: float) -> int:
        """A quarter about that local hour, ``day`` days after the start."""
        around = self.start + day * QUARTERS_A_DAY
        wanted = self.home.place(around)[0]
        found = next(
            q for q in range(around - 96, around + 96) if self.home.place(q) == (wanted, int(hour))
        )
        return found + int(hour % 1 * 4)

    def with_incident(self, first: int, times: float, *, what: str = "complaints") -> Series:
        """The same until ``first``; from there on, so many times the complaints, or of all."""
        everything, complaints = list(self.everything), list(self.complaints)
        for place in range(first - self.start, len(everything)):
            rate = self.rates[place]
            others = everything[place] - complaints[place]
            if what == "mentions":
                others = poisson(self.rng, rate * (1 - self.kind.share) * times)
            complaints[place] = _clumps(self.rng, rate * self.kind.share * times, self.kind.sway)
            everything[place] = others + complaints[place]
        return Series(self.start, everything, complaints)


def world(seed: int, kind: Kind, days: int) -> World:
    rng = random.Random(f"{seed} {kind}")
    start = quarter_of(START) + QUARTERS_A_DAY * rng.randrange(365)
    home, low = _home(rng, start, days)
    rates = list(_rates(rng, kind, home, start, days, low))
    made = World(kind, rng, home, rates, start)
    for rate in rates:
        complained = _clumps(rng, rate * kind.share, kind.sway)
        made.complaints.append(complained)
        made.everything.append(complained + poisson(rng, rate * (1 - kind.share)))
    return made


def _home(rng: random.Random, start: int, days: int) -> tuple[HomeTime, dict[int, float]]:
    first = start // QUARTERS_A_DAY
    low = {
        first + rng.randrange(days): rng.uniform(0.4, 0.7) for _ in range(days // _HOLIDAY_EVERY)
    }
    told = [EPOCH + timedelta(days=day) for number, day in enumerate(low) if number % 2 == 0]
    return HomeTime(ZoneInfo(rng.choice(ZONES)), told), low


def _rates(
    rng: random.Random, kind: Kind, home: HomeTime, start: int, days: int, low: dict[int, float]
) -> Iterator[float]:
    """With one day more for what the zone shifts."""
    shift, weekend = rng.choice((-1, 0, 0, 1)), rng.uniform(0.5, 1.1)
    course = [_NIGHT_TO_NIGHT[(hour + shift) % 24] * rng.uniform(0.85, 1.15) for hour in range(24)]
    mean = sum(course) / 24
    growth = rng.choice((-0.1, 0.0, 0.1, 0.2))
    swaying = kind.sway != "poisson"
    day_factor = hour_factor = 1.0
    at: tuple[int, int] | None = None
    for number in range(days * QUARTERS_A_DAY):
        day, hour = home.place(start + number)
        if at is None or day != at[0]:
            day_factor = rng.gammavariate(20, 1 / 20) if swaying else 1.0
        if (day, hour) != at:
            hour_factor = rng.gammavariate(12, 1 / 12) if swaying else 1.0
        at = day, hour
        week = weekend if home.weekday(day) >= 5 else 1 + 0.05 * math.sin(home.weekday(day))
        level = kind.a_day * (1 + growth) ** (number / QUARTERS_A_DAY / 30)
        part = level * week * course[hour] / mean / QUARTERS_A_DAY
        yield part * day_factor * hour_factor * low.get(day, 1.0)


def _clumps(rng: random.Random, mean: float, sway: Sway) -> int:
    """Where people write several posts in a row, complaints come in clumps of one to four."""
    if sway != "clumped":
        return poisson(rng, mean)
    return sum(rng.choice((1, 1, 1, 1, 2, 4)) for _ in range(poisson(rng, mean * 0.6)))


def poisson(rng: random.Random, mean: float) -> int:
    if mean > 40:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        product *= rng.random()
        count += 1
    return count
