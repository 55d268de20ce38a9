"""A service that posts answers, and loses, delays and refuses what it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from socialcare.channels.base import (
    Channel,
    Checkpoint,
    Outgoing,
    Page,
    Posted,
    Preview,
    ReplyLimits,
)
from socialcare.clock import FixedClock
from socialcare.errors import (
    ConfigError,
    GoneError,
    OutcomeUnknownError,
    RateLimitError,
    UnavailableError,
)
from socialcare.models import Mention
from socialcare.settings import ChannelSettings, Settings

SOURCE = "mastodon:mas.to"
CLOCKS_DIFFER = timedelta(minutes=5)


class Killed(BaseException):
    """The process ends here, without a last word."""


@dataclass
class Office:
    """``keeps_keys``: the same key gives the same post. ``shows_after``: how late own posts show."""

    clock: FixedClock
    keeps_keys: bool = False
    shows: bool = True
    shows_after: timedelta = timedelta()
    posts: list[tuple[Outgoing, datetime]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What happens to the next requests to post, one each; after them all goes well."""
    unseen: list[Exception] = field(default_factory=list)
    """What happens to the next looks at our own posts."""
    ahead: timedelta = timedelta()
    """By how much its clock is ahead of ours."""
    on_post: Callable[[], object] = lambda: None
    """Called once a post is there, and before anybody hears of it."""
    url: str = "https://mas.to/@acme/"
    gone: set[str] = field(default_factory=set)
    edited: dict[str, Mention] = field(default_factory=dict)

    def post(self, out: Outgoing) -> Posted:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "kill before":
            raise Killed
        if fault == "down":
            raise UnavailableError("mas.to is down.", "later")
        if fault == "limit":
            until = self.clock.now() + timedelta(minutes=15)
            raise RateLimitError("mas.to asked to slow down.", "later", not_before=until)
        if fault == "refuse":
            raise GoneError("the post is gone.", "nothing")
        if fault == "lost before":
            raise OutcomeUnknownError("no answer came.", "look")
        made = self._make(out)
        self.on_post()
        if fault == "kill after":
            raise Killed
        if fault == "lost after":
            raise OutcomeUnknownError("no answer came.", "look")
        if fault == "bug after":
            raise KeyError("id")
        return made

    def _make(self, out: Outgoing) -> Posted:
        place = self._place(out) if self.keeps_keys else None
        if place is None:
            self.posts.append((out, self.clock.now() + self.ahead))
            place = len(self.posts) - 1
        return self._posted(place)

    def _place(self, out: Outgoing) -> int | None:
        keys = [one.key for one, _ in self.posts]
        return keys.index(out.key) if out.key in keys else None

    def _posted(self, place: int) -> Posted:
        at = self.posts[place][1]
        return Posted(f"own-{place}", f"{self.url}{place}", f"at://own/{place}", at)

    def find(self, out: Outgoing) -> Posted | None:
        if self.unseen:
            raise self.unseen.pop(0)
        for place in reversed(range(len(self.posts))):
            if self._may_be(place, out):
                return self._posted(place)
        if self.keeps_keys:
            return None
        raise OutcomeUnknownError("mas.to does not show the answer.", "look there")

    def _may_be(self, place: int, out: Outgoing) -> bool:
        one, at = self.posts[place]
        shown = self.shows and self.clock.now() + self.ahead - at >= self.shows_after
        older = out.tried_at is not None and at < out.tried_at - CLOCKS_DIFFER
        same = (_above(one), one.text) == (_above(out), out.text)
        return shown and same and not older and f"own-{place}" not in out.known


def _above(out: Outgoing) -> str | None:
    return None if out.to is None else out.to.external_id


class Desk(Channel):
    """A channel of that service."""

    type: ClassVar[str] = "mastodon"
    limits: ClassVar[ReplyLimits] = ReplyLimits(80, private=True, posts=True, own_posts=True)

    def __init__(self, office: Office, source: str = SOURCE) -> None:
        self.office, self._source = office, source

    @property
    def source(self) -> str:
        return self._source

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        yield Page()

    def recheck(self, external_ids: Sequence[str]) -> Page:
        office = self.office
        return Page(
            [office.edited[id_] for id_ in external_ids if id_ in office.edited],
            gone=[id_ for id_ in external_ids if id_ in office.gone],
        )

    def preview(self, reply: Outgoing) -> Preview:
        length = len(reply.text)
        refused = f"it has {length} of 80 characters" if length > 80 else None
        return Preview(reply.text, length, 80, refused)

    def send(self, reply: Outgoing) -> Posted:
        return self.office.post(reply)

    def find(self, reply: Outgoing) -> Posted | None:
        return self.office.find(reply)

    def delete(self, external_id: str) -> None:
        raise AssertionError("nothing is taken back here")


class ByHand(Desk):
    limits: ClassVar[ReplyLimits] = ReplyLimits(80)


@dataclass
class Shop:
    """What a sender needs of a workshop. A channel's ``source`` is an option, and so is ``broken``."""

    office: Office
    settings: Settings

    @property
    def clock(self) -> FixedClock:
        return self.office.clock

    def build(self, channel: ChannelSettings, _budget: object) -> Desk:
        if channel.options.get("broken"):
            raise ConfigError("its options are wrong.", "mend them")
        kind = ByHand if channel.options.get("by_hand") else Desk
        return kind(self.office, str(channel.options.get("source", SOURCE)))


def settings(name: str = "mastodon", **options: object) -> Settings:
    return Settings(channels={name: ChannelSettings(name, "mastodon", options)})
