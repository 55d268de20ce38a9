"""VADER's sentiment behind one function. The only importer of vaderSentiment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    # Emoji are words by the time a text gets here; looking every character up costs a quarter.
    analyzer.emojis = {}
    return analyzer


def compound(text: str) -> float:
    """−1 (negative) … 1 (positive); 0 for a text without a word that VADER knows.

    Quadratic in the length of ``text``: hand over what :mod:`socialcare.classify.plain` cut.
    """
    return float(_analyzer().polarity_scores(text)["compound"])
