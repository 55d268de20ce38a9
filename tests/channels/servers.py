"""A hostile server on loopback, written by hand down to the bytes.

A path is answered by a function that is given the :class:`Line` to the client. Lines
stay open between requests as long as the function leaves them open, so that a test can
also see what a second request on the same connection is told.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[["Line"], None]


@dataclass(frozen=True)
class Request:
    """What reached the server. Header names are in lower case."""

    target: str
    headers: Mapping[str, str]
    line: int
    """Which connection it came by, counted from 1."""
    method: str = "GET"
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass
class Line:
    """The connection a request came by."""

    sock: socket.socket
    request: Request
    nth: int
    """How often this path was asked before, plus 1."""
    over: threading.Event
    """The test is over: endless answers may stop."""
    closed: bool = False

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def answer(self, body: bytes = b"[]", *headers: str, status: str = "200 OK") -> None:
        """A whole answer with an honest length; the line stays open."""
        self.send(head(f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers) + body)

    def close(self) -> None:
        self.closed = True
        self.sock.close()

    def reset(self) -> None:
        """Close with a TCP reset instead of an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def drip(self, data: bytes, seconds: float = 0.02) -> None:
        """Send the same bytes again and again, until the client or the test gives up."""
        while not self.over.wait(seconds):
            self.send(data)

    def silence(self) -> None:
        self.over.wait()


def head(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


@dataclass
class Server:
    """Paths and their answers; ``asked`` is every request in order of arrival."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"
    most_at_once: int = 0
    """How many requests were being answered at the same time, at most."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def __setitem__(self, path: str, answer: Answer) -> None:
        self.answers[path] = answer

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._open: list[socket.socket] = []
        self._now = 0

    @contextmanager
    def running(self, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.scheme = "https" if tls else "http"
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                thread = threading.Thread(target=self._serve, args=(sock, tls), daemon=True)
                threads.append(thread)
                thread.start()

        door = threading.Thread(target=accept, daemon=True)
        door.start()
        try:
            yield self
        finally:
            self._over.set()
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            door.join()
            with self._guard:
                for sock in self._open:
                    with suppress(OSError):
                        sock.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()

    def _serve(self, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
        sock.settimeout(30)
        try:
            if tls:
                sock = tls.wrap_socket(sock, server_side=True)
            with self._guard:
                self._open.append(sock)
                number = len(self._open)
            self._talk(sock, number)
        except (OSError, ValueError):
            pass  # the client left, as it may
        finally:
            sock.close()

    def _talk(self, sock: socket.socket, number: int) -> None:
        while (request := self._hear(sock, number)) is not None:
            with self._guard:
                self.asked.append(request)
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
                nth = sum(one.path == request.path for one in self.asked)
            line = Line(sock, request, nth, self._over)
            try:
                self.answers.get(request.path, _nothing_here)(line)
            finally:
                with self._guard:
                    self._now -= 1
            if line.closed:
                return

    def _hear(self, sock: socket.socket, number: int) -> Request | None:
        raw = b""
        while b"\r\n\r\n" not in raw:
            chunk = sock.recv(65_536)
            if not chunk or self._over.is_set():
                return None
            raw += chunk
        above, _, body = raw.partition(b"\r\n\r\n")
        first, *rest = above.decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in rest)}
        while len(body) < int(headers.get("content-length", 0)):
            body += sock.recv(65_536)
        method, target, _ = first.split(" ")
        return Request(target, headers, number, method, body)


def _nothing_here(line: Line) -> None:
    line.answer(b'{"error":"nothing here"}', status="404 Not Found")
