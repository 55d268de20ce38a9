"""The hours in which an answer-by clock runs, and sums of time in them.

Hours are wall-clock time: on the night when clocks are put back, an hour that comes twice
is open twice; one that is left out never was. What is summed is the time that really passes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from socialcare.clock import LATEST
from socialcare.errors import ConfigError
from socialcare.settings.holidays import Holidays, holidays_of
from socialcare.settings.model import AnswerBy, Week

HORIZON = 1_200
"""Months that are looked through: what takes longer is due at the end of time."""

_DAY = 86_400
_NOTHING = timedelta(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LAST_MONTH = LATEST.year * 12 + 11
_FIRST_SECOND = -62_135_500_000
"""In the first and in the last days there are, a zone may lead out of the calendar."""
_LAST_SECOND = 253_402_200_000
_ALL_WEEK: Week = (((0, 24 * 60),),) * 7

Seconds = tuple[int, int]


class _Month(NamedTuple):
    """The open spans of one month of UTC, in order; ``before`` is the open time before each."""

    opens: Sequence[datetime]
    closes: Sequence[datetime]
    before: Sequence[timedelta]
    after: Sequence[timedelta]
    total: timedelta

    def until(self, at: datetime) -> timedelta:
        """Open time from the beginning of the month to ``at``."""
        place = bisect_right(self.opens, at) - 1
        if place < 0:
            return _NOTHING
        return self.before[place] + (min(at, self.closes[place]) - self.opens[place])

    def when(self, passed: timedelta) -> datetime:
        """The first moment at which so much of its open time, more than nothing, has passed."""
        place = bisect_left(self.after, passed)
        return self.opens[place] + (passed - self.before[place])


class Calendar:
    """Without hours and holidays it is always open. Times are aware, and UTC when returned."""

    def __init__(
        self, zone: tzinfo | None = None, week: Week = (), holidays: Holidays | None = None
    ) -> None:
        """``zone`` None is the zone of the machine.

        Raises
        ------
        ConfigError
            No hour is ever open.

        """
        self.zone = zone
        self.week = week or _ALL_WEEK
        self.holidays = holidays or Holidays()
        self.always = self.week == _ALL_WEEK and not self.holidays
        if not any(self.week) or self.holidays.every_day():
            raise ConfigError(
                "[answer_by] hours and holidays leave no hour open.",
                "change them: socialcare config edit",
            )
        self._month = lru_cache(maxsize=HORIZON)(self._build)

    def due(self, start: datetime, target: timedelta) -> datetime:
        """When ``target`` of open time has passed after ``start``; at the latest ``LATEST``."""
        if self.always or target <= _NOTHING:
            return start + min(target, LATEST - start)
        start = start.astimezone(UTC)
        number = first = start.year * 12 + start.month - 1
        month = self._month(number)
        wanted = month.until(start) + target
        while wanted > month.total:
            wanted -= month.total
            number += 1
            if number > min(first + HORIZON, _LAST_MONTH):
                return LATEST
            month = self._month(number)
        return month.when(wanted)

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """Open time from ``start`` to ``end``, counted for a hundred years at most."""
        if end <= start:
            return _NOTHING
        if self.always:
            return end - start
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        first, last = (at.year * 12 + at.month - 1 for at in (start, end))
        passed = -self._month(first).until(start)
        for number in range(first, min(last, first + HORIZON)):
            passed += self._month(number).total
        return passed + self._month(last).until(end) if last <= first + HORIZON else passed

    def is_open(self, at: datetime) -> bool:
        if self.always:
            return True
        at = at.astimezone(UTC)
        month = self._month(at.year * 12 + at.month - 1)
        place = bisect_right(month.opens, at) - 1
        return place >= 0 and at < month.closes[place]

    def spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open spans between two times, in order, cut at both."""
        if self.always:
            yield from [(start, end)] if start < end else []
            return
        begun: tuple[datetime, datetime] | None = None
        for opens, closes in self._spans(start.astimezone(UTC), end.astimezone(UTC)):
            if begun and begun[1] == opens:  # the months are stored apart
                begun = (begun[0], closes)
                continue
            if begun:
                yield begun
            begun = (opens, closes)
        if begun:
            yield begun

    def _spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        first, last = (at.year * 12 + at.month - 1 for at in (start, end))
        for number in range(first, min(last, first + HORIZON) + 1):
            month = self._month(number)
            for opens, closes in zip(month.opens, month.closes, strict=True):
                if max(opens, start) < min(closes, end):
                    yield max(opens, start), min(closes, end)

    def _build(self, number: int) -> _Month:
        spans = self._open_seconds(*_month_seconds(number))
        before, passed = [], _NOTHING
        for opens, closes in spans:
            before.append(passed)
            passed += timedelta(seconds=closes - opens)
        return _Month(
            [_EPOCH + timedelta(seconds=opens) for opens, _ in spans],
            [_EPOCH + timedelta(seconds=closes) for _, closes in spans],
            before,
            [*before[1:], passed] if spans else [],
            passed,
        )

    def _open_seconds(self, begin: int, end: int) -> list[Seconds]:
        """The open spans within a span of time; all in seconds since 1970."""
        days = range(
            max(begin // _DAY - 1 + _EPOCH_DAY, 1),
            min(end // _DAY + _EPOCH_DAY, date.max.toordinal()) + 1,
        )
        off: set[date] = set()
        if self.holidays:
            off = self.holidays.between(date.fromordinal(days[0]), date.fromordinal(days[-1]))
        offsets = self._offsets(begin, end)
        found = []
        for day in days:
            spans = self.week[(day - 1) % 7]
            if not spans or (off and date.fromordinal(day) in off):
                continue
            midnight = (day - _EPOCH_DAY) * _DAY
            for since, until, offset in offsets:
                for opens, closes in spans:
                    low = max(midnight + opens * 60 - offset, since)
                    high = min(midnight + closes * 60 - offset, until)
                    if low < high:
                        found.append((low, high))
        return _joined(found)

    def _offsets(self, begin: int, end: int) -> list[tuple[int, int, int]]:
        """Since when, until when, and how far the zone is ahead of UTC, for all of a span."""
        found = []
        since, offset = begin, self._offset(begin)
        for at in (*range(begin + _DAY, end, _DAY), end):
            after = self._offset(at)
            if after != offset:
                change = self._change(at - _DAY, at)
                found.append((since, change, offset))
                since, offset = change, after
        return [*found, (since, end, offset)]

    def _change(self, low: int, high: int) -> int:
        """The second from which on the zone is as it is at ``high``."""
        after = self._offset(high)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._offset(middle) == after else (middle, high)
        return high

    def _offset(self, second: int) -> int:
        second = min(max(second, _FIRST_SECOND), _LAST_SECOND)
        local = (_EPOCH + timedelta(seconds=second)).astimezone(self.zone)
        ahead = local.utcoffset()
        return 0 if ahead is None else round(ahead.total_seconds())


ROUND_THE_CLOCK = Calendar()


def calendar_of(policy: AnswerBy) -> Calendar:
    """Read the holidays and the zone that the config names.

    Raises
    ------
    ConfigError
        They cannot be read, or no hour is ever open.

    """
    holidays = holidays_of(policy)
    if not policy.hours and not holidays:
        return ROUND_THE_CLOCK
    return Calendar(zone_of(policy.timezone), policy.hours, holidays)


def zone_of(name: str | None) -> tzinfo | None:
    """The zone of a name in the config; None is that of the machine. Raises ConfigError."""
    if name is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ConfigError(
            f'this machine does not know the time zone "{name}".',
            "write it as in Europe/Oslo under [answer_by]; see: socialcare config edit",
        ) from None


def _month_seconds(number: int) -> Seconds:
    year, month = divmod(number, 12)
    begin = date(year, month + 1, 1).toordinal()
    if number >= _LAST_MONTH:
        return (begin - _EPOCH_DAY) * _DAY, int((LATEST - _EPOCH).total_seconds())
    year, month = divmod(number + 1, 12)
    end = date(year, month + 1, 1).toordinal()
    return (begin - _EPOCH_DAY) * _DAY, (end - _EPOCH_DAY) * _DAY


def _joined(spans: list[Seconds]) -> list[Seconds]:
    joined: list[Seconds] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return joined
