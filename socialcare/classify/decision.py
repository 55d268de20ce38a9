"""From evidence to a label: summed log-odds, their softmax, and doubt said out loud."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from socialcare.models import Label, Reason

DECIDED: tuple[Label, ...] = ("complaint", "question", "praise", "other")
"""In the order of precedence: a tie goes to the one that asks more of us."""
DOUBT = 0.42
"""Below this probability the label is ``unsure``."""
DOUBT_WITHOUT_A_SIGN = 0.52
"""The same for ``other`` when nothing strong speaks for it: silence is no evidence."""
SIGN = 0.7
"""Log-odds from which a reason is strong enough to be a sign."""
_EVEN: Mapping[str, float] = MappingProxyType(dict.fromkeys(DECIDED, 0.25))


@dataclass(frozen=True, slots=True)
class Decision:
    label: Label
    confidence: float
    scores: Mapping[str, float]
    reasons: tuple[Reason, ...]


def decide(bias: Mapping[str, float], reasons: Iterable[Reason]) -> Decision:
    """The most probable label, or ``unsure`` where even that is too close to call.

    ``scores`` are the softmax of ``bias`` plus the weights of ``reasons``, label by label.
    """
    ordered = sorted(reasons, key=lambda reason: -abs(reason.weight))
    scores = softmax(summed(bias, ordered))
    best = max(DECIDED, key=scores.__getitem__)
    confidence = scores[best]
    silent = best == "other" and not any(
        reason.label == "other" and reason.weight >= SIGN for reason in ordered
    )
    if confidence >= (DOUBT_WITHOUT_A_SIGN if silent else DOUBT):
        return Decision(best, confidence, scores, tuple(ordered))
    close = Reason("unsure", f"too close to call: {best} {confidence:.2f}", 0.0)
    return Decision("unsure", confidence, scores, (close, *ordered))


def with_precedence(reasons: Iterable[Reason], factor: float) -> list[Reason]:
    """The reasons, with what speaks for a question counting ``factor`` times."""
    return [
        replace(reason, weight=reason.weight * factor) if reason.label == "question" else reason
        for reason in reasons
    ]


def doubt(reason: str) -> Decision:
    """``unsure`` for a reason that lies outside the words; every label as likely as another."""
    return Decision("unsure", 0.25, _EVEN, (Reason("unsure", reason, 0.0),))


def summed(bias: Mapping[str, float], reasons: Iterable[Reason]) -> dict[str, float]:
    """Log-odds of each label."""
    total: dict[str, float] = {label: bias[label] for label in DECIDED}
    for reason in reasons:
        total[reason.label] += reason.weight
    return total


def softmax(log_odds: Mapping[str, float]) -> dict[str, float]:
    top = max(log_odds.values())
    parts = {label: math.exp(value - top) for label, value in log_odds.items()}
    whole = sum(parts.values())
    return {label: part / whole for label, part in parts.items()}
