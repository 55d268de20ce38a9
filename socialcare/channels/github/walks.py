"""How a list is read to its end, across runs, without a gap: by the time of the last change.

Lists come oldest change first. A page number would skip an item whenever an earlier one
changes and moves to the end; so the next page begins at the time of the last item, and
``Link`` leads on only where more was changed at one time than a page holds. A search gives
at most 1,000 hits over all its pages, which is never reached that way but within a second.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec

from socialcare.channels.base import Page
from socialcare.channels.decode import decode_items
from socialcare.channels.github.posts import Position
from socialcare.clock import format_time, parse_time

SECOND = timedelta(seconds=1)
"""What times are exact to; and read again, should "since" leave out its own second."""
OF_A_REPO = timedelta(minutes=5)
"""Read again below the newest change: databases of the service lag behind one another."""
OF_A_SEARCH = timedelta(hours=2)
"""The index is filled late."""
AGAIN = "GitHub gave the same page twice: what lies behind it could not be read"
CAPPED = "GitHub gives at most 1,000 hits, and more were changed within one second"
INCOMPLETE = "GitHub ran out of time while it searched, and gave only a part"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page. ``link`` leads to the next; ``capped``: there is more, and no way to it."""

    raws: Sequence[msgspec.Raw] = ()
    link: str | None = None
    etag: str | None = None
    capped: bool = False
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where a list stands between two pages.

    What was written before ``floor`` is not for us. Everything that was changed before
    ``since`` has been read. ``link`` leads into the middle of a second. During a walk
    ``walking`` is true, and ``low`` is where it was taken up after a break. ``etag`` marks
    the one page that there was.
    """

    floor: datetime
    since: datetime
    link: str | None = None
    walking: bool = False
    low: datetime | None = None
    etag: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "floor": format_time(self.floor),
            "since": format_time(self.since),
            "link": self.link,
            "walking": self.walking,
            "low": format_time(self.low) if self.low else None,
            "etag": self.etag,
        }


def from_json(data: Mapping[str, Any] | None, since: datetime) -> State:
    if data is None:
        floor = since.replace(microsecond=0)
        return State(floor, floor)
    low = parse_time(data["low"]) if data["low"] else None
    floor, reached = parse_time(data["floor"]), parse_time(data["since"])
    return State(floor, reached, data["link"], data["walking"], low, data["etag"])


Ask = Callable[[State], Listed | None]
"""The page of a state; None: the page is that of the ``etag``."""
Read = Callable[[Sequence[msgspec.Raw]], Page]


class Walk:
    """One run over one list; after each page, ``state`` is its part of the checkpoint."""

    def __init__(
        self, state: State, ask: Ask, read: Read, now: datetime, overlap: timedelta
    ) -> None:
        self.state = state
        self._ask = ask
        self._read = read
        self._now = now.replace(microsecond=0)
        self._overlap = overlap

    def pages(self) -> Iterator[Page]:
        here: State | None = self._begun()
        newest = self.state.since
        asked: set[tuple[datetime, str | None]] = set()
        while here:
            asked.add((here.since, here.link))
            listed = self._ask(here)
            if listed is None:
                yield Page()  # as it was
                return
            moments = [position.updated_at for position in positions_of(listed.raws)]
            newest = max([newest, *(min(one, self._now) for one in moments)])
            following, missed = self._next(here, listed, moments, asked)
            self.state = following or self._ended(here, listed, newest)
            page = self._read(listed.raws)
            fresh = [one for one in page.mentions if one.created_at >= here.floor]
            yield replace(page, mentions=fresh, possibly_missed=missed)
            here = following

    def _begun(self) -> State:
        state = self.state
        if not state.walking:
            return state
        low = min(state.low or state.since, state.since)
        return replace(state, low=low, etag=None)

    def _next(
        self,
        here: State,
        listed: Listed,
        moments: Sequence[datetime],
        asked: Collection[tuple[datetime, str | None]],
    ) -> tuple[State | None, str | None]:
        """Where to go on, None at the end; and why something was missed."""
        missed = INCOMPLETE if listed.incomplete else None
        if listed.link is None and not listed.capped:
            return None, missed
        ordered = all(one <= other for one, other in pairwise(moments))
        last = min(moments[-1], self._now) if moments else here.since
        reached = max(last - SECOND, here.since) if ordered else here.since
        on = replace(here, walking=True, etag=None)
        if reached > here.since:
            return replace(on, since=reached, link=None), missed
        if listed.capped:
            return replace(on, since=max(last, here.since) + SECOND, link=None), CAPPED
        if (here.since, listed.link) in asked:
            return None, AGAIN
        return replace(on, link=listed.link), missed

    def _ended(self, here: State, listed: Listed, newest: datetime) -> State:
        """The next walk reads a little again: below the newest, and below where this was cut."""
        if newest == here.floor:
            since = here.since
        else:
            since = max(here.floor, min(newest, here.low or newest) - self._overlap)
        same = since == here.since and not here.walking and listed.link is None
        return State(here.floor, since, etag=listed.etag if same else None)


def positions_of(raws: Sequence[msgspec.Raw]) -> list[Position]:
    """The times of a page, without those of broken items."""
    return decode_items(raws, Position)[0]
