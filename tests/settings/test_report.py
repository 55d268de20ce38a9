"""``[report]`` and ``[goals]``: numbers in their bounds, off until they are set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from socialcare.settings import Settings
from socialcare.settings.model import Cost, Goals, ReportSettings

Load = Callable[[str | bytes], Settings]
Refused = Callable[[str | bytes], tuple[str, str]]


def test_nothing_is_set_to_begin_with(load: Load) -> None:
    assert load("").report == ReportSettings(0, 0, 0)
    assert load("").goals == Goals(None, None)


def test_all_of_it_can_be_set(load: Load) -> None:
    settings = load(
        "[report]\nminutes_saved = 4\ncost_per_hour = 28.5\nhandling_minutes = 5\n"
        'currency = "EUR"\nmail = [4, 8]\n[report.minutes]\nreviews = 6\n'
        '[goals]\nanswer_rate = 90\nmedian_first_response = "2h"\n'
    )
    report = settings.report
    assert (report.minutes_saved, report.cost_per_hour, report.handling_minutes) == (4, 28.5, 5)
    assert (report.currency, report.mail, report.phone) == ("EUR", Cost(4, 8), Cost(10, 100))
    assert dict(report.minutes) == {"reviews": 6}
    assert settings.goals == Goals(0.9, timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[report]\ncost_per_hour = -1", "cost_per_hour must be from 0 to 1000000."),
        ('[report]\nminutes_saved = "4"', "minutes_saved must be a number, not a text."),
        ("[report]\nmail = 5", "mail must be two numbers, from and to, not a whole number."),
        ("[report]\nmail = [true, 5]", "mail must be two numbers, from and to, not a list."),
        ("[report]\nphone = [10, 5]", "phone must go from less to more."),
        ("[report]\nphone = [nan, 5]", "phone must go from less to more."),
        ('[report]\ncurrency = ""', "currency must have from 1 to 8 characters."),
        ('[report.minutes]\n"a b" = 1', '"a b" cannot be a channel.'),
        ("[report.minutes]\nreviews = 1e9", "reviews must be from 0 to 1440."),
        ("[report]\nminutes_savd = 4", '"minutes_savd".'),
        ("[goals]\nanswer_rate = 101", "answer_rate must be from 0 to 100."),
        ('[goals]\nmedian_first_response = "fast"', '"fast" is no span of time.'),
        ('[goals]\nmedian_first_response = "0m"', '"0m" is no span of time.'),
    ],
)
def test_mistakes_are_told_with_their_line(refused: Refused, text: str, message: str) -> None:
    told, hint = refused(text)
    assert told.startswith("config.toml line ")
    assert told.endswith(message)
    assert hint
