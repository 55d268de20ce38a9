"""A list of X, newest first, read down to a floor: mentions of us, our answers, hits of a search.

The floor is an id. Ids tell their time, and are only roughly in order, so each walk goes
a little below the newest of the last one. Within a run ``next_token`` leads on; a run
that goes on where another was cut short asks for what is older than the oldest it has,
for a token may not live that long. Only after a page that had nothing older the token is
tried, for a while.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialcare.channels.base import Page
from socialcare.channels.prices import dollars
from socialcare.channels.x.book import MENTION, OWN, POST, Book, dearest
from socialcare.channels.x.calls import Calls
from socialcare.channels.x.posts import Place, raw_ids, read_posts
from socialcare.channels.x.refusals import problems, words
from socialcare.channels.x.wire import Listing, id_at, time_of
from socialcare.errors import BadAnswerError

OVERLAP = timedelta(minutes=15)
MARGIN = timedelta(minutes=5)
"""Kept from the edge of the seven days, which moves on while we ask."""
FUTURE = timedelta(days=1)
LIFE = timedelta(hours=1)
"""How old a token of another run may be."""
MOST = 100
"""Posts of one page."""
TOO_OLD = "X searches the last 7 days only, and the last search that was whole lies further back"
AGAIN = "X gave the same page twice: what lies behind it could not be read"


@dataclass(frozen=True, slots=True)
class Reading:
    """One list: its name in the checkpoint, its path, what a post of it costs.

    ``days`` is how far back it goes; ``cap`` is how many posts it gives over all pages.
    """

    name: str
    path: str
    what: str
    price: int
    least: int
    token: str
    params: Mapping[str, str] = field(default_factory=dict)
    days: timedelta | None = None
    cap: int | None = None
    alone: bool = False
    """Without the authors and the posts that are answered: those are paid for as well."""

    @property
    def cost(self) -> int:
        """Of one post, at most."""
        return self.price if self.alone else dearest(self.price)


def mentions_of(user_id: str) -> Reading:
    """https://docs.x.com/x-api/users/get-mentions"""
    path = f"users/{user_id}/mentions"
    what = "read the mentions of our account"
    return Reading("mentions", path, what, MENTION, 5, "pagination_token", cap=800)


def answers_of(user_id: str) -> Reading:
    """Our own posts, for the answers among them: https://docs.x.com/x-api/users/get-posts"""
    return Reading(
        "answers",
        f"users/{user_id}/tweets",
        "read the posts of our account",
        OWN,
        5,
        "pagination_token",
        {"exclude": "retweets"},
        cap=3_200,
        alone=True,
    )


def search_for(query: str) -> Reading:
    """https://docs.x.com/x-api/posts/search-recent-posts"""
    return Reading(
        f"?{query}",
        "tweets/search/recent",
        f"search for {query}",
        POST,
        10,
        "next_token",
        {"query": query},
        timedelta(days=7),
    )


