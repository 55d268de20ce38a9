"""What is usual: level, weekday and hour, the share of complaints, and how far all that sways.

Learnt from what came before, by a few sums: the level from the last weeks, the newer the more;
how far it sways from how far forecasts made day by day would have been off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from socialcare.insight.counts import at_most
from socialcare.insight.series import HomeTime, Hour, Series
from socialcare.insight.sway import share_sway_of, sway_of

HALF_LIFE = 10.0
"""Days after which a day counts half for the level."""
SHARE_HALF_LIFE = 28.0
LEAST_SIZE = 0.5
_CAP = 0.999
"""An hour above what is exceeded once in 1,000 counts as that much: a burst is no baseline."""
_PASSES = 2
_PRIOR_HOURS = 40.0
"""Mentions that stand for the smooth course of a day, against what one hour of it shows."""
_PRIOR_WEEKDAY = 3.0
"""Days that stand for a weekday like any other, against those that were seen."""
_YOUNG = 0.3
"""What the first days leave open: variance of the level times the days that were seen."""
_HOLIDAY_SWAY = 0.1
_LEARNING_DAYS = 7
"""Forecasts of the first days say little about how far forecasts are off."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual. Variances are of the factor by which the truth is off, 1 being right."""

    level: float
    """Mentions on an average day."""
    weekdays: tuple[float, ...]
    profile: tuple[tuple[float, ...], tuple[float, ...]]
    """Shares of a day by hour, for working days and for the weekend."""
    share: float
    day_sway: float = 0.0
    hour_sway: float = 0.0
    share_sway: float = 0.0
    clumps: tuple[float, float] = (1.0, 1.0)
    """Variance of complaints over that of chance, in a quarter of an hour and from an hour on:
    above 1 where people write several in a row."""
    doubt: float = 0.0
    """What is not known yet about level and share."""

    def rate(self, day: int, hour: int, home: HomeTime) -> float:
        """Mentions expected in that hour."""
        weekday = 6 if home.is_off(day) else home.weekday(day)
        return self.level * self.weekdays[weekday] * self.profile[weekday >= 5][hour]

    def size(self, hours: float, *, off: bool = False) -> float:
        """How sure a forecast of so many hours is: a size of the negative binomial."""
        return max(LEAST_SIZE, 1 / (1 / self.day_size(off=off) + 1 / self.hour_size(hours)))

    def day_size(self, *, off: bool = False) -> float:
        """How sure the level of a day is. ``off``: it is a holiday, of which little is known."""
        return 1 / (self.day_sway + self.doubt + (_HOLIDAY_SWAY if off else 0.0) + 1e-6)

    def hour_size(self, hours: float) -> float:
        return max(1.0, hours) / (self.hour_sway + 1e-6)

    def clumped(self, quarters: int) -> float:
        """By how much complaints of so many quarters come in clumps."""
        short, long = self.clumps
        return short + (long - short) * min(quarters - 1, 3) / 3


def learn(series: Series, home: HomeTime) -> Baseline | None:
    """What is usual by this history; None where it holds not a whole day."""
    hours = [hour for hour in home.hours(series) if not home.is_off(hour.day)]
    days = sum(hour.length for hour in hours) / 24
    if days < 1:
        return None
    capped = [
        _clipped(hour, limit) for hour, limit in zip(hours, _first_limits(hours), strict=True)
    ]
    baseline = _fit(capped, home, days)
    for _ in range(_PASSES - 1):
        capped = [_clipped(hour, _limit(hour, baseline, home)) for hour in hours]
        baseline = _fit(capped, home, days)
    pairs = list(zip(series.complaints, series.everything, strict=True))
    clumps, share_sway = share_sway_of(pairs, capped, baseline.share)
    return replace(baseline, clumps=clumps, share_sway=share_sway)


