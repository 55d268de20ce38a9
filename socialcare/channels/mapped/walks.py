"""How a list is read to its end, across runs, without a gap.

A **window** is read from the newest back to what the last run saw, less an overlap, and the
place of a walk that was cut short is kept: it is gone on with first, and then what came
since is read. A **forward** walk goes on where the last run ended.

Pages that are counted shift under a walk. New items push others down, where they come
again; items that are taken away pull others up, past a page that was read already. So the
page before is read once more after every further one. What is left is a service that takes
away and adds in turn, between one request and the next, just above the page that is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, Protocol

from socialcare.channels.base import Page
from socialcare.channels.mapped.calls import Told
from socialcare.channels.mapped.items import Found
from socialcare.channels.mapped.plan import Paging
from socialcare.channels.mapped.turning import Place, Turner
from socialcare.clock import format_time, parse_time
from socialcare.errors import BadAnswerError

MOST_KNOWN = 500
"""Ids of the newest answer that are remembered, where they tell where to stop."""
MANY_WORDLESS = 5
"""Fewer may be people who came or left."""
AGAIN = "{} gave the same page twice: what lies behind it could not be read"
BEYOND = "{} gives no more than so many pages, and there was more"
ALL_NEW = "{} gave as many items as fit, all of them new: older ones may not have fitted"
TOO_LATE = "{} keeps what nobody fetched for a while only, and that has passed since the last fetch"
WAITING = "{} holds more: it comes with the next fetch, once this is stored"
WORDLESS = "all {} items of {} came without words: may this token see them?"


class Ask(Protocol):
    def __call__(
        self, since: datetime, place: Place | None, *, resuming: bool
    ) -> tuple[Told, Found] | None:
        """One answer; None where a place that was kept is not taken any more."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a walk needs. ``name`` is that of the channel."""

    name: str
    paging: Paging
    turner: Turner
    ask: Ask
    now: datetime

    def notice(self, found: Found) -> str | None:
        others = found.mentions or found.broken or found.gone
        wordless = found.wordless >= MANY_WORDLESS and not others
        return WORDLESS.format(found.wordless, self.name) if wordless else None


@dataclass(frozen=True, slots=True)
class Window:
    """Where a walk from the newest back stands.

    What was written before ``first`` is not for us. Everything up to ``since`` has been
    read. During a walk ``top`` is the newest that was seen, and ``place`` where it is.
    """

    first: datetime
    since: datetime
    top: datetime | None = None
    place: Place | None = None
    prior: Place | None = None
    """The place before that, where there is one."""
    known: Sequence[str] = ()
    fresh: Sequence[str] = ()
    """What will be ``known`` once this walk is over."""

    def to_json(self) -> dict[str, Any]:
        return {
            "first": format_time(self.first),
            "since": format_time(self.since),
            "top": format_time(self.top) if self.top else None,
            "place": self.place,
            "prior": self.prior,
            "known": list(self.known),
            "fresh": list(self.fresh),
        }


def window_from(data: Mapping[str, Any] | None, since: datetime) -> Window:
    if data is None:
        return Window(since, since)
    top = parse_time(data["top"]) if data["top"] else None
    first, reached = parse_time(data["first"]), parse_time(data["since"])
    places = data["place"], data["prior"]
    return Window(first, reached, top, *places, data["known"], data["fresh"])


@dataclass
class WindowWalk:
    """``state`` is what to store after each page."""

    state: Window
    way: Way

    def pages(self) -> Iterator[Page]:
        if self.state.top is not None:
            yield from self._walk(resuming=True)
        yield from self._walk(resuming=False)

    def _walk(self, *, resuming: bool) -> Iterator[Page]:
        """One walk to its end."""
        before: Sequence[str] = ()
        asked: set[Place | None] = set()
        going = True
        while going:
            here = self.state
            asked.add(here.place)
            found, told = self._found(here, resuming=resuming)
            if told is None:
                self.state, resuming, asked = replace(here, place=None, prior=None), False, set()
                continue
            following = self.way.turner.following(here.place, told, found)
            reached = self._reached(here, found)
            missed = None if reached else self._missed(here, following, found, before, asked)
            going = not (reached or missed or following is None)
            self.state = self._after(here, found, following if going else None)
            page = found.page(here.first, self.way.notice(found))
            page = replace(page, possibly_missed=missed)
            yield self._with_the_one_before(here, page, resuming=resuming)
            before, resuming = found.marks, False

    def _found(self, here: Window, *, resuming: bool) -> tuple[Found, Told | None]:
        answer = self.way.ask(self._floor(here), here.place, resuming=resuming)
        return (Found(()), None) if answer is None else (answer[1], answer[0])

    def _floor(self, here: Window) -> datetime:
        """How far back this walk goes; the first goes no further than it was told."""
        return max(here.first, here.since - self.way.paging.overlap)

    def _missed(
        self,
        here: Window,
        following: Place | None,
        found: Found,
        before: Sequence[str],
        asked: set[Place | None],
    ) -> str | None:
        name, paging = self.way.name, self.way.paging
        again = (found.marks and list(found.marks) == list(before)) or following in asked
        if following is not None and again:
            return AGAIN.format(name)
        if following is not None and self.way.turner.is_beyond(following):
            return BEYOND.format(name)
        full = paging.size is not None and len(found.marks) >= paging.size
        if paging.style == "none" and full and here.since > here.first:
            return (
                ALL_NEW.format(name)
                if min(self._moments(found), default=here.since) > here.since
                else None
            )
        return None

    def _reached(self, here: Window, found: Found) -> bool:
        """Whether all of this was there the last time."""
        if self.way.paging.order == "oldest" or not found.marks:
            return False
        if self.way.paging.stop == "known":
            return bool(here.known) and set(_hashed(found.marks)) <= set(here.known)
        moments = self._moments(found)
        return bool(moments) and max(moments) < self._floor(here)

    def _moments(self, found: Found) -> list[datetime]:
        """The times by which the list is sorted."""
        if self.way.paging.sorted_by == "edited_at":
            return [one.edited_at or one.created_at for one in found.mentions]
        return [one.created_at for one in found.mentions]

    def _after(self, here: Window, found: Found, following: Place | None) -> Window:
        seen = [min(one, self.way.now) for one in self._moments(found)]
        top = max([here.top or here.since, *seen])
        fresh = here.fresh if here.top is not None else _hashed(found.marks)[:MOST_KNOWN]
        fresh = fresh if self.way.paging.stop == "known" else ()
        if following is None:
            return Window(here.first, top, known=fresh or here.known)
        return Window(here.first, here.since, top, following, here.place, here.known, fresh)

    def _with_the_one_before(self, here: Window, page: Page, *, resuming: bool) -> Page:
        """With the page before as it is now: what was at their border may have moved up."""
        if here.place is None or not self.way.paging.shifts:
            return page
        answer = self.way.ask(self._floor(here), here.prior, resuming=resuming)
        if answer is None:
            return page
        again = answer[1].page(here.first)
        return replace(
            page,
            mentions=[*page.mentions, *again.mentions],
            gone=[*page.gone, *again.gone],
        )


