"""How Google's services refuse, and when their day ends: the same in all of them.

https://cloud.google.com/apis/design/errors
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from socialcare.text import for_screen


class OneError(msgspec.Struct):
    reason: str = ""


class Detail(msgspec.Struct):
    reason: str = ""
    metadata: dict[str, str] = {}


class Problem(msgspec.Struct):
    message: str | None = None
    errors: list[OneError] = []
    details: list[Detail] = []


class Refusal(msgspec.Struct):
    """The body of a failure, as both generations of services write it."""

    error: Problem = msgspec.field(default_factory=Problem)

    @property
    def message(self) -> str:
        return self.error.message or ""

    @property
    def reasons(self) -> frozenset[str]:
        reasons = [one.reason for one in self.error.errors]
        reasons += [one.reason for one in self.error.details]
        return frozenset(reason for reason in reasons if reason)

    @property
    def said(self) -> str:
        """The reasons in brackets, for the end of a sentence."""
        reasons = ", ".join(sorted(self.reasons))
        return f" ({for_screen(reasons, one_line=True, limit=120)})" if reasons else ""

    @property
    def is_of_the_day(self) -> bool:
        """A quota that comes back at midnight."""
        limits = [detail.metadata.get("quota_limit", "") for detail in self.error.details]
        return bool(
            "dailyLimitExceeded" in self.reasons
            or any("PerDay" in limit for limit in limits)
            or "per day'" in self.message
        )


def _pacific() -> tzinfo:
    """Some systems know no zones; then an hour in summer is wrong."""
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        return timezone(timedelta(hours=-8))


def day_of(now: datetime) -> str:
    """The day whose quota is used: it begins at midnight on the Pacific coast."""
    return now.astimezone(_pacific()).date().isoformat()


def next_day(now: datetime) -> datetime:
    there = now.astimezone(_pacific())
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (midnight + timedelta(days=1)).astimezone(now.tzinfo)
