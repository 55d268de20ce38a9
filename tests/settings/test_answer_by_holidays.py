"""Holidays from an iCalendar file: what is read, passed over and refused."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.errors import ConfigError
from socialcare.settings import AnswerBy
from socialcare.settings.holidays import MAX_BYTES, Holidays, holidays_of, read_holidays
from socialcare.settings.icalendar import parse_holidays

PATH = Path("holidays.ics")
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fjell//Days off//EN\r\n"
"""Three lines: an event begins on line 4, and what it says on line 5."""


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])


def read(*events: str) -> Holidays:
    return parse_holidays(PATH, f"{HEAD}{''.join(events)}END:VCALENDAR\r\n".encode())


def off(holidays: Holidays, year: int) -> list[str]:
    days = holidays.between(date(year, 1, 1), date(year, 12, 31))
    return [f"{day:%d %b}" for day in sorted(days)]


def test_whole_days_with_the_end_left_out() -> None:
    holidays = read(
        event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227", "SUMMARY:Christmas"),
        event("DTSTART;VALUE=DATE:20261231"),
        event("DTSTART:20260501", "DTEND:20260501"),  # as some programs end a single day
        event("DTSTART;VALUE=DATE:20260801", "DURATION:P2D"),
        event("DTSTART;VALUE=DATE:20260901", "DURATION:P1W", "STATUS:CANCELLED"),
    )
    assert off(holidays, 2026) == ["01 May", "01 Aug", "02 Aug", "24 Dec", "25 Dec", "26 Dec", "31 Dec"]  # fmt: skip
    assert off(holidays, 2027) == []


def test_folded_lines_are_whole_also_within_a_letter() -> None:
    start = b'DTSTART;X-NOTE="a: b;\r\n c";VALUE=DA\r\n TE:2026\r\n\t1225\r\nSUMMARY:1. juled\xc3\r\n \xa5g\r\n'
    raw = HEAD.encode() + b"BEGIN:VEVENT\r\n" + start + b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    assert off(parse_holidays(PATH, raw), 2026) == ["25 Dec"]
    assert off(parse_holidays(PATH, b"\xef\xbb\xbf" + raw.replace(b"\r\n", b"\n")), 2026) == ["25 Dec"]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "years"),
    [
        ("FREQ=YEARLY", [2024, 2025, 2026, 2027, 2028]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25;WKST=MO", [2024, 2025, 2026, 2027, 2028]),
        ("FREQ=YEARLY;UNTIL=20261225", [2024, 2025, 2026]),
        ("FREQ=YEARLY;UNTIL=20261224T230000Z", [2024, 2025]),
        ("FREQ=YEARLY;COUNT=2", [2024, 2025]),
        ("FREQ=YEARLY;INTERVAL=2", [2024, 2026, 2028]),
        ("FREQ=YEARLY;INTERVAL=2;COUNT=2", [2024, 2026]),
    ],
)
def test_a_day_that_comes_back_every_year(rule: str, years: list[int]) -> None:
    holidays = read(event("DTSTART;VALUE=DATE:20241225", f"RRULE:{rule}"))
    assert [year for year in range(2023, 2029) if off(holidays, year)] == years


def test_days_off_over_the_turn_of_the_year() -> None:
    rule = event("DTSTART;VALUE=DATE:20251230", "DTEND;VALUE=DATE:20260102", "RRULE:FREQ=YEARLY")
    assert off(read(rule), 2025) == ["30 Dec", "31 Dec"]
    assert off(read(rule), 2026) == ["01 Jan", "30 Dec", "31 Dec"]


def test_a_leap_day_comes_back_in_leap_years() -> None:
    rule = event("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY;COUNT=2")
    assert [year for year in range(2024, 2041) if off(read(rule), year)] == [2024, 2028]


def test_counts_that_never_end_are_for_ever() -> None:
    for first, times in (("20240229", 101), ("20241225", 9999)):
        rule = event(f"DTSTART;VALUE=DATE:{first}", f"RRULE:FREQ=YEARLY;COUNT={times}")
        assert read(rule).yearly[0].until == date.max


def test_what_has_nothing_to_do_with_it_is_passed_over() -> None:
    zone = "BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    alarm = ("BEGIN:VALARM", "TRIGGER:-PT15M", "DURATION:PT5M", "END:VALARM")
    holidays = read(zone, event("DTSTART;VALUE=DATE:20261225", *alarm, "TRANSP:TRANSPARENT"))
    assert off(holidays, 2026) == ["25 Dec"]


def test_days_in_the_config_need_no_file() -> None:
    days = (date(2026, 12, 25), date(2026, 12, 26))
    holidays = holidays_of(AnswerBy(holidays=days))
    assert holidays.ranges == ((days[0], date(2026, 12, 27)),)
    assert off(holidays, 2026) == ["25 Dec", "26 Dec"]
    assert not holidays_of(AnswerBy())


ONE_BY_ONE = "write an event for each date, or list the dates in the config"
WHOLE_DAYS = "keep events of whole days only: DTSTART;VALUE=DATE:20261225"
DAY = "DTSTART;VALUE=DATE:20261225"
REFUSED = [
    (["DTSTART;TZID=Europe/Oslo:20261224T120000"], 5, "DTSTART:20261224T120000 is no date.", WHOLE_DAYS),
    (["DTSTART;VALUE=DATE:20260230"], 5, "there is no day 20260230.", WHOLE_DAYS),
    (["SUMMARY:nothing"], 4, "this event has no DTSTART.", WHOLE_DAYS),
    ([DAY, "DTEND;VALUE=DATE:20261224"], 6, "this event ends before it begins.", "change DTEND"),
    ([DAY, "DTEND;VALUE=DATE:20621226"], 6, "an event of 13150 days is no holiday.", "change DTEND"),
    ([DAY, "DURATION:PT8H"], 6, "DURATION:PT8H is no number of days.", "write for example: DURATION:P1D"),
    (["DTSTART:99991231", "DTEND:99991231"], 6, "this event ends after the year 9999.", "change DTEND"),
    ([DAY, DAY], 6, "DTSTART stands here a second time.", "the first is on line 5: keep one of them"),
    ([DAY, "EXDATE;VALUE=DATE:20271225"], 6, "EXDATE is not understood.", ONE_BY_ONE),
    ([DAY, "RECURRENCE-ID:20271225"], 6, "RECURRENCE-ID is not understood.", ONE_BY_ONE),
    ([DAY, "RRULE:FREQ=WEEKLY"], 6, "only FREQ=YEARLY is understood.", ONE_BY_ONE),
    ([DAY, "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"], 6, "this RRULE is for other days than DTSTART.", ONE_BY_ONE),
    ([DAY, "RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=4FR"], 6, "BYDAY in this RRULE is not understood.", ONE_BY_ONE),
    ([DAY, "RRULE:FREQ=YEARLY;BYMONTHDAY=25"], 6, "this RRULE is for other days than DTSTART.", ONE_BY_ONE),
    ([DAY, "RRULE:FREQ=YEARLY;COUNT=2;UNTIL=20301225"], 6, "COUNT in this RRULE is not understood.", ONE_BY_ONE),
    ([DAY, "RRULE:FREQ=YEARLY;INTERVAL=0"], 6, '"0" in this RRULE is no number from 1 to 9999.', ONE_BY_ONE),
    ([DAY, "DURATION:P400D", "RRULE:FREQ=YEARLY"], 7, "400 days that come back every year leave none.", "change DTEND"),
    ([DAY, "what is this"], 6, "this is no line of an iCalendar file.", "export it once more as iCalendar (.ics)"),
    ([DAY, "END:VTODO"], 6, "END:VTODO where VEVENT should end.", "fetch it once more"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "line", "message", "hint"), REFUSED, ids=["; ".join(lines) for lines, *_ in REFUSED])  # fmt: skip
def test_what_is_not_understood_is_told_with_its_line(lines, line, message, hint) -> None:
    with pytest.raises(ConfigError) as caught:
        read(event(*lines))
    assert caught.value.message == f"holidays.ics line {line}: {message}"
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no event in it."),
        (HEAD + "END:VCALENDAR\r\n", "there is no event in it."),
        (HEAD + event(DAY), "it ends inside VCALENDAR."),
        (event(DAY), " line 1: this is no iCalendar file."),
        ("<!DOCTYPE html>\n<p>Not found: gone\n", " line 1: this is no line of an iCalendar file."),
    ],
)
def test_another_file_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_holidays(PATH, text.encode())
    assert caught.value.message in (f"holidays.ics: {message}", f"holidays.ics{message}")
    assert caught.value.hint


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    large = tmp_path / "large.ics"
    large.write_bytes(b" " * (MAX_BYTES + 1))
    os.mkfifo(tmp_path / "pipe.ics")
    for name, message in (
        ("none.ics", "none.ics: there is no such file."),
        ("large.ics", "large.ics: is larger than 1 MiB."),
        ("pipe.ics", "pipe.ics: this is no file."),
        (".", f"{tmp_path.name}: this is no file."),
        ("nul\0.ics", "nul^@.ics: cannot be read: not a path."),
    ):
        with pytest.raises(ConfigError) as caught:
            read_holidays(tmp_path / name)
        assert caught.value.message == message
        assert caught.value.hint


_LINES = st.sampled_from(
    [
        "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "DTSTART:20261225",
        "DTSTART;VALUE=DATE:20240229", "DTEND:20261226", "DTEND:00000000", "DURATION:P1D", " 5",
        "RRULE:FREQ=YEARLY", "RRULE:FREQ=YEARLY;COUNT=3", "RRULE:;=;UNTIL=", ":", ";:", '";":"',
        "STATUS:CANCELLED", "", "\t", "X", "END:",
    ]
)  # fmt: skip


@given(
    st.binary(max_size=200) | st.lists(_LINES, max_size=14).map(lambda ls: "\n".join(ls).encode())
)
def test_a_file_is_read_or_refused_with_file_and_hint(raw: bytes) -> None:
    try:
        parse_holidays(PATH, raw).between(date(2024, 1, 1), date(2028, 12, 31))
    except ConfigError as error:
        assert error.message.startswith("holidays.ics")
        assert error.hint
