"""Limited-memory BFGS, so that fitting needs nothing beyond the standard library."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

Vector = list[float]
_PAIRS = 10
_ENOUGH = 1e-4
"""Share of the expected gain that a step must bring (Armijo)."""


def _dot(one: Vector, other: Vector) -> float:
    return sum(map(float.__mul__, one, other))


def minimise(
    loss: Callable[[Vector], tuple[float, Vector]],
    at: Vector,
    *,
    steps: int = 300,
    precision: float = 1e-8,
) -> Vector:
    """Where a smooth convex ``loss`` (value and slope) is least, beginning ``at``."""
    value, slope = loss(at)
    pairs: deque[tuple[Vector, Vector, float]] = deque(maxlen=_PAIRS)
    for _ in range(steps):
        way = _direction(slope, pairs)
        gain = _dot(way, slope)
        length = 1.0 if pairs else 1.0 / max(1.0, _dot(slope, slope) ** 0.5)
        while True:
            there = [x + length * d for x, d in zip(at, way, strict=True)]
            new_value, new_slope = loss(there)
            if new_value <= value + _ENOUGH * length * gain or length < 1e-10:
                break
            length /= 2
        moved = [length * d for d in way]
        turned = [new - old for new, old in zip(new_slope, slope, strict=True)]
        curve = _dot(moved, turned)
        if curve > 1e-12:
            pairs.append((moved, turned, curve))
        done = value - new_value <= precision * max(1.0, abs(value))
        at, value, slope = there, new_value, new_slope
        if done:
            break
    return at


def _direction(slope: Vector, pairs: deque[tuple[Vector, Vector, float]]) -> Vector:
    way = [-x for x in slope]
    shares: list[float] = []
    for moved, turned, curve in reversed(pairs):
        share = _dot(moved, way) / curve
        shares.append(share)
        way = [x - share * y for x, y in zip(way, turned, strict=True)]
    if pairs:
        _, turned, curve = pairs[-1]
        scale = curve / _dot(turned, turned)
        way = [scale * x for x in way]
    for (moved, turned, curve), share in zip(pairs, reversed(shares), strict=True):
        back = _dot(turned, way) / curve
        way = [x + (share - back) * y for x, y in zip(way, moved, strict=True)]
    return way
