"""The list of replies that was written for the checks, held to its bounds."""

from __future__ import annotations

from collections import Counter

import pytest

from socialcare.checks import NAMES
from tests.benchmarks.reply_checks import SECOND, THIRD, halves, rows, score

LEAST_CAUGHT = 0.95
MOST_STOPPED = 0.05
MOST_LOOKED_AT = 0.10


def test_the_list_is_as_long_and_as_mixed_as_it_says():
    every = rows()
    assert len(every) >= 320
    assert len({row["text"] for row in every}) == len(every)
    langs = Counter(row["lang"] for row in every)
    assert langs["de"] >= 50
    named = Counter(name for row in every for name in row["expect"])
    assert set(named) == set(NAMES)
    assert all(bool(row["expect"]) is not row["good"] for row in every)


@pytest.mark.parametrize("half", [0, 1], ids=["odd lines", "even lines"])
def test_bad_replies_are_caught_by_the_right_check_and_good_ones_go(half: int):
    told = score(halves()[half])
    assert told.bad > 80
    assert told.good > 70
    assert told.caught_share >= LEAST_CAUGHT
    assert told.stopped_share <= MOST_STOPPED
    assert told.looked_at / told.good <= MOST_LOOKED_AT


@pytest.mark.parametrize("lang", ["en", "de"])
def test_each_language_is_held_to_it(lang: str):
    told = score(row for row in rows() if row["lang"] == lang)
    assert told.caught_share >= LEAST_CAUGHT
    assert told.stopped_share <= MOST_STOPPED


def test_no_check_that_stops_hides_behind_the_others():
    told = score(rows())
    for name in ("private data", "placeholders", "links", "house words", "length"):
        assert told.caught[name] >= LEAST_CAUGHT * told.wanted[name], name


def test_another_writer_is_understood_as_well():
    told = score(rows(SECOND))
    assert (told.bad, told.good) == (100, 80)
    assert told.caught_share >= LEAST_CAUGHT
    assert told.stopped_share <= MOST_STOPPED
    assert told.looked_at / told.good <= MOST_LOOKED_AT


def test_replies_that_the_lists_were_not_made_by_are_mostly_caught_and_hardly_stopped():
    told = score(rows(THIRD))
    assert (told.bad, told.good) == (45, 35)
    assert told.caught_share >= 0.8
    assert told.stopped_share <= MOST_STOPPED
