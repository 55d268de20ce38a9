"""A channel with its service, and runs of it as the program makes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import islice
from urllib.parse import urlsplit

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.channels.http import Http
from socialcare.clock import FixedClock, parse_time
from socialcare.models import Mention
from socialcare.settings import Brand
from socialcare.testing.service import Item, Service

NOW = parse_time("2026-11-21T12:00:00Z")
SINCE = NOW - timedelta(days=7)
ENOUGH = 200
"""Pages after which a walk counts as endless."""


@dataclass
class Case:
    """A channel with its service. ``options`` are those of the config, without ``base_url``."""

    channel: Callable[[Setup], Channel]
    service: Service
    options: Mapping[str, object] = field(default_factory=dict)
    token: str | None = None
    brand: Brand = field(default_factory=lambda: Brand(name="Acme"))
    loops: bool = True
    """Whether a short page that comes again means that something was missed."""


@dataclass
class Bench:
    """A case whose service runs: makes fresh channels, as every run of the program does."""

    case: Case
    url: str
    http: Http
    clock: FixedClock

    @property
    def service(self) -> Service:
        return self.case.service

    def channel(self) -> Channel:
        connect = partial(self.http.session, "c")
        options = {**self.case.options, "base_url": self.url}
        secrets = {"token": self.case.token}
        return self.case.channel(
            Setup("c", options, connect, self.clock, self.case.brand, secrets.get)
        )

    def run(
        self, checkpoint: Checkpoint | None = None, pages: int = ENOUGH
    ) -> tuple[list[Page], Checkpoint | None]:
        """One run of at most so many pages, and the checkpoint that is stored by then.

        The checkpoint goes through JSON, as it does through the database.
        """
        got = list(islice(self.channel().pages(checkpoint, SINCE), pages))
        for page in got:
            if page.checkpoint is not None:
                checkpoint = json.loads(json.dumps(page.checkpoint))
        return got, checkpoint

    def ids(self, pages: Sequence[Page]) -> set[str]:
        """The items of the service that these pages brought."""
        return {self.service.item_id(one) for one in mentions_of(pages)}


@contextmanager
def bench(case: Case) -> Iterator[Bench]:
    clock = FixedClock(NOW)
    with case.service.running() as url:
        port = urlsplit(url).port or 0
        with Http(clock, allowed=[("127.0.0.1", port)]) as http:
            yield Bench(case, url, http, clock)


def mentions_of(pages: Sequence[Page]) -> dict[str, Mention]:
    """What the inbox would hold after these pages."""
    return {one.external_id: one for page in pages for one in page.mentions}


def posts(count: int, start: int = 0, step: timedelta = timedelta(minutes=7)) -> list[Item]:
    """Posts before NOW, oldest first, evenly apart, with ids that grow."""
    return [Item(f"{1000 + start + n}", NOW - step * (count - n)) for n in range(count)]
