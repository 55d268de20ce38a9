"""What every channel must do, whatever its service: one case file, all these laws.

A case is a module ``cases/NAME.py`` with a function ``case()``. Its service is a real
server on loopback that speaks the dialect of the channel; the laws below drive a channel
against it and look only at what comes out.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.channels.http import Http
from socialcare.clock import FixedClock, parse_time
from socialcare.errors import (
    BadAnswerError,
    ChannelError,
    RateLimitError,
    UnavailableError,
)
from socialcare.models import Mention
from socialcare.settings import Brand

NOW = parse_time("2026-11-21T12:00:00Z")
SINCE = NOW - timedelta(days=7)
ENOUGH = 200
"""Pages after which a walk counts as endless."""
CASES = Path(__file__).parent / "cases"

Params = Mapping[str, list[str]]


class Fault(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, body: bytes = b"", headers: Mapping[str, str] = {}) -> None:
        self.status, self.body, self.headers = status, body, headers


@dataclass(frozen=True)
class Item:
    """A post of the fake service. ``broken`` ones have lost something that is needed."""

    id: str
    at: datetime
    text: str = "Acme is late again"
    broken: bool = False


class Service:
    """A service on loopback. Subclasses answer in the dialect of their channel.

    ``page_size`` caps a page below what is asked for; ``repeats`` gives every item twice;
    ``stuck`` gives the answer to the first question again and again; ``faults`` are given,
    one a request, before any answer.
    """

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.page_size: int | None = None
        self.repeats = False
        self.stuck = False
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self._first: bytes | None = None

    def answer(self, path: str, params: Params) -> object:
        """The JSON of an answer; a :class:`Fault` is raised."""
        raise NotImplementedError

    def cut(self, items: Sequence[Item], limit: int) -> list[Item]:
        """The first page of ``items``, as long as this service makes it."""
        page = list(items[: min(limit, self.page_size or limit)])
        return [one for item in page for one in (item, item)] if self.repeats else page

    def respond(self, url: str) -> bytes:
        self.asked.append(url)
        if self.faults:
            raise self.faults.pop(0)
        if self.stuck and self._first is not None and not self.aside(url):
            return self._first
        body = json.dumps(self.answer(urlsplit(url).path, parse_qs(urlsplit(url).query))).encode()
        if not self.aside(url):
            self._first = body
        return body

    def aside(self, url: str) -> bool:
        """Whether a request is not for a page: who am I, and the like."""
        return False

    @contextmanager
    def running(self) -> Iterator[str]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True  # 40 ms a request

            def do_GET(self) -> None:
                try:
                    status, headers, body = 200, {}, service.respond(self.path)
                except Fault as fault:
                    status, headers, body = fault.status, dict(fault.headers), fault.body
                self.send_response(status)
                for key, value in {**headers, "Content-Type": "application/json"}.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.do_GET()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


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


@contextmanager
def bench(case: Case) -> Iterator[Bench]:
    clock = FixedClock(NOW)
    with case.service.running() as url:
        port = urlsplit(url).port or 0
        with Http(clock, allowed=[("127.0.0.1", port)]) as http:
            yield Bench(case, url, http, clock)


def names() -> list[str]:
    """The cases, by file name."""
    return sorted(path.stem for path in CASES.glob("*.py") if path.stem != "__init__")


def load(name: str) -> Case:
    case: Case = import_module(f"{__package__}.cases.{name}").case()
    return case


def mentions_of(pages: Sequence[Page]) -> dict[str, Mention]:
    """What the inbox would hold after these pages."""
    return {one.external_id: one for page in pages for one in page.mentions}


def posts(count: int, start: int = 0, step: timedelta = timedelta(minutes=7)) -> list[Item]:
    """Posts before NOW, oldest first, evenly apart, with ids that grow."""
    return [Item(f"{1000 + start + n}", NOW - step * (count - n)) for n in range(count)]


class Laws:
    """Every public function takes a bench whose service holds nothing yet."""

    all: ClassVar[list[Callable[[Bench], None]]] = []


def law(function: Callable[[Bench], None]) -> Callable[[Bench], None]:
    Laws.all.append(function)
    return function


@law
def one_run_brings_everything(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    pages, checkpoint = bench.run()
    assert set(mentions_of(pages)) == {item.id for item in bench.service.items}
    assert checkpoint is not None
    assert not any(page.possibly_missed for page in pages)
    for mention in mentions_of(pages).values():
        assert mention.source == bench.channel().source
        assert mention.created_at.utcoffset() == timedelta()


@law
def a_run_that_stops_after_any_page_loses_nothing(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    undisturbed, _ = bench.run()
    for stop in range(len(undisturbed)):
        before, checkpoint = bench.run(pages=stop)
        after, _ = bench.run(checkpoint)
        assert mentions_of([*before, *after]) == mentions_of(undisturbed), f"after {stop} pages"


@law
def a_run_of_one_page_goes_on_the_next_time(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    undisturbed, _ = bench.run()
    checkpoint: Checkpoint | None = None
    got: list[Page] = []
    for _run in range(3 * len(undisturbed)):
        pages, checkpoint = bench.run(checkpoint, pages=1)
        got += pages
    assert mentions_of(got) == mentions_of(undisturbed)


@law
def what_comes_between_two_runs_is_found(bench: Bench) -> None:
    """After a whole run, and after one that stopped: new posts, and more than one page of them."""
    old, new = posts(20), posts(15, start=20, step=timedelta(seconds=20))
    for stop in (1, 2, 3, ENOUGH):
        bench.service.items = old[:]
        bench.service.page_size = 4
        before, checkpoint = bench.run(pages=stop)
        bench.service.items += new
        after, _ = bench.run(checkpoint)
        wanted = {item.id for item in bench.service.items}
        assert set(mentions_of([*before, *after])) == wanted, f"after {stop} pages"


@law
def a_second_run_ends_and_changes_nothing(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    first, checkpoint = bench.run()
    second, _ = bench.run(checkpoint)
    assert len(second) < ENOUGH
    assert mentions_of([*first, *second]) == mentions_of(first)
    assert not any(page.possibly_missed or page.broken or page.gone for page in second)


@law
def what_is_older_than_since_stays_out_of_the_first_run(bench: Bench) -> None:
    old = [Item(f"{n}", SINCE - timedelta(hours=30 - n)) for n in range(10)]
    bench.service.items = [*old, *posts(5)]
    pages, _ = bench.run()
    assert set(mentions_of(pages)) == {item.id for item in posts(5)}


@law
def an_empty_service_is_fine_and_filled_later(bench: Bench) -> None:
    pages, checkpoint = bench.run()
    assert not mentions_of(pages)
    bench.service.items = posts(3)
    pages, _ = bench.run(checkpoint)
    assert len(mentions_of(pages)) == 3


@law
def the_same_cursor_twice_ends_the_walk(bench: Bench) -> None:
    bench.service.items = posts(30)
    bench.service.page_size = 4
    bench.service.stuck = True
    got: list[Page] = []
    error: ChannelError | None = None
    try:
        for page in islice(bench.channel().pages(None, SINCE), ENOUGH):
            got.append(page)
    except ChannelError as stopped:
        error = stopped
    assert len(got) < ENOUGH
    if bench.case.loops:
        assert error or any(page.possibly_missed for page in got)
    assert mentions_of(got)


@law
def duplicates_are_the_same_mention(bench: Bench) -> None:
    bench.service.items = posts(12)
    bench.service.page_size = 4
    once, _ = bench.run()
    bench.service.repeats = True
    twice, _ = bench.run()
    assert mentions_of(twice) == mentions_of(once)


@law
def one_broken_item_never_kills_its_page(bench: Bench) -> None:
    bench.service.items = [
        Item(item.id, item.at, item.text, broken=n == 5) for n, item in enumerate(posts(12))
    ]
    pages, checkpoint = bench.run()
    broken = [one for page in pages for one in page.broken]
    assert set(mentions_of(pages)) == {one.id for one in bench.service.items if not one.broken}
    assert broken
    assert broken[0].where.startswith("$")
    assert "$." in broken[0].reason
    assert broken[0].raw
    assert checkpoint is not None


@law
def failures_have_their_classes_and_keep_what_came_before(bench: Bench) -> None:
    faults = (
        (Fault(429, b"{}", {"Retry-After": "300"}), RateLimitError),
        (Fault(503, b"{}"), UnavailableError),
        (Fault(200, b'{"hits": [{"obj'), BadAnswerError),
        (Fault(200, b"<html>a login page</html>"), BadAnswerError),
        (Fault(200, b'"a text"'), BadAnswerError),
    )
    bench.service.items = posts(30)
    bench.service.page_size = 4
    whole, _ = bench.run()
    for fault, error in faults:
        walk = bench.channel().pages(None, SINCE)
        first = next(walk)
        bench.service.faults = [fault] * 10
        try:
            list(walk)
        except error as stopped:
            assert stopped.message
            assert stopped.hint
        else:
            raise AssertionError(f"{fault.status} {fault.body!r} passed for an answer")
        bench.service.faults = []
        checkpoint = json.loads(json.dumps(first.checkpoint))
        after, _ = bench.run(checkpoint)
        assert mentions_of([first, *after]) == mentions_of(whole)
