"""One list of the Graph API: from the newest down to known ground, across runs.

The service knows cursors only, and does not promise to keep them: one that is too old
leads back to the top. So a walk ends where the last one began, or at a fixed time.

https://developers.facebook.com/docs/graph-api/results
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from socialcare.channels.base import Page
from socialcare.channels.decode import decode_items
from socialcare.channels.meta.wire import Dated
from socialcare.clock import format_time, parse_time

OVERLAP = timedelta(hours=1)
"""Read again below the newest: what was held back for review turns up late."""
AGAIN = "Meta gave the same page twice: what lies behind it could not be read"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page, and what asks for the next; empty at the end."""

    raws: Sequence[msgspec.Raw]
    onward: Mapping[str, str]
    ahead: timedelta = timedelta()
    """By how much the clock of the service is ahead of ours."""


Ask = Callable[[Mapping[str, str]], Listed | None]
"""The page behind a cursor, or the first; None: that cursor is known no more."""
Read = Callable[[Sequence[msgspec.Raw]], Page]


class Walk:
    """One run over one list; after each page, :meth:`to_json` is its part of the checkpoint.

    What was written before ``since`` is not for us. ``ground`` is where every walk ends,
    whatever is known; without it, that is a little below the newest of the last walk.
    ``least`` is how many pages are read in any case, once there was a walk.
    """

    def __init__(
        self,
        state: Mapping[str, Any] | None,
        ask: Ask,
        read: Read,
        now: datetime,
        since: datetime,
        *,
        ground: datetime | None = None,
        overlap: timedelta = OVERLAP,
        least: int = 0,
    ) -> None:
        state = state or {}
        self._ask, self._read, self._now, self._since = ask, read, now, since
        self._ground, self._overlap, self._least = ground, overlap, least
        self._newest = _moment(state.get("newest"))
        self._floor = _moment(state.get("floor"))
        """Where the walk that is under way ends; None between two walks."""
        self._top = _moment(state.get("top")) or since
        self._onward: dict[str, str] = dict(state.get("onward", {}))
        self._pages = int(state.get("pages", 0))
        self.is_over = False

    def to_json(self) -> dict[str, Any]:
        """Short between two walks: there is one of these for every post."""
        newest = {"newest": format_time(self._newest)} if self._newest else {}
        if self._floor is None:
            return newest
        return {
            **newest,
            "floor": format_time(self._floor),
            "top": format_time(self._top),
            "onward": dict(self._onward),
            "pages": self._pages,
        }

    def pages(self) -> Iterator[Page]:
        """One walk; after one that was cut short, a second for what came since it began."""
        if self._floor is not None:
            yield from self._down(self._floor, last=False)
        self._floor = self._end_of_walk()
        self._top, self._onward, self._pages = self._newest or self._since, {}, 0
        yield from self._down(self._floor, last=True)

    def _end_of_walk(self) -> datetime:
        if self._ground is not None:
            return self._ground
        return max(self._since, self._newest - self._overlap) if self._newest else self._since

    def _down(self, floor: datetime, *, last: bool) -> Iterator[Page]:
        least = self._least if self._newest else 0
        asked = {_key(self._onward)}
        more = True
        while more:
            listed = self._ask(self._onward)
            if listed is None:  # an old cursor: from the top
                self._onward, self._pages, asked = {}, 0, {_key({})}
                listed = self._ask({}) or Listed((), {})
            dated = decode_items(listed.raws, Dated)[0]
            moments = [one.moment for one in dated if one.moment]
            self._top = max([self._top, *(min(at, self._now) for at in moments)])
            self._pages += 1
            known = bool(moments) and all(at < floor for at in moments)
            again = _key(listed.onward) in asked
            more = bool(listed.onward) and not again and (not known or self._pages < least)
            page = self._page(listed.raws)
            self._onward = dict(listed.onward)
            if not more:
                self._newest, self._floor, self._onward = self._top, None, {}
                self.is_over = last
            stuck = again and listed.onward and listed.raws
            yield replace(page, possibly_missed=AGAIN) if stuck else page
            asked.add(_key(listed.onward))

    def _page(self, raws: Sequence[msgspec.Raw]) -> Page:
        page = self._read(raws)
        return replace(
            page, mentions=[one for one in page.mentions if one.created_at >= self._since]
        )


def _key(onward: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(onward.items()))


def _moment(text: str | None) -> datetime | None:
    return parse_time(text) if text else None
