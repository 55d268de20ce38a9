"""Search: back through time by windows, newest first.

A query gives about 10,000 hits over all its pages, and its cursor is an offset that
shifts when posts come and go. So each page asks for what is older than the last one, and
the cursor only leads through a second that has more posts than a page. A server that
cannot look by time is known by hits outside the window, and is then read by cursor alone.

https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/searchPosts.json
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from socialcare.channels.base import Page
from socialcare.channels.bluesky.posts import moment_of, read_posts
from socialcare.channels.bluesky.walks import AGAIN
from socialcare.channels.bluesky.wire import Posts, PostView
from socialcare.clock import format_time, parse_time

HITS = 100
MAX_HITS = 10_000
"""Hits of one query that the service gives, over all its pages."""
OVERLAP = timedelta(minutes=15)
"""Read again below the newest hit: the index is filled late, and clocks of programs go wrong."""
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """What is still to be read: ``floor`` is part of it, ``until`` is not.

    ``hits`` were read in it by ``cursor``; ``by_cursor``: the server knows no windows.
    """

    floor: datetime
    until: datetime | None = None
    cursor: str | None = None
    hits: int = 0
    by_cursor: bool = False


AskWindow = Callable[[Window], Posts]
Read = Callable[[Sequence[PostView]], Page]


class Search:
    """One run over one query; after each page, ``to_json`` is its part of the checkpoint."""

    def __init__(
        self, state: Mapping[str, Any] | None, ask: AskWindow, read: Read, now: datetime
    ) -> None:
        self._newest = parse_time(state["newest"]) if state else None
        self._window = _from_json(state["window"]) if state and state["window"] else None
        self._ask = ask
        self._read = read
        self._now = now

    def to_json(self) -> dict[str, Any]:
        return {
            "newest": format_time(self._newest) if self._newest else None,
            "window": _to_json(self._window) if self._window else None,
        }

    def pages(self, since: datetime) -> Iterator[Page]:
        """One walk; after one that was cut short, a second for what came since it began."""
        if self._window:
            yield from self._walk(self._window)
        yield from self._walk(Window(self._newest - OVERLAP if self._newest else since))

    def _walk(self, window: Window) -> Iterator[Page]:
        here: Window | None = window
        asked: set[str | None] = set()
        while here:
            asked.add(here.cursor)
            found = self._ask(here)
            posts, broken = read_posts(found.posts)
            moments = [moment_of(post) for post in posts]
            newest = [min(moment, self._now) for moment in moments]
            self._newest = max([self._newest or window.floor, *newest])
            page = self._read([p for p, at in zip(posts, moments, strict=True) if at >= here.floor])
            following, missed = _next(here, found, moments, asked)
            if following and following.until != here.until:
                asked = set()
            here = self._window = following
            yield replace(page, broken=[*broken, *page.broken], possibly_missed=missed)


def _next(
    here: Window, found: Posts, moments: Sequence[datetime], asked: set[str | None]
) -> tuple[Window | None, str | None]:
    """What is left to read after an answer, None at the end; and why something was missed."""
    hits = here.hits + len(found.posts)
    by_cursor = here.by_cursor or not _in_window(here, moments)
    if moments and max(moments) < here.floor:
        return None, None
    if found.cursor is None and len(found.posts) < HITS:
        return None, _capped(hits)
    if moments and not by_cursor:
        until = min(moments).replace(microsecond=0) + SECOND
        if here.until is None or until < here.until:
            return Window(here.floor, until), None
    if found.cursor is None:
        return None, _capped(hits)
    if found.cursor in asked:
        return None, AGAIN
    return replace(here, cursor=found.cursor, hits=hits, by_cursor=by_cursor), None


def _in_window(here: Window, moments: Sequence[datetime]) -> bool:
    """Whether the times are those of the window, newest first: only then they lead on."""
    ordered = all(later >= earlier for later, earlier in pairwise(moments))
    return ordered and (here.until is None or all(at < here.until for at in moments))


def _capped(hits: int) -> str | None:
    """A second with as many hits as the service gives may have more."""
    if hits < MAX_HITS - HITS:
        return None
    return f"Bluesky gives at most {MAX_HITS:,} hits, and there were more of them"


def _to_json(window: Window) -> dict[str, Any]:
    return {
        "floor": format_time(window.floor),
        "until": format_time(window.until) if window.until else None,
        "cursor": window.cursor,
        "hits": window.hits,
        "by_cursor": window.by_cursor,
    }


def _from_json(data: Mapping[str, Any]) -> Window:
    return Window(
        parse_time(data["floor"]),
        parse_time(data["until"]) if data["until"] else None,
        data["cursor"],
        data["hits"],
        data["by_cursor"],
    )
