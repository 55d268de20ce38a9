"""Counts as they fluctuate: negative binomial, of which Poisson is the one with endless ``size``."""

from __future__ import annotations

import math

_MOST_STEPS = 100_000
_LIKE_NORMAL = 400.0
"""From this mean on the bell curve with a cubic correction is as good, and costs nothing."""


def log_ratio(count: float, mean: float, size: float, factor: float) -> float:
    """How much better ``factor`` times the mean explains a count than the mean itself, in nats.

    The less is known about the mean (a small ``size``), the less a large count says.
    """
    raised = math.log((size + factor * mean) / (size + mean))
    return count * math.log(factor) - (count + size) * raised


def at_most(share: float, mean: float, size: float) -> int:
    """The least number that a count exceeds with probability 1 - ``share`` at most."""
    if mean <= 0:
        return 0
    if mean > _LIKE_NORMAL:
        return _by_gamma(share, mean, size)
    zero = math.exp(-size * math.log1p(mean / size))
    chance, total, count = zero, zero, 0
    while total < share and count < _MOST_STEPS:
        chance *= (size + count) / (count + 1) * mean / (size + mean)
        total += chance
        count += 1
    return count


def usual_range(mean: float, size: float) -> tuple[int, int]:
    """Where 95 of 100 counts lie."""
    return at_most(0.025, mean, size), at_most(0.975, mean, size)


def _by_gamma(share: float, mean: float, size: float) -> int:
    """Wilson and Hilferty: the cube root of a gamma variable is nearly normal."""
    from statistics import NormalDist

    shape = 1 / (1 / mean + 1 / size)
    z = NormalDist().inv_cdf(share)
    return max(0, round(mean * (1 - 1 / (9 * shape) + z / math.sqrt(9 * shape)) ** 3))
