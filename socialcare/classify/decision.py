"""From evidence to a label: summed log-odds, their softmax, and doubt said out loud."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from socialcare.models import Label, Reason

DECIDED: tuple[Label, ...] = ("complaint", "question", "praise", "other")
"""In the order of precedence: a tie goes to the one that asks more of us."""
DOUBT = 0.42
"""Below this probability the label is ``unsure``."""


def summed(bias: Mapping[str, float], reasons: Iterable[Reason]) -> dict[str, float]:
    """Log-odds of each label."""
    total = {label: float(bias.get(label, 0.0)) for label in DECIDED}
    for reason in reasons:
        total[reason.label] += reason.weight
    return total


def softmax(log_odds: Mapping[str, float], temperature: float = 1.0) -> dict[str, float]:
    top = max(log_odds.values())
    parts = {label: math.exp((value - top) / temperature) for label, value in log_odds.items()}
    whole = sum(parts.values())
    return {label: part / whole for label, part in parts.items()}


def decide(scores: Mapping[str, float]) -> tuple[Label, float]:
    """The most probable label with its probability, or ``unsure`` with that of the best."""
    best: Label = max(DECIDED, key=lambda label: scores[label])
    confidence = scores[best]
    return ("unsure" if confidence < DOUBT else best), confidence


def ordered(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The strongest first; equal ones in the order of the text."""
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.weight)))
