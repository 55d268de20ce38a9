"""The only opener of mail connections: one deadline, a cap on bytes, TLS that is checked.

:mod:`imaplib` and :mod:`smtplib` read and write through a :class:`Wire`: no step outlives
the run, and no answer is larger than what the question allows.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from dataclasses import dataclass
from typing import Literal

import httpcore

from socialcare.channels.transport import CONNECT_S, Deadline, UnknownHostError, look_up

Security = Literal["tls", "starttls", "none"]
STEP_S = 20.0
"""For one answer to begin, within the deadline."""
ALLOWANCE = 1 << 20
"""Bytes that one answer may have, unless more is asked for."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Host:
    """A mail server: ``what`` it speaks (IMAP, SMTP), ``guessed`` where the config does not name it."""

    what: str
    name: str
    port: int
    security: Security
    guessed: bool = False

    def __str__(self) -> str:
        return f"{self.name}:{self.port}"


class OutOfTimeError(Exception):
    """Nothing came within the time."""


class TooLargeError(Exception):
    """An answer that is larger than what the question allows."""


class NoConnectionError(Exception):
    """There is no way to the host; ``args[0]`` says why, for people."""


class Wire:
    """A connection whose every step is capped by the deadline, and every answer by an allowance."""

    def __init__(self, host: Host, deadline: Deadline) -> None:
        self._host, self._deadline = host, deadline
        self._buffer = bytearray()
        self._left = ALLOWANCE
        self.sent = 0
        self._socket = self._connect()
        if host.security == "tls":
            self.start_tls()

    def _connect(self) -> socket.socket:
        host = self._host
        try:
            addresses = look_up(host.name, host.port, self._seconds())
        except UnknownHostError:
            raise NoConnectionError(f"there is no host {host.name}") from None
        except httpcore.ConnectTimeout:
            raise OutOfTimeError from None
        except httpcore.ConnectError:
            raise NoConnectionError(f"{host.name} cannot be looked up now") from None
        trouble = "it has no address"
        for address in addresses:
            try:
                made = socket.create_connection(
                    (address, host.port), min(CONNECT_S, self._seconds())
                )
            except TimeoutError:
                trouble = "no answer"
            except OSError as error:
                trouble = (error.strerror or "no connection").lower()
            else:
                # The libraries send a command and its end apart: 40 ms each, otherwise.
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return made
        raise NoConnectionError(trouble)

    def start_tls(self) -> None:
        """Go over to TLS. What was sent before it is not believed: it may be anybody's."""
        if self._buffer:
            raise TooLargeError("words before the encryption began")
        self._socket.settimeout(self._seconds())
        context = ssl.create_default_context()
        self._socket = context.wrap_socket(self._socket, server_hostname=self._host.name)

    def allow(self, size: int = ALLOWANCE) -> None:
        """The next answer may have so many bytes."""
        self._left = size

    def read(self, size: int) -> bytes:
        """Exactly so many bytes; fewer only at the end of the connection."""
        if size > self._left:
            raise TooLargeError
        while len(self._buffer) < size and self._receive():
            pass
        return self._take(size)

    def readline(self, limit: int = -1) -> bytes:
        """Up to the next line end, at most ``limit`` bytes; empty at the end of the connection."""
        most = self._left if limit < 0 else min(limit, self._left)
        seen = 0
        while (at := self._buffer.find(b"\n", seen)) < 0 and len(self._buffer) < most:
            seen = len(self._buffer)
            if not self._receive():
                break
        if at < 0 and len(self._buffer) >= most == self._left:
            raise TooLargeError
        return self._take(min(at + 1 if at >= 0 else len(self._buffer), most))

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._left -= len(taken)
        if self._left <= 0:
            raise TooLargeError
        return taken

    def _receive(self) -> int:
        self._socket.settimeout(self._seconds())
        chunk = self._socket.recv(_CHUNK)
        self._buffer += chunk
        return len(chunk)

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._socket.settimeout(self._seconds())
            count = self._socket.send(view[:_CHUNK])
            self.sent += count
            view = view[count:]

    def makefile(self, mode: str = "rb") -> Wire:
        """Itself: :mod:`smtplib` wants a file to read from."""
        del mode
        return self

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()

    def _seconds(self) -> float:
        left = min(STEP_S, self._deadline.left())
        if left <= 0:
            raise OutOfTimeError
        return left