class Walk:
    """One run over one list. ``state`` is its part of the book, and is changed in place.

    ``from`` is the id that the first run began at, ``newest`` the newest one of the walks
    that are done. During a walk ``floor`` is its lower end, ``top`` and ``below`` the newest
    and the oldest that it has seen, ``seen`` how many, ``asked`` when it began; ``done`` is
    when the last one did that came to its end. ``next`` leads on from a page with nothing older.
    """

    def __init__(
        self, reading: Reading, book: Book, calls: Calls, place: Place, fields: Mapping[str, str]
    ) -> None:
        self._reading, self._book, self._calls, self._place = reading, book, calls, place
        self._fields = fields
        self._now = calls.clock.now()
        self.state = book.lists.setdefault(reading.name, {})
        self.spent = False
        """Whether it stopped for want of money."""

    def pages(self, since: datetime) -> Iterator[Page]:
        """One walk; after one that was cut short, a second for what came since it began."""
        state = self.state
        if not state:
            state |= {"from": id_at(since), "newest": None, "floor": None}
        if state["floor"] is not None:
            yield from self._down(self._lifted(state["floor"]))
        if not self.spent:
            newest = state["newest"] if state["newest"] is not None else state["from"]
            floor = max(state["from"], id_at(time_of(str(newest)) - OVERLAP))
            state |= {"floor": floor, "top": newest, "below": None, "seen": 0, "next": None}
            state["asked"] = id_at(self._now)
            yield from self._down(self._lifted(state.get("done")))

    def _down(self, missed: str | None) -> Iterator[Page]:
        state = self.state
        asked: set[str] = set()
        until, token = self._resumed()
        if until is not None and until <= state["floor"]:  # all that is left lies too far back
            self._end()
            yield Page(possibly_missed=missed)
        while state["floor"] is not None:
            size = self._book.room(self._reading.cost, self._reading.least, MOST)
            if size is None:
                self.spent = True
                yield Page(possibly_missed=missed, notice=self._notice())
                return
            listing = self._ask(size, until, token)
            mentions, broken = read_posts(listing, self._place)
            if self._reading.alone:
                mentions = [one for one in mentions if one.in_reply_to]
            oldest = state["below"]
            self._note([int(one) for one in raw_ids(listing.data)])
            token = listing.meta.next_token if listing.meta else None
            if token in asked:
                missed, token = AGAIN, None
            elif token is None:
                missed = missed or self._capped()
            if token is None:
                self._end()
            else:
                asked.add(token)
            nothing_older = token is not None and state["below"] == oldest
            left = {"token": token, "until": until, "at": id_at(self._now)}
            state["next"] = left if nothing_older else None
            yield Page(mentions, broken=broken, possibly_missed=missed)
            missed = None

    def _resumed(self) -> tuple[int | None, str | None]:
        """Where a walk begins or goes on: below an id, or by a token."""
        left = self.state.get("next")
        if left and self._now - time_of(str(left["at"])) < LIFE:
            return left["until"], left["token"]
        return self.state["below"], None

    def _end(self) -> None:
        self.state |= {"newest": self.state["top"], "floor": None, "below": None, "seen": 0}
        self.state["done"] = self.state["asked"]

    def _ask(self, size: int, until: int | None, token: str | None) -> Listing:
        reading = self._reading
        alone = {k: v for k, v in self._fields.items() if k in {"tweet.fields", "post.fields"}}
        fields = alone if reading.alone else self._fields
        params = {**fields, **reading.params, "max_results": str(size)}
        if self.state["floor"] > 0:
            params["since_id"] = str(self.state["floor"] - 1)
        if until is not None:
            params["until_id"] = str(until + 1)
        if token is not None:
            params[reading.token] = token
        answer = self._calls.ask(reading.path, params, what=reading.what)
        listing = answer.decode(Listing, what="the list of posts")
        self._book.pay(listing, reading.price)
        if listing.meta is None and not listing.data:
            found = problems(listing.errors)
            said = words(found[0]) if found else ": it has neither posts nor the end of them"
            raise BadAnswerError(
                f"{self._calls.channel}: X did not {reading.what}{said}.",
                f"try it alone: socialcare channel test {self._calls.channel}",
            )
        return listing

    def _note(self, ids: list[int]) -> None:
        """What is dated far ahead must not lift the floor of the next walk."""
        state, latest = self.state, id_at(self._now + FUTURE)
        if ids:
            state["top"] = max(state["top"], min(max(ids), latest))
            state["below"] = min([min(ids), *([] if state["below"] is None else [state["below"]])])
            state["seen"] += len(set(ids))

    def _lifted(self, reached: int | None) -> str | None:
        """Lift the floor to what can still be had; up to ``reached`` all has been read."""
        state, days = self.state, self._reading.days
        lowest = id_at(self._now - days + MARGIN) if days else 0
        if state["floor"] >= lowest:
            return None
        state["floor"] = lowest
        return TOO_OLD if reached is not None and reached < lowest else None

    def _capped(self) -> str | None:
        cap = self._reading.cap
        if cap is None or self.state["seen"] < cap:
            return None
        return f"X gives the newest {cap} {self._reading.name} only, and there were more"

    def _notice(self) -> str:
        account = self._book.account
        return (
            f"{dollars(account.spent)} of {dollars(account.budget)} are spent today, and what is "
            "left may not cover the next page; reading goes on after midnight UTC, or with a "
            "larger budget_per_day"
        )
