"""The only reader of the time. Inside everything is aware UTC.

Stored times are text of fixed width, ``2026-11-21T11:48:00.000Z``, so that text
order is time order.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards; for deadlines."""

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass
class FixedClock:
    """A clock for tests and rehearsals: stands still until it is told to move."""

    at: datetime
    elapsed: float = field(default=0.0)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds


def format_time(moment: datetime) -> str:
    """``2026-11-21T11:48:00.000Z``: fixed width, milliseconds cut, never rounded up."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z".rjust(24, "0")


def parse_time(text: str) -> datetime:
    """Read what :func:`format_time` wrote, or any RFC 3339 time.

    A time without a zone is UTC.

    Raises
    ------
    ValueError
        The text is no time, or lies outside the years 1970 to 9999.

    """
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from None
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"{text.strip()[:40]!r} is outside 1970 to 9999")
    return moment


def from_epoch(seconds: float) -> datetime:
    """Aware UTC from seconds since 1970.

    Raises
    ------
    ValueError
        Not a number, or outside the years 1970 to 9999.

    """
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"{seconds!r} is no time: {error}") from None
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"{seconds!r} is outside 1970 to 9999")
    return moment
