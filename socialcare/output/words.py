"""Times and numbers as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from socialcare.clock import parse_time
from socialcare.settings.duration import format_span

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def ago(span: timedelta) -> str:
    """``just now``, ``3 min ago``, ``9 h ago``, from two days on ``3 days ago``."""
    number, unit = _largest(span)
    if unit == "day":
        return f"{number} days ago"
    if number == 0:
        return "just now"
    return f"{number} {'min' if unit == 'minute' else 'h'} ago"


def ago_spoken(span: timedelta) -> str:
    """``3 minutes ago``: no abbreviation, for a voice."""
    number, unit = _largest(span)
    return f"{count(number, unit)} ago" if number else "just now"


def span_spoken(span: timedelta) -> str:
    """``1 hour 12 minutes``, ``3 days 4 hours``: the size, without a sign."""
    minutes = int(abs(span).total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        days, hours = divmod(hours, 24)
        return " ".join([count(days, "day"), *([count(hours, "hour")] if hours else [])])
    parts = [count(hours, "hour")] if hours else []
    return " ".join([*parts, *([count(minutes, "minute")] if minutes or not hours else [])])


def span_ago(span: timedelta) -> str:
    """``2h12 ago``, ``in 2h12``: exact to the minute where that matters."""
    return f"{format_span(span)} ago" if span >= timedelta(0) else f"in {format_span(-span)}"


def count(number: int, noun: str) -> str:
    """``1 hour``, ``1,240 followers``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def file_size(size: int) -> str:
    """``41 MB``, ``12 kB``."""
    return f"{size / 1_000_000:,.0f} MB" if size >= 1_000_000 else f"{size / 1_000:,.0f} kB"


def moment(stored: object) -> datetime | None:
    """A stored time of a record, or None."""
    return parse_time(stored) if isinstance(stored, str) else None


def local_time(when: datetime, zone: tzinfo | None) -> datetime:
    """The last hours there are may lie after the year 9999 elsewhere: they stay in UTC."""
    try:
        return when.astimezone(zone)
    except OverflowError:
        return when


def day(when: datetime, zone: tzinfo | None, now: datetime) -> str:
    """``12 Nov`` in local time, with the year when it is another one. English, whatever the locale."""
    local, today = local_time(when, zone), now.astimezone(zone)
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {_MONTHS[local.month - 1]}{year}"


def clock_time(when: datetime, zone: tzinfo | None, now: datetime) -> str:
    """``14:20`` in local time, with the day when it is another one."""
    local = local_time(when, zone)
    hour = f"{local.hour:02d}:{local.minute:02d}"
    same_day = local.date() == now.astimezone(zone).date()
    return hour if same_day else f"{day(when, zone, now)} {hour}"


def _largest(span: timedelta) -> tuple[int, str]:
    minutes = max(0, int(span.total_seconds()) // 60)
    if minutes < 60:
        return minutes, "minute"
    hours = minutes // 60
    return (hours, "hour") if hours < 48 else (hours // 24, "day")


def sure(confidence: float) -> str:
    """A confidence of 0 … 1 for the screen; no machine is surer than 0.99."""
    return f"{min(confidence, 0.99):.2f}"
