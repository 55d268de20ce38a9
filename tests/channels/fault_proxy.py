"""A TCP proxy on loopback that spoils what passes through it.

Behind it is a real server that knows nothing of it: it does its work, and its answers come
late, in part, or never. A fault holds from when it is set until the proxy is healed.
"""

from __future__ import annotations

import select
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from tests.channels.lines import serving

CHUNK = 65_536
SLOW_PIECES_S = 0.02


@dataclass(frozen=True)
class Fault:
    """One way to spoil a line; without anything it is sound."""

    late_s: float = 0.0
    """Until a question is passed on."""
    cut_after: int | None = None
    """So many bytes of answers are passed on, of all connections together; then all are cut."""
    cut: Literal["reset", "end"] = "reset"
    once: bool = False
    """Only the first line is cut, and the next one is sound."""
    bytes_per_s: int | None = None
    silent: bool = False
    """Nothing is answered, and nothing is closed."""
    refuse_after: int | None = None
    """So many further connections stand; those after them are reset."""
    kill: bytes | None = None
    """The answer to a question that holds these bytes is not passed on: the line is reset."""
    drop: bytes | None = None
    """A question that holds these bytes is not passed on: the line is reset."""
    mute: bytes | None = None
    """The answer to a question that holds these bytes is not passed on, and nothing is closed."""
    shorten: bytes | None = None
    """Of the answer to a question that holds these bytes the end is not passed on."""


SOUND = Fault()
BLACKHOLE = Fault(silent=True)


def latency(seconds: float) -> Fault:
    return Fault(late_s=seconds)


def reset_after(size: int, *, once: bool = False) -> Fault:
    return Fault(cut_after=size, once=once)


def truncate_after(size: int, *, once: bool = False) -> Fault:
    return Fault(cut_after=size, cut="end", once=once)


def slow(bytes_per_s: int) -> Fault:
    return Fault(bytes_per_s=bytes_per_s)


def refuse_after(connections: int) -> Fault:
    return Fault(refuse_after=connections)


def answer_killed(question: bytes) -> Fault:
    return Fault(kill=question)


@dataclass
class FaultProxy:
    """``answered`` counts the bytes of answers that were passed on since the fault was set."""

    upstream: tuple[str, int]
    port: int = 0
    fault: Fault = SOUND
    answered: int = 0
    connections: int = 0
    killed: int = 0
    """Answers that were there and did not arrive, in all."""
    _over: threading.Event = field(default_factory=threading.Event)
    _open: set[socket.socket] = field(default_factory=set)

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def spoil(self, fault: Fault) -> None:
        self.answered = self.connections = 0
        self.fault = fault

    def heal(self) -> None:
        self.spoil(SOUND)

    @contextmanager
    def running(self) -> Iterator[FaultProxy]:
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    proxy._carry(self.request)

        with serving(Handler) as self.port:
            try:
                yield self
            finally:
                self._over.set()
                for sock in list(self._open):
                    with suppress(OSError):
                        sock.shutdown(socket.SHUT_RDWR)

    def _carry(self, client: socket.socket) -> None:
        self.connections += 1
        refused = self.fault.refuse_after
        if refused is not None and self.connections > refused:
            _reset(client)
            return
        with socket.create_connection(self.upstream) as server:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open |= {client, server}
            try:
                _Line(self, client, server).talk()
            finally:
                self._open -= {client, server}


@dataclass
class _Line:
    """One connection on its way through the proxy, and what is known of its last question."""

    proxy: FaultProxy
    client: socket.socket
    server: socket.socket
    asked: bytes = b""

    def talk(self) -> None:
        while True:
            ready, _, _ = select.select([self.client, self.server], [], [])
            for end in ready:
                chunk = end.recv(CHUNK)
                if not chunk:
                    return
                if not (self.ask(chunk) if end is self.client else self.answer(chunk)):
                    return

    def ask(self, chunk: bytes) -> bool:
        self.asked = (self.asked + chunk)[-CHUNK:]
        if self._marked(self.proxy.fault.drop):
            _reset(self.client)
            return False
        self.proxy._over.wait(self.proxy.fault.late_s)
        self.server.sendall(chunk)
        return True

    def _marked(self, question: bytes | None) -> bool:
        return question is not None and question in self.asked

    def answer(self, chunk: bytes) -> bool:
        """Pass on what may be; whether the line stands after it."""
        proxy, fault = self.proxy, self.proxy.fault
        if self._marked(fault.kill):
            proxy.killed += 1
            _reset(self.client)
            return False
        if self._marked(fault.mute):
            return True
        if self._marked(fault.shorten):
            self.client.sendall(chunk[: len(chunk) - 40])
            _reset(self.client)
            return False
        self.asked = b""
        if fault.silent:
            return True
        if fault.cut_after is not None and proxy.answered + len(chunk) > fault.cut_after:
            self.client.sendall(chunk[: max(0, fault.cut_after - proxy.answered)])
            proxy.answered = fault.cut_after
            if fault.once:
                proxy.heal()
            if fault.cut == "reset":
                _reset(self.client)
            return False
        self.pass_on(chunk, fault.bytes_per_s)
        proxy.answered += len(chunk)
        return True

    def pass_on(self, chunk: bytes, bytes_per_s: int | None) -> None:
        if bytes_per_s is None:
            self.client.sendall(chunk)
            return
        size = max(1, int(bytes_per_s * SLOW_PIECES_S))
        for start in range(0, len(chunk), size):
            if self.proxy._over.wait(SLOW_PIECES_S):
                return
            self.client.sendall(chunk[start : start + size])


def _reset(sock: socket.socket) -> None:
    """Close with a TCP reset instead of an end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
