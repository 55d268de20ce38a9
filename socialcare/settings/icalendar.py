"""All-day events of an iCalendar file: https://www.rfc-editor.org/rfc/rfc5545

Read are DTSTART, DTEND or DURATION, and an RRULE that repeats yearly. What would change
which days are off, and is not read, is refused with its line; the rest is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from socialcare.errors import ConfigError
from socialcare.settings.document import fault
from socialcare.settings.holidays import Holidays, Yearly, joined
from socialcare.settings.table import shown

LONGEST = 3_660
"""Days of one event: more is a slip of the pen."""
_A_YEAR = 366

_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[^":;]*(?:"[^"]*"[^":;]*)*)*):(.*)', re.DOTALL)
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DAYS = re.compile(r"P(?:(\d{1,3})W|(\d{1,4})D)", re.ASCII)
_READ = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "STATUS"})
_REFUSED = frozenset({"RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"})
_ONE_BY_ONE = "write an event for each date, or list the dates in the config"
_WHOLE_DAYS = "keep events of whole days only: DTSTART;VALUE=DATE:20261225"


class _Said(NamedTuple):
    """One line of the file, unfolded; ``line`` is where it begins."""

    line: int
    name: str
    value: str


@dataclass(slots=True)
class _Event:
    line: int
    said: dict[str, _Said] = field(default_factory=dict)


def parse_holidays(path: Path, raw: bytes) -> Holidays:
    """Raise ``ConfigError`` with the line of what is not understood."""
    return _File(path).read(raw)


class _File:
    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, raw: bytes) -> Holidays:
        ranges: list[tuple[date, date]] = []
        yearly: list[Yearly] = []
        events = 0
        for event in self._events(self._lines(raw)):
            events += 1
            status = event.said.get("STATUS")
            if status and status.value.strip().upper() == "CANCELLED":
                continue
            first, end = self._dates(event)
            if rule := event.said.get("RRULE"):
                yearly.append(self._rule(rule, first, (end - first).days))
            else:
                ranges.append((first, end))
        if not events:
            raise self._error(None, "there is no event in it.", _WHOLE_DAYS)
        return Holidays(joined(ranges), tuple(yearly))

    def _lines(self, raw: bytes) -> Iterator[_Said]:
        """Folded lines made whole, before decoding: a fold may cut a letter in two."""
        whole: list[tuple[int, list[bytes]]] = []
        for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
            if line[:1] in (b" ", b"\t") and whole:
                whole[-1][1].append(line[1:])
            elif line.strip():
                whole.append((number, [line]))
        for number, parts in whole:
            match = _LINE.fullmatch(b"".join(parts).decode("utf-8", "replace"))
            if match is None:
                hint = "export it once more as iCalendar (.ics)"
                raise self._error(number, "this is no line of an iCalendar file.", hint)
            yield _Said(number, match[1].upper(), match[3])

    def _events(self, lines: Iterator[_Said]) -> Iterator[_Event]:
        """Only what stands directly in an event: an alarm in it has a DURATION of its own."""
        inside: list[str] = []
        event: _Event | None = None
        for said in lines:
            if said.name == "BEGIN":
                inside.append(said.value.strip().upper())
                event = _Event(said.line) if inside == ["VCALENDAR", "VEVENT"] else event
            if inside[:1] != ["VCALENDAR"]:
                hint = "an iCalendar file begins with BEGIN:VCALENDAR"
                raise self._error(said.line, "this is no iCalendar file.", hint)
            if said.name == "END":
                self._check_end(said, inside.pop())
                if event is not None and len(inside) == 1:
                    yield event
                    event = None
            elif event is not None and len(inside) == 2:
                self._keep(event, said)
        if inside:
            raise self._error(None, f"it ends inside {shown(inside[-1])}.", "fetch it once more")

    def _check_end(self, said: _Said, begun: str) -> None:
        if said.value.strip().upper() != begun:
            message = f"END:{shown(said.value.strip())} where {shown(begun)} should end."
            raise self._error(said.line, message, "fetch it once more")

    def _keep(self, event: _Event, said: _Said) -> None:
        if said.name in _REFUSED:
            raise self._error(said.line, f"{said.name} is not understood.", _ONE_BY_ONE)
        if said.name not in _READ:
            return
        if said.name in event.said:
            line = event.said[said.name].line
            message = f"{said.name} stands here a second time."
            raise self._error(said.line, message, f"the first is on line {line}: keep one of them")
        event.said[said.name] = said

    def _dates(self, event: _Event) -> tuple[date, date]:
        """The first day, and the day after the last."""
        if "DTSTART" not in event.said:
            raise self._error(event.line, "this event has no DTSTART.", _WHOLE_DAYS)
        first, days, at = self._date(event.said["DTSTART"]), 1, event.said["DTSTART"]
        if end := event.said.get("DTEND"):
            # Many programs end an event of one day on that very day.
            days, at = (self._date(end) - first).days or 1, end
        elif length := event.said.get("DURATION"):
            days, at = self._duration(length), length
        if days < 1:
            raise self._error(at.line, "this event ends before it begins.", f"change {at.name}")
        if days > LONGEST:
            message = f"an event of {days} days is no holiday."
            raise self._error(at.line, message, f"change {at.name}")
        return first, self._later(at, first, days)

    def _date(self, said: _Said) -> date:
        match = _DATE.fullmatch(said.value.strip())
        if match is None:
            message = f"{said.name}:{shown(said.value.strip())} is no date."
            raise self._error(said.line, message, _WHOLE_DAYS)
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            message = f"there is no day {shown(said.value.strip())}."
            raise self._error(said.line, message, _WHOLE_DAYS) from None

    def _duration(self, said: _Said) -> int:
        match = _DAYS.fullmatch(said.value.strip().upper())
        if match is None:
            message = f"DURATION:{shown(said.value.strip())} is no number of days."
            raise self._error(said.line, message, "write for example: DURATION:P1D")
        return int(match[1]) * 7 if match[1] else int(match[2])

    def _later(self, said: _Said, first: date, days: int) -> date:
        try:
            return first + timedelta(days=days)
        except OverflowError:
            message = "this event ends after the year 9999."
            raise self._error(said.line, message, f"change {said.name}") from None

    def _rule(self, said: _Said, first: date, days: int) -> Yearly:
        parts = self._parts(said)
        if parts.pop("FREQ", "") != "YEARLY":
            raise self._error(said.line, "only FREQ=YEARLY is understood.", _ONE_BY_ONE)
        if days > _A_YEAR:
            message = f"{days} days that come back every year leave none."
            raise self._error(said.line, message, "change DTEND")
        self._only_the_date_itself(said, parts, first)
        rule = Yearly(first, days, self._number(said, parts.pop("INTERVAL", "1")))
        if "UNTIL" in parts:
            until = self._date(_Said(said.line, "UNTIL", parts.pop("UNTIL").partition("T")[0]))
            rule = rule._replace(until=until)
        elif "COUNT" in parts:
            rule = rule._replace(until=self._last(rule, self._number(said, parts.pop("COUNT"))))
        if parts:
            message = f"{shown(next(iter(parts)))} in this RRULE is not understood."
            raise self._error(said.line, message, _ONE_BY_ONE)
        return rule

    def _last(self, rule: Yearly, times: int) -> date:
        """When it begins for the last time; a leap day a hundred times is for ever."""
        leap = (rule.first.month, rule.first.day) == (2, 29)
        if leap and times <= 100:
            *_, last = islice(rule.begins(), times)
            return last
        year = rule.first.year + rule.interval * (times - 1)
        return date.max if leap or year > date.max.year else rule.first.replace(year=year)

    def _parts(self, said: _Said) -> dict[str, str]:
        parts = (part.partition("=") for part in said.value.strip().upper().split(";") if part)
        return {name.strip(): value.strip() for name, _, value in parts if name != "WKST"}

    def _only_the_date_itself(self, said: _Said, parts: dict[str, str], first: date) -> None:
        """Calendar programs add the month and day of the first time: nothing new."""
        same: Mapping[str, int] = {"BYMONTH": first.month, "BYMONTHDAY": first.day}
        named = {name: parts.pop(name) for name in same if name in parts}
        if any(value != str(same[name]) for name, value in named.items()) or list(named) == [
            "BYMONTHDAY"
        ]:
            message = "this RRULE is for other days than DTSTART."
            raise self._error(said.line, message, _ONE_BY_ONE)

    def _number(self, said: _Said, text: str) -> int:
        if not (text.isascii() and text.isdigit() and 0 < len(text) <= 4 and int(text)):
            message = f'"{shown(text)}" in this RRULE is no number from 1 to 9999.'
            raise self._error(said.line, message, _ONE_BY_ONE)
        return int(text)

    def _error(self, line: int | None, message: str, hint: str) -> ConfigError:
        return fault(self.path, line, message, hint)
