from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.settings.duration import format_duration, format_left, parse_duration

SECONDS = st.integers(min_value=0, max_value=366 * 86_400)


@given(SECONDS)
def test_what_is_written_is_read_back(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert parse_duration(format_duration(span)) == span


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1h", 60),
        ("90m", 90),
        ("2d", 2880),
        ("1h30m", 90),
        ("1w", 10_080),
        (" 1H ", 60),
        ("120s", 2),
    ],
)
def test_spans_are_read(text: str, minutes: int) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text", ["", "h", "5", "-1h", "1.5h", "1m1h", "1 h 5", "١h", "9" * 40 + "h"]
)
def test_anything_else_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="written like"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (56, "56m left"),
        (122, "2h02 left"),
        (1200, "20h00 left"),
        (-72, "1h12 late"),
        (-11, "11m late"),
        (0, "0m left"),
        (-0.5, "0m late"),
        (2879, "47h59 left"),
        (-4560, "3d04h late"),
        (-(9 * 1440 + 23 * 60), "9d23h late"),
        (-(20 * 1440 + 11 * 60), "20d late"),
        (-9999 * 1440, "9999d late"),
    ],
)
def test_the_answer_in_column(minutes: float, shown: str) -> None:
    assert format_left(timedelta(minutes=minutes)) == shown
    assert len(shown) <= 10, "the column is no wider"


@given(SECONDS)
def test_late_and_left_are_cut_alike(seconds: int) -> None:
    left = format_left(timedelta(seconds=seconds + 1))
    assert format_left(timedelta(seconds=-seconds - 1)) == left.replace("left", "late")
