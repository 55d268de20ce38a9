"""A list that begins with its newest item and knows cursors only: down to known ground.

A walk ends where the last one began. One that was cut short is ended first, and followed by
another for what has come since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from socialcare.channels.base import Page
from socialcare.clock import EARLIEST, format_time, parse_time

OVERLAP = timedelta(hours=1)
"""Read again below the newest item: some turn up late."""
AGAIN = "the same page came twice: what lies behind it could not be read"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page, the times of its items in order, and the cursor of the page behind it."""

    page: Page
    moments: Sequence[datetime] = ()
    following: str | None = None
    capped: str | None = None
    """Why there is nothing behind it although there may be."""
    hole: bool = False
    """Something is missing that may come the next time: then it is read again."""


Ask = Callable[[str | None, datetime], Listed | None]
"""Takes the cursor, and the time before which nothing is wanted. None: the cursor is over."""


class Walk:
    """One run over one list; at least ``least`` pages are read again in every walk."""

    def __init__(
        self, state: Mapping[str, Any] | None, ask: Ask, now: datetime, least: int = 1
    ) -> None:
        state = state or {}
        self._ask, self._now, self._least = ask, now, least
        self._from = _moment(state.get("from"))
        self.newest = _moment(state.get("newest"))
        """None until a first walk has come to its end."""
        self._floor = _moment(state.get("floor"))
        """Where the walk that is under way ends; None between two walks."""
        self._top = _moment(state.get("top")) or EARLIEST
        self._cursor: str | None = state.get("cursor")
        self._read = int(state.get("read", 0))
        self._hole = bool(state.get("hole"))

    @property
    def under_way(self) -> bool:
        return self._floor is not None

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self._from and format_time(self._from),
            "newest": self.newest and format_time(self.newest),
            "floor": self._floor and format_time(self._floor),
            "top": format_time(self._top),
            "cursor": self._cursor,
            "read": self._read,
            "hole": self._hole,
        }

    def pages(self, since: datetime) -> Iterator[Page]:
        self._from = self._from or since
        if self._floor:
            yield from self._down(self._from, self._floor)
        known = self.newest
        self._floor = max(self._from, known - OVERLAP) if known else self._from
        self._top, self._cursor, self._read, self._hole = known or self._from, None, 0, False
        yield from self._down(self._from, self._floor)

    def _down(self, oldest: datetime, floor: datetime) -> Iterator[Page]:
        asked: set[str | None] = set()
        while self._floor:
            asked.add(self._cursor)
            listed = self._ask(self._cursor, oldest)
            if listed is None:
                self._cursor, self._read, asked = None, 0, set()
                continue
            self._read += 1
            self._hole = self._hole or listed.hole
            self._top = max([self._top, *(min(at, self._now) for at in listed.moments)])
            missed = self._step(listed, floor, asked)
            yield replace(listed.page, possibly_missed=listed.page.possibly_missed or missed)

    def _step(self, listed: Listed, floor: datetime, asked: set[str | None]) -> str | None:
        """Go on, or end; why something is missed by that."""
        known = bool(listed.moments) and all(at < floor for at in listed.moments)
        reached = bool(listed.moments) and min(listed.moments) < floor
        if listed.following is None:
            self._end()
            return None if reached else listed.capped
        if listed.following in asked:
            self._end()
            return AGAIN
        if known and (self.newest is None or self._read >= self._least):
            self._end()
        self._cursor = listed.following if self._floor else None
        return None

    def _end(self) -> None:
        if not self._hole:
            self.newest = self._top
        self._floor, self._cursor, self._read = None, None, 0


def _moment(text: str | None) -> datetime | None:
    return parse_time(text) if text else None
