"""Until when something was put off: in full, in ten columns, and for a voice."""

from __future__ import annotations

from datetime import datetime, tzinfo

from socialcare.output.records import Record, View, text_of
from socialcare.output.words import day, local_time, moment

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ON_REPLY = "they write again"


def until_told(when: datetime, zone: tzinfo | None, now: datetime) -> str:
    """``Mon 23 Nov 09:00``, with the year when it is another one."""
    local = local_time(when, zone)
    return f"{_DAYS[local.weekday()][:3]} {day(when, zone, now)} {_hour(local)}"


def snoozed_told(record: Record, view: View) -> str:
    """``snoozed until Mon 23 Nov 09:00``, ``snoozed until they write again``."""
    until = moment(record.get("snoozed_until"))
    told = _ON_REPLY if until is None else until_told(until, view.zone, view.now)
    return f"{text_of(record, 'status')} until {told}"


def snoozed_cell(record: Record, view: View) -> str:
    """At most ten columns: ``16:00`` today, ``Mon 09:00`` this week, ``1 Dec``, ``Dec 2027``."""
    until = moment(record.get("snoozed_until"))
    if until is None:
        return "on reply"
    if until <= view.now:
        return "time is up"
    local, today = local_time(until, view.zone), local_time(view.now, view.zone)
    ahead = (local.date() - today.date()).days
    if ahead < len(_DAYS):
        return f"{_DAYS[local.weekday()][:3]} {_hour(local)}" if ahead else _hour(local)
    date = day(until, view.zone, view.now)
    return date if local.year == today.year else date.partition(" ")[2]


def snoozed_spoken(record: Record, view: View) -> str:
    """``snoozed until Monday 23 Nov 09:00``: the weekday in full, for a voice."""
    until = moment(record.get("snoozed_until"))
    if until is None:
        return snoozed_told(record, view)
    local = local_time(until, view.zone)
    date = day(until, view.zone, view.now)
    return f"snoozed until {_DAYS[local.weekday()]} {date} {_hour(local)}"


def _hour(local: datetime) -> str:
    return f"{local.hour:02d}:{local.minute:02d}"
