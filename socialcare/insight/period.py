"""The period of a report, the one before it to compare with, and its days or hours.

Periods are half open: what was written at the end belongs to the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

HOURLY = timedelta(hours=48)
"""Up to this length a period is told by the hour."""


@dataclass(frozen=True, slots=True)
class Period:
    """Aware times. ``zone`` is the team's; None is that of the machine."""

    since: datetime
    until: datetime
    now: datetime
    zone: tzinfo | None = None

    @property
    def so_far(self) -> bool:
        """Whether its last day is not over yet."""
        return self.until >= self.now and not _is_midnight(self.until, self.zone)

    def before(self) -> tuple[datetime, datetime]:
        """One that begins at midnight is compared with as many days before, until the same time
        of day: half a day is not compared with a whole one. Any other one with what came just
        before it.
        """
        if not _is_midnight(self.since, self.zone):
            return self.since - (self.until - self.since), self.since
        days = timedelta(days=self._days())
        return self._moved(self.since, days), self._moved(self.until, days)

    def _days(self) -> int:
        first, last = (at.astimezone(self.zone) for at in (self.since, self.until))
        return (last.date() - first.date()).days + (last.time() > time(0))

    def _moved(self, at: datetime, days: timedelta) -> datetime:
        """The same time of day, so many days earlier, whatever the clocks did in between."""
        local = at.astimezone(self.zone).replace(tzinfo=None) - days
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def by_hour(self) -> bool:
        return self.until - self.since <= HOURLY

    def steps(self) -> list[datetime]:
        """When each of its hours or days begins; the first one with the period."""
        found = [self.since]
        nearest = self.since.astimezone(self.zone)
        if self.by_hour:
            into = timedelta(
                minutes=nearest.minute, seconds=nearest.second, microseconds=nearest.microsecond
            )
            at = self.since.astimezone(UTC) - into + timedelta(hours=1)
            while at < self.until:
                found.append(at)
                at += timedelta(hours=1)
            return found
        day = nearest.date()
        while (at := midnight(day := day + timedelta(days=1), self.zone)) < self.until:
            found.append(at)
        return found


def midnight(day: date, zone: tzinfo | None) -> datetime:
    """When a day begins, aware UTC; where clocks leave midnight out, the hour after it."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _is_midnight(at: datetime, zone: tzinfo | None) -> bool:
    return at == midnight(at.astimezone(zone).date(), zone)
