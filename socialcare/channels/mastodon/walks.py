"""How a list of the server is read to its end, across runs, without a gap.

The first time a list is walked from its newest post back to a moment (``max_id``),
after that forward from an anchor (``min_id``) until the server has nothing newer.
Ids are opaque: they are handed back as they came, never compared or counted with.

A post that reaches the server late gets an id by its own time, below what was read
before. So a walk forward starts from an anchor, a known post some way below the newest
(:class:`Overlap`); where there is none, the list is short and is walked back once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from socialcare.channels.base import Page
from socialcare.channels.decode import decode_items
from socialcare.channels.mastodon.posts import Position
from socialcare.clock import format_time, parse_time
from socialcare.errors import BadAnswerError

AGAIN = "the server gave the same page twice: what lies behind it could not be read"

Ask = Callable[[Mapping[str, str]], list[msgspec.Raw]]
"""One page of a list for ``max_id`` or ``min_id``."""
Read = Callable[[Sequence[msgspec.Raw]], Page]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far below the newest post a list is read again: ``time``, or ``most`` anchors.

    At least ``spacing`` lies between two anchors.
    """

    time: timedelta
    spacing: timedelta
    most: int


TIMELINE = Overlap(timedelta(minutes=60), timedelta(minutes=10), most=100)
"""Posts may come late; never as many as 100 anchors, so it is the time that counts."""
SEQUENCE = Overlap(timedelta(minutes=5), timedelta(0), most=20)
"""Ids are given as things happen, but a lower one may show up a moment after a higher one."""


@dataclass(frozen=True, slots=True)
class Anchor:
    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """Where one list stands between two pages.

    ``anchors`` are newest first. During a walk back, ``floor`` is where it ends and
    ``below`` the id it has reached; during a walk forward, ``above`` is.
    """

    anchors: tuple[Anchor, ...] = ()
    floor: datetime | None = None
    below: str | None = None
    above: str | None = None

    def start(self, overlap: Overlap) -> str | None:
        """The anchor for a new walk forward; None where no anchor is far enough down."""
        return self.anchors[-1].id if _far_enough(self.anchors, overlap) else None

    def seen(self, positions: Sequence[Position], now: datetime, overlap: Overlap) -> State:
        """The same with the anchors of another page, as many as the overlap needs."""
        known = {anchor.id: anchor for anchor in self.anchors}
        known |= {one.id: Anchor(one.id, min(one.moment, now)) for one in positions}
        kept: list[Anchor] = []
        for anchor in sorted(known.values(), key=lambda anchor: anchor.at, reverse=True):
            if kept and kept[-1].at - anchor.at < overlap.spacing:
                continue
            kept.append(anchor)
            if _far_enough(kept, overlap):
                break
        return replace(self, anchors=tuple(kept))

    def to_json(self) -> dict[str, Any]:
        return {
            "anchors": [[anchor.id, format_time(anchor.at)] for anchor in self.anchors],
            "floor": format_time(self.floor) if self.floor else None,
            "below": self.below,
            "above": self.above,
        }


def _far_enough(anchors: Sequence[Anchor], overlap: Overlap) -> bool:
    if not anchors:
        return False
    return len(anchors) >= overlap.most or anchors[0].at - anchors[-1].at >= overlap.time


def from_json(data: Mapping[str, Any] | None) -> State:
    if data is None:
        return State()
    return State(
        tuple(Anchor(post, parse_time(at)) for post, at in data["anchors"]),
        parse_time(data["floor"]) if data["floor"] else None,
        data["below"],
        data["above"],
    )


class Walk:
    """One run over one list; after each page, ``to_json`` is its part of the checkpoint."""

    def __init__(
        self,
        state: Mapping[str, Any] | None,
        ask: Ask,
        read: Read,
        now: datetime,
        overlap: Overlap = TIMELINE,
    ) -> None:
        self.state = from_json(state)
        self._ask = ask
        self._read = read
        self._now = now
        self._overlap = overlap

    def to_json(self) -> dict[str, Any]:
        return self.state.to_json()

    def pages(self, since: datetime) -> Iterator[Page]:
        start = self.state.above or self.state.start(self._overlap)
        unfinished = self.state.below is not None
        if unfinished or start is None:
            yield from self._back(self.state.floor or self._floor(since), since)
            start = self.state.start(self._overlap) if unfinished else None
        if start is not None:
            yield from self._forward(start)

    def _floor(self, since: datetime) -> datetime:
        """Where a walk back may end, once it met what was read before."""
        if not self.state.anchors:
            return since
        return max(since, self.state.anchors[0].at - self._overlap.time)

    def _back(self, floor: datetime, since: datetime) -> Iterator[Page]:
        below = self.state.below
        asked = {below}
        known = set() if below else {anchor.id for anchor in self.state.anchors}
        met = not known
        while True:
            raws = self._ask({"max_id": below} if below else {})
            positions = positions_of(raws)
            self.state = self.state.seen(positions, self._now, self._overlap)
            page = not_before(min(floor, since), self._read(raws))
            met = met or any(one.id in known for one in positions)
            if all(one.moment < (floor if met else since) for one in positions):
                self.state = replace(self.state, floor=None, below=None)
                yield page
                return
            below = positions[-1].id
            self.state = replace(self.state, floor=floor, below=below)
            if below in asked:
                yield replace(page, possibly_missed=AGAIN)
                return
            asked.add(below)
            yield page

    def _forward(self, above: str) -> Iterator[Page]:
        asked = {above}
        while True:
            raws = self._ask({"min_id": above})
            if not raws:
                self.state = replace(self.state, above=None)
                yield Page()
                return
            positions = positions_of(raws)
            above = _newest(positions)
            again = above in asked
            self.state = replace(
                self.state.seen(positions, self._now, self._overlap), above=None if again else above
            )
            yield replace(self._read(raws), possibly_missed=AGAIN if again else None)
            if again:
                return
            asked.add(above)


def positions_of(raws: Sequence[msgspec.Raw]) -> list[Position]:
    """The ids and times of a page, without those of broken items.

    Raises
    ------
    BadAnswerError
        Not one item has them: there is no way on.

    """
    positions, broken = decode_items(raws, Position)
    if raws and not positions:
        raise BadAnswerError(
            f"none of {len(raws)} posts has an id and a time: {broken[0].where} {broken[0].reason}",
            "try again later; if it stays, this server speaks another language than Mastodon's",
        )
    return positions


def not_before(since: datetime, page: Page) -> Page:
    return replace(page, mentions=[one for one in page.mentions if one.created_at >= since])


def _newest(positions: Sequence[Position]) -> str:
    """Pages come newest first, but not from every server when it pages forward."""
    first, last = positions[0], positions[-1]
    return first.id if first.moment >= last.moment else last.id
