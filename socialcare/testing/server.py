"""The wire below a service on loopback: whole answers, broken ones and slow ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import format_datetime
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from socialcare.clock import parse_time
from socialcare.testing.faults import Asked

NOW = parse_time("2026-11-21T12:00:00Z")
"""The time of every service."""
DRIP_S = 0.02
DRIPS = 150
"""After so many it flows: whoever waits that long gets a whole answer."""


class Wire(Enum):
    WHOLE = "whole"
    CUT = "cut"
    """The connection ends in the middle of the body."""
    DRIPPING = "dripping"
    """Byte by byte."""
    DEAD = "dead"
    """The connection ends before there is an answer."""


class Given(NamedTuple):
    """An answer on its way out."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    wire: Wire = Wire.WHOLE


@contextmanager
def serving(answer: Callable[[Asked], Given]) -> Iterator[str]:
    """Listen on a free port of loopback; yields the base address."""
    over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer, over))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(
    answer: Callable[[Asked], Given], over: threading.Event
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True  # 40 ms a request

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            given = answer(Asked(self.path, self.command, body))
            self.close_connection = given.wire is not Wire.WHOLE
            if given.wire is not Wire.DEAD:
                self._head(given)
                self._body(given.body, given.wire)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names of http.server

        def _head(self, given: Given) -> None:
            self.send_response(given.status)
            length = {"Content-Length": str(len(given.body))}
            for key, value in {
                "Content-Type": "application/json",
                **given.headers,
                **length,
            }.items():
                self.send_header(key, value)
            self.end_headers()

        def _body(self, body: bytes, wire: Wire) -> None:
            if wire is Wire.CUT:
                body = body[: len(body) // 2]
            if wire is Wire.DRIPPING:
                body = self._drip(body)
            self.wfile.write(body)

        def _drip(self, body: bytes) -> bytes:
            """Send some of it slowly; return what is left."""
            drips = min(DRIPS, len(body))
            for at in range(drips):
                self.wfile.write(body[at : at + 1])
                self.wfile.flush()
                if over.wait(DRIP_S):
                    break
            return body[drips:]

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True  # the client left, as it may

        def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - its name there
            return format_datetime(NOW, usegmt=True)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            """Quiet."""

    return Handler
