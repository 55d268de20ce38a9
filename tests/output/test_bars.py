"""Bars and lines of characters: never wider than they may be, and something is never nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from socialcare.output.bars import bar, gauge, sparkline

COUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=400)


@given(COUNTS, st.integers(1, 60), st.booleans())
def test_a_line_fits_and_shows_where_there_was_something(counts, width, plain):
    drawn = sparkline(counts, width, plain=plain)
    assert 0 < len(drawn) <= width
    assert (set(drawn) == {"."}) == (not any(counts))
    assert not plain or drawn.isascii()
    if len(counts) <= width:
        assert [char != "." for char in drawn] == [count > 0 for count in counts]


def test_the_most_is_the_highest():
    assert sparkline([0, 1, 4, 8], 9, plain=False) == ".▁▄█"
    assert sparkline([0, 1, 4, 8], 9, plain=True) == ".148"
    assert sparkline([1, 1, 2, 2, 4], 3, plain=False) == "▄██"
    assert sparkline([], 9, plain=False) == ""


@given(st.floats(0, 1), st.integers(1, 40))
def test_a_gauge_is_as_wide_as_it_says(share, width):
    drawn = gauge(share, width)
    assert len(drawn) == width
    assert ("#" in drawn) == (share > 0)


def test_a_bar_is_its_part_of_the_whole():
    assert bar(1, 4, 8, plain=True) == "##"
    assert bar(1, 4000, 8, plain=False) == "█"
    assert bar(0, 4, 8, plain=True) == bar(0, 0, 8, plain=True) == ""
