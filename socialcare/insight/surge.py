"""Whether there are too many mentions or complaints lately: a scan over spans that end now.

For each span from a quarter of an hour to eight hours, how much better ``strength`` times the
usual number explains what came than the usual number does; and, as nobody knows when it began,
the sum of that over all of them (Shiryaev and Roberts). Complaints are judged given the other
mentions of the same hours: a busy day, which brings more of both, is no crisis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from socialcare.insight.baseline import Baseline
from socialcare.insight.counts import log_ratio, usual_range
from socialcare.insight.series import HomeTime, Series

LONGEST = 32
"""Quarters of the longest span that is looked at."""
BEFORE = 32
"""Quarters before a span whose other mentions tell as well what kind of day it is."""
LEAST = 4
"""Fewer are never a spike."""
COMPLAINTS_FROM = 6.45
"""Nats that it takes where eight usual hours speak with ``_SPOKEN`` nats against an alarm."""
_SPOKEN = 3.6
_BY_SPOKEN = 0.8
"""More nats where more can happen by chance, by the logarithm of what those hours say."""
_BY_CLUMPS = 1.0
"""And where complaints come in clumps, of which a large one looks like a beginning."""
_LEAST_NATS = 5.5
_VOLUME_MORE = 3.5
"""More of everything may be an ordinary good day: that gets the smaller part of the false alarms
that are allowed. These numbers come from ``tests/benchmarks/detection.py``."""

Counted = Literal["complaints", "mentions"]


@dataclass(frozen=True, slots=True)
class Surge:
    """``count`` in the quarters from ``first`` to before ``end``, where ``usual`` is the rule."""

    counted: Counted
    count: int
    mean: float
    size: float
    """What was expected, and how surely: see ``counts``."""
    first: int
    end: int
    score: float
    """1 is just enough for an alarm."""

    @property
    def usual(self) -> tuple[int, int]:
        """Where 95 of 100 such spans lie."""
        return usual_range(self.mean, self.size)


def surge(
    series: Series, baseline: Baseline, home: HomeTime, end: int, strength: float
) -> Surge | None:
    """The clearest surge among the spans that end before ``end``; None where there is none."""
    scan = _Scan(series, baseline, home, end, strength)
    found = [one for one in (scan.complaints(), scan.mentions()) if one is not None]
    return max(found, key=lambda one: one.score, default=None)


class _Scan:
    def __init__(
        self, series: Series, baseline: Baseline, home: HomeTime, end: int, strength: float
    ) -> None:
        self._baseline, self._strength, self._end = baseline, strength, end
        self._off = home.is_off(home.place(end - 1)[0])
        first = max(series.start, end - LONGEST - BEFORE)
        span = range(end - 1, first - 1, -1)
        # Running sums, the latest quarter first.
        self._means = list(
            accumulate((baseline.rate(*home.place(q), home) / 4 for q in span), initial=0.0)
        )
        at = [q - series.start for q in span]
        self._everything = list(accumulate((series.everything[i] for i in at), initial=0))
        self._complaints = list(accumulate((series.complaints[i] for i in at), initial=0))
        self._takes = self._nats_needed()

    def _nats_needed(self) -> float:
        baseline, eight_hours = self._baseline, self._baseline.level / 3
        mean, others = eight_hours * baseline.share, eight_hours * (1 - baseline.share)
        day, hour = baseline.day_size() + 2 * others, baseline.hour_size(8) + others
        clumps = baseline.clumped(LONGEST)
        spoken = -log_ratio(mean / clumps, mean / clumps, 1 / (1 / day + 1 / hour), self._strength)
        more = _BY_SPOKEN * math.log(max(spoken, 1e-3) / _SPOKEN)
        more += _BY_CLUMPS * math.log(clumps)
        return max(_LEAST_NATS, COMPLAINTS_FROM + more)

    def complaints(self) -> Surge | None:
        return self._surge("complaints", self._complaints, self._complaint_nats, self._takes)

    def mentions(self) -> Surge | None:
        takes = self._takes + _VOLUME_MORE
        return self._surge("mentions", self._everything, self._mention_nats, takes)

    def _surge(
        self,
        counted: Counted,
        counts: Sequence[int],
        nats_of: Callable[[int], float],
        takes: float,
    ) -> Surge | None:
        """The span that says most, if all spans together say enough.

        Of the last quarter, which may not be over, all is expected.
        """
        lengths = range(1, min(LONGEST, len(self._means) - 1) + 1)
        nats = {length: nats_of(length) for length in lengths if counts[length] >= LEAST}
        best = max(nats, key=lambda length: nats[length], default=0)
        if not best or nats[best] <= 0:
            return None
        score = (
            nats[best] + math.log(sum(math.exp(n - nats[best]) for n in nats.values()))
        ) / takes
        if score < 1:
            return None
        mean = self._means[best] * (self._baseline.share if counted == "complaints" else 1.0)
        size = self._baseline.size(best / 4, off=self._off)
        return Surge(counted, counts[best], mean, size, self._end - best, self._end, score)

    def _mention_nats(self, length: int) -> float:
        size = self._baseline.size(length / 4, off=self._off)
        return log_ratio(self._everything[length], self._means[length], size, self._strength)

    def _complaint_nats(self, length: int) -> float:
        baseline = self._baseline
        factor, size = self._kind_of_day(length)
        mean = self._means[length] * baseline.share * factor
        sure = 1 / (1 / size + baseline.share_sway)
        clumps = baseline.clumped(length)
        return log_ratio(self._complaints[length] / clumps, mean / clumps, sure, self._strength)

    def _kind_of_day(self, length: int) -> tuple[float, float]:
        """By what factor the other mentions are above what is usual, and how sure that is."""
        share = 1 - self._baseline.share
        long = min(length + BEFORE, len(self._means) - 1)
        others_long = self._everything[long] - self._complaints[long]
        others = self._everything[length] - self._complaints[length]
        day_size = self._baseline.day_size(off=self._off)
        hour_size = self._baseline.hour_size(length / 4)
        day = (day_size + others_long) / (day_size + self._means[long] * share)
        hour = (hour_size + others) / (hour_size + self._means[length] * share * day)
        return day * hour, 1 / (1 / (day_size + others_long) + 1 / (hour_size + others))
