"""What a forum finds for a query, and the posts behind it.

Of each topic the search gives one post, the newest that matches, with a text that is cut
short, and of a query ten pages of fifty. It knows days, not times. So every topic that was
found is read itself, back to the floor of the walk, and the days are gone through by
``before:`` where ten pages are not enough. A hit that was seen before says that its topic
has nothing new.

https://github.com/discourse/discourse/blob/main/lib/search.rb
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from socialcare.channels.base import Broken, Page
from socialcare.channels.decode import decode_items
from socialcare.channels.discourse.forum import Forum
from socialcare.channels.discourse.latest import AGAIN
from socialcare.channels.discourse.posts import is_within, read_posts, to_mention
from socialcare.channels.discourse.wire import Hit, Numbered, Post
from socialcare.clock import EARLIEST, format_time, parse_time

PAGES = 10
"""More of one query the forum does not give."""
TOPICS = 50
"""Of one page."""
GROUP = 5
"""Topics of one page that is stored."""
STEP = 14
"""Numbers below the first known post of a topic where its next posts are asked for: of about
twenty, five lie before the number that is named."""
CHUNKS = 10
"""Of one topic in one walk; a topic that moves faster is told."""
OVERLAP = timedelta(days=1)
"""Read again below the newest hit: the index is filled late, and the search knows only days."""
DAY = timedelta(days=1)
_WORD = re.compile(r'"([^"]+)"|(\S+)')


@dataclass(slots=True)
class Window:
    """What the ten pages of a query told: the days of their hits, and what is still to be said."""

    days: list[date] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    more: bool = False
    missed: str | None = None


class Search:
    """One run over one query; after each page, ``to_json`` is its part of the checkpoint."""

    def __init__(
        self,
        state: Mapping[str, Any] | None,
        query: str,
        forum: Forum,
        now: datetime,
        *,
        only_us: bool = False,
    ) -> None:
        state = state or {}
        self._only_us = only_us
        self._query, self._forum, self._now = query, forum, now
        self._words = words(query)
        self._from = _moment(state.get("from"))
        self._newest = _moment(state.get("newest"))
        self._seen: dict[str, str] = dict(state.get("seen", {}))
        self._floor = _moment(state.get("floor"))
        """Where the walk that is under way ends; None between two walks."""
        self._top = _moment(state.get("top")) or EARLIEST
        self._before: str | None = state.get("before")
        """The day from which nothing is read any more."""

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self._from and format_time(self._from),
            "newest": self._newest and format_time(self._newest),
            "seen": dict(self._seen),
            "floor": self._floor and format_time(self._floor),
            "top": format_time(self._top),
            "before": self._before,
        }

    def pages(self, since: datetime) -> Iterator[Page]:
        """One walk; after one that was cut short, a second for what came since it began."""
        self._from = self._from or since
        if self._floor:
            yield from self._through(self._floor)
        newest = self._newest or self._from
        self._floor = max(self._from, newest - OVERLAP)
        self._top, self._before = newest, None
        yield from self._through(self._floor)

    def _through(self, floor: datetime) -> Iterator[Page]:
        """The days from now, or from where a walk was cut short, down to its floor."""
        more = True
        while more:
            found = yield from self._window(floor)
            more = found.more
            missed = found.missed
            if more:
                missed = missed or self._lower(found.days)
                more = self._before is not None and self._before > floor.date().isoformat()
            if more or missed or found.broken:
                yield Page(broken=found.broken, possibly_missed=missed)
        self._newest, self._floor = self._top, None
        oldest = format_time(max(self._top - OVERLAP - DAY, EARLIEST))
        self._seen = {one: at for one, at in self._seen.items() if at >= oldest}
        yield Page()

    def _lower(self, days: Sequence[date]) -> str | None:
        """Go on below the days that were read; what a day kept to itself."""
        oldest = min(days, default=None)
        if oldest is None:
            self._before = None
            return AGAIN
        before = (oldest + DAY).isoformat()
        if self._before is None or before < self._before:
            self._before = before
            return None
        self._before = oldest.isoformat()
        return f"a search shows {PAGES * TOPICS} topics at most, and one day has more"

    def _window(self, floor: datetime) -> Generator[Page, None, Window]:
        """Give what is new among some days; a page that brings nothing new is no page."""
        window, last = Window(), list[msgspec.Raw]()
        for number in range(1, PAGES + 1):
            found = self._forum.search(self._asked(floor), number)
            if found.posts and found.posts == last:
                window.missed, window.more = AGAIN, False
                break
            last = found.posts
            hits, broken = decode_items(found.posts, Hit, where="$.posts")
            window.broken += broken
            window.days += [hit.moment.date() for hit in hits]
            window.more = found.has_more
            new = {hit.id: hit for hit in hits if self._is_new(hit, floor)}
            for group in batched(list(new.values()), GROUP):
                page = self._read(group, floor)
                yield replace(page, broken=[*window.broken, *page.broken])
                window.broken = []
            if not window.more:
                break
        return window

    def _is_new(self, hit: Hit, floor: datetime) -> bool:
        return hit.moment >= floor and str(hit.id) not in self._seen

    def _asked(self, floor: datetime) -> str:
        """``after:`` is a day's first moment, which is not part of it."""
        after = (floor - timedelta(seconds=1)).date().isoformat()
        until = f" before:{self._before}" if self._before else ""
        return f"{self._query} after:{after}{until} order:latest"

    def _read(self, hits: Sequence[Hit], floor: datetime) -> Page:
        """The topics of some hits, which then count as seen."""
        pages = [self._topic(hit, floor) for hit in hits]
        self._seen |= {str(hit.id): format_time(hit.moment) for hit in hits}
        self._top = max(self._top, *(min(hit.moment, self._now) for hit in hits))
        return Page(
            [mention for page in pages for mention in page.mentions],
            broken=[one for page in pages for one in page.broken],
            possibly_missed=next((p.possibly_missed for p in pages if p.possibly_missed), None),
        )

    def _topic(self, hit: Hit, floor: datetime) -> Page:
        """The posts around a hit, and above them back to the floor."""
        posts: dict[int, Post] = {}
        broken: list[Broken] = []
        number, title, missed = hit.post_number, "", None
        for _ in range(CHUNKS):
            topic = self._forum.topic(hit.topic_id, number)
            if topic is None:
                break
            title = topic.title
            some, bad = read_posts(topic.post_stream.posts, "$.post_stream.posts")
            posts |= {post.id: post for post in some}
            broken += bad
            first = min(numbers(topic.post_stream.posts), default=1)
            if first <= 1 or first > number or any(not is_within(post, floor) for post in some):
                break
            number = max(first - STEP, 1)
        else:
            missed = f"topic {hit.topic_id} has more new posts than are read of one topic"
        self._forum.know(list(posts.values()))
        kept = [post for post in posts.values() if self._is_wanted(post, hit, floor)]
        mentions = [
            to_mention(post, self._forum.place, title, self._forum.parent_of(post)) for post in kept
        ]
        return Page(mentions, broken=broken, possibly_missed=missed)

    def _is_wanted(self, post: Post, hit: Hit, floor: datetime) -> bool:
        """A topic goes on about other things; our own answers in it stop the clock."""
        is_us = self._forum.place.is_us(post.username)
        if not is_within(post, floor) or (self._only_us and not is_us):
            return False
        if post.id == hit.id or is_us or not self._words:
            return True
        said = f"{post.cooked} {post.raw or ''}".casefold()
        return any(word in said for word in self._words)


def numbers(raws: Sequence[msgspec.Raw]) -> list[int]:
    """The numbers of posts in their topic, also of those that cannot be read otherwise."""
    return [one.post_number for one in decode_items(raws, Numbered)[0]]


def batched(hits: Sequence[Hit], size: int) -> Iterator[Sequence[Hit]]:
    for start in range(0, len(hits), size):
        yield hits[start : start + size]


def _moment(text: str | None) -> datetime | None:
    return parse_time(text) if text else None


def words(query: str) -> list[str]:
    """The words of a query, without what steers the search (``user:ana``, ``-beta``, ``#tag``)."""
    found = []
    for phrase, word in _WORD.findall(query):
        if phrase or not (word[0] in "-@#" or ":" in word):
            found += (phrase or word.strip('"')).casefold().split()
    return [word for word in found if len(word) > 2] or found
