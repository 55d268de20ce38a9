"""The section ``[answer_by]``: targets, hours and holidays. No calendar is built here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from socialcare.settings.model import AnswerBy, Week
from socialcare.settings.paths import expand
from socialcare.settings.table import Table, nearest, shown, suggestion
from socialcare.vocabulary import LABELS, PRIORITIES

KEYS = (*PRIORITIES, "timezone", "hours", "holidays", "always", "complaints")
"""Those with a default."""
MORE_KEYS = (*LABELS, "next", "resolve")
"""Those that are not there unless somebody writes them."""

_WORDS = (*PRIORITIES, *LABELS)
_COMPLAINTS: tuple[Literal["hours", "always"], ...] = ("hours", "always")
_LABEL_EXAMPLE = timedelta(hours=2)
_A_DATE = 'write for example: holidays = ["2026-12-25", "2027-01-01"]'


def read_answer_by(table: Table) -> AnswerBy:
    default = AnswerBy()
    if not table.values:
        return default
    days, file = _holidays(table)
    return AnswerBy(
        **{name: table.duration(name, default.target(name)) for name in PRIORITIES},
        timezone=_timezone(table),
        labels=_spans(table, LABELS),
        next=_below(table, "next"),
        resolve=_below(table, "resolve"),
        hours=_hours(table),
        holidays=days,
        holidays_file=file,
        always=_always(table),
    )


def _below(table: Table, name: Literal["next", "resolve"]) -> Mapping[str, timedelta]:
    below = table.table(name)
    below.only(_WORDS)
    return _spans(below, _WORDS)


def _spans(table: Table, words: tuple[str, ...]) -> Mapping[str, timedelta]:
    found = {word: table.duration(word, _LABEL_EXAMPLE) for word in words if word in table.values}
    return MappingProxyType(found)


def _hours(table: Table) -> Week:
    text = table.text("hours").strip()
    if not text:
        return ()
    from socialcare.settings.hours import HoursError, parse_hours

    try:
        return parse_hours(text)
    except HoursError as error:
        raise table.error("hours", f"{table.name} hours: {error}", error.hint) from None


def _holidays(table: Table) -> tuple[tuple[date, ...], Path | None]:
    value = table.values.get("holidays", "")
    if isinstance(value, list):
        days = [_holiday(table, index, day) for index, day in enumerate(value)]
        return tuple(sorted(set(days))), None
    name = table.text("holidays").strip()
    if name and not name.lower().endswith(".ics"):
        message = f'{table.name} holidays: "{shown(name)}" is no .ics file.'
        raise table.error("holidays", message, 'name one, or list the dates: ["2026-12-25"]')
    return (), table.document.path.parent / expand(name) if name else None


def _holiday(table: Table, index: int, value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value  # TOML knows dates without quotes
    keys = ("holidays", index)
    try:
        if isinstance(value, str) and len(value.strip()) == len("2026-12-25"):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    message = f'{table.name} holidays: "{shown(value)}" is no date.'
    if isinstance(value, str) and value.strip().lower().endswith(".ics"):
        message = f"{table.name} holidays: a file stands alone, not in a list."
        hint = f'write: holidays = "{shown(value)}"'
        raise table.document.error((*table.path, *keys), message, hint)
    raise table.document.error((*table.path, *keys), message, _A_DATE)


def _always(table: Table) -> frozenset[str]:
    words = table.texts("always")
    for index, word in enumerate(words):
        if word not in _WORDS:
            message = f'{table.name} always: "{shown(word)}" is neither a priority nor a label.'
            hint = suggestion(word, _WORDS)
            raise table.document.error((*table.path, "always", index), message, hint)
    exempt = table.choice("complaints", _COMPLAINTS, "hours") == "always"
    return frozenset(words) | ({"complaint"} if exempt else set())


def _timezone(table: Table) -> str | None:
    name = table.text("timezone")
    if not name:
        return None
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        zones = available_timezones()
        hint = 'write for example: timezone = "Europe/Oslo"'
        if not zones:
            hint = "this machine has no time zones: install the package tzdata"
        elif near := nearest(name, sorted(zones), cutoff=0.75):
            hint = f"did you mean {near}?"
        message = f'{table.name} timezone: I do not know "{shown(name)}".'
        raise table.error("timezone", message, hint) from None
    return name
