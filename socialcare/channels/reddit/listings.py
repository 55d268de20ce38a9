"""A list of Reddit, newest first, read down to what is known from the last walk.

``after`` is the name of an item, and nothing comes after one that is deleted, so several
names are kept: of the top, where the next walk ends, and of the last page, from which a
walk that was cut short goes on.

https://www.reddit.com/dev/api#listings
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from socialcare.channels.base import Broken, Page
from socialcare.channels.reddit.calls import Calls
from socialcare.channels.reddit.posts import Place, is_gone, read_things, to_mention
from socialcare.channels.reddit.wire import Listed, Listing, Thing
from socialcare.clock import format_time, parse_time
from socialcare.errors import ChannelError

KEPT = 20
"""Names, of which not all will be deleted."""
OVERLAP = timedelta(hours=1)
"""Below the newest item of the last walk, where none of its names is met again."""
MOST = 100
"""Items of one page."""
CAP = 900
"""Items of a list that may have reached its end, which is at about 1,000."""
CAP_OF_SEARCH = 200
"""A search ends much earlier."""
AGAIN = "Reddit gave the same page twice: what lies behind it could not be read"
HOLE = "Reddit gives nothing behind items that were deleted meanwhile"
CLOSED = frozenset({302, 403, 404})
"""Of one list: the others can still be read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One list: its name in the checkpoint, its path, and what asking for it means."""

    name: str
    path: str
    what: str
    params: Mapping[str, str] = field(default_factory=dict)
    to_us: bool = False
    cap: int = CAP
    fine: frozenset[int] = frozenset()
    optional: bool = False
    """Whether the rest is worth reading without it."""


def inbox() -> list[Reading]:
    """https://www.reddit.com/dev/api#GET_message_inbox; nothing is marked as read."""
    unmarked = {"mark": "false"}
    return [
        Reading(f"/{where}", f"message/{where}", f"read our {words}", unmarked, to_us=True)
        for where, words in (("inbox", "inbox"), ("mentions", "mentions"))
    ]


def of_ours(user: str) -> list[Reading]:
    """What we answered on the site. A token without the scope for it still reads the rest.

    https://www.reddit.com/dev/api#GET_user_{username}_{where}
    """
    return [
        Reading(f"/{where}", path, "read our own answers", fine=CLOSED, optional=True)
        for where, path in (("ours", f"user/{user}/comments"), ("sent", "message/sent"))
    ]


def of_subreddit(name: str) -> list[Reading]:
    """https://www.reddit.com/dev/api#GET_new"""
    return [
        Reading(f"r/{name}/{of}", f"r/{name}/{of}", f"read r/{name}", fine=CLOSED)
        for of in ("new", "comments")
    ]


def search_for(query: str) -> Reading:
    """https://www.reddit.com/dev/api#GET_search: posts, and no comments."""
    params = {"q": query, "sort": "new", "t": "all", "type": "link"}
    return Reading(f"?{query}", "search", "search", params, cap=CAP_OF_SEARCH)


class Walk:
    """One run over one list. ``state`` is its part of the checkpoint, and is changed in place.

    ``from`` is where the first run began. ``known`` and ``newest`` are the top of the last
    walk that came to its end, ``top`` and ``top_at`` that of the one under way, ``read`` how
    many items it has seen, and ``after`` the names to go on behind, the best first.
    """

    def __init__(self, reading: Reading, state: dict[str, Any], calls: Calls, place: Place) -> None:
        self._reading, self.state, self._calls, self._place = reading, state, calls, place
        self._now = calls.clock.now()
        self._asked: set[str] = set()
        self._empty: set[str] = set()
        self.error: ChannelError | None = None
        """Why this list alone cannot be read."""

    def pages(self, since: datetime) -> Iterator[Page]:
        """One walk; after one that was cut short, a second for what came since it began."""
        self.state.setdefault("from", format_time(since))
        if self.state.get("after"):
            yield from self._down()
        if self.error is None:
            self.state |= {"after": [], "top": [], "top_at": None, "read": 0}
            yield from self._down()

    def _down(self) -> Iterator[Page]:
        self._asked, self._empty = set(), set()
        more = True
        while more:
            listed = self._ask()
            if listed is None:
                return
            things, broken = read_things(listed.children, "$.data.children")
            self._note(things, len(listed.children))
            missed = self._step(listed, things)
            more = bool(self.state["after"])
            yield self._page(things, broken, missed)

    def _ask(self) -> Listed | None:
        """A page; where nothing is behind a name, what is behind the one before it."""
        after: list[str] = self.state["after"]
        while True:
            listed = self._ask_behind(after[0] if after else None)
            if listed is None or listed.children or listed.after or not after:
                return listed
            self._empty.add(after[0])
            if len(after) == 1:
                return listed
            after = self.state["after"] = after[1:]

    def _ask_behind(self, name: str | None) -> Listed | None:
        reading = self._reading
        params = {**reading.params, "limit": str(MOST)}
        if name:
            self._asked.add(name)
            params |= {"after": name, "count": str(self.state["read"])}
        answer = self._calls.get(reading.path, params, what=reading.what, fine=reading.fine)
        if answer.status != 200:
            self.error = self._calls.refused(answer, reading.what)
            return None
        return answer.decode(Listing, what="the list").data

    def _note(self, things: Sequence[Thing], count: int) -> None:
        """The top is that of the first page with anything on it."""
        state = self.state
        state["read"] += count
        if things and not state["top"]:
            newest = sorted(things, key=lambda one: one.data.moment, reverse=True)[:KEPT]
            state["top"] = list(dict.fromkeys(one.data.name for one in newest))
            state["top_at"] = format_time(min(newest[0].data.moment, self._now))

    def _step(self, listed: Listed, things: Sequence[Thing]) -> str | None:
        """Go on, or end; why something is missed by that."""
        moments = [one.data.moment for one in things]
        met = not set(self.state.get("known", ())).isdisjoint(one.data.name for one in things)
        if met or (moments and all(at < self._floor for at in moments)):
            self._end()
            return None
        if listed.after is None:
            reached = bool(moments) and min(moments) < self._floor
            missed = None if reached else self._why_it_ended(listed)
            self._end()
            return missed
        if listed.after in self._asked:
            self._end()
            return None if listed.after in self._empty else AGAIN
        names = [one.data.name for one in reversed(things)]
        behind = [listed.after, *names, *self.state["after"]]
        self.state["after"] = list(dict.fromkeys(behind))[:KEPT]
        return None

    def _why_it_ended(self, listed: Listed) -> str | None:
        if not listed.children and self._empty:
            return HOLE
        if self.state["read"] < self._reading.cap:
            return None
        return f"Reddit gives about {self.state['read']:,} of a list, and there may have been more"

    @property
    def _floor(self) -> datetime:
        oldest, newest = parse_time(self.state["from"]), self.state.get("newest")
        return max(oldest, parse_time(newest) - OVERLAP) if newest else oldest

    def _end(self) -> None:
        state = self.state
        if state["top"]:
            state |= {"known": state["top"], "newest": state["top_at"]}
        state |= {"after": [], "top": [], "top_at": None, "read": 0}
        state["done"] = format_time(self._now)

    def _page(self, things: Sequence[Thing], broken: Sequence[Broken], missed: str | None) -> Page:
        oldest = parse_time(self.state["from"])
        there = [one for one in things if not is_gone(one)]
        return Page(
            [
                to_mention(one, self._place, to_us=self._reading.to_us)
                for one in there
                if one.data.moment >= oldest
            ],
            broken=broken,
            gone=[one.data.name for one in things if is_gone(one)],
            possibly_missed=missed,
        )
