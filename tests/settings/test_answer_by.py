"""The section [answer_by]: what arrives, and what a mistake in it is told as."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.settings import AnswerBy, Settings
from socialcare.settings.hours import DAYS, HoursError, parse_hours
from socialcare.settings.model import Target
from socialcare.settings.write import get_value, set_value
from tests.settings.conftest import TYPES

Load = Callable[[str | bytes], Settings]
Refused = Callable[[str | bytes], tuple[str, str]]

H = timedelta(hours=1)
FULL = """\
[answer_by]
urgent = "30m"
complaint = "2h"
hours = "Mon-Fri 09:00-12:00 13:00-18:00, Sat 10:00-16:00"
holidays = "days/off.ics"
always = ["urgent", "praise"]
complaints = "always"

[answer_by.next]
high = "8h"
question = "6h"

[answer_by.resolve]
normal = "3d"
complaint = "2d"
"""


def test_everything_that_is_set_arrives(load: Load, tmp_path: Path) -> None:
    policy = load(FULL).answer_by
    weekday = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
    assert policy == AnswerBy(
        urgent=H / 2,
        labels={"complaint": 2 * H},
        next={"high": 8 * H, "question": 6 * H},
        resolve={"normal": 72 * H, "complaint": 48 * H},
        hours=(weekday,) * 5 + (((10 * 60, 16 * 60),), ()),
        holidays_file=tmp_path / "days/off.ics",
        always=frozenset({"urgent", "praise", "complaint"}),
    )


@pytest.mark.parametrize(
    ("kind", "priority", "label", "target"),
    [
        ("first", "normal", "question", ("normal", 4 * H)),
        ("first", "normal", "complaint", ("complaint", 2 * H)),
        ("first", "urgent", "complaint", ("urgent", H / 2)),
        ("first", "high", "complaint", ("high", 2 * H)),  # as long: the priority is named
        ("next", "high", "praise", ("high", 8 * H)),
        ("next", "high", "question", ("question", 6 * H)),
        ("next", "high", "complaint", ("complaint", 2 * H)),  # missing: as for the first
        ("next", "normal", "praise", ("normal", 4 * H)),
        ("resolve", "normal", "praise", ("normal", 72 * H)),
        ("resolve", "normal", "complaint", ("complaint", 48 * H)),
        ("resolve", "low", "praise", None),
    ],
)
def test_the_shorter_of_priority_and_label_holds(load, kind, priority, label, target) -> None:
    policy = load(FULL).answer_by
    assert policy.target_for(kind, priority, label) == (target and Target(*target))


def test_either_word_makes_it_run_round_the_clock(load: Load) -> None:
    policy = load(FULL).answer_by
    assert policy.round_the_clock("urgent", "question")
    assert policy.round_the_clock("low", "complaint")
    assert not policy.round_the_clock("low", "question")


@pytest.mark.parametrize("written", ['["2027-01-01", "2026-12-25"]', "[2026-12-25, 2027-01-01]"])
def test_holidays_may_be_listed(load: Load, written: str) -> None:
    policy = load(f"[answer_by]\nholidays = {written}\n").answer_by
    assert policy.holidays == (date(2026, 12, 25), date(2027, 1, 1))


def test_an_empty_text_is_nothing_set(load: Load) -> None:
    empty = load('[answer_by]\nhours = ""\nholidays = ""\ncomplaints = "hours"\nalways = []\n')
    assert empty.answer_by == AnswerBy()


def test_the_command_sets_what_stands_in_tables_below(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for key, text in (
        ("answer_by.complaint", "2h"),
        ("answer_by.next.high", "8h"),
        ("answer_by.holidays", "2026-12-25, 2026-12-26"),
        ("answer_by.hours", "Mon-Fri 09:00-17:00, Sat 10:00-16:00"),
        ("answer_by.always", "urgent, complaint"),
    ):
        set_value(path, key, text, channel_keys=TYPES)
    assert get_value(path, "answer_by.next.high").shown == "8h"
    assert get_value(path, "answer_by.holidays").value == ["2026-12-25", "2026-12-26"]
    assert get_value(path, "answer_by.always").value == ["urgent", "complaint"]
    assert get_value(path, "answer_by.hours").value == "Mon-Fri 09:00-17:00, Sat 10:00-16:00"


HOURS = [
    ("mon-sun 0:00-24:00", [[(0, 1440)]] * 7),
    ("Saturday 10:00-16:00", [[], [], [], [], [], [(600, 960)], []]),
    ("Fri-Mon 10:00 – 16:00", [[(600, 960)], [], [], [], [(600, 960)], [(600, 960)], [(600, 960)]]),
    ("Sun 22:00-02:00", [[(0, 120)], [], [], [], [], [], [(1320, 1440)]]),
    ("Mon 22:00-00:00", [[(1320, 1440)], [], [], [], [], [], []]),
    ("Mon 09:00-12:00 12:00-18:00", [[(540, 1080)], [], [], [], [], [], []]),
    ("Tue 13:00-18:00, Tue 09:00-12:00", [[], [(540, 720), (780, 1080)], [], [], [], [], []]),
]


@pytest.mark.parametrize(("text", "week"), HOURS, ids=[text for text, _ in HOURS])
def test_hours_as_people_write_them(text, week) -> None:
    assert parse_hours(text) == tuple(map(tuple, week))


EXAMPLE = 'write for example: hours = "Mon-Fri 09:00-18:00, Sat 10:00-16:00"'
MISTAKES = [
    ('hours = "Mon-Fri"', 'hours: "Mon-Fri" has no times.', "write for example: Mon-Fri 09:00-18:00"),
    ('hours = "09:00-17:00"', 'hours: no day is named before "09:00-17:00".', EXAMPLE),
    ('hours = "Mnday 09:00-17:00"', 'hours: "Mnday" is no day of the week.', "did you mean Mon?"),
    ('hours = "Mon-Fri 9-17"', 'hours: "9-17" is no span of the day.', "write for example: 09:00-18:00"),
    ('hours = "Mon 09:00-17:60"', 'hours: "09:00-17:60": there is no 17:60.', "times go from 00:00 to 24:00"),
    ('hours = "Mon 09:00-25:00"', 'hours: "09:00-25:00": there is no 25:00.', "times go from 00:00 to 24:00"),
    ('hours = "Mon 24:00-02:00"', 'hours: "24:00-02:00" begins at 24:00.', "write 00:00, and the day after"),
    ('hours = "Mon 09:00-09:00"', 'hours: "09:00-09:00" ends when it begins.', "all day is written 00:00-24:00"),
    ('hours = "Mon 09:00-12:00,"', "hours: there is nothing beside a comma.", EXAMPLE),
    ('hours = "Mon-Sat 09:00-17:00, Sat 10:00-18:00"', "hours: Sat 09:00-17:00 and 10:00-18:00 overlap.", f"write each span of a day once, for example: {EXAMPLE[19:]}"),
    ('hours = "Fri 22:00-02:00, Sat 01:00-09:00"', "hours: Sat 00:00-02:00 and 01:00-09:00 overlap.", f"write each span of a day once, for example: {EXAMPLE[19:]}"),
    ("hours = 9", "hours must be a text in quotes, not a whole number.", 'write for example: hours = "…"'),
    ('holidays = ["2026-12-25", "2026-02-30"]', 'holidays: "2026-02-30" is no date.', 'write for example: holidays = ["2026-12-25", "2027-01-01"]'),
    ('holidays = ["2026-12-25T10:00:00"]', 'holidays: "2026-12-25T10:00:00" is no date.', 'write for example: holidays = ["2026-12-25", "2027-01-01"]'),
    ('holidays = ["off.ics"]', "holidays: a file stands alone, not in a list.", 'write: holidays = "off.ics"'),
    ('holidays = "2026-12-25"', 'holidays: "2026-12-25" is no .ics file.', 'name one, or list the dates: ["2026-12-25"]'),
    ("holidays = 5", "holidays must be a text in quotes, not a whole number.", 'write for example: holidays = "…"'),
    ('always = ["urgnt"]', 'always: "urgnt" is neither a priority nor a label.', "did you mean urgent?"),
    ('complaints = "alwys"', 'complaints cannot be "alwys".', "did you mean always?"),
    ('complaint = "soon"', 'complaint: "soon" is no span of time.', 'write for example: complaint = "2h"'),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message", "hint"), MISTAKES, ids=[line for line, _, _ in MISTAKES])  # fmt: skip
def test_a_mistake_is_told_with_its_line(refused: Refused, line, message, hint) -> None:
    told = refused(f'[answer_by]\nurgent = "1h"\n{line}\n')
    assert told == (f"config.toml line 3: [answer_by] {message}", hint)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            '[answer_by]\ncomplant = "2h"\n',
            'config.toml line 2: I do not know [answer_by] "complant".',
            "did you mean complaint?",
        ),
        (
            '[answer_by]\n[answer_by.next]\nurgnt = "2h"\n',
            'config.toml line 3: I do not know [answer_by.next] "urgnt".',
            "did you mean urgent?",
        ),
        (
            '[answer_by]\n[answer_by.resolve]\nlow = "400d"\n',
            'config.toml line 3: [answer_by.resolve] low: "400d" is not between a second and a year.',
            'write for example: low = "2h"',
        ),
        (
            '[answer_by]\nnext = "2h"\n',
            "config.toml line 2: [answer_by] next must be a table, not a text.",
            'write for example: next = { key = "value" }',
        ),
        (
            '[answer_by]\nholidays = [\n  "2026-12-25",\n  "Christmas",\n]\n',
            'config.toml line 4: [answer_by] holidays: "Christmas" is no date.',
            'write for example: holidays = ["2026-12-25", "2027-01-01"]',
        ),
    ],
)
def test_the_line_is_that_of_the_value(refused: Refused, text, message, hint) -> None:
    assert refused(text) == (message, hint)


_MINUTES = st.integers(0, 24 * 60)
_WEEKS = st.lists(
    st.lists(_MINUTES, max_size=6, unique=True).map(sorted), min_size=7, max_size=7
).map(
    lambda days: tuple(tuple(zip(day[::2], day[1::2], strict=False)) for day in days)
)  # fmt: skip


def written(week) -> str:
    return ", ".join(
        f"{DAYS[number][:3]} {' '.join(f'{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}' for a, b in spans)}"
        for number, spans in enumerate(week)
        if spans
    )


@given(_WEEKS)
def test_hours_read_back_as_they_were_written(week) -> None:
    if any(week):
        assert parse_hours(written(week)) == week


_PIECES = st.sampled_from(["Mon", "-", "Fri", " ", ",", "09:00", "24:00", "-", "99:99", "x", "\n"])


@given(st.text(max_size=30) | st.lists(_PIECES, max_size=12).map("".join))
def test_hours_are_read_or_refused_with_a_hint(text: str) -> None:
    try:
        week = parse_hours(text)
    except HoursError as error:
        assert str(error)
        assert error.hint
    else:
        assert len(week) == 7
        assert any(week)
        for spans in week:
            edges = [minute for span in spans for minute in span]
            assert edges == sorted(set(edges))
