"""Full-text search: the newest hits are read again by offset.

What search finds is not ordered by id, and hardly by time; a post also turns up late,
when its author agrees to be found. So a walk reads on until a whole page is old, goes
a day below what was known, and the offsets of its pages overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from socialcare.channels.base import Page
from socialcare.channels.mastodon.walks import AGAIN, Read, not_before, positions_of
from socialcare.clock import format_time, parse_time

HITS = 40
OVERLAP = timedelta(days=1)
OVERLAPPING_HITS = 10
"""Hits of a full page that the next one reads again: the list may shift under us."""

AskFrom = Callable[[int], list[msgspec.Raw]]


class Search:
    """One run over one search; after each page, ``to_json`` is its part of the checkpoint."""

    def __init__(
        self, state: Mapping[str, Any] | None, ask: AskFrom, read: Read, now: datetime
    ) -> None:
        self._newest = parse_time(state["newest"]) if state else None
        self._floor = parse_time(state["floor"]) if state and state["floor"] else None
        self._offset: int = state["offset"] if state else 0
        self._ask = ask
        self._read = read
        self._now = now

    def to_json(self) -> dict[str, Any]:
        return {
            "newest": format_time(self._newest) if self._newest else None,
            "floor": format_time(self._floor) if self._floor else None,
            "offset": self._offset,
        }

    def pages(self, since: datetime) -> Iterator[Page]:
        if self._floor:
            yield from self._walk(self._floor, since)
        yield from self._walk(self._newest - OVERLAP if self._newest else since, since)

    def _walk(self, floor: datetime, since: datetime) -> Iterator[Page]:
        known: set[str] = set()
        while True:
            raws = self._ask(self._offset)
            positions = positions_of(raws)
            page = not_before(min(floor, since), self._read(raws))
            moments = [min(one.moment, self._now) for one in positions]
            self._newest = max([self._newest or since, *moments])
            ids = {one.id for one in positions}
            fresh = ids - known
            known |= ids
            if not fresh or all(moment < floor for moment in moments):
                self._floor, self._offset = None, 0
                stuck = not fresh and len(raws) >= HITS
                yield replace(page, possibly_missed=AGAIN if stuck else None)
                return
            self._floor = floor
            hits = len(raws) - len(positions) + len(ids)
            self._offset += hits - (OVERLAPPING_HITS if hits >= HITS else 0)
            yield page
