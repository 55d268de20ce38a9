"""Waiting as we are asked to: rate headers, and one request at a time per host."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from socialcare.clock import Clock, format_time, from_epoch, parse_time
from socialcare.errors import RateLimitError

MAX_WAIT_S = 5.0
"""What we sleep at most in one go; whoever asks for more is asked again in a later run."""
LONGEST = timedelta(days=1)
"""However long a service wants to be left alone, we look once a day."""

_HEADERS = (
    "retry-after",
    "x-ratelimit-reset-after",
    "ratelimit-reset",
    "x-ratelimit-reset",
    "x-rate-limit-reset",
)
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
_EPOCH_FROM = 1_000_000_000.0
"""A "reset" above this is a moment in epoch seconds, below it are seconds to go."""


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a service asks us to wait: 0 … a day; None when it does not say.

    Services differ: seconds to go (``Retry-After``, Reddit's reset), epoch seconds
    (Bluesky, X, GitHub), RFC 3339 (Mastodon) or an HTTP date. Moments are measured
    against the service's own ``Date``, so that a wrong clock here changes nothing.
    """
    there = _http_date(headers.get("date", "")) or now
    for name in _HEADERS:
        wait = _seconds(headers.get(name, "").strip(), there, epoch=name.endswith("reset"))
        if wait is not None:
            return min(max(wait, 0.0), LONGEST.total_seconds())
    return None


def rest(message: str, until: datetime) -> RateLimitError:
    """The error of a service that is to be left alone until then."""
    hint = f"nothing to do: the first fetch after {format_time(until)} goes on"
    return RateLimitError(message, hint, not_before=until)


def clock_ahead(headers: Mapping[str, str], now: datetime) -> timedelta:
    """By how much the service's clock is ahead of ours, where it tells its ``Date``."""
    there = _http_date(headers.get("date", ""))
    return timedelta() if there is None else there - now


def _seconds(value: str, there: datetime, *, epoch: bool) -> float | None:
    if _NUMBER.fullmatch(value):
        number = float(value)
        if not epoch or number < _EPOCH_FROM:
            return number
        try:
            return (from_epoch(number) - there).total_seconds()
        except ValueError:
            return None
    moment = _http_date(value) or _rfc3339(value)
    return None if moment is None else (moment - there).total_seconds()


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value[:64])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _rfc3339(value: str) -> datetime | None:
    try:
        return parse_time(value[:64])
    except ValueError:
        return None


class TooSoonError(Exception):
    """The host is not to be asked again yet; ``wait`` is in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"in {wait:.0f} s")
        self.wait = wait


class HostBusyError(Exception):
    """Other requests to the same host took all our time."""


@dataclass
class _Turn:
    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0


class HostTurns:
    """Lets one request at a time go to a host, with a pause between them where it is wanted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._turns: dict[tuple[str, int], _Turn] = {}

    @contextmanager
    def turn(
        self, host: tuple[str, int], *, patience: float, spacing_s: float = 0.0, hop: bool = False
    ) -> Iterator[None]:
        """Hold the host for one request. ``hop``: part of a request that had its pause.

        Raises
        ------
        TooSoonError
            The pause would be longer than 5 s or than ``patience`` (seconds).
        HostBusyError
            Nobody gave the host back within ``patience``.

        """
        with self._guard:
            turn = self._turns.setdefault(host, _Turn())
        if not turn.lock.acquire(timeout=max(patience, 0.0)):
            raise HostBusyError
        try:
            wait = 0.0 if hop else turn.free_at - self._clock.monotonic()
            if wait > min(MAX_WAIT_S, patience):
                raise TooSoonError(wait)
            if wait > 0:
                self._clock.sleep(wait)
            try:
                yield
            finally:
                if spacing_s:
                    turn.free_at = self._clock.monotonic() + spacing_s
        finally:
            turn.lock.release()
