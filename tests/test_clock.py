"""Times as they are stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.clock import FixedClock, format_time, from_epoch, parse_time

MOMENTS = st.datetimes(
    datetime(1970, 1, 2),
    datetime(9999, 12, 30),
    timezones=st.just(UTC),
)


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(first, second):
    first, second = (m.replace(microsecond=m.microsecond // 1000 * 1000) for m in (first, second))
    assert (format_time(first) < format_time(second)) == (first < second)
    assert len(format_time(first)) == 24
    assert parse_time(format_time(first)) == first


def test_zones_are_taken_to_utc():
    assert format_time(datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == (
        "2026-02-28T23:00:00.000Z"
    )
    assert parse_time("2020-01-01T00:00:00+0000") == datetime(2020, 1, 1, tzinfo=UTC)
    assert parse_time("2020-01-01 00:00:00") == datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "soon", "10000-01-01", "0001-01-01T00:00:00+23:00", "1969-01-01"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        parse_time(text)


@pytest.mark.parametrize("seconds", [1e300, -1e18, float("nan"), float("inf"), -5.0])
def test_epochs_out_of_range_are_refused(seconds):
    with pytest.raises(ValueError):
        from_epoch(seconds)


def test_a_fixed_clock_moves_only_by_sleeping():
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.sleep(5)
    assert clock.now() == datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)
    assert clock.monotonic() == 5
