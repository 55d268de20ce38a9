"""A small IMAP server on loopback: enough of RFC 3501 to read mails, and every way to go wrong.

``before`` is called with each command, without its tag, and may answer in the server's
place: the bytes it returns are sent instead; ``@`` in them stands for the tag. Without
a tag they are the last thing that is heard.
"""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from socialcare.channels.email.failures import Line
from socialcare.channels.email.wire import Host
from socialcare.clock import Clock
from tests.channels.lines import serving

USER, PASSWORD, TOKEN = "care@acme.example", "hunter2 of Acme", "ya29.a-token"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True)
class Stored:
    uid: int
    raw: bytes | None
    """None: the server has lost it."""
    at: datetime
    size: int | None = None
    """What the server claims."""

    @property
    def arrived(self) -> str:
        at = self.at
        return f"{at.day:2d}-{MONTHS[at.month - 1]}-{at.year} {at:%H:%M:%S} +0000"


@dataclass
class ImapServer:
    folders: dict[str, list[Stored]] = field(default_factory=lambda: {"INBOX": [], "Sent": []})
    validity: int = 7
    capabilities: str = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 STARTTLS"
    greeting: bytes = b"* OK here\r\n"
    before: Callable[[str], object] = lambda _command: None
    asked: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    port: int = 0
    left: int | None = None
    """Bytes that are still sent before the connection breaks; None: it does not."""

    def put(self, raw: bytes, at: datetime, folder: str = "INBOX", size: int | None = None) -> int:
        mails = self.folders[folder]
        uid = mails[-1].uid + 1 if mails else 1
        mails.append(Stored(uid, raw, at, size))
        return uid

    @contextmanager
    def running(self) -> Iterator[ImapServer]:
        owner = self

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True  # 40 ms a command

            def handle(self) -> None:
                with suppress(OSError, ValueError):
                    if owner.tls:
                        self._wrap(owner.tls)
                    Session(owner, self).run()

            def finish(self) -> None:
                with suppress(OSError):
                    super().finish()
                self.request.close()

            def _wrap(self, context: ssl.SSLContext) -> None:
                self.request = context.wrap_socket(self.request, server_side=True)
                self.rfile = self.request.makefile("rb")
                self.wfile = self.request.makefile("wb", buffering=0)

        with serving(Handler) as self.port:
            yield self


