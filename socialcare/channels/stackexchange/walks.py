"""How a search is read to its end, across runs, without a gap: by the time of the last activity.

A question comes up again with every answer and edit. The oldest activity comes first, and
the next page begins at the second of the last question; page numbers lead on only within a
second that has more questions than a page. Without a key the API gives 25 pages of a
question, which is never reached that way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

import msgspec

from socialcare.channels.base import Page
from socialcare.channels.decode import decode_items
from socialcare.channels.stackexchange.calls import Wrapper
from socialcare.channels.stackexchange.posts import Position

OVERLAP = 30 * 60
"""Seconds read again below the newest activity: answers are cached, and the index is late."""
PAGES = 25
CAPPED = f"Stack Exchange gives at most {PAGES} pages, and one second has more questions"
AGAIN = "Stack Exchange gave the same page twice: what lies behind it could not be read"


@dataclass(frozen=True, slots=True)
class State:
    """Where a search stands between two pages, in seconds since 1970.

    What was written before ``floor`` is not for us. Every activity before ``since`` has been
    read, and so have the pages before ``page`` of what comes then. During a walk ``walking``
    is true, and ``low`` is where it was taken up after a break.
    """

    floor: int
    since: int
    page: int = 1
    walking: bool = False
    low: int | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(data: Mapping[str, Any] | None, since: int) -> State:
    return State(since, since) if data is None else State(**data)


Ask = Callable[[State], Wrapper]
Read = Callable[[Sequence[msgspec.Raw], State], Page]


class Walk:
    """One run over one search; after each page, ``state`` is its part of the checkpoint."""

    def __init__(self, state: State, ask: Ask, read: Read, now: int) -> None:
        self.state = state
        self._ask = ask
        self._read = read
        self._now = now

    def pages(self) -> Iterator[Page]:
        here: State | None = self.state
        if self.state.walking:
            low = self.state.since if self.state.low is None else self.state.low
            here = replace(self.state, low=low)
        newest, before = self.state.since, list[msgspec.Raw]()
        while here:
            found = self._ask(here)
            page = self._read(found.items, here)
            moments = [one.last_activity_date for one in decode_items(found.items, Position)[0]]
            newest = max([newest, *(min(one, self._now) for one in moments)])
            again = here.page > 1 and bool(moments) and found.items == before
            following, missed = self._next(here, moments, has_more=found.has_more, again=again)
            self.state = following or self._ended(here, newest)
            fresh = [one for one in page.mentions if one.created_at.timestamp() >= here.floor]
            yield replace(page, mentions=fresh, possibly_missed=page.possibly_missed or missed)
            here, before = following, found.items

    def _next(
        self, here: State, moments: Sequence[int], *, has_more: bool, again: bool
    ) -> tuple[State | None, str | None]:
        """Where to go on, None at the end; and why something was missed."""
        if not has_more:
            return None, None
        ordered = all(one <= other for one, other in pairwise(moments))
        last = min(moments[-1], self._now) if moments and ordered else here.since
        if last > here.since:
            return replace(here, since=last, page=1, walking=True), None
        if again:
            return None, AGAIN
        if here.page < PAGES:
            return replace(here, page=here.page + 1, walking=True), None
        return replace(here, since=here.since + 1, page=1, walking=True), CAPPED

    def _ended(self, here: State, newest: int) -> State:
        """The next walk reads a little again: below the newest, and below where this was cut."""
        lowest = newest if here.low is None else min(newest, here.low)
        since = here.since if newest == here.floor else max(here.floor, lowest - OVERLAP)
        return State(here.floor, since)
