"""The working of the answer-by clock, as it stands on the screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.clock import LATEST
from socialcare.inbox.calendar import ROUND_THE_CLOCK, Calendar
from socialcare.inbox.sla import Clock, ClockEvent, run_clock
from socialcare.output.answer_by import clock_lines
from socialcare.output.layout import cell_width
from socialcare.output.records import View
from socialcare.output.styled import Line
from socialcare.settings import AnswerBy
from socialcare.settings.hours import parse_hours
from socialcare.text import for_screen
from tests.output.samples import mention

OSLO = ZoneInfo("Europe/Oslo")
H, M = timedelta(hours=1), timedelta(minutes=1)
POLICY = AnswerBy(labels={"complaint": 3 * H}, resolve={"normal": 16 * H})
OFFICE = Calendar(OSLO, parse_hours("Mon-Fri 09:00-17:00"))


def at(day: int, time: str) -> datetime:
    """A day of November 2026: the 20th is a Friday."""
    return datetime.fromisoformat(f"2026-11-{day:02d} {time}").replace(tzinfo=OSLO).astimezone(UTC)


def clock(*events: ClockEvent, policy=POLICY, calendar=OFFICE, priority="high", label="question"):
    return run_clock(policy, calendar, events, priority, label)


def drawn(told: Clock, now: datetime, width: int = 80, **fields: object) -> str:
    lines = clock_lines(told, mention(**fields), View(now, OSLO), width)
    return "".join(f"{text(line)}\n" for line in lines)


def text(line: Line) -> str:
    return "".join(piece.text for piece in line)


FRIDAY = clock(ClockEvent(at(20, "16:45"), "asked"), policy=AnswerBy(), priority="normal")
FRIDAY_80 = """\
Fri 16:45  @mia@mas.to wrote; the clock starts (closes in 15m)
Sat 10:45  now: 2d02h left; they wait for 18h00
Mon 09:00  opens; 3h45 to go
Mon 12:45  answer-by (normal: first answer within 4h of open hours)
"""
FRIDAY_40 = """\
Fri 16:45  @mia@mas.to wrote; the clock
           starts (closes in 15m)
Sat 10:45  now: 2d02h left; they wait
           for 18h00
Mon 09:00  opens; 3h45 to go
Mon 12:45  answer-by (normal: first
           answer within 4h of open
           hours)
