"""A web server on loopback that hands out feeds, and a channel that reads from it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from socialcare.channels.base import Page, Setup
from socialcare.channels.feed import Feed
from socialcare.channels.http import Http
from socialcare.clock import FixedClock
from socialcare.settings import Brand

PAYLOADS = Path(__file__).parent / "payloads" / "feed"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass
class Served:
    """One address: what it answers, and whether it knows ``If-None-Match``."""

    body: bytes = b""
    content_type: str = "application/xml"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FeedServer:
    url: str
    port: int
    pages: dict[str, Served] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    opened: list[Http] = field(default_factory=list)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def put(self, path: str, body: bytes | str | Path, **more: Any) -> str:
        if isinstance(body, Path):
            body = body.read_bytes()
        self.pages[path] = Served(body.encode() if isinstance(body, str) else body, **more)
        return self.url + path

    def feed(self, *, brand: Brand | None = None, token: str | None = None, **options: Any) -> Feed:
        http = Http(self.clock, allowed={("127.0.0.1", self.port)})
        self.opened.append(http)
        connect = partial(http.session, "news")
        brand = brand or Brand("Acme")
        return Feed(Setup("news", options, connect, self.clock, brand, lambda _key: token))

    def forget(self) -> FeedServer:
        """As new, for the next test."""
        self.pages.clear()
        self.asked.clear()
        self.clock.elapsed = 0.0
        return self

    def read(self, path: str, body: bytes | str | Path, **more: Any) -> Page:
        """The only page of a feed that is read for the first time."""
        (page,) = self.feed(url=self.put(path, body, **more)).pages(None, LONG_AGO)
        return page


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        feeds: FeedServer = self.server.feeds
        headers = {name.lower(): value for name, value in self.headers.items()}
        feeds.asked.append((self.path, headers))
        page = feeds.pages.get(self.path) or feeds.pages.get(self.path.partition("?")[0])
        page = page or Served(b"no such page", "text/plain", 404)
        etag = page.headers.get("ETag")
        status = 304 if etag and headers.get("if-none-match") == etag else page.status
        body = b"" if status == 304 else page.body
        self.send_response(status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def feed_server() -> Iterator[FeedServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    port = server.server_address[1]
    server.feeds = feeds = FeedServer(f"http://127.0.0.1:{port}", port)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield feeds
    finally:
        for http in feeds.opened:
            http.close()
        server.shutdown()
        server.server_close()
        thread.join()
