"""Spans of time as people write and read them: ``1h30m``, ``1h12 late``."""

from __future__ import annotations

import re
from datetime import timedelta

_FORM = re.compile(
    r"(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?", re.ASCII
)
_UNITS = ("weeks", "days", "hours", "minutes", "seconds")


def parse_duration(text: str) -> timedelta:
    """Read ``1h``, ``90m``, ``2d``, ``1h30m``, ``1w``, ``45s``.

    Raises
    ------
    ValueError
        Anything else; a number without a unit too.

    """
    match = _FORM.fullmatch(text.strip().lower())
    if match is None or not any(match.groups()):
        raise ValueError("a span of time is written like 30m, 4h, 1h30m or 2d")
    parts = {unit: int(value) for unit, value in zip(_UNITS, match.groups(), strict=True) if value}
    return timedelta(**parts)


def format_duration(span: timedelta) -> str:
    """What :func:`parse_duration` reads back: ``1h30m``, ``24h``, ``0s``. Parts of a second are cut."""
    seconds = int(span.total_seconds())
    if seconds and seconds % 86_400 == 0 and seconds > 86_400:
        return f"{seconds // 86_400}d"
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{value}{unit}" for value, unit in parts if value) or "0s"


def format_span(span: timedelta) -> str:
    """``11m``, ``1h12``, ``20h00``, from two days on ``3d04h``, from ten on ``12d``: without a sign.

    With " late" behind it, it fits into the ten columns of a table.
    """
    minutes = int(abs(span).total_seconds()) // 60
    if minutes < 60:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}h{minutes:02d}"
    days, hours = divmod(hours, 24)
    return f"{days}d{hours:02d}h" if days < 10 else f"{days}d"


def format_left(left: timedelta) -> str:
    """The "Answer in" column: ``56m left``, ``2h02 left``, and ``1h12 late`` once it is negative."""
    return f"{format_span(left)} {'late' if left < timedelta(0) else 'left'}"
