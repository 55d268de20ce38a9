"""A small SMTP server on loopback: keeps what it is given, and goes wrong where it is told to.

``before`` is called with each command, ``.`` for the end of a mail: the bytes it returns are
sent instead; empty ones, or any without a line end, are the last thing that is heard.
"""

from __future__ import annotations

import base64
import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.channels.imap_server import PASSWORD, TOKEN, USER
from tests.channels.lines import serving

PLAIN = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
BEARER = base64.b64encode(f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01".encode()).decode()


@dataclass
class SmtpServer:
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], object] = lambda _command: None
    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    port: int = 0
    left: int | None = None
    """Bytes that are still sent before the connection breaks; None: it does not."""

    @contextmanager
    def running(self) -> Iterator[SmtpServer]:
        owner = self

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def handle(self) -> None:
                with suppress(OSError, ValueError):
                    if owner.tls:
                        self.wrap(owner.tls)
                    self.talk()

            def finish(self) -> None:
                with suppress(OSError):
                    super().finish()
                self.request.close()

            def wrap(self, context: ssl.SSLContext) -> None:
                self.request = context.wrap_socket(self.request, server_side=True)
                self.rfile = self.request.makefile("rb")
                self.wfile = self.request.makefile("wb", buffering=0)

            def say(self, words: bytes) -> None:
                if owner.left is None:
                    self.wfile.write(words)
                    return
                self.wfile.write(words[: owner.left])
                owner.left = max(0, owner.left - len(words))
                if not owner.left:
                    raise ConnectionAbortedError

            def talk(self) -> None:
                self.say(b"220 here\r\n")
                sender = to = ""
                while line := self.rfile.readline():
                    command = line.decode().strip()
                    owner.asked.append(command)
                    if not self.answer(command):
                        return
                    sender = command if command.lower().startswith("mail ") else sender
                    to = command if command.lower().startswith("rcpt ") else to
                    if command.lower() == "data" and not self.keep(sender, to):
                        return

            def answer(self, command: str) -> bool:
                instead = owner.before(command)
                if isinstance(instead, bytes):
                    self.say(instead)
                    return instead.endswith(b"\n")
                name = command.lower().split(" ")[0].split(":")[0]
                good = command in {f"AUTH PLAIN {PLAIN}", f"AUTH XOAUTH2 {BEARER}"}
                said = {
                    "ehlo": "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN XOAUTH2",
                    "auth": "235 welcome" if good else f"535 5.7.8 {PASSWORD} is wrong",
                    "data": "354 go on",
                    "quit": "221 bye",
                    "starttls": "220 go on",
                }.get(name, "250 ok")
                self.say(f"{said}\r\n".encode())
                if name == "starttls":
                    assert owner.starttls
                    self.wrap(owner.starttls)
                return name != "quit"

            def keep(self, sender: str, to: str) -> bool:
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    if not line:
                        return False
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                instead = owner.before(".")
                accepted = instead is None or instead == b""
                if accepted:
                    owner.mails.append((sender, to, b"".join(lines)))
                self.say(instead if isinstance(instead, bytes) else b"250 kept\r\n")
                return instead is None or (isinstance(instead, bytes) and bool(instead))

        with serving(Handler) as self.port:
            yield self
