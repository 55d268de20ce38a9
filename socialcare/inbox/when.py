"""Points in time as people write them: ``2d``, ``monday``, ``2026-11-01``, behind us or ahead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from socialcare.clock import parse_time
from socialcare.settings.duration import parse_duration

MORNING = time(9)
"""When a day begins for what was put off until then."""
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


def parse_until(text: str, now: datetime, zone: tzinfo | None) -> datetime:
    """A time ahead, aware UTC: ``2h``, ``17:00``, ``tomorrow``, ``monday``, ``2026-12-01``,
    ``2026-12-01 09:00``.

    A day begins at 9 in the morning in ``zone``; a weekday is the next one after today, a
    time of day the next time that the clock shows it.

    Raises
    ------
    ValueError
        None of the forms, or later than the last year there is.

    """
    word = text.strip().lower()
    try:
        if word[:1].isdigit() and word[-1:].isalpha() and not word.endswith("z"):
            return now + parse_duration(word)
        if _is_time_of_day(word):
            return _next(word, now, zone)
        day = _coming_day(word, now.astimezone(zone).date())
        if day is not None:
            return _at(datetime.combine(day, MORNING), zone)
        moment = datetime.fromisoformat(word.upper())
        return parse_time(word.upper()) if moment.tzinfo else _at(moment, zone)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def parse_past(text: str, now: datetime, zone: tzinfo | None) -> datetime:
    """A time behind us, aware UTC: ``14:05`` of today, ``20m`` ago, ``2026-11-01 09:00``.

    Raises
    ------
    ValueError, OverflowError
        None of the forms, or further away than times go.

    """
    word = text.strip()
    if _is_time_of_day(word):
        return _today_at(word, now, zone)
    try:
        moment = datetime.fromisoformat(word.upper())
    except ValueError:
        return parse_when(word, now, zone)
    return parse_time(word.upper()) if moment.tzinfo else _at(moment, zone)


def _is_time_of_day(word: str) -> bool:
    return len(word) in (4, 5) and ":" in word


def _today_at(word: str, now: datetime, zone: tzinfo | None, days: int = 0) -> datetime:
    clock = datetime.strptime(word, "%H:%M").time()  # noqa: DTZ007 - of the day in the zone
    day = now.astimezone(zone).date() + timedelta(days=days)
    return _at(datetime.combine(day, clock), zone)


def _next(word: str, now: datetime, zone: tzinfo | None) -> datetime:
    moment = _today_at(word, now, zone)
    return moment if moment > now else _today_at(word, now, zone, days=1)


def _coming_day(word: str, today: date) -> date | None:
    if word == "tomorrow":
        return today + timedelta(days=1)
    for number, name in enumerate(_DAYS):
        if len(word) >= 3 and name.startswith(word):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return date.fromisoformat(word) if len(word) == len("2026-11-01") else None


def _at(local: datetime, zone: tzinfo | None) -> datetime:
    """In the hour that a change of the clocks leaves out, the time after it."""
    return parse_time(local.replace(tzinfo=zone).astimezone(UTC).isoformat())


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
