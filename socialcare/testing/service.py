"""A service on loopback that speaks the dialect of one channel."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Params = Mapping[str, list[str]]


class Fault(Exception):  # noqa: N818 - an answer, which only travels as an exception
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

    def item_id(self, external_id: str) -> str:
        """The item behind an id of the channel, where the channel does not take it as it is."""
        return external_id

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

    def aside(self, url: str) -> bool:  # noqa: ARG002 - a service without such requests
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
