"""Texts made to be slow: eight times the text may cost eight times the work, never 64 times."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from socialcare.checks import NAMES, Context, check
from socialcare.checks.fingerprint import fingerprint
from socialcare.text import MAX_TEXT

UNITS = [
    "a", "1", "1 ", "1-", "0 ", "+1", "4242 ", "@", "a@", "a@b.", "a.", "(at)", "[", "[a", "{", "{{", "{a",
    "<a", "«a", "%a", "*|", "__", "`", "``a`", "xn--", "http://", "http://a@", "www.", "we ", "as we ", "not our ",
    "AA1 ", "12 Ab ", "Abstr. ", "1Z9", "DE89 ", "order ", "#1", "password ", "born 1", "call 1", "１",
    "1\u200b", "\u0301\u0316", "ﷺ", "。", "!?", "1.", "1,000,", "12.12.", "2026-", "€1", "?order=12345&", "\r\n",
    "LOUD ", "4 ", "ticket 1 ", "Hi name", "please be ", "^a", "Hi Mia ", "212-", "a at b dot ", "&lt;a", "12345 Ab ",
]  # fmt: skip
SMALL = 2_000


def _seconds(work: Callable[[str], object], text: str) -> float:
    from time import process_time

    best = sys.float_info.max
    for _ in range(2):
        begun = process_time()
        work(text)
        best = min(best, process_time() - begun)
    return best


def _look(text: str) -> object:
    return check(text, Context(length=0, lang="en", avoid=("hiccup*",))), fingerprint(text)


@pytest.mark.parametrize("unit", UNITS)
def test_the_cost_grows_with_the_text(unit: str):
    small, large = ((unit * size)[:size] for size in (SMALL, 8 * SMALL))
    least = 0.01  # below it the clock tells nothing
    growth = _seconds(_look, large) / max(_seconds(_look, small), least)
    assert growth < 30, "8 would be linear, 64 its square"


@pytest.mark.parametrize("unit", UNITS[::4])
def test_a_hundred_thousand_characters_are_answered(unit: str):
    text = (unit * 100_000)[:100_000]
    assert [one.check for one in check(text, Context(length=0, lang="en"))] == list(NAMES)


def test_private_data_is_looked_for_in_as_much_as_is_kept_of_a_text():
    text = "a " * (MAX_TEXT // 2 - 10)
    told = check(text + "#4411", Context(length=0))[1]
    assert told.level == "stop"
