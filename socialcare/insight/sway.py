"""How far counts sway beyond chance: days and hours as a whole, and complaints among them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from socialcare.insight.series import Hour

_BLOCK = 8
"""Hours of the long spans, against which single hours are held."""
_PRIOR = 0.03
_PRIOR_WEIGHT = 100.0
"""Where few mentions say little about it, a middling sway is assumed."""
_FAR = 4.0
"""Standard deviations beyond which a count is an incident and not the way of this brand."""
T = TypeVar("T")
Pair = tuple[float, float]


class Sway(NamedTuple):
    """Variances of the factors by which a day, and an hour within it, is off its forecast."""

    day: float
    hour: float


def sway_of(hours: Sequence[Hour], forecasts: Sequence[float]) -> Sway:
    by_hour = _excess([(h.everything, m) for h, m in zip(hours, forecasts, strict=True) if m])
    by_block = _excess([
        (sum(hour.everything for hour in block), sum(means))
        for block, means in zip(_blocks(hours), _blocks(forecasts), strict=True)
        if all(means)
    ])  # fmt: skip
    day = min(by_block, max(0.0, (by_block - by_hour / _BLOCK) / (1 - 1 / _BLOCK)))
    return Sway(day, max(0.0, by_hour - day))


def _blocks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items) - _BLOCK + 1, _BLOCK):
        yield items[start : start + _BLOCK]


def _excess(pairs: Sequence[Pair]) -> float:
    """Variance beyond that of chance, in squares of the mean; drawn to a middling one."""
    over = sum((seen - mean) ** 2 - mean for seen, mean in pairs)
    weight = sum(mean * mean for _, mean in pairs)
    return max(0.0, (over + _PRIOR * _PRIOR_WEIGHT) / (weight + _PRIOR_WEIGHT))


def share_sway_of(
    quarters: Sequence[Pair], hours: Sequence[Hour], share: float
) -> tuple[tuple[float, float], float]:
    """How complaints clump by the quarter and by the hour, and how their share sways over long.

    ``quarters`` are complaints and mentions. Only what is beyond doubt counts.
    """
    by_hour = [(hour.complaints, hour.everything) for hour in hours]
    blocks = [
        (sum(hour.complaints for hour in block), sum(hour.everything for hour in block))
        for block in _blocks(hours)
    ]
    short, long = _clumps(quarters, share), _clumps(by_hour, share)
    chance = share * (1 - share) * (long * (1 - share) + share)
    known = [pair for pair in blocks if _is_near(*pair, share, chance)]
    over = sum((c - share * n) ** 2 - chance * n for c, n in known)
    doubt = (2 * sum((chance * n) ** 2 for _, n in known)) ** 0.5
    weight = sum((share * (1 - share) * n) ** 2 for _, n in known)
    return (short, long), max(0.0, (over - doubt) / weight) if weight else 0.0


def _clumps(pairs: Sequence[Pair], share: float) -> float:
    """Variance of complaints over that of chance, given how many mentions there were."""
    chance = share * (1 - share)
    seen = [pair for pair in pairs if pair[1]]
    first = _ratio(seen, share, chance)
    near = [pair for pair in seen if _is_near(*pair, share, chance * max(1.0, first))]
    ratio = _ratio(near, share, chance)
    total = sum(n for _, n in near) * chance
    off = sum(((c - share * n) ** 2 - ratio * chance * n) ** 2 for c, n in near) ** 0.5
    doubt = off / total if total else 0.0
    return max(1.0, (ratio - doubt - share) / (1 - share))


def _ratio(pairs: Sequence[Pair], share: float, chance: float) -> float:
    total = sum(n for _, n in pairs) * chance
    return sum((c - share * n) ** 2 for c, n in pairs) / total if total else 1.0


def _is_near(complaints: float, mentions: float, share: float, variance: float) -> bool:
    return complaints - share * mentions <= _FAR * math.sqrt(max(variance * mentions, 1.0))
