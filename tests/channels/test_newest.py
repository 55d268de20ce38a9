"""A walk from the newest item down: where it ends, what it reads again, and what it admits."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.base import Page
from socialcare.channels.newest import AGAIN, Listed, Walk
from socialcare.clock import parse_time

NOW = parse_time("2026-11-21T12:00:00Z")
SINCE = NOW - timedelta(days=30)


class Shelf:
    """Items by their times, in minutes before NOW; a cursor is a place in the list."""

    def __init__(self, *minutes: int, size: int = 2) -> None:
        self.minutes = list(minutes)
        self.size = size
        self.asked: list[str | None] = []
        self.over: set[str] = set()
        self.holes: set[str | None] = set()
        self.capped: str | None = None

    def ask(self, cursor: str | None, oldest: datetime) -> Listed | None:
        self.asked.append(cursor)
        if cursor in self.over:
            return None
        start = int(cursor or 0)
        newest = sorted(self.minutes)
        some = newest[start : start + self.size]
        more = start + self.size < len(newest)
        moments = [NOW - timedelta(minutes=one) for one in some]
        following = str(start + self.size) if more else None
        # the notice stands for what a page brings
        return Listed(Page(notice=str(some)), moments, following, self.capped, cursor in self.holes)

    def run(self, state=None, stop: int | None = None, least: int = 1):
        walk = Walk(state, self.ask, NOW, least)
        pages = list(islice(walk.pages(SINCE), stop))
        return pages, json.loads(json.dumps(walk.to_json()))

    @staticmethod
    def seen(pages) -> set[int]:
        return {one for page in pages for one in json.loads(page.notice)}


@given(
    st.sets(st.integers(0, 40_000), min_size=1, max_size=25),
    st.sets(st.integers(-300, -1), max_size=10),
    st.integers(1, 5),
    st.integers(1, 8),
)
def test_whatever_comes_and_wherever_it_stops_nothing_newer_is_lost(old, new, size, stop):
    shelf = Shelf(*old, size=size)
    before, state = shelf.run(stop=stop)
    shelf.minutes += new
    after, _ = shelf.run(state)
    wanted = {one for one in shelf.minutes if NOW - timedelta(minutes=one) >= SINCE}
    assert wanted <= shelf.seen([*before, *after])


def test_a_walk_ends_at_known_ground_but_not_before_the_pages_it_reads_again():
    shelf = Shelf(*range(0, 1000, 100))
    _, state = shelf.run()
    for least, asked in ((1, [None, "2"]), (3, [None, "2", "4"])):
        shelf.asked = []
        shelf.run(state, least=least)
        assert shelf.asked == asked


def test_a_cursor_that_is_over_leads_back_to_the_top():
    shelf = Shelf(*range(0, 600, 100))
    _, state = shelf.run(stop=1)
    assert state["cursor"] == "2"
    shelf.over, shelf.asked = {"2"}, []
    pages = list(islice(Walk(state, shelf.ask, NOW).pages(SINCE), 1))
    assert shelf.asked == ["2", None]
    assert shelf.seen(pages) == {0, 100}


def test_after_a_hole_it_is_read_again_from_where_it_was():
    shelf = Shelf(*range(0, 1000, 100))
    shelf.holes = {"4"}
    _, state = shelf.run()
    assert state["newest"] is None
    shelf.holes, shelf.asked = set(), []
    _, state = shelf.run(state)
    assert shelf.asked == [None, "2", "4", "6", "8"]
    assert state["newest"] == "2026-11-21T12:00:00.000Z"


def test_a_list_that_is_cut_off_above_known_ground_says_so():
    shelf = Shelf(0, 1, 2, 3)
    shelf.capped = "there was more"
    pages, state = shelf.run()
    assert [page.possibly_missed for page in pages] == [None, "there was more"]
    pages, _ = shelf.run(state)
    assert [page.possibly_missed for page in pages][-1] == "there was more"
    shelf.minutes = [0, 1, 90, 91]
    pages, _ = shelf.run(state)
    assert not any(page.possibly_missed for page in pages)


def test_the_same_cursor_twice_ends_it_and_is_told():
    walk = Walk(None, lambda _cursor, _oldest: Listed(Page(), [NOW], "same"), NOW)
    pages = list(islice(walk.pages(SINCE), 9))
    assert [page.possibly_missed for page in pages] == [None, AGAIN]
