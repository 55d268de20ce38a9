"""A time as an answer says it: ``by 16:30 today``, ``bis Montag, 10:00 Uhr``. The "by" is not here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, tzinfo

_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_EN_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip
_DE_MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember")  # fmt: skip


def spoken_time(when: datetime, now: datetime, zone: tzinfo | None, lang: str | None) -> str:
    """In the zone of the team; English where the language is not German."""
    local, today = when.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local.hour:02d}:{local.minute:02d}"
    return _SPOKEN.get(lang or "en", _english)(local.date(), today, clock)


def _english(day: date, today: date, clock: str) -> str:
    ahead = (day - today).days
    if ahead <= 1:
        return f"{clock} {'tomorrow' if ahead else 'today'}"
    name = _EN[day.weekday()]
    if ahead < 7:
        return f"{name} {clock}"
    return f"{name} {day.day} {_EN_MONTHS[day.month - 1]}, {clock}"


def _german(day: date, today: date, clock: str) -> str:
    ahead = (day - today).days
    if ahead <= 1:
        return f"{'morgen' if ahead else 'heute'}, {clock} Uhr"
    name = _DE[day.weekday()]
    if ahead < 7:
        return f"{name}, {clock} Uhr"
    return f"{name}, den {day.day}. {_DE_MONTHS[day.month - 1]}, {clock} Uhr"


_SPOKEN: dict[str, Callable[[date, date, str], str]] = {"en": _english, "de": _german}
