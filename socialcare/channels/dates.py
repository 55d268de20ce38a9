"""When something was written, as any tool may write it. Everything comes out as aware UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

from socialcare.clock import EARLIEST, LATEST, from_epoch, parse_time
from socialcare.text import for_screen

_LONGEST = 64
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HOURS_OF_ZONE = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "WET": 0,
    "WEST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
}
"""Zone names with one meaning; others (BST, IST) are refused rather than guessed."""

_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<m>[a-z]{3,9})\.?"
_WEEKDAY = r"(?:[a-z]{3,9}\.?,?\s+)?"
_HOUR = r"(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
_ZONE = r"(?P<z>[a-z]{1,4}|(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?)"
_CLOCK = rf"(?:(?:,?\s+|,|t)(?:at\s+)?{_HOUR}(?:\s*(?P<ap>[ap]\.?m\.?))?(?:\s*{_ZONE})?)?"
_FLAGS = re.ASCII | re.IGNORECASE

_NUMERIC = re.compile(rf"(\d{{1,4}})([/.\-])(\d{{1,2}})\2(\d{{4}}|\d{{1,2}}){_CLOCK}", _FLAGS)
_NAMED = (
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_HOUR}(?:\s+{_ZONE})?\s+(?P<y>\d{{4}})", _FLAGS),
    re.compile(
        rf"{_WEEKDAY}{_DAY}[\s./-]+{_MONTH},?[\s./-]+(?P<y>\d{{4}}|\d{{2}}){_CLOCK}", _FLAGS
    ),
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+(?P<y>\d{{4}}){_CLOCK}", _FLAGS),
)
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2}(?::?\d{2})?)", _FLAGS)
_EPOCH = re.compile(r"\d{9,17}(?:\.\d{1,9})?", re.ASCII)


def read_time(value: object, *, month_first: bool = False) -> datetime:
    """Read RFC 3339, seconds or milliseconds since 1970, or a date as people write it.

    ``31/10/2017`` and ``10/31/2017`` can be read in one way only; ``04/05/2017`` is the
    4th of May unless ``month_first``. With dots the day is always first. A time without
    a zone is UTC.

    Raises
    ------
    ValueError
        No time, or outside the years 1970 to 9999.

    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value)
    if not isinstance(value, str):
        raise ValueError(f"no time: {type(value).__name__}")  # noqa: TRY004
    text = value.strip()
    if len(text) > _LONGEST or not text.isascii():
        raise _no_time(text)
    if _EPOCH.fullmatch(text):
        return _from_number(float(text))
    try:
        return parse_time(text) if text[4:5] == "-" else _written(text, month_first=month_first)
    except (ValueError, OverflowError):
        return _last_try(text, month_first=month_first)


def month_comes_first(dates: Iterable[str]) -> bool:
    """Tell from many dates of one file whether ``04/05/2017`` is the 5th of April.

    Without a date that can be read in one way only, the day comes first.
    """
    evidence = 0
    for date in dates:
        if match := _NUMERIC.match(date.strip()):
            first, mark, second = match.group(1, 2, 3)
            if mark != "." and len(first) < 3:
                evidence += (int(second) > 12) - (int(first) > 12)
    return evidence > 0


def _no_time(text: str) -> ValueError:
    return ValueError(f"no time: '{for_screen(text, one_line=True, limit=40)}'")


def _last_try(text: str, *, month_first: bool) -> datetime:
    try:
        return _written(text, month_first=month_first)
    except (ValueError, OverflowError):
        raise _no_time(text) from None


def _from_number(number: float) -> datetime:
    size = abs(number)
    if size < 1e11:
        return from_epoch(number)
    if size < 1e14:
        return from_epoch(number / 1e3)
    if size < 1e17:
        return from_epoch(number / 1e6)
    raise ValueError("no time: a number beyond the year 9999")


def _written(text: str, *, month_first: bool) -> datetime:
    if match := _NUMERIC.fullmatch(text):
        first, mark, second, third = match.group(1, 2, 3, 4)
        year, month, day = _in_order(first, second, third, month_first and mark != ".")
        return _moment(year, month, day, match)
    for pattern in _NAMED:
        match = pattern.fullmatch(text)
        if match and (name := match["m"].lower())[:3] in _MONTHS:
            month = _MONTHS.index(name[:3]) + 1
            return _moment(_full_year(match["y"]), month, int(match["d"]), match)
    raise ValueError(text)


def _in_order(first: str, second: str, third: str, month_first: bool) -> tuple[int, int, int]:
    if len(first) == 4:
        return int(first), int(second), int(third)
    day, month = int(first), int(second)
    if month > 12 or (month_first and day <= 12):
        day, month = month, day
    return _full_year(third), month, day


def _full_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    if len(year) != 2:
        raise ValueError(year)
    return int(year) + (1900 if int(year) >= 69 else 2000)


def _moment(year: int, month: int, day: int, match: re.Match[str]) -> datetime:
    hour, half = int(match["h"] or 0), match.groupdict().get("ap")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(match.string)
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    micro = int((match.groupdict().get("f") or "0").ljust(6, "0")[:6])
    minute, second = int(match["mi"] or 0), int(match["s"] or 0)
    zone = _zone(match["z"])
    moment = datetime(year, month, day, hour, minute, second, micro, zone).astimezone(UTC)
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(match.string)
    return moment


def _zone(name: str | None) -> timezone:
    if name is None or name.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if name.upper() in _HOURS_OF_ZONE:
        return timezone(timedelta(hours=_HOURS_OF_ZONE[name.upper()]))
    offset_text = _OFFSET.fullmatch(name)
    if offset_text is None:
        raise ValueError(name)
    sign, digits = offset_text.groups()
    hours, _, minutes = digits.partition(":")
    if not minutes and len(digits) > 2:
        hours, minutes = digits[:-2], digits[-2:]
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(offset if sign == "+" else -offset)