def _hashed(marks: Sequence[str]) -> list[str]:
    return [blake2b(mark.encode("utf-8", "replace"), digest_size=6).hexdigest() for mark in marks]


@dataclass(frozen=True, slots=True)
class Forward:
    """Where a walk towards the newest stands: after ``place``, everything is new."""

    first: datetime
    place: Place | None = None
    asked_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        at = format_time(self.asked_at) if self.asked_at else None
        return {"first": format_time(self.first), "place": self.place, "asked_at": at}


def forward_from(data: Mapping[str, Any] | None, since: datetime) -> Forward:
    if data is None:
        return Forward(since)
    at = parse_time(data["asked_at"]) if data["asked_at"] else None
    return Forward(parse_time(data["first"]), data["place"], at)


@dataclass
class ForwardWalk:
    """``state`` is what to store after each page."""

    state: Forward
    way: Way

    def pages(self) -> Iterator[Page]:
        """One page only where asking on would make the service forget what is not stored yet."""
        paging = self.way.paging
        before: Sequence[str] = ()
        missed, resuming, going = self._too_late(), True, True
        while going:
            here = self.state
            answer = self.way.ask(here.first, here.place, resuming=resuming)
            if answer is None:
                self.state, resuming = Forward(here.first), False
                continue
            told, found = answer
            place = self._place(here.place, told, found)
            self.state = Forward(here.first, place, self.way.now)
            stuck = list(found.marks) == list(before) and not set(found.marks) <= {str(place)}
            ended = place == here.place or not self._more(told)
            missed = missed or (AGAIN.format(self.way.name) if stuck else None)
            going = not (stuck or ended or paging.confirms)
            notice = self.way.notice(found) or self._waiting(found)
            yield replace(found.page(here.first, notice), possibly_missed=missed)
            before, missed, resuming = found.marks, None, False

    def _place(self, here: Place | None, told: Told, found: Found) -> Place | None:
        """The last id, or the place that the answer names; at the end it stays the same."""
        if self.way.paging.style != "after":
            return self.way.turner.named(told) or here
        marks = [mark for mark in found.marks if mark]
        if not found.marks:
            return here
        last = _largest([*marks, *([str(here)] if here is not None else [])]) if marks else None
        if not marks or (last is None and self.way.paging.plus):
            raise self._no_way_on()
        newest_first = self.way.paging.order == "newest"
        return last if last is not None else marks[0 if newest_first else -1]

    def _no_way_on(self) -> BadAnswerError:
        name, paging = self.way.name, self.way.paging
        kind = "number" if paging.plus else "id"
        return BadAnswerError(
            f"{name}: no item of the answer has a {kind} at {paging.path}.",
            f"look at path of [channels.{name}.paging]: socialcare config edit",
        )

    def _more(self, told: Told) -> bool:
        more = self.way.paging.more
        return more is None or bool(more.find(told.data))

    def _waiting(self, found: Found) -> str | None:
        paging = self.way.paging
        full = paging.size is not None and len(found.marks) >= paging.size
        return WAITING.format(self.way.name) if paging.confirms and full else None

    def _too_late(self) -> str | None:
        keeps, at = self.way.paging.keeps, self.state.asked_at
        late = keeps is not None and at is not None and self.way.now - at > keeps
        return TOO_LATE.format(self.way.name) if late else None


def _largest(marks: Sequence[str]) -> str | None:
    """The largest of ids that are numbers; None where they are not."""
    if not all(mark.isascii() and mark.isdigit() and len(mark) < 40 for mark in marks):
        return None
    return max(marks, key=int)
