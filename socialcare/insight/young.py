"""Before a brand's own rhythm is known: plain rules, with much to spare.

At least so many, and so many times what an average span of that length brought. An ordinary
busy hour brings twice the average, so chance is measured against that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from socialcare.insight.counts import log_ratio
from socialcare.insight.series import QUARTERS_A_DAY, Series
from socialcare.insight.surge import LEAST, LONGEST, Counted, Surge

SPANS = (1, 2, 4, 8, 16, 32)
TIMES = 5.0
_BUSY = 2.0
_SIZE = 4.0
_NATS = 5.5
_HISTORY = 1
"""Days of history that it takes."""


def plain_surge(series: Series, new_from: int, end: int, strength: float) -> Surge | None:
    """The clearest surge that ends before ``end``. What is older than ``new_from`` is history."""
    counted: tuple[tuple[Counted, Sequence[int]], ...] = (
        ("complaints", series.complaints),
        ("mentions", series.everything),
    )
    found = [
        one
        for name, counts in counted
        for one in _surges(name, counts, series.start, new_from, end, strength)
    ]
    return max(found, key=lambda one: one.score, default=None)


def _surges(
    counted: Counted, counts: Sequence[int], start: int, new_from: int, end: int, strength: float
) -> Iterator[Surge]:
    first_seen = next((number for number, count in enumerate(counts) if count), len(counts))
    history = counts[first_seen : max(0, end - LONGEST - start)]
    if len(history) < _HISTORY * QUARTERS_A_DAY:
        return
    average = (sum(history) + 1) / len(history)
    for length in SPANS:
        first = end - length
        count = sum(counts[max(first, new_from, start) - start : end - start])
        mean = average * length
        if count < LEAST or count < TIMES * mean:
            continue
        score = log_ratio(count, _BUSY * mean, _SIZE, strength) / _NATS
        if score >= 1:
            yield Surge(counted, count, mean, _SIZE, first, end, score)
