"""Signs as people count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.graphemes import count_graphemes


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("a\r\nb", 3),
        ("ü", 1),
        ("u\u0308", 1),
        ("👩‍👩‍👧", 1),
        ("🇳🇴🇸🇪", 2),
        ("👍🏽!", 2),
        ("เกี่ยว", 4),
        ("한국", 2),
    ],
)
def test_signs(text, count):
    assert count_graphemes(text) == count


@given(st.text(max_size=80))
def test_never_more_than_code_points(text):
    assert 0 <= count_graphemes(text) <= len(text)


@given(st.text(st.characters(max_codepoint=127), max_size=80))
def test_plain_text_is_counted_the_same_way_both_ways(text):
    import regex

    assert count_graphemes(text) == len(regex.findall(r"\X", text))
