"""``[orders] pattern``: a regular expression, checked with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from socialcare.errors import ConfigError
from socialcare.settings import Settings
from socialcare.settings.model import ORDER_PATTERN

Load = Callable[[str | bytes], Settings]


def test_it_has_a_default_and_can_be_set(load: Load) -> None:
    assert load("").order_pattern == ORDER_PATTERN
    assert load("[orders]\npattern = 'A-\\d+'\n").order_pattern == "A-\\d+"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("'('", "is no regular expression"),
        ("'(a)(b)'", "has 2 groups; one at most is the number"),
        ("'\\d*'", "finds a number where there is nothing"),
        ("''", "has from 1 to 500 characters"),
        (f"'{'a' * 501}'", "has from 1 to 500 characters"),
        ("4411", "must be a text in quotes"),
    ],
)
def test_a_wrong_one_is_told_with_its_line(load: Load, pattern: str, message: str) -> None:
    with pytest.raises(ConfigError) as told:
        load(f"# ours\n[orders]\npattern = {pattern}\n")
    assert f"[orders] pattern {message}" in told.value.message
    assert "line 3" in told.value.message
    assert told.value.hint


def test_a_strange_one_is_no_warning(load: Load) -> None:
    assert load("[orders]\npattern = '[[]\\d{4}'\n").order_pattern == "[[]\\d{4}"
