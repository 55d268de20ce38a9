"""A receiver of webhooks on loopback: keeps what it is given, and goes wrong where it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class HookServer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    bodies: list[bytes] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    @contextmanager
    def running(self) -> Iterator[HookServer]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                owner.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                owner.heads.append({k.lower(): v for k, v in self.headers.items()})
                owner.paths.append(self.path)
                if owner.hangs:
                    owner._over.wait(60)
                    return
                self.send_response(owner.status)
                for name, value in owner.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Nothing on standard error."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_port}/acme"
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield self
            finally:
                self._over.set()
                server.shutdown()
                thread.join()
