"""Holidays: the dates of the config, or an iCalendar file with all-day events (RFC 5545)."""

from __future__ import annotations

import stat
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

from socialcare.errors import ConfigError
from socialcare.settings.document import fault
from socialcare.settings.model import AnswerBy

MAX_BYTES = 1 << 20
_DAY = timedelta(days=1)
_NAMED = "it is named in [answer_by] holidays: socialcare config edit"


class Yearly(NamedTuple):
    """``days`` off from the same date on, every ``interval`` years, begun at the latest ``until``."""

    first: date
    days: int
    interval: int = 1
    until: date = date.max

    def begins(self) -> Iterator[date]:
        """Where a year has no such date (29 February), it is left out."""
        for year in count(self.first.year, self.interval):
            begin = self.in_year(year)
            if year > self.until.year:
                return
            if begin is not None:
                yield begin

    def in_year(self, year: int) -> date | None:
        if (year - self.first.year) % self.interval or not self.first.year <= year <= 9999:
            return None
        try:
            begin = self.first.replace(year=year)
        except ValueError:
            return None
        return begin if begin <= self.until else None


@dataclass(frozen=True, slots=True)
class Holidays:
    """``ranges``: first day and the day after the last, in order and apart from one another."""

    ranges: tuple[tuple[date, date], ...] = ()
    yearly: tuple[Yearly, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ranges or self.yearly)

    def between(self, first: date, last: date) -> set[date]:
        """The days off from ``first`` to ``last``, both included."""
        found: set[date] = set()
        at = max(0, bisect_right(self.ranges, (first, date.max)) - 1)
        for begin, end in self.ranges[at:]:
            if begin > last:
                break
            found.update(_days(max(begin, first), min(end - _DAY, last)))
        for rule in self.yearly:
            for year in range(first.year - 1, last.year + 1):
                begins = rule.in_year(year)
                if begins is not None and begins <= last:
                    end = _after(begins, rule.days - 1)
                    found.update(_days(max(begins, first), min(end, last)))
        return found

    def every_day(self) -> bool:
        """Whether the rules without an end leave no day of the year."""
        endless = [rule for rule in self.yearly if rule.until == date.max and rule.interval == 1]
        leap = {
            (day.month, day.day)
            for rule in endless
            for day in _days(rule.first, _after(rule.first, rule.days - 1))
        }
        return len(leap | {(2, 29)}) == 366


def holidays_of(policy: AnswerBy) -> Holidays:
    """Read the file that the config names, or take its dates.

    Raises
    ------
    ConfigError
        The file cannot be read, or says what is not understood: with file and line.

    """
    if policy.holidays_file is not None:
        return read_holidays(policy.holidays_file)
    return Holidays(ranges=joined((day, _after(day, 1)) for day in policy.holidays))


def read_holidays(path: Path) -> Holidays:
    from socialcare.settings.icalendar import parse_holidays

    try:
        # A pipe in its place would wait for ever.
        raw = _read(path) if stat.S_ISREG(path.stat().st_mode) else None
    except (FileNotFoundError, NotADirectoryError):
        raise fault(path, None, "there is no such file.", _NAMED) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise fault(path, None, f"cannot be read: {reason}.", _NAMED) from None
    if raw is None:
        raise fault(path, None, "this is no file.", _NAMED)
    return parse_holidays(path, raw)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise _too_large(path)
    return raw


def _too_large(path: Path) -> ConfigError:
    return fault(
        path, None, "is larger than 1 MiB.", "a calendar of holidays only is some kilobytes"
    )


def joined(ranges: Iterable[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """In order, and those that touch or overlap made one."""
    found: list[tuple[date, date]] = []
    for begin, end in sorted(ranges):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return tuple(found)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


def _after(day: date, days: int) -> date:
    """No later than the last day there is."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))
