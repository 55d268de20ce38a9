"""Videos that name us, by search: a hundred questions a day, of which we keep count.

Newest first by windows of time: a page asks for what is older than the last one, since a
page token may not live until the next day, on which a walk goes on that used up its day.

https://developers.google.com/youtube/v3/docs/search/list
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from socialcare.channels.base import Page
from socialcare.channels.decode import decode_items
from socialcare.channels.google import day_of
from socialcare.channels.youtube.book import Book
from socialcare.channels.youtube.posts import video_mention
from socialcare.channels.youtube.reading import Reader
from socialcare.channels.youtube.threads import AGAIN
from socialcare.channels.youtube.wire import Found, Items, Video
from socialcare.clock import format_time, parse_time
from socialcare.errors import BadAnswerError

HITS = 50
OVERLAP = timedelta(days=1)
"""Read again below the newest video: the index is filled late."""
SECOND = timedelta(seconds=1)
DAY_MINUTES = 24 * 60
SPENT = "the searches of this day are used up; search goes on after midnight, Pacific time"


class Search:
    """Several queries that share the searches of a day."""

    def __init__(self, book: Book, reader: Reader, queries: Sequence[str], cap: int) -> None:
        self._book, self._reader, self._queries, self._cap = book, reader, queries, cap
        self._now = reader.calls.clock.now()
        book.begin(day_of(self._now))

    def pages(self, since: datetime) -> Iterator[Page]:
        """A query is asked again when its share of the day allows it."""
        every = timedelta(minutes=DAY_MINUTES * len(self._queries) // self._cap)
        for query in self._queries:
            state = self._book.searches.setdefault(query, {"from": format_time(since)})
            last = state.get("asked")
            if state.get("floor") or not last or parse_time(last) + every <= self._now:
                yield from self._query(query, state)

    def _query(self, query: str, state: dict[str, Any]) -> Iterator[Page]:
        """One walk; after one that was cut short, a second for what came since it began."""
        if state.get("floor"):
            yield from self._down(query, state)
        if state.get("floor"):
            return
        newest = state.get("newest") or state["from"]
        floor = max(state["from"], format_time(parse_time(newest) - OVERLAP))
        state |= {"floor": floor, "top": newest, "before": None, "token": None}
        state["asked"] = format_time(self._now)
        yield from self._down(query, state)

    def _down(self, query: str, state: dict[str, Any]) -> Iterator[Page]:
        while state["floor"]:
            if self._book.spent >= self._cap:
                return
            found = self._ask(query, state)
            self._book.spent += 1
            if found is None:
                self._book.spent = max(self._book.spent, self._cap)
                yield Page(notice=SPENT)
                return
            hits, broken = decode_items(found.items, Found, where="$.items")
            if found.items and not hits:
                raise BadAnswerError(
                    f"none of {len(found.items)} hits is a video with a time: {broken[0].reason}",
                    "try again later; if it stays, the service has changed: "
                    "socialcare doctor --report",
                )
            page = self._videos([hit.id.video_id for hit in hits], parse_time(state["floor"]))
            missed = _next(state, found, hits, self._now)
            is_cut = state["floor"] and self._book.spent >= self._cap
            yield Page(
                page.mentions,
                broken=[*broken, *page.broken],
                possibly_missed=missed,
                notice=SPENT if is_cut else None,
            )

    def _ask(self, query: str, state: dict[str, Any]) -> Items | None:
        """A page, or None where the day's searches are used up, maybe by somebody else."""
        params = {
            "part": "snippet",
            "type": "video",
            "order": "date",
            "q": query,
            "maxResults": str(HITS),
            "publishedAfter": state["floor"],
        }
        if state["before"]:
            params["publishedBefore"] = state["before"]
        if state["token"]:
            params["pageToken"] = state["token"]
        return self._reader.calls.ask("search", params, daily=True)

    def _videos(self, ids: Sequence[str], oldest: datetime) -> Page:
        """The videos behind the hits, whose texts are whole."""
        calls = self._reader.calls
        videos, broken = calls.by_id(
            "videos", list(dict.fromkeys(ids)), Video, "snippet,statistics"
        )
        wanted = [video for video in videos if video.moment >= oldest]
        self._reader.know([video.snippet.channel_id for video in wanted])
        place, owners = self._reader.knowing, self._reader.owners
        for video in wanted:
            self._book.watch(video.id, video.moment, self._now)
        mentions = [video_mention(one, place, owners.get(one.snippet.channel_id)) for one in wanted]
        return Page(mentions, broken=broken)


def _next(state: dict[str, Any], found: Items, hits: Sequence[Found], now: datetime) -> str | None:
    """Where the walk goes on, or its end; and why something was missed."""
    moments = [hit.moment for hit in hits]
    if moments:
        state["top"] = max(state["top"], format_time(min(max(moments), now)))
    token = found.next_page_token
    if not token:
        _end(state)
        return None
    before = format_time(min(moments) + SECOND) if moments else state["before"]
    if moments and (state["before"] is None or before < state["before"]):
        state |= {"before": before, "token": None}
    elif token != state["token"]:
        state["token"] = token
    else:
        _end(state)
        return AGAIN
    return None


def _end(state: dict[str, Any]) -> None:
    state |= {"newest": state["top"], "floor": None, "before": None, "token": None}
