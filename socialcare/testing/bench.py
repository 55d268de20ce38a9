"""A channel with its service, and runs of it as the program makes them."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from urllib.parse import urlsplit

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.channels.http import Budget, Http, Session
from socialcare.clock import Clock, FixedClock, SystemClock
from socialcare.models import Mention
from socialcare.settings import Brand
from socialcare.testing.server import NOW
from socialcare.testing.service import Item, Service

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
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Secrets that the channel knows by other names than ``token``."""
    account: str | None = None
    """Who we are there, as ``check_access`` says it; needed where there is a sign-in."""
    excuses: Mapping[str, str] = field(default_factory=dict)
    """Laws that cannot hold here, by name, each with its reason. Whoever excuses a law that
    does hold is told so."""

    def make(self, url: str, connect: Callable[..., Session], clock: Clock) -> Channel:
        """A fresh channel of a service that is at ``url``."""
        secrets = {"token": self.token, **self.secrets}
        options = {**self.options, "base_url": url}
        return self.channel(Setup("c", options, connect, clock, self.brand, secrets.get))


class HurriedClock(SystemClock):
    """Real seconds, on the day of the service."""

    def now(self) -> datetime:
        return NOW


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
        return self.case.make(self.url, partial(self.http.session, "c"), self.clock)

    @contextmanager
    def hurried(self, seconds: float) -> Iterator[Channel]:
        """A channel whose run may take no longer than so many real seconds."""
        clock = HurriedClock()
        with _http(self.url, clock) as http:
            budget = Budget(clock, seconds)
            connect = partial(http.session, "c", budget=budget)
            case = replace(
                self.case, channel=lambda setup: self.case.channel(replace(setup, seconds=seconds))
            )
            yield case.make(self.url, connect, clock)

    def run(
        self, checkpoint: Checkpoint | None = None, pages: int = ENOUGH
    ) -> tuple[list[Page], Checkpoint | None]:
        """One run of at most so many pages, and the checkpoint that is stored by then."""
        got = list(islice(self.channel().pages(checkpoint, SINCE), pages))
        return got, stored(got, checkpoint)

    def ids(self, pages: Sequence[Page]) -> set[str]:
        """The items of the service that these pages brought."""
        return {self.service.item_id(one) for one in mentions_of(pages)}


@contextmanager
def bench(case: Case) -> Iterator[Bench]:
    """Start the service of a case, for one test."""
    clock = FixedClock(NOW)
    with case.service.running() as url, _http(url, clock) as http:
        yield Bench(case, url, http, clock)


def _http(url: str, clock: Clock) -> Http:
    # A context that trusts nobody: loopback is plain, and reading the authorities takes longer
    # than most laws.
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return Http(clock, allowed=[("127.0.0.1", urlsplit(url).port or 0)], tls=tls)


def stored(pages: Sequence[Page], checkpoint: Checkpoint | None = None) -> Checkpoint | None:
    """What is in the database after these pages; it goes through JSON, as it does there."""
    for page in pages:
        if page.checkpoint is not None:
            checkpoint = json.loads(json.dumps(page.checkpoint))
    return checkpoint


def mentions_of(pages: Sequence[Page]) -> dict[str, Mention]:
    """What the inbox would hold after these pages."""
    return {one.external_id: one for page in pages for one in page.mentions}


def posts(count: int, start: int = 0, step: timedelta = timedelta(minutes=7)) -> list[Item]:
    """Posts before NOW, oldest first, evenly apart, with ids that grow."""
    return [Item(f"{1000 + start + n}", NOW - step * (count - n)) for n in range(count)]