"""


@pytest.mark.parametrize(("width", "lines"), [(40, FRIDAY_40), (80, FRIDAY_80), (120, FRIDAY_80)])
def test_a_friday_evening(width, lines):
    assert drawn(FRIDAY, at(21, "10:45"), width) == lines


LONG = clock(
    ClockEvent(at(14, "12:00"), "asked"),
    ClockEvent(at(16, "10:00"), "paused"),
    ClockEvent(at(16, "12:00"), "asked"),
    ClockEvent(at(16, "16:00"), "answered"),
    ClockEvent(at(16, "16:00"), "promised", at(19, "12:00")),
    ClockEvent(at(17, "09:00"), "asked"),
    ClockEvent(at(17, "09:10"), "asked"),
    ClockEvent(at(17, "09:30"), "paused"),
    ClockEvent(at(23, "09:00"), "resumed"),
    priority="normal",
    label="complaint",
)
LONG_80 = """\
Sat 14 Nov 12:00  @mia@mas.to wrote while it was closed; the clock waits
Mon 16 Nov 09:00  opens; 3h00 to go
Mon 16 Nov 10:00  pending or snoozed; the clock stops; 2h00 to go
Mon 16 Nov 12:00  @mia@mas.to wrote again; the clock goes on, 2h00 to go
Mon 16 Nov 14:00  answer-by (complaint: first answer within 3h of open hours)
Mon 16 Nov 16:00  first answer, after 2d04h: 2h00 late; the clock stops
Mon 16 Nov 16:00  we promised an answer by Thu 19 Nov 12:00
Tue 17 Nov 09:00  @mia@mas.to wrote; the clock starts
Tue 17 Nov 09:10  @mia@mas.to wrote again; the clock runs on
Tue 17 Nov 09:30  pending or snoozed; the clock stops; 2h30 to go
Thu 19 Nov 12:00  answer-by (as promised, whatever is pending)
Mon 23 Nov 09:00  open again; the clock goes on; 2h30 to go
Mon 23 Nov 10:00  now: 3d22h late; they wait for 6d01h
Mon 23 Nov 11:30  answer-by (complaint: next answer within 3h of open hours)
Tue 24 Nov 11:30  resolve-by (normal: closed within 16h of open hours)
"""


def test_a_long_conversation():
    """To resolve: Monday 09-10 and 12-16, Tuesday 09:00-09:30 are 5 h 30 of 16 h; from the
    23rd 8 h on Monday and 2 h 30 on Tuesday."""
    assert drawn(LONG, at(23, "10:00")) == LONG_80


ENDED = clock(
    ClockEvent(at(16, "09:00"), "answered"),
    ClockEvent(at(16, "10:00"), "asked"),
    ClockEvent(at(16, "11:00"), "closed"),
    ClockEvent(at(16, "11:30"), "closed"),
    calendar=ROUND_THE_CLOCK,
)
ENDED_80 = """\
Mon 09:00  we wrote; nobody was waiting
Mon 10:00  @mia@mas.to wrote; the clock starts
Mon 11:00  closed without an answer, after 1h00; the clock stops
Mon 11:30  closed
Mon 12:00  answer-by (high: first answer within 2h)
Tue 08:00  now: closed; nobody waits for us
"""


def test_round_the_clock_and_ended():
    assert drawn(ENDED, at(17, "08:00"), status="closed") == ENDED_80


def test_a_pause_is_told_as_one():
    held = clock(ClockEvent(at(16, "09:00"), "asked"), ClockEvent(at(16, "10:00"), "paused"))
    assert drawn(held, at(16, "15:00"), status="snoozed").splitlines()[1:] == [
        "Mon 10:00  pending or snoozed; the clock stops; 1h00 to go",
        "Mon 15:00  now: snoozed, the clock stands still; they wait for 6h00",
    ]
    late = clock(ClockEvent(at(16, "09:00"), "asked"), ClockEvent(at(16, "12:00"), "paused"))
    assert "the clock stops; it was late already" in drawn(late, at(16, "15:00"))


def test_many_openings_are_shortened():
    hourly = Calendar(OSLO, parse_hours("Mon-Sun 09:00-10:00"))
    many = clock(ClockEvent(at(2, "09:30"), "asked"), calendar=hourly, priority="low")
    assert drawn(many, at(2, "09:40")).splitlines()[2:6] == [
        " Tue 3 Nov 09:00  opens; 23h30 to go",
        " Wed 4 Nov 09:00  opens; 22h30 to go",
        " Thu 5 Nov 09:00  and 21 more openings",
        "Thu 26 Nov 09:00  opens; 30m to go",
    ]


@pytest.mark.parametrize(
    ("now", "style"), [("09:00", "plain"), ("10:45", "soon"), ("11:01", "late")]
)
def test_what_is_late_stands_out(now, style):
    asked = clock(ClockEvent(at(16, "09:00"), "asked"))
    lines = clock_lines(asked, mention(), View(at(16, now), OSLO), 80)
    styles = {text(line).split("  ")[1][:4]: line[-1].style for line in lines}
    assert styles.pop("now:") == style
    assert set(styles.values()) == {"plain"}


def test_nothing_is_said_of_a_clock_that_never_ran():
    assert drawn(clock(), at(16, "09:00")) == "No clock runs: it needs no answer.\n"


_EVENTS = st.builds(
    lambda minute, kind: ClockEvent(at(16, "00:00") + minute * M, kind, LATEST),
    st.integers(0, 20_000),
    st.sampled_from(["asked", "answered", "paused", "resumed", "closed", "promised"]),
)


@settings(deadline=None)
@given(st.lists(_EVENTS, max_size=8), st.integers(40, 130), st.text(max_size=60))
def test_it_fits_any_screen_whoever_wrote(events, width, author):
    told = clock(*events, ClockEvent(LATEST, "asked"))
    for line in clock_lines(told, mention(author=author), View(at(20, "09:00"), OSLO), width):
        assert cell_width(text(line)) <= width
        assert for_screen(text(line)) == text(line)
        assert "\n" not in text(line)
