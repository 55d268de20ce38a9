from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from socialcare.output.layout import fit, flow, one_cell, wrap

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.text(
    "ab 漢字é👩‍🚀️\u0301\n\t\x1b", max_size=80
)


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("parcel", 6, "parcel"),
        ("parcels", 6, "parce…"),
        ("no parcel", 4, "no…"),
        ("漢字漢字", 8, "漢字漢字"),
        ("漢字漢字", 6, "漢字…"),
        ("漢字漢字", 7, "漢字漢…"),
        ("x", 0, ""),
        ("👩‍🚀👩‍🚀", 3, "👩‍🚀…"),
    ],
)
def test_a_cut_counts_columns_and_shows(text, width, cut):
    assert fit(text, width) == cut


@given(TEXTS, st.integers(0, 60))
def test_a_cell_never_takes_more_than_its_width(text, width):
    shown = fit(one_cell(text), width)
    assert cell_len(shown) <= width
    assert "\n" not in shown


@given(TEXTS, st.integers(4, 60))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text, width):
    lines = list(wrap(text, width, "  "))
    assert all(cell_len(line) <= width for line in lines)
    kept = "".join("".join(lines).split())
    assert kept == "".join("".join(wrap(text, 10_000)).split())


def test_wrapping_breaks_at_blanks_and_long_words_where_it_must():
    assert list(wrap("Where is my parcel?\n\n\n\nhttps://acme.example/4411", 12)) == [
        "Where is my",
        "parcel?",
        "",
        "https://acme",
        ".example/441",
        "1",
    ]


def test_a_wide_character_in_one_column_does_not_hang():
    assert list(wrap("漢字", 3, "  ")) == ["  漢", "  字"]


def test_a_long_word_of_wide_characters_fills_every_line():
    assert list(wrap("漢" * 5000, 80)) == ["漢" * 40] * 125


def test_facts_stay_whole():
    assert list(flow(["label complaint", "owner nobody", "open, new"], 30)) == [
        "label complaint   owner nobody",
        "open, new",
    ]