def _first_limits(hours: Sequence[Hour]) -> list[float]:
    """Before anything is known: many times an hour of the middle one of all days."""
    totals: dict[int, float] = defaultdict(float)
    for hour in hours:
        totals[hour.day] += hour.everything
    middle = sorted(totals.values())[len(totals) // 2]
    return [max(8.0, 8 * middle / 24)] * len(hours)


def _limit(hour: Hour, baseline: Baseline, home: HomeTime) -> float:
    mean = baseline.rate(hour.day, hour.hour, home) * hour.length
    size = baseline.size(hour.length)
    if hour.everything <= 4 or hour.everything <= 2 * mean:
        return hour.everything  # far from any limit: not worth a sum
    return max(4, at_most(_CAP, mean, size))


def _clipped(hour: Hour, limit: float) -> Hour:
    """What lies above the limit is taken off the complaints and the rest alike."""
    if hour.everything <= limit:
        return hour
    kept = limit / hour.everything
    return replace(hour, everything=limit, complaints=hour.complaints * kept)


def _fit(hours: Sequence[Hour], home: HomeTime, days: float) -> Baseline:
    profile = _profile(hours, home)
    weekdays = _weekdays(hours, home, profile)
    level, share, doubt = _level(hours, home, weekdays, profile)
    flat = Baseline(level, weekdays, profile, share, doubt=doubt + _YOUNG / days)
    sway = sway_of(hours, _forecasts(flat, hours, home))
    return replace(flat, day_sway=sway.day, hour_sway=sway.hour)


def _forecasts(flat: Baseline, hours: Sequence[Hour], home: HomeTime) -> list[float]:
    """For each hour, what the days before its own would have led to; 0 for the first days."""
    seen, exposed = _by_day(hours, home, flat.weekdays, flat.profile)
    levels: dict[int, float] = {}
    counted = weight = 0.0
    fade = 0.5 ** (1 / HALF_LIFE)
    days = sorted(seen)
    for number, day in enumerate(days):
        known = number >= min(_LEARNING_DAYS, len(days) // 2) and weight
        levels[day] = counted / weight if known else 0.0
        counted = counted * fade + seen[day]
        weight = weight * fade + exposed[day]
    scale = 1 / max(flat.level, 1e-9)
    return [
        levels[hour.day] * scale * flat.rate(hour.day, hour.hour, home) * hour.length
        for hour in hours
    ]


def _profile(hours: Sequence[Hour], home: HomeTime) -> tuple[tuple[float, ...], tuple[float, ...]]:
    seen = [[0.0] * 24, [0.0] * 24]
    length = [[0.0] * 24, [0.0] * 24]
    for hour in hours:
        group = home.weekday(hour.day) >= 5
        seen[group][hour.hour] += hour.everything
        length[group][hour.hour] += hour.length
    both = [
        (seen[0][h] + seen[1][h] + 0.5) / (length[0][h] + length[1][h] + 0.5) for h in range(24)
    ]
    smooth = [(both[h - 1] + 2 * both[h] + both[(h + 1) % 24]) / 4 for h in range(24)]
    smooth = [value / sum(smooth) for value in smooth]
    return _shrunk(seen[0], length[0], smooth), _shrunk(seen[1], length[1], smooth)


def _shrunk(
    seen: Sequence[float], length: Sequence[float], smooth: Sequence[float]
) -> tuple[float, ...]:
    days = sum(length) / 24
    if days == 0:
        return tuple(smooth)
    total = sum(seen)
    even = [s / n * days if n else total * p for s, n, p in zip(seen, length, smooth, strict=True)]
    mixed = [e + _PRIOR_HOURS * p for e, p in zip(even, smooth, strict=True)]
    return tuple(value / sum(mixed) for value in mixed)


def _weekdays(
    hours: Sequence[Hour], home: HomeTime, profile: Sequence[Sequence[float]]
) -> tuple[float, ...]:
    """Each weekday against the days around it, so that growth is not taken for a weekday."""
    seen, exposed = _by_day(hours, home, (1.0,) * 7, profile)
    days = sorted(seen)
    tally, weight = [0.0] * 7, [0.0] * 7
    for day in days:
        near = [d for d in range(day - 3, day + 4) if d in seen]
        usual = sum(seen[d] for d in near) / max(1e-9, sum(exposed[d] for d in near))
        tally[home.weekday(day)] += seen[day]
        weight[home.weekday(day)] += usual * exposed[day]
    mean = sum(weight) / max(1e-9, sum(exposed.values()))
    prior = _PRIOR_WEEKDAY * mean / (1 + mean / 20)
    raw = [(t + prior + 1e-3) / (w + prior + 1e-3) for t, w in zip(tally, weight, strict=True)]
    return tuple(value * 7 / sum(raw) for value in raw)


def _by_day(
    hours: Sequence[Hour],
    home: HomeTime,
    weekdays: Sequence[float],
    profile: Sequence[Sequence[float]],
) -> tuple[dict[int, float], dict[int, float]]:
    """What came each day, and how much of an average day it was."""
    seen: dict[int, float] = defaultdict(float)
    exposed: dict[int, float] = defaultdict(float)
    for hour in hours:
        weekday = home.weekday(hour.day)
        seen[hour.day] += hour.everything
        exposed[hour.day] += weekdays[weekday] * profile[weekday >= 5][hour.hour] * hour.length
    return seen, exposed


def _level(
    hours: Sequence[Hour],
    home: HomeTime,
    weekdays: Sequence[float],
    profile: Sequence[Sequence[float]],
) -> tuple[float, float, float]:
    """Level, share of complaints, and the variance that so few mentions leave to them."""
    seen, exposed = _by_day(hours, home, weekdays, profile)
    complaints: dict[int, float] = defaultdict(float)
    for hour in hours:
        complaints[hour.day] += hour.complaints
    last = max(seen)
    ages = {day: last - day for day in seen}
    weights = {day: 0.5 ** (age / HALF_LIFE) for day, age in ages.items()}
    slow = {day: 0.5 ** (age / SHARE_HALF_LIFE) for day, age in ages.items()}
    counted = sum(weights[day] * seen[day] for day in seen)
    level = (counted + 0.5) / max(1e-9, sum(weights[day] * exposed[day] for day in seen))
    complained = sum(slow[day] * complaints[day] for day in seen)
    share = (complained + 1) / (sum(slow[day] * seen[day] for day in seen) + 4)
    return level, share, 1 / (counted + 1) + 1 / (complained + 1)
