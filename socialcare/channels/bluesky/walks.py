"""A list that the service gives newest first, read back to where the last run began.

Its cursors are opaque, and a page may be short or empty although more is behind it:
reasons are sorted out after the page was cut. Most cursors are times, and then an empty
page says how far it reached.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from socialcare.channels.base import Broken, Page
from socialcare.channels.bluesky.wire import Moment
from socialcare.channels.decode import decode_items
from socialcare.clock import EARLIEST, format_time, parse_time

AGAIN = "Bluesky gave the same page twice: what lies behind it could not be read"
OVERLAP = timedelta(minutes=60)
"""Read again below the newest: a program with a slow clock puts a new post among old ones."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Cut(Generic[Item]):
    """One page of a list as it came: items with their times, and where the next page begins."""

    items: Sequence[tuple[datetime, Item]]
    broken: Sequence[Broken]
    cursor: str | None


class Walk(Generic[Item]):
    """One run over one list; after each page, ``to_json`` is its part of the checkpoint."""

    def __init__(
        self,
        state: Mapping[str, Any] | None,
        ask: Callable[[str | None], Cut[Item]],
        read: Callable[[Sequence[Item]], Page],
        now: datetime,
    ) -> None:
        self._newest = parse_time(state["newest"]) if state else None
        self._floor = parse_time(state["floor"]) if state and state["floor"] else None
        self._cursor: str | None = state["cursor"] if state else None
        self._ask = ask
        self._read = read
        self._now = now

    def to_json(self) -> dict[str, Any]:
        return {
            "newest": format_time(self._newest) if self._newest else None,
            "floor": format_time(self._floor) if self._floor else None,
            "cursor": self._cursor,
        }

    def pages(self, since: datetime) -> Iterator[Page]:
        """One walk; after one that was cut short, a second for what came since it began."""
        if self._floor:
            yield from self._walk(self._floor)
        yield from self._walk(self._newest - OVERLAP if self._newest else since)

    def _walk(self, floor: datetime) -> Iterator[Page]:
        asked = {self._cursor}
        while True:
            cut = self._ask(self._cursor)
            moments = [min(moment, self._now) for moment, _ in cut.items]
            self._newest = max([self._newest or floor, *moments])
            page = self._read([item for moment, item in cut.items if moment >= floor])
            page = replace(page, broken=[*cut.broken, *page.broken])
            self._floor, self._cursor = floor, cut.cursor
            again = cut.cursor is not None and cut.cursor in asked
            if cut.cursor is None or again or _is_below(floor, moments, cut.cursor):
                self._floor, self._cursor = None, None
                yield replace(page, possibly_missed=AGAIN if again else None)
                return
            asked.add(cut.cursor)
            yield page


def _is_below(floor: datetime, moments: Sequence[datetime], cursor: str) -> bool:
    """Whether the page lies below the floor as a whole."""
    if moments:
        return max(moments) < floor
    reached = _time_of(cursor)
    return reached is not None and reached < floor


def _time_of(cursor: str) -> datetime | None:
    times, _ = decode_items([msgspec.Raw(json.dumps(cursor).encode())], Moment)
    known = [time for time in times if time >= EARLIEST]
    return known[0].astimezone(UTC) if known else None
