"""`[keep]` and `[team]`: what cannot be undone is not begun by a slip of the finger."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from socialcare.settings import Settings

Load = Callable[[str | bytes], Settings]
Refused = Callable[[str | bytes], tuple[str, str]]


def test_both_are_off_unless_they_are_written(load: Load) -> None:
    assert (load("").keep_days, load("").share) == (0, "off")
    settings = load('[keep]\ndays = 400\n[team]\nshare = "group"\n')
    assert (settings.keep_days, settings.share) == (400, "group")
    assert settings.not_used_yet == ()


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "[brand]\n[keep]\ndays = 4",
            "line 3: [keep] days must be 0, or 30 or more.",
            "erase younger ones by hand: socialcare forget --older-than 4d",
        ),
        (
            '[keep]\ndays = "400d"',
            "line 2: [keep] days must be a whole number, not a text.",
            "write for example: days = 0",
        ),
        ("[keep]\ndays = -1", "line 2: [keep] days must be from 0 to 36500.", "change days"),
        ("[keep]\nday = 400", 'line 2: I do not know [keep] "day".', "did you mean days?"),
        (
            '[team]\nshare = "grop"',
            'line 2: [team] share cannot be "grop".',
            "did you mean group?",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(
    refused: Refused, text: str, message: str, hint: str
) -> None:
    told = refused(text)
    assert (told[0].partition(" ")[2], told[1]) == (message, hint)
