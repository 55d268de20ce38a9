"""Points in time as people write them in a query: ``2d``, ``monday``, ``2026-11-01``."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from socialcare.clock import parse_time
from socialcare.settings.duration import parse_duration

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_when(text: str, now: datetime, zone: tzinfo | None) -> datetime:
    """Aware UTC. A span counts back from ``now``; a day begins at midnight in ``zone``.

    ``zone`` None is the zone of the machine; a weekday is the last one that began.

    Raises
    ------
    ValueError
        None of the forms.

    """
    word = text.strip().lower()
    day = _named_day(word, now.astimezone(zone).date())
    if day is not None:
        return _midnight(day, zone)
    if word[:1].isdigit() and word[-1:].isalpha() and not word.endswith("z"):
        return now - parse_duration(word)
    if len(word) == len("2026-11-01"):
        return _midnight(date.fromisoformat(word), zone)
    return parse_time(text)


def _named_day(word: str, today: date) -> date | None:
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday")
    for number, name in enumerate(_DAYS):
        if len(word) >= 3 and name.startswith(word):
            return today - timedelta(days=(today.weekday() - number) % 7)
    return None


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    return start.astimezone(UTC)
