"""A small fixed part of what ``python -m tests.benchmarks.detection`` measures, and its laws."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.insight.baseline import learn
from socialcare.insight.counts import at_most, log_ratio, usual_range
from socialcare.insight.series import QUARTERS_A_DAY, HomeTime, Series, moment_of, quarter_of
from socialcare.insight.surge import LONGEST, surge
from socialcare.insight.young import plain_surge
from tests.benchmarks.detection import SHARES, WITHIN, false_alarms, noticed
from tests.benchmarks.detection_airline import weeks
from tests.benchmarks.detection_world import Kind, world

SEEDS = range(900_000, 900_100)
UTC_TIME = HomeTime(UTC)


@pytest.mark.parametrize("sway", ["poisson", "over-dispersed"])
@pytest.mark.parametrize("level", [50, 500])
def test_few_false_alarms_and_most_incidents_noticed(level, sway):
    """Twelve days of noise at 50 a day are 0.6 alarms: more than five in three fortnights are too many."""
    alarms = sum(
        false_alarms(seed, Kind(level, sway, SHARES[n % 3])) for n, seed in enumerate(SEEDS[:3])
    )
    assert alarms <= 5
    hits = [
        noticed(seed, Kind(level, sway, SHARES[n % 3]), WITHIN[level])
        for n, seed in enumerate(SEEDS[:9])
    ]
    assert sum(hits) >= 6


def test_an_hour_with_a_burst_does_not_poison_what_is_usual():
    brand = world(SEEDS[0], Kind(50, "poisson", 0.3), 40)
    calm = brand.series()
    everything, complaints = list(calm.everything), list(calm.complaints)
    for place in range(20 * QUARTERS_A_DAY, 20 * QUARTERS_A_DAY + 4):
        everything[place] += 2_500
        complaints[place] += 2_500
    before = learn(calm, brand.home)
    after = learn(Series(calm.start, everything, complaints), brand.home)
    assert before is not None and after is not None
    assert after.level == pytest.approx(before.level, rel=0.1)
    assert after.share == pytest.approx(before.share, rel=0.1)
    assert after.day_sway + after.hour_sway < before.day_sway + before.hour_sway + 0.1


def test_hours_in_which_nothing_could_be_seen_are_no_zeros():
    brand = world(SEEDS[1], Kind(50, "poisson", 0.3), 40)
    whole = brand.series()
    gap = (whole.start + 30 * QUARTERS_A_DAY, whole.start + 37 * QUARTERS_A_DAY)
    hidden = [
        0 if gap[0] <= whole.start + n < gap[1] else count
        for n, count in enumerate(whole.everything)
    ]
    unseen = learn(Series(whole.start, hidden, [0] * len(hidden), (gap,)), brand.home)
    taken_for_zero = learn(Series(whole.start, hidden, [0] * len(hidden)), brand.home)
    truth = learn(whole, brand.home)
    assert truth is not None and unseen is not None and taken_for_zero is not None
    assert unseen.level == pytest.approx(truth.level, rel=0.15)
    assert taken_for_zero.level < 0.75 * truth.level


def test_the_rhythm_is_that_of_the_local_clock():
    """Nine in the morning stays nine in the morning when the clocks change."""
    home = HomeTime(ZoneInfo("Europe/Oslo"))
    start = quarter_of(datetime(2026, 3, 1, tzinfo=UTC))
    everything = [5 if home.place(start + n)[1] == 9 else 0 for n in range(50 * QUARTERS_A_DAY)]
    baseline = learn(Series(start, everything, [0] * len(everything)), home)
    assert baseline is not None
    day = home.place(start + 40 * QUARTERS_A_DAY)[0]
    rates = [baseline.rate(day, hour, home) for hour in range(24)]
    assert rates.index(max(rates)) == 9
    assert rates[9] > 5 * rates[8]
    before, after = (
        moment_of(q) for q in (quarter_of(datetime(2026, 3, 29, h, tzinfo=UTC)) for h in (0, 1))
    )
    assert [home.place(quarter_of(at))[1] for at in (before, after)] == [1, 3]


def test_where_clocks_are_put_back_an_hour_is_two():
    home = HomeTime(ZoneInfo("Europe/Oslo"))
    start = quarter_of(datetime(2026, 10, 24, 22, tzinfo=UTC))
    hours = list(home.hours(Series(start, [1] * 100, [0] * 100)))
    assert [hour.length for hour in hours if hour.hour == 2] == [
        2.0,
    ]
    assert sum(hour.length for hour in hours) == 25


def test_a_holiday_is_expected_like_a_sunday_and_taught_by_none():
    start = quarter_of(datetime(2026, 3, 2, tzinfo=UTC))
    off = date(2026, 4, 1)
    everything = [
        0
        if moment_of(start + n).date() == off
        else (1 if moment_of(start + n).weekday() < 6 else 0)
        for n in range(35 * QUARTERS_A_DAY)
    ]
    nothing = [0] * len(everything)
    told, untold = HomeTime(UTC, [off]), HomeTime(UTC)
    wednesday = told.place(start + 30 * QUARTERS_A_DAY)[0]
    knowing = learn(Series(start, everything, nothing), told)
    assert knowing is not None
    assert knowing.rate(wednesday, 12, told) < 0.5 * knowing.rate(wednesday, 12, untold)


@given(st.floats(0.1, 300), st.floats(0.6, 1e6))
def test_a_usual_range_holds_ninety_five_of_a_hundred(mean, size):
    low, high = usual_range(mean, size)
    assert low <= mean + 1
    assert high >= mean - 1

    def up_to(count: int) -> float:
        return sum(_chance(k, mean, size) for k in range(count + 1))

    assert up_to(high) >= 0.975 - 1e-6
    assert high == 0 or up_to(high - 1) < 0.975 + 1e-6


def _chance(count: int, mean: float, size: float) -> float:
    return math.exp(
        math.lgamma(size + count) - math.lgamma(size) - math.lgamma(count + 1)
        - size * math.log1p(mean / size) + count * (math.log(mean) - math.log(size + mean))
    )  # fmt: skip


def test_large_counts_are_as_sure_as_small_ones():
    assert at_most(0.975, 401, 50) == pytest.approx(at_most(0.975, 399, 50), rel=0.02)


@given(st.floats(0.1, 1e4), st.floats(0.5, 1e6), st.sampled_from([2.0, 3.0, 5.0]))
def test_the_usual_number_never_speaks_for_an_alarm(mean, size, factor):
    assert log_ratio(mean, mean, size, factor) < 1e-9
    assert log_ratio(factor * mean, mean, size, factor) > -1e-9


def test_a_surge_says_since_when_and_how_many_are_usual():
    brand = world(SEEDS[2], Kind(500, "poisson", 0.3), 60)
    first = brand.quarter_at(58, 12)
    series = brand.with_incident(first, 6.0)
    baseline = learn(series.until(first), brand.home)
    assert baseline is not None
    found = surge(series, baseline, brand.home, first + 6, 3.0)
    assert found is not None
    assert (found.counted, found.end) == ("complaints", first + 6)
    assert abs(found.first - first) <= 1
    assert (
        found.usual[1]
        < found.count
        == sum(series.complaints[found.first - series.start : found.end - series.start])
    )


def test_nothing_was_there_before_is_no_surge_by_rhythm():
    assert learn(Series(0, [], []), UTC_TIME) is None
    assert learn(Series(0, [1] * 90, [0] * 90), UTC_TIME) is None


def series_of(history: int, now: int) -> Series:
    """Two days with so many a day, then so many within the last hour."""
    counts = [0] * (2 * QUARTERS_A_DAY + LONGEST)
    for n in range(2 * history):
        counts[n * 2 * QUARTERS_A_DAY // (2 * history)] += 1
    counts[-1] = now
    return Series(1_000, counts, counts)


@pytest.mark.parametrize(
    ("history", "now", "told"), [(10, 3, False), (10, 12, True), (500, 12, False), (500, 150, True)]
)
def test_plain_rules_for_a_new_channel(history, now, told):
    series = series_of(history, now)
    assert (plain_surge(series, series.start, series.end, 3.0) is not None) == told


def test_plain_rules_take_what_is_history_for_no_surge():
    series = series_of(10, 50)
    assert plain_surge(series, series.end, series.end, 3.0) is None
    short = Series(1_000, [0] * LONGEST + [50], [0] * LONGEST + [50])
    assert plain_surge(short, short.start, short.end, 3.0) is None


def test_the_bursts_of_a_real_week_are_noticed(shared):
    found = weeks()
    assert shared and sum(len(week.bursts) for week in found) >= 4
    assert all(hours is not None for week in found for hours in week.noticed())
    assert sum(len(week.others()) for week in found) <= 6
