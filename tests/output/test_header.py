from __future__ import annotations

from datetime import timedelta

import pytest

from socialcare.output.header import header_lines, nothing_line, spoken_header
from socialcare.output.words import ago, ago_spoken, clock_time, count, day, span_spoken
from tests.output.samples import HOUR, MINUTE, NOW, VIEW, State

DAY = 24 * HOUR


def header(state: State, width: int = 80) -> str:
    return "\n".join(header_lines(state, NOW, width))


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (State(), "last fetch 3 min ago, 4 of 4 channels ok"),
        (State(channels_ok=3), "last fetch 3 min ago, 3 of 4 channels ok"),
        (State(demo=True), "demo data"),
        (State(last_fetch=None), "nothing fetched yet: socialcare fetch"),
        (State(channels=0, channels_ok=0), "last fetch 3 min ago"),
        (
            State(last_fetch=NOW - 9 * HOUR),
            "last fetch 9 h ago: is cron running? socialcare doctor",
        ),
        (State(last_fetch=NOW - 15 * MINUTE), "last fetch 15 min ago, 4 of 4 channels ok"),
        (
            State(last_fetch=NOW - 16 * MINUTE),
            "last fetch 16 min ago: is cron running? socialcare doctor",
        ),
        (
            State(last_fetch=NOW - 3 * MINUTE, usual_interval=timedelta(seconds=2)),
            "last fetch 3 min ago, 4 of 4 channels ok",
        ),
        (
            State(last_fetch=NOW - 9 * HOUR, usual_interval=None),
            "last fetch 9 h ago, 4 of 4 channels ok",
        ),
    ],
)
def test_the_first_line_says_how_old_the_data_is(state, line):
    assert header(state, 100) == f"Inbox  9 open   3 late    {line}"


def test_a_capped_number_says_so():
    assert header(State(open=12345, late=1000, late_capped=True)).startswith(
        "Inbox  12,345 open   1,000+ late    last fetch"
    )


def test_on_a_narrow_screen_the_age_stands_below():
    assert header(State(), 40) == (
        "Inbox  9 open   3 late\nlast fetch 3 min ago, 4 of 4 channels ok"
    )


@pytest.mark.parametrize("width", [20, 33, 47, 65])
def test_no_header_line_is_longer_than_the_screen(width):
    assert all(len(line) <= width for line in header(State(), width).splitlines())


@pytest.mark.parametrize(
    ("state", "filtered", "line"),
    [
        (State(), False, "Nothing waiting. Last fetch 3 min ago."),
        (State(), True, "Nothing here matches. Last fetch 3 min ago."),
        (State(demo=True), False, "Nothing waiting. Demo data."),
        (
            State(last_fetch=None),
            False,
            "Nothing waiting. Nothing fetched yet: socialcare fetch",
        ),
        (
            State(last_fetch=NOW - DAY),
            False,
            "Nothing waiting. Last fetch 24 h ago: is cron running? socialcare doctor",
        ),
    ],
)
def test_an_empty_list_says_how_old_the_data_is(state, filtered, line):
    assert nothing_line(state, NOW, filtered=filtered) == line


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (State(open=3), "3 open, 3 late. Last fetch 3 minutes ago."),
        (State(channels_ok=2), "9 open, 3 late. Last fetch 3 minutes ago. 2 channels failed."),
        (State(demo=True), "9 open, 3 late. Demo data."),
        (State(last_fetch=None), "9 open, 3 late. Nothing fetched yet: socialcare fetch"),
        (State(late_capped=True), "9 open, more than 3 late. Last fetch 3 minutes ago."),
        (
            State(last_fetch=NOW - 9 * HOUR),
            "9 open, 3 late. Last fetch 9 hours ago: is cron running? socialcare doctor",
        ),
    ],
)
def test_the_spoken_header(state, line):
    assert spoken_header(state, NOW) == line


@pytest.mark.parametrize(
    ("span", "short", "spoken"),
    [
        (timedelta(seconds=-5), "just now", "just now"),
        (timedelta(seconds=59), "just now", "just now"),
        (MINUTE, "1 min ago", "1 minute ago"),
        (59 * MINUTE, "59 min ago", "59 minutes ago"),
        (60 * MINUTE, "1 h ago", "1 hour ago"),
        (47 * HOUR, "47 h ago", "47 hours ago"),
        (48 * HOUR, "2 days ago", "2 days ago"),
        (2000 * DAY, "2000 days ago", "2,000 days ago"),
    ],
)
def test_ages(span, short, spoken):
    assert ago(span) == short
    assert ago_spoken(span) == spoken


@pytest.mark.parametrize(
    ("span", "spoken"),
    [
        (timedelta(0), "0 minutes"),
        (-72 * MINUTE, "1 hour 12 minutes"),
        (HOUR, "1 hour"),
        (20 * HOUR, "20 hours"),
        (2 * DAY, "2 days"),
        (3 * DAY + HOUR, "3 days 1 hour"),
    ],
)
def test_spans_are_spoken_in_full(span, spoken):
    assert span_spoken(span) == spoken


def test_days_are_local_and_english():
    from zoneinfo import ZoneInfo

    late = NOW.replace(hour=23, minute=30)
    oslo = ZoneInfo("Europe/Oslo")
    assert day(late, VIEW.zone, NOW) == "21 Nov"
    assert day(late, oslo, NOW) == "22 Nov"
    assert day(NOW - 400 * DAY, VIEW.zone, NOW) == "17 Oct 2025"
    assert clock_time(NOW, oslo, NOW) == "15:00"
    assert clock_time(late, oslo, NOW) == "22 Nov 00:30"
    assert count(1, "post") == "1 post"
