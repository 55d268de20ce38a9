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
DOUBT = 0.55
"""Below this probability the label is ``unsure``: then the others together are about as likely."""
SLIP = 0.08
"""How often a careful reader finds another label than the words speak for, however clearly
they speak: two readers of our gold disagree about as often. No score passes 0.94."""
_UNITS = 1_000_000_000
"""Steps that a score is rounded to."""
_UNREAD: Mapping[str, float] = MappingProxyType(
    dict(zip(DECIDED, (0.25, 0.2, 0.15, 0.4), strict=True))
)
"""What a mention may be that nobody can read: most of what is written asks nothing of us."""


class Decision(NamedTuple):
    label: Label
    confidence: float
    scores: Mapping[str, float]
    reasons: tuple[Reason, ...]


def decide(log_odds: Sequence[int], reasons: Iterable[Reason]) -> Decision:
    """The most probable label, or ``unsure`` where even that is too close to call.

    ``log_odds`` are thousandths for each label of :data:`DECIDED`: the bias and the weights
    of ``reasons`` together. The strongest of these is the first.
    """
    complaint, question, praise, other = shares = [
        int(with_slip(share) * _UNITS + 0.5) / _UNITS for share in softmax(log_odds)
    ]
    confidence = max(shares)
    best = DECIDED[shares.index(confidence)]
    scores = {"complaint": complaint, "question": question, "praise": praise, "other": other}
    if confidence >= DOUBT:
        return Decision(best, confidence, scores, tuple(reasons))
    close = Reason("unsure", f"too close to call: {best} {confidence:.2f}", 0.0)
    return Decision("unsure", confidence, scores, (close, *reasons))


def doubt(reason: str) -> Decision:
    """``unsure`` for a reason that lies outside the words."""
    return Decision("unsure", max(_UNREAD.values()), _UNREAD, (Reason("unsure", reason, 0.0),))


def softmax(log_odds: Sequence[int]) -> list[float]:
    """The share of each label by the words alone."""
    top = max(log_odds)
    parts = [math.exp((value - top) / 1000) for value in log_odds]
    whole = sum(parts)
    return [part / whole for part in parts]


def with_slip(share: float) -> float:
    """The probability of a label that has this share by the words alone."""
    return share * (1 - SLIP) + SLIP / len(DECIDED)


def without_slip(score: float) -> float:
    """The share by the words alone: what :func:`with_slip` made a score of."""
    return max(0.0, score - SLIP / len(DECIDED)) / (1 - SLIP)
