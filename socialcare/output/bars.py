"""Bars and lines of characters; every one stands beside its number."""

from __future__ import annotations

from collections.abc import Sequence

_LEVELS = "▁▂▃▄▅▆▇█"
_PLAIN_LEVELS = "12345678"
NOTHING = "."


def bar(part: float, whole: float, width: int, *, plain: bool) -> str:
    """As much of ``width`` as the part is of the whole; something is never drawn as nothing."""
    if whole <= 0 or part <= 0:
        return ""
    filled = max(1, round(part / whole * width))
    return ("#" if plain else "█") * min(filled, width)


def gauge(share: float, width: int) -> str:
    """``####....``: in ASCII, for it stands in a table."""
    filled = min(width, max(round(share * width), int(share > 0)))
    return "#" * filled + NOTHING * (width - filled)


def sparkline(counts: Sequence[int], width: int, *, plain: bool) -> str:
    """One character for each count, or for so many of them that all fit; nothing is a dot."""
    if not counts:
        return ""
    together = -(-len(counts) // width)
    sums = [sum(counts[at : at + together]) for at in range(0, len(counts), together)]
    most = max(sums)
    levels = _PLAIN_LEVELS if plain else _LEVELS
    return "".join(NOTHING if not one else levels[-(-one * 8 // most) - 1] for one in sums)
