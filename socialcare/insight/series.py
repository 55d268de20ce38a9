"""Counts by quarters of an hour, and what day and hour that is where the brand is at home."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

QUARTERS_A_DAY = 96
SECONDS = 900
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


def quarter_of(moment: datetime) -> int:
    """Quarters of an hour since 1970."""
    return int(moment.timestamp()) // SECONDS


def moment_of(quarter: int) -> datetime:
    return datetime.fromtimestamp(quarter * SECONDS, UTC)


@dataclass(frozen=True, slots=True)
class Series:
    """Counts of quarters that follow one another, from ``start`` on."""

    start: int
    everything: Sequence[int]
    complaints: Sequence[int]
    unseen: tuple[tuple[int, int], ...] = ()
    """Quarters, end excluded, in which nothing could be seen: a zero there says nothing."""

    @property
    def end(self) -> int:
        return self.start + len(self.everything)

    def until(self, quarter: int) -> Series:
        """What came before a quarter."""
        length = max(0, quarter - self.start)
        return Series(self.start, self.everything[:length], self.complaints[:length], self.unseen)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour by local time. Where clocks are put back it holds two, and then ``length`` is 2."""

    day: int
    """Days since 1970, local."""
    hour: int
    length: float
    everything: float
    complaints: float


class HomeTime:
    """Local days and hours of a zone; ``days_off`` are holidays."""

    def __init__(self, zone: tzinfo | None, days_off: Collection[date] = ()) -> None:
        self._zone = zone
        self._days_off = {day.toordinal() - date(1970, 1, 1).toordinal() for day in days_off}
        self._shifts: dict[int, int] = {}

    def place(self, quarter: int) -> tuple[int, int]:
        """Local day and hour. Clocks change at full hours, and zones differ by quarters."""
        shift = self._shifts.get(quarter // 4)
        if shift is None:
            local = moment_of(quarter - quarter % 4).astimezone(self._zone)
            shift = self._shifts[quarter // 4] = round(
                (local.utcoffset() or timedelta()).total_seconds() / SECONDS
            )
        local_quarter = quarter + shift
        return local_quarter // QUARTERS_A_DAY, local_quarter % QUARTERS_A_DAY // 4

    def is_off(self, day: int) -> bool:
        return day in self._days_off

    @staticmethod
    def weekday(day: int) -> int:
        """Monday is 0."""
        return (day + _EPOCH_WEEKDAY) % 7

    def hours(self, series: Series) -> Iterator[Hour]:
        """Hours in their order, without those in which nothing could be seen."""
        unseen = {q for first, end in series.unseen for q in range(first, end)}
        at: tuple[int, int] | None = None
        length = everything = complaints = 0
        for number, (all_, complained) in enumerate(
            zip(series.everything, series.complaints, strict=True)
        ):
            place = self.place(series.start + number)
            if place != at:
                if at is not None and length:
                    yield Hour(*at, length / 4, everything, complaints)
                at, length, everything, complaints = place, 0, 0, 0
            if all_ or series.start + number not in unseen:
                length += 1
                everything += all_
                complaints += complained
        if at is not None and length:
            yield Hour(*at, length / 4, everything, complaints)
