"""Opening hours, against cases worked by hand, a slow reference, and laws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from socialcare.clock import LATEST
from socialcare.errors import ConfigError
from socialcare.inbox.calendar import ROUND_THE_CLOCK, Calendar, calendar_of
from socialcare.settings import AnswerBy
from socialcare.settings.holidays import Holidays, Yearly
from socialcare.settings.hours import parse_hours

OSLO = ZoneInfo("Europe/Oslo")
H, M = timedelta(hours=1), timedelta(minutes=1)
CHRISTMAS = Holidays(ranges=((date(2026, 12, 24), date(2026, 12, 27)),))


def calendar(hours: str, holidays: Holidays | None = None) -> Calendar:
    return Calendar(OSLO, parse_hours(hours), holidays)


def oslo(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO, fold=fold).astimezone(UTC)


OFFICE = "Mon-Fri 09:00-17:00"
SHOP = "Mon-Fri 09:00-12:00 13:00-18:00, Sat 10:00-16:00"
BY_HAND = [
    # Friday 16:45 to 17:00 is 15 min; 3 h 45 are left: Monday 09:00 + 3 h 45.
    ("friday evening", OFFICE, None, "2026-11-20 16:45", 4 * H, "2026-11-23 12:45"),
    # Wednesday 23 Dec 16:00-17:00 is 1 h; Thu, Fri, Sat are off, Sunday is closed; Monday + 3 h.
    ("holidays", OFFICE, CHRISTMAS, "2026-12-23 16:00", 4 * H, "2026-12-28 12:00"),
    # 11:30-12:00 is 30 min, the break is not counted, 13:00 + 1 h 30.
    ("two spans", SHOP, None, "2026-11-24 11:30", 2 * H, "2026-11-24 14:30"),
    # Friday 17:00-18:00 1 h, Saturday 10:00-16:00 6 h, Monday 09:00-12:00 3 h, 13:00 + 2 h.
    ("a weekend", SHOP, None, "2026-11-20 17:00", 12 * H, "2026-11-23 15:00"),
    # At night nothing runs until 09:00.
    ("at night", OFFICE, None, "2026-11-24 03:00", 30 * M, "2026-11-24 09:30"),
    # To the minute of closing it is due at closing, not at the next opening.
    ("to the end", OFFICE, None, "2026-11-24 09:00", 8 * H, "2026-11-24 17:00"),
    # At 17:00 sharp it is closed.
    ("at closing", OFFICE, None, "2026-11-24 17:00", 1 * M, "2026-11-25 09:01"),
    # Saturday 22:00-24:00 2 h, Sunday 00:00-02:00 2 h, the Saturday after 22:00 + 1 h.
    ("past midnight", "Sat 22:00-02:00", None, "2026-11-21 12:00", 5 * H, "2026-11-28 23:00"),
    # 25 and 26 Dec are off from midnight to midnight: of the night of the 24th nothing is
    # left after 24:00, and of that of the 26th only what lies on the 27th, 00:00-02:00.
    (
        "a holiday is a day", "Mon-Sun 22:00-02:00",
        Holidays(ranges=((date(2026, 12, 25), date(2026, 12, 27)),)),
        "2026-12-24 23:00", 2 * H, "2026-12-27 01:00",
    ),
    # 40 h a week: 100 h from Monday 09:00 are two weeks, two days (16 h) and 4 h.
    ("weeks", OFFICE, None, "2026-11-02 09:00", 100 * H, "2026-11-18 13:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "holidays", "start", "target", "due"),
    [case[1:] for case in BY_HAND],
    ids=[case[0] for case in BY_HAND],
)
def test_worked_by_hand(hours, holidays, start, target, due) -> None:
    opened = calendar(hours, holidays)
    assert opened.due(oslo(start), target) == oslo(due)
    assert opened.open_between(oslo(start), oslo(due)) == target


def test_the_night_with_an_hour_less() -> None:
    """29 March 2026, 02:00 becomes 03:00: from 00:00 to 06:00 five hours pass."""
    night = calendar("Sat-Sun 00:00-06:00")
    assert night.open_between(oslo("2026-03-29 00:00"), oslo("2026-03-29 06:00")) == 5 * H
    # 01:00-02:00 1 h, then at once 03:00; 2 h more.
    assert night.due(oslo("2026-03-29 01:00"), 3 * H) == oslo("2026-03-29 05:00")
    # The same target a day before ends at 04:00.
    assert night.due(oslo("2026-03-28 01:00"), 3 * H) == oslo("2026-03-28 04:00")
    missing = calendar("Sun 02:00-03:00")
    # That Sunday has no such hour: the next one has.
    assert missing.due(oslo("2026-03-28 12:00"), 30 * M) == oslo("2026-04-05 02:30")
    assert missing.open_between(oslo("2026-03-28 12:00"), oslo("2026-03-30 00:00")) == 0 * H


def test_the_night_with_an_hour_more() -> None:
    """25 October 2026, 03:00 becomes 02:00: from 00:00 to 06:00 seven hours pass."""
    night = calendar("Sat-Sun 00:00-06:00")
    assert night.open_between(oslo("2026-10-25 00:00"), oslo("2026-10-25 06:00")) == 7 * H
    # 01:00-02:00 1 h, 02:00-03:00 1 h, 02:00-03:00 once more 1 h.
    assert night.due(oslo("2026-10-25 01:00"), 3 * H) == oslo("2026-10-25 03:00")
    twice = calendar("Sun 02:15-02:45")
    # 30 min in summer time, then 02:15 in winter time + 15 min.
    assert twice.due(oslo("2026-10-24 12:00"), 45 * M) == oslo("2026-10-25 02:30", fold=1)
    assert twice.open_between(oslo("2026-10-25 00:00"), oslo("2026-10-25 12:00")) == 1 * H
    opens = [opens for opens, _ in twice.spans(oslo("2026-10-25 00:00"), oslo("2026-10-26 00:00"))]
    assert opens == [oslo("2026-10-25 02:15"), oslo("2026-10-25 02:15", fold=1)]


def test_a_shift_over_the_change_is_as_long_as_it_really_is() -> None:
    """Saturday 22:00 to Sunday 06:00: 8 h, 7 h in March, 9 h in October."""
    shift = calendar("Sat 22:00-06:00")
    for day, length in (("2026-03-21", 8), ("2026-03-28", 7), ("2026-10-24", 9)):
        start = oslo(f"{day} 12:00")
        assert shift.open_between(start, start + 24 * H) == length * H


def test_open_and_closed() -> None:
    shop = calendar(SHOP)
    said = {"08:59": False, "09:00": True, "12:00": False, "12:59": False, "13:00": True, "18:00": False}  # fmt: skip
    assert {time: shop.is_open(oslo(f"2026-11-24 {time}")) for time in said} == said
    assert ROUND_THE_CLOCK.is_open(oslo("2026-11-24 03:00"))


def test_spans_are_cut_at_both_ends_and_whole_over_the_turn_of_a_month() -> None:
    shop = calendar("Mon-Sun 22:00-02:00")
    start, end = oslo("2026-11-30 23:00"), oslo("2026-12-01 23:00")
    assert list(shop.spans(start, end)) == [
        (start, oslo("2026-12-01 02:00")),
        (oslo("2026-12-01 22:00"), end),
    ]
    assert list(shop.spans(end, start)) == list(ROUND_THE_CLOCK.spans(end, start)) == []
    assert list(ROUND_THE_CLOCK.spans(start, end)) == [(start, end)]


def test_years_of_closed_days_are_passed_over() -> None:
    closed = Holidays(ranges=((date(2027, 1, 1), date(2077, 1, 1)),))
    # 1 Jan 2077 is a Friday.
    assert calendar(OFFICE, closed).due(oslo("2026-12-31 16:00"), 2 * H) == oslo("2077-01-01 10:00")


def test_what_is_closed_for_ever_is_never_due() -> None:
    closed = Holidays(ranges=((date(2027, 1, 1), date.max),))
    opened = calendar(OFFICE, closed)
    assert opened.due(oslo("2026-12-31 16:00"), 1 * H) == oslo("2026-12-31 17:00")
    assert opened.due(oslo("2026-12-31 16:00"), 2 * H) == LATEST
    assert opened.open_between(oslo("2026-12-31 16:00"), LATEST) == 1 * H


def test_a_hundred_years_are_counted_and_no_more():
    opened, start = calendar(OFFICE), datetime(2000, 1, 1, tzinfo=UTC)
    counted = opened.open_between(start, datetime(2100, 1, 1, tzinfo=UTC))
    # 8 h on every Monday to Friday of 36,525 days that begin on a Saturday.
    assert counted == 8 * (36_525 // 7 * 5 + 4) * H
    assert opened.open_between(start, LATEST) == counted


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Europe/Oslo"]
)
def test_no_hour_is_lost_at_the_turn_of_a_month(zone):
    """14 hours ahead of UTC, 11 behind: the days of a month are not those of its UTC."""
    halves = Calendar(ZoneInfo(zone), (((0, 720), (720, 1440)),) * 7)
    start, end = datetime(2026, 2, 20, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    assert list(halves.spans(start, end)) == [(start, end)]
    assert halves.open_between(start, end) == end - start


@pytest.mark.parametrize("week", [(), parse_hours(OFFICE)])
def test_a_calendar_without_an_open_hour_is_refused(week) -> None:
    halves = (Yearly(date(2026, 1, 1), 200), Yearly(date(2026, 7, 1), 185))
    with pytest.raises(ConfigError, match="leave no hour open") as caught:
        Calendar(OSLO, week, Holidays(yearly=halves))
    assert caught.value.hint
    # One that ends leaves hours after its end.
    ends = (halves[0], halves[1]._replace(until=date(2030, 7, 1)))
    assert Calendar(OSLO, week, Holidays(yearly=ends)).due(oslo("2026-03-01 12:00"), H) < LATEST
    every_other = (halves[0], halves[1]._replace(interval=2))
    assert Calendar(OSLO, week, Holidays(yearly=every_other)).is_open(oslo("2027-08-02 12:00"))
    with pytest.raises(ConfigError):
        Calendar(OSLO, ((),) * 7)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", None])
@pytest.mark.parametrize("hours", [OFFICE, "Mon-Sun 00:00-24:00"])
@pytest.mark.parametrize("before", [timedelta(0), H, timedelta(days=1), timedelta(days=40)])
def test_dates_at_the_end_of_time_are_due_at_the_latest_there_is(zone, hours, before) -> None:
    opened = Calendar(ZoneInfo(zone) if zone else None, parse_hours(hours))
    assert opened.due(LATEST - before, timedelta(days=366)) == LATEST
    assert LATEST - before <= opened.due(LATEST - before, M) <= LATEST
    assert opened.open_between(LATEST - before, LATEST) <= before


def test_a_policy_makes_its_calendar() -> None:
    assert calendar_of(AnswerBy(timezone="Europe/Oslo")) is ROUND_THE_CLOCK
    hours = parse_hours(OFFICE)
    made = calendar_of(AnswerBy(timezone="Europe/Oslo", hours=hours))
    assert made.due(oslo("2026-11-20 16:45"), 4 * H) == oslo("2026-11-23 12:45")
    # Round the clock but for a holiday: Thursday 23:00 + 1 h, a day off, Saturday + 1 h.
    days = calendar_of(AnswerBy(timezone="Europe/Oslo", holidays=(date(2026, 12, 25),)))
    assert days.due(oslo("2026-12-24 23:00"), 2 * H) == oslo("2026-12-26 01:00")
    with pytest.raises(ConfigError, match="does not know the time zone"):
        calendar_of(AnswerBy(timezone="Europe/Nowhere", hours=hours))


# Laws. Minutes throughout, so that the reference may count them one by one.

LAW = settings(deadline=None)
ZONES = st.sampled_from(["Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])  # fmt: skip
MINUTES = st.integers(0, 24 * 60)
DAYS = st.lists(MINUTES, max_size=6, unique=True).map(sorted)
WEEKS = st.lists(DAYS, min_size=7, max_size=7).map(
    lambda week: tuple(tuple(zip(day[::2], day[1::2], strict=False)) for day in week)
)
# Around the changes of the clock in both halves of the world, and an ordinary month.
STARTS = st.sampled_from([datetime(2026, month, 20, tzinfo=UTC) for month in (3, 6, 10, 12)])
TIMES = st.builds(lambda start, minute: start + minute * M, STARTS, st.integers(0, 20 * 24 * 60))
SPANS = st.integers(1, 3 * 24 * 60).map(lambda minutes: minutes * M)
OFF = st.lists(st.dates(date(2026, 3, 20), date(2027, 1, 5)), max_size=5).map(
    lambda days: Holidays(ranges=tuple((day, day + timedelta(days=1)) for day in sorted(set(days))))
)


@st.composite
def calendars(draw) -> Calendar:
    week = draw(WEEKS)
    assume(any(week))
    return Calendar(ZoneInfo(draw(ZONES)), week, draw(OFF))


def wall_clock_open(opened: Calendar, at: datetime) -> bool:
    local = at.astimezone(opened.zone)
    minute = local.hour * 60 + local.minute
    off = opened.holidays.between(local.date(), local.date())
    return not off and any(a <= minute < b for a, b in opened.week[local.weekday()])


@LAW
@given(calendars(), TIMES, st.integers(0, 36 * 60))
def test_it_counts_the_minutes_in_which_the_clock_on_the_wall_says_open(opened, start, minutes):
    counted = sum(wall_clock_open(opened, start + n * M) for n in range(minutes))
    assert opened.open_between(start, start + minutes * M) == counted * M
    assert opened.is_open(start) == wall_clock_open(opened, start)
    spans = opened.spans(start, start + minutes * M)
    assert sum((closes - opens for opens, closes in spans), timedelta(0)) == counted * M


@LAW
@given(calendars(), TIMES, SPANS)
def test_it_is_due_once_the_target_has_passed_and_not_before(opened, start, target):
    due = opened.due(start, target)
    assert opened.open_between(start, due) == target
    assert opened.open_between(start, due - M) == target - M
    assert opened.due(start, opened.open_between(start, due)) == due


@LAW
@given(calendars(), TIMES, SPANS, SPANS)
def test_two_targets_one_after_the_other_are_one(opened, start, one, two):
    assert opened.due(opened.due(start, one), two) == opened.due(start, one + two)


@LAW
@given(calendars(), st.lists(TIMES, min_size=3, max_size=3).map(sorted))
def test_open_time_adds_up(opened, times):
    a, b, c = times
    assert opened.open_between(a, b) + opened.open_between(b, c) == opened.open_between(a, c)
    assert opened.open_between(b, a) == timedelta(0) or a == b


@LAW
@given(calendars(), WEEKS, TIMES, SPANS)
def test_more_open_hours_never_make_it_later(opened, more, start, target):
    week = tuple(
        joined([*own, *other]) for own, other in zip(opened.week, more, strict=True)
    )  # fmt: skip
    longer = Calendar(opened.zone, week, opened.holidays)
    assert start < longer.due(start, target) <= opened.due(start, target)
    assert Calendar(opened.zone, opened.week).due(start, target) <= opened.due(start, target)


def joined(spans):
    """The union of spans, by the minute."""
    minutes = {minute for a, b in spans for minute in range(a, b)}
    begins = sorted(minute for minute in minutes if minute - 1 not in minutes)
    ends = sorted(minute + 1 for minute in minutes if minute + 1 not in minutes)
    return tuple(zip(begins, ends, strict=True))


@LAW
@given(calendars(), MINUTES, TIMES, SPANS)
def test_splitting_a_span_changes_nothing(opened, cut, start, target):
    split = Calendar(
        opened.zone,
        tuple(
            tuple(
                part for a, b in day for part in ([(a, cut), (cut, b)] if a < cut < b else [(a, b)])
            )
            for day in opened.week
        ),
        opened.holidays,
    )
    assert split.due(start, target) == opened.due(start, target)
    end = start + target
    assert list(split.spans(start, end)) == list(opened.spans(start, end))


@LAW
@given(ZONES, TIMES, SPANS)
def test_hours_round_the_clock_are_plain_addition(zone, start, target):
    # Two halves of the day, so that it is worked out and not known beforehand.
    halves = Calendar(ZoneInfo(zone), ((((0, 720), (720, 1440)),) * 7))
    assert not halves.always
    assert halves.due(start, target) == start + target == ROUND_THE_CLOCK.due(start, target)
    assert halves.open_between(start, start + target) == target


@LAW
@given(
    calendars(),
    st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),
    st.timedeltas(timedelta(0), timedelta(days=366)),
)
@example(Calendar(OSLO, parse_hours(OFFICE)), datetime(9999, 12, 31, 23, tzinfo=UTC), M)
def test_no_date_is_too_far(opened, start, target):
    assert start <= opened.due(start, target) <= LATEST
