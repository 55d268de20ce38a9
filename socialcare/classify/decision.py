"""From evidence to a label: summed log-odds, their softmax, and doubt said out loud.

Log-odds are added as whole thousandths, so that no order of adding and no machine changes
a label; scores are rounded for the same reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from socialcare.models import Label, Reason

DECIDED: tuple[Label, ...] = ("complaint", "question", "praise", "other")
"""In the order of precedence: a tie goes to the one that asks more of us."""
DOUBT = 0.45
"""Below this probability the label is ``unsure``."""
DOUBT_WITHOUT_A_SIGN = 0.54
"""The same for ``other`` when nothing strong speaks for it: silence is no evidence."""
SIGN = 0.7
"""Log-odds from which a reason is strong enough to be a sign."""
_UNITS = 1_000_000_000
"""Steps that a score is rounded to."""
_EVEN: Mapping[str, float] = MappingProxyType(dict.fromkeys(DECIDED, 0.25))


class Decision(NamedTuple):
    label: Label
    confidence: float
    scores: Mapping[str, float]
    reasons: tuple[Reason, ...]


def decide(log_odds: Sequence[int], reasons: Iterable[Reason]) -> Decision:
    """The most probable label, or ``unsure`` where even that is too close to call.

    ``log_odds`` are thousandths for each label of :data:`DECIDED`: the bias and the weights
    of ``reasons`` together.
    """
    ordered = sorted(reasons, key=_strongest_first)
    shares = softmax(log_odds)
    confidence = max(shares)
    best = DECIDED[shares.index(confidence)]
    scores: dict[str, float] = dict(zip(DECIDED, shares, strict=True))
    least = DOUBT
    if best == "other" and not [
        reason for reason in ordered if reason.weight >= SIGN and reason.label == "other"
    ]:
        least = DOUBT_WITHOUT_A_SIGN
    if confidence >= least:
        return Decision(best, confidence, scores, tuple(ordered))
    close = Reason("unsure", f"too close to call: {best} {confidence:.2f}", 0.0)
    return Decision("unsure", confidence, scores, (close, *ordered))


def _strongest_first(reason: Reason) -> float:
    return -abs(reason.weight)


def doubt(reason: str) -> Decision:
    """``unsure`` for a reason that lies outside the words; every label as likely as another."""
    return Decision("unsure", 0.25, _EVEN, (Reason("unsure", reason, 0.0),))


def softmax(log_odds: Sequence[int]) -> list[float]:
    """The probability of each label."""
    top = max(log_odds)
    parts = [math.exp((value - top) / 1000) for value in log_odds]
    whole = sum(parts)
    return [int(part / whole * _UNITS + 0.5) / _UNITS for part in parts]
