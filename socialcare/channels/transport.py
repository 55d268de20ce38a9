"""The guarded way to the wire.

Two promises: every look-up, connect, read, write and TLS step ends by the deadline of
its request, and no inner address is reached that the config does not name. The
address that was checked is the address that is connected to.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from socialcare.channels.addresses import is_loopback, is_public, literal_address
from socialcare.clock import Clock

CONNECT_S = 5.0
"""For one address; a host with several gets this for each, within the deadline."""
KEEP_ALIVE_S = 15.0
WRITE_AT_ONCE = 16_384

SocketOptions = Iterable[Any]


class InnerAddressError(Exception):
    """The host stands for an address inside this machine or its network."""


class UnknownHostError(Exception):
    """The host has no address."""


class BadCertificateError(Exception):
    """The host cannot show that it is who it says."""


class Deadline:
    """A moment by which everything must have ended."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._until = clock.monotonic() + seconds

    def left(self) -> float:
        """Seconds to go, never less than 0."""
        return max(0.0, self._until - self._clock.monotonic())


class GuardedStream(httpcore.NetworkStream):
    """A connection whose every step is capped by what is left of the current request."""

    def __init__(self, inner: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._inner = inner
        self._left = left
        self.heard_since_asked = True

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline rules
        chunk = self._inner.read(max_bytes, _still(self._left, httpcore.ReadTimeout))
        self.heard_since_asked = True
        return chunk

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self.heard_since_asked = False
        for start in range(0, len(buffer), WRITE_AT_ONCE):
            left = _still(self._left, httpcore.WriteTimeout)
            self._inner.write(buffer[start : start + WRITE_AT_ONCE], left)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        left = _still(self._left, httpcore.ConnectTimeout)
        try:
            stream = self._inner.start_tls(ssl_context, server_hostname, left)
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise BadCertificateError(error.__cause__.verify_message) from None
            raise
        return GuardedStream(stream, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()


def _still(left: Callable[[], float], error: type[httpcore.TimeoutException]) -> float:
    seconds = left()
    if seconds <= 0:
        raise error("the time for this request is used up")
    return seconds


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections: looks the host up, checks all its addresses, connects to one of them.

    ``allowed`` are the (host, port) pairs that may be inner ones.
    """

    def __init__(self, allowed: Collection[tuple[str, int]]) -> None:
        self._allowed = frozenset(allowed)
        self._inner = httpcore.SyncBackend()
        self._current = threading.local()

    @contextmanager
    def within(self, deadline: Deadline) -> Iterator[None]:
        """Let the requests of this thread end by a deadline."""
        self._current.deadline = deadline
        try:
            yield
        finally:
            del self._current.deadline

    def left(self) -> float:
        deadline: Deadline | None = getattr(self._current, "deadline", None)
        return deadline.left() if deadline else 0.0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline rules
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        addresses = look_up(host, port, _still(self.left, httpcore.ConnectTimeout))
        if (host.lower(), port) not in self._allowed:
            for address in addresses:
                if not is_public(address):
                    raise InnerAddressError(f"{host} is the inner address {address}")
        trouble: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            left = min(CONNECT_S, _still(self.left, httpcore.ConnectTimeout))
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return GuardedStream(stream, self.left)
        raise trouble

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        del timeout, socket_options
        raise InnerAddressError(f"{path} is a file of this machine")


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """All addresses of a host, each once.

    The resolver knows no time limit, so it runs in a thread that is left behind when
    it takes too long.

    Raises
    ------
    UnknownHostError
        There is no such host.
    httpcore.ConnectError
        The look-up failed for now.
    httpcore.ConnectTimeout
        No answer within the given seconds.

    """
    if is_public(host):
        return [host]
    found: list[list[str]] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.append(list(dict.fromkeys(str(info[4][0]) for info in infos)))
        except (OSError, UnicodeError, ValueError, OverflowError) as error:
            failed.append(error)

    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(seconds)
    if found:
        return found[0]
    if not failed:
        raise httpcore.ConnectTimeout(f"looking up {host} took too long")
    if isinstance(failed[0], socket.gaierror) and failed[0].errno == socket.EAI_AGAIN:
        raise httpcore.ConnectError(f"{host} cannot be looked up now")
    raise UnknownHostError(f"there is no host {host}")


class GuardedTransport(httpx.BaseTransport):
    """httpx's door to our own connections. ``proxy`` is an ``http://`` address, or None."""

    def __init__(
        self,
        backend: GuardedBackend,
        tls: ssl.SSLContext,
        proxy: httpx.URL | None = None,
    ) -> None:
        self._direct = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=None,
            keepalive_expiry=KEEP_ALIVE_S,
            network_backend=backend,
        )
        self._proxied = (
            None
            if proxy is None
            else httpcore.HTTPProxy(
                proxy_url=httpcore.URL(
                    scheme=proxy.raw_scheme, host=proxy.raw_host, port=proxy.port, target=b"/"
                ),
                proxy_auth=(proxy.username, proxy.password) if proxy.username else None,
                ssl_context=tls,
                max_connections=None,
                keepalive_expiry=KEEP_ALIVE_S,
                network_backend=backend,
            )
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool(url.host).handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        stream = answer.extensions.get("network_stream")
        if isinstance(stream, GuardedStream) and not stream.heard_since_asked:
            # Bytes beyond the end of the answer before: not what we asked for now.
            answer.close()
            raise httpcore.RemoteProtocolError("an answer came before its question")
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def _pool(self, host: str) -> httpcore.ConnectionPool:
        """The pool for a host: a proxy sees nothing that is meant for this machine."""
        if self._proxied is None or is_loopback(host):
            return self._direct
        literal = literal_address(host)
        if literal and not is_public(literal):
            raise InnerAddressError(f"{host} is the inner address {literal}")
        return self._proxied

    def close(self) -> None:
        self._direct.close()
        if self._proxied is not None:
            self._proxied.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