class Session:
    """One connection."""

    def __init__(self, server: ImapServer, handler: Any) -> None:
        self.server, self.handler = server, handler
        self.folder = ""
        self.tag = ""
        self.encrypted = False

    def send(self, data: bytes) -> None:
        if self.server.left is None:
            self.handler.wfile.write(data)
            return
        self.handler.wfile.write(data[: self.server.left])
        self.server.left = max(0, self.server.left - len(data))
        if not self.server.left:
            raise ConnectionAbortedError

    def done(self, words: str = "OK done") -> None:
        self.send(f"{self.tag} {words}\r\n".encode())

    def run(self) -> None:
        self.send(self.server.greeting)
        while line := self.handler.rfile.readline():
            self.tag, _, command = line.decode("utf-8", "replace").strip().partition(" ")
            self.server.asked.append(command)
            instead = self.server.before(command)
            if isinstance(instead, bytes):
                self.send(instead.replace(b"@", self.tag.encode()))
                if b"@" not in instead:
                    return
                continue
            name = command.removeprefix("UID ").split(" ")[0].lower()
            getattr(self, f"do_{name}")(command)
            if name == "logout":
                return

    def do_capability(self, _: str) -> None:
        plain = bool(self.server.starttls) and not self.encrypted
        can = "IMAP4rev1 STARTTLS LOGINDISABLED" if plain else self.server.capabilities
        self.send(f"* CAPABILITY {can}\r\n".encode())
        self.done()

    def do_starttls(self, _: str) -> None:
        self.done()
        assert self.server.starttls
        self.handler._wrap(self.server.starttls)
        self.encrypted = True

    def do_login(self, command: str) -> None:
        self._let_in(command == f'LOGIN {USER} "{PASSWORD}"')

    def do_authenticate(self, command: str) -> None:
        self.send(b"+ \r\n")
        given = base64.b64decode(self.handler.rfile.readline()).decode()
        wanted = {
            "AUTHENTICATE PLAIN": f"\0{USER}\0{PASSWORD}",
            "AUTHENTICATE XOAUTH2": f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01",
        }
        if given != wanted[command] and "XOAUTH2" in command:
            self.send(b"+ " + base64.b64encode(b'{"status":"400"}') + b"\r\n")
            self.handler.rfile.readline()
        self._let_in(given == wanted[command])

    def _let_in(self, good: bool) -> None:
        self.done("OK welcome" if good else f"NO [AUTHENTICATIONFAILED] not {PASSWORD}")

    def do_logout(self, _: str) -> None:
        self.send(b"* BYE\r\n")
        self.done()

    def do_list(self, _: str) -> None:
        for name in self.server.folders:
            self.send(f'* LIST () "/" "{name}"\r\n'.encode())
        self.done()

    def do_examine(self, command: str) -> None:
        name = command.partition(" ")[2].strip('"')
        if name not in self.server.folders:
            self.done("NO [NONEXISTENT] no such folder")
            return
        self.folder = name
        self.send(f"* {len(self.mails)} EXISTS\r\n".encode())
        self.send(f"* OK [UIDVALIDITY {self.server.validity}] ok\r\n".encode())
        self.send(f"* OK [UIDNEXT {self._next()}] ok\r\n".encode())
        self.done("OK [READ-ONLY] open")

    @property
    def mails(self) -> list[Stored]:
        return self.server.folders[self.folder]

    def _next(self) -> int:
        return max((one.uid for one in self.mails), default=0) + 1

    def do_search(self, command: str) -> None:
        found: list[int]
        if match := re.fullmatch(r"UID SEARCH UID (\d+):\*", command):
            found = [one.uid for one in self.mails if one.uid >= int(match[1])]
            found = found or [one.uid for one in self.mails[-1:]]
        elif match := re.fullmatch(r"UID SEARCH SINCE (\d+)-(\w{3})-(\d{4})", command):
            day = (int(match[3]), MONTHS.index(match[2]) + 1, int(match[1]))
            found = [o.uid for o in self.mails if (o.at.year, o.at.month, o.at.day) >= day]
        else:
            match = re.fullmatch(r'UID SEARCH HEADER Message-ID "(.*)"', command)
            assert match, command
            wanted = match[1].encode()
            found = [o.uid for o in self.mails if o.raw and wanted in o.raw.partition(b"\n\n")[0]]
        self.send(f"* SEARCH {' '.join(map(str, found))}\r\n".encode())
        self.done()

    def do_fetch(self, command: str) -> None:
        match = re.fullmatch(r"UID FETCH ([\d,]+) \((.*)\)", command)
        assert match, command
        wanted = {int(uid) for uid in match[1].split(",")}
        for number, one in enumerate(self.mails, 1):
            if one.uid in wanted:
                self.send(f"* {number} FETCH (UID {one.uid} ".encode() + self._items(one, match[2]))
        self.done()

    def _items(self, one: Stored, items: str) -> bytes:
        assert "PEEK" in items or "BODY" not in items, "a mail would be marked as read"
        if "RFC822.SIZE" in items:
            size = one.size if one.size is not None else len(one.raw or b"")
            return f'RFC822.SIZE {size} INTERNALDATE "{one.arrived}")\r\n'.encode()
        if one.raw is None:
            return b"BODY[] NIL)\r\n"
        if "HEADER" in items:
            head = one.raw.partition(b"\n\n")[0] + b"\n\n"
            return b"BODY[HEADER] {%d}\r\n%s)\r\n" % (len(head), head)
        most = re.search(r"<0\.(\d+)>", items)
        assert most
        part = one.raw[: int(most[1])]
        return b"BODY[]<0> {%d}\r\n%s)\r\n" % (len(part), part)

    def do_append(self, command: str) -> None:
        match = re.fullmatch(r'APPEND "([^"]+)" \(\\Seen\) .*\{(\d+)\}', command)
        assert match, command
        self.send(b"+ go on\r\n")
        raw = self.handler.rfile.read(int(match[2])).replace(b"\r\n", b"\n")
        self.handler.rfile.readline()
        self.server.put(raw, datetime.now().astimezone() + timedelta(), match[1])
        self.done()


def line(server: ImapServer, clock: Clock, secrets: tuple[str, ...] = ()) -> Line:
    return Line("mail", Host("IMAP", "127.0.0.1", server.port, "none"), clock, secrets)
