"""All newest posts of a forum, from the newest id down to known ground.

A page is what is public among fifty ids (newer forums: fifty public posts), so it may be
short or empty although there is more below it. A walk goes down by ids, and ends below
what the last one saw, or the first time at a moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from socialcare.channels.base import Page
from socialcare.channels.decode import decode_items
from socialcare.channels.discourse.forum import Forum
from socialcare.channels.discourse.posts import is_within, read_posts, to_mention
from socialcare.channels.discourse.wire import Position
from socialcare.clock import format_time, parse_time
from socialcare.errors import BadAnswerError

IDS = 50
"""A page looks at so many ids."""
OVERLAP = 50
"""Ids read again below the newest one: edits, and posts that were held back."""
ENOUGH_EMPTY = 20
"""Pages without a public post after which a first walk is over."""
AGAIN = "the forum gave the same page twice: what lies behind it could not be read"


@dataclass(frozen=True, slots=True)
class Walk:
    """``before`` is the next id to ask for, ``floor`` was read by an earlier walk."""

    floor: int | None = None
    before: int | None = None
    top: int | None = None
    """The newest id of this walk."""


class LatestPosts:
    """One run over the list; after each page, ``to_json`` is its part of the checkpoint."""

    def __init__(self, state: Mapping[str, Any] | None, forum: Forum) -> None:
        self._forum = forum
        self._from = parse_time(state["from"]) if state else None
        self._newest: int | None = state["newest"] if state else None
        self._walk = Walk(**state["walk"]) if state and state["walk"] else None

    def to_json(self) -> dict[str, Any]:
        return {
            "from": format_time(self._from) if self._from else None,
            "newest": self._newest,
            "walk": asdict(self._walk) if self._walk else None,
        }

    def pages(self, since: datetime) -> Iterator[Page]:
        """One walk; after one that was cut short, a second for what came since it began."""
        self._from = self._from or since
        if self._walk:
            yield from self._down(self._walk, self._from)
        floor = None if self._newest is None else max(self._newest - OVERLAP, 0)
        yield from self._down(Walk(floor), self._from)

    def _down(self, walk: Walk, oldest: datetime) -> Iterator[Page]:
        here: Walk | None = walk
        empty = 0
        while here:
            raws = self._forum.latest(here.before)
            ids = _ids(raws)
            page, any_new = self._read(raws, oldest)
            empty = 0 if ids else empty + 1
            here, page = self._next(here, ids, page, any_new=any_new, empty=empty)
            self._walk = here
            yield page

    def _next(
        self, here: Walk, ids: Sequence[int], page: Page, *, any_new: bool, empty: int
    ) -> tuple[Walk | None, Page]:
        """Where to go on, None at the end; and the page with what is to be said about it."""
        here = replace(here, top=max([*ids, *([here.top] if here.top else [])], default=None))
        if here.before is not None and any(one > here.before for one in ids):
            return self._over(here, replace(page, possibly_missed=AGAIN))
        below = _below(here.before, ids)
        first = here.floor is None
        if below is None or below <= (here.floor or 0) or (first and ids and not any_new):
            return self._over(here, page)
        if first and empty >= ENOUGH_EMPTY:
            notice = f"no public post among {empty * IDS:,}: nothing older is looked for"
            return self._over(here, replace(page, notice=notice))
        return replace(here, before=below), page

    def _over(self, walk: Walk, page: Page) -> tuple[None, Page]:
        self._newest = max(self._newest or 0, walk.top or 0) or None
        return None, page

    def _read(self, raws: Sequence[msgspec.Raw], oldest: datetime) -> tuple[Page, bool]:
        """The page, and whether anything on it is not older than the first look."""
        posts, broken = read_posts(raws, "$.latest_posts")
        self._forum.know(posts)
        within = [post for post in posts if is_within(post, oldest)]
        mentions = [
            to_mention(post, self._forum.place, parent=self._forum.parent_of(post))
            for post in within
        ]
        return Page(mentions, broken=broken), bool(within or broken or not posts)


def _below(before: int | None, ids: Sequence[int]) -> int | None:
    """The next id to ask for. Whether that id itself comes again differs between versions."""
    if not ids:
        return None if before is None else before - IDS
    lowest = min(ids)
    return lowest if before is None or lowest < before else before - 1


def _ids(raws: Sequence[msgspec.Raw]) -> list[int]:
    """Also those of posts that cannot be read otherwise.

    Raises
    ------
    BadAnswerError
        Not one has an id: there is no way on.

    """
    positions, broken = decode_items(raws, Position)
    if raws and not positions:
        raise BadAnswerError(
            f"none of {len(raws)} posts has an id: {broken[0].where} {broken[0].reason}",
            "try again later; if it stays, this forum is not Discourse, or a new version of it",
        )
    return [one.id for one in positions]
