"""One list of comment threads: from the newest down to known ground, and below it for replies.

The service knows page tokens only, and a reply moves no thread up. So a walk ends where the
last one began, but not before a number of pages: of their threads those are read whole whose
number of replies has changed.

https://developers.google.com/youtube/v3/docs/commentThreads/list
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from socialcare.channels.base import Broken, Page
from socialcare.channels.decode import decode_items
from socialcare.channels.youtube.reading import Reader
from socialcare.channels.youtube.refusals import BAD_TOKEN, COMMENTS_OFF
from socialcare.channels.youtube.wire import Comment, Items, Thread
from socialcare.clock import EARLIEST, format_time, parse_time

OVERLAP = timedelta(hours=1)
"""Read again below the newest thread: comments that were held back turn up late."""
COUNTS = 1_000
"""Threads whose number of replies is kept."""
AGAIN = "YouTube gave the same page twice: what lies behind it could not be read"
FINE = frozenset({BAD_TOKEN, COMMENTS_OFF, "videoNotFound"})

Keep = Callable[[dict[str, Any]], None]
"""Takes the state of the list as it is after a page."""


class Threads:
    """One run over one list. ``pages_again`` are read in every walk, below known ground as well."""

    def __init__(
        self,
        state: Mapping[str, Any] | None,
        whose: Mapping[str, str],
        reader: Reader,
        now: datetime,
        pages_again: int,
    ) -> None:
        state = state or {}
        self._whose, self._reader, self._now, self._again = whose, reader, now, pages_again
        self._from = _moment(state.get("from"))
        self._newest = _moment(state.get("newest"))
        self._counts: dict[str, int] = dict(state.get("counts", {}))
        self._floor = _moment(state.get("floor"))
        """Where the walk that is under way ends; None between two walks."""
        self._top = _moment(state.get("top")) or EARLIEST
        self._token: str | None = state.get("token")
        self._read = int(state.get("read", 0))
        """Pages of this walk."""

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self._from and format_time(self._from),
            "newest": self._newest and format_time(self._newest),
            "counts": dict(self._counts),
            "floor": self._floor and format_time(self._floor),
            "top": format_time(self._top),
            "token": self._token,
            "read": self._read,
        }

    def pages(self, since: datetime) -> Iterator[Page]:
        """One walk; after one that was cut short, a second for what came since it began."""
        self._from = self._from or since
        if self._floor:
            yield from self._down(self._from, self._floor)
        known = self._newest
        self._floor = max(self._from, known - OVERLAP) if known else self._from
        self._top, self._token, self._read = known or self._from, None, 0
        yield from self._down(self._from, self._floor)

    def _down(self, oldest: datetime, floor: datetime) -> Iterator[Page]:
        asked: set[str | None] = {self._token}
        more = True
        while more:
            token = self._token
            found = self._ask()
            if found is None:
                break
            if self._token != token:
                asked = {None}
            threads, broken = decode_items(found.items, Thread, where="$.items")
            page = self._page(threads, broken, oldest)
            self._read += 1
            moments = [thread.snippet.top_level_comment.moment for thread in threads]
            self._top = max([self._top, *(min(at, self._now) for at in moments)])
            known = bool(moments) and all(at < floor for at in moments)
            token = found.next_page_token
            again = token in asked
            more = bool(token) and not again and not (known and self._is_enough())
            self._token = token
            if not more:
                self._end()
            yield _with(page, AGAIN) if again and token else page
            asked.add(token)
        if more:
            self._end()
            yield Page()

    def _is_enough(self) -> bool:
        """The first walk looks for no changes: it knows of nothing yet."""
        return self._newest is None or self._read >= self._again

    def _ask(self) -> Items | None:
        """A page. A token that is too old leads back to the top; None where there are none."""
        params = {
            "part": "snippet,replies",
            "order": "time",
            "maxResults": "100",
            "textFormat": "plainText",
            **self._whose,
        }
        if self._token:
            params["pageToken"] = self._token
        found = self._reader.calls.ask("commentThreads", params, fine=FINE)
        if found is None and self._token:
            self._token, self._read = None, 0
            return self._ask()
        return found

    def _end(self) -> None:
        self._newest, self._floor, self._token, self._read = self._top, None, None, 0
        kept = max(len(self._counts) - COUNTS, 0)
        self._counts = dict(islice(self._counts.items(), kept, None))

    def _page(self, threads: Sequence[Thread], broken: list[Broken], oldest: datetime) -> Page:
        comments: list[tuple[Thread, Comment]] = []
        missed: str | None = None
        for thread in threads:
            replies, bad, why = self._replies(thread, oldest)
            comments += [(thread, one) for one in (thread.snippet.top_level_comment, *replies)]
            broken = [*broken, *bad]
            missed = missed or why
        mentions = self._reader.mentions(comments, oldest)
        return Page(mentions, broken=broken, possibly_missed=missed)

    def _replies(
        self, thread: Thread, oldest: datetime
    ) -> tuple[list[Comment], list[Broken], str | None]:
        """Those that came along, or all where there are others that may be new."""
        raws = thread.replies.comments if thread.replies else []
        some, broken = decode_items(raws, Comment, where="$.replies.comments")
        total = thread.snippet.total_reply_count
        before = self._counts.pop(thread.id, None)
        if total:
            self._counts[thread.id] = total  # at the end: what was met last is kept longest
        is_old = thread.snippet.top_level_comment.moment < oldest
        unheard = before is None and self._newest is None and is_old
        if total <= len(raws) or total == before or unheard:
            return some, broken, None
        return self._reader.replies(thread.id)


def _with(page: Page, missed: str) -> Page:
    return Page(page.mentions, broken=page.broken, possibly_missed=missed)


def _moment(text: str | None) -> datetime | None:
    return parse_time(text) if text else None
