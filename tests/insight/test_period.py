"""Periods in the team's zone, half open, on the nights when clocks change too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from socialcare.insight.period import HOURLY, Period, midnight

OSLO = ZoneInfo("Europe/Oslo")
ZONES = st.sampled_from(
    [
        UTC,
        OSLO,
        ZoneInfo("Asia/Kathmandu"),
        ZoneInfo("America/St_Johns"),
        ZoneInfo("Australia/Lord_Howe"),
    ]
)
NOWS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(NOWS, ZONES, st.integers(0, 90))
def test_days_begin_at_midnight_and_none_is_left_out(now, zone, ago):
    first = now.astimezone(zone).date() - timedelta(days=ago)
    period = Period(midnight(first, zone), now, now, zone)
    if period.since == now:
        return
    steps = period.steps()
    assert steps[0] == period.since
    assert all(one < other for one, other in pairwise(steps))
    assert steps[-1] < period.until
    if not period.by_hour:
        days = [at.astimezone(zone).date() for at in steps]
        assert days == [first + timedelta(days=n) for n in range(len(days))]
        assert days[-1] in (
            now.astimezone(zone).date(),
            now.astimezone(zone).date() - timedelta(days=1),
        )
    since, until = period.before()
    assert since < until <= period.since
    assert until.astimezone(zone).time() in (now.astimezone(zone).time(), *_moved(now, zone))


def _moved(now, zone):
    """In an hour that a night leaves out, the time after it."""
    return [(now.astimezone(zone) + timedelta(minutes=m)).time() for m in (-60, -30, 30, 60)]


@given(NOWS, st.integers(1, 47))
def test_what_begins_at_any_time_is_compared_with_what_came_just_before(now, hours):
    period = Period(now - timedelta(hours=hours, minutes=7), now, now, OSLO)
    local = period.since.astimezone(OSLO)
    if local == local.replace(hour=0, minute=0, second=0, microsecond=0):
        return
    since, until = period.before()
    assert (until, until - since) == (period.since, period.until - period.since)
    assert period.until - period.since > HOURLY or len(period.steps()) in (
        hours,
        hours + 1,
        hours + 2,
    )


def test_a_night_of_25_hours_and_one_of_23():
    for day, hours in (((2026, 10, 25), 25), ((2026, 3, 29), 23)):
        begin = midnight(datetime(*day).date(), OSLO)
        end = midnight(datetime(*day).date() + timedelta(days=1), OSLO)
        assert len(Period(begin, end, end, OSLO).steps()) == hours
        assert not Period(begin, end, end, OSLO).so_far
