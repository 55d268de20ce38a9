"""A mailbox: an IMAP server on loopback whose mails are the items."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.utils import format_datetime
from urllib.parse import urlsplit

from socialcare.channels.base import Channel, Setup
from socialcare.channels.email import Email
from tests.channels.contract import Case, Fault, Item, Service
from tests.channels.imap_server import TOKEN, ImapServer, Stored


class Short(Email):
    """With pages as small as the laws need them."""

    page = 4


class Mails(Service):
    @contextmanager
    def running(self) -> Iterator[str]:
        server = ImapServer(before=self.before)
        self.server = server
        with server.running():
            yield f"imap://127.0.0.1:{server.port}"

    def before(self, command: str) -> bytes | None:
        self.server.folders["INBOX"] = list(self.mails())
        if self.faults and not command.startswith("LOGOUT"):
            return wrong(self.faults.pop(0))
        if self.stuck and "RFC822.SIZE" in command:
            self._first = self._first or command.encode()
            first = self._first.split()[2].split(b",")
            rows = [b'* 1 FETCH (UID %s RFC822.SIZE 9 INTERNALDATE "")\r\n' % uid for uid in first]
            return None if self._first == command.encode() else b"".join(rows) + b"@ OK\r\n"
        return None

    def mails(self) -> Iterator[Stored]:
        for item in self.items:
            raw = None if item.broken else mail(item)
            for copy in range(2 if self.repeats else 1):
                yield Stored(2 * int(item.id) + 1 + copy, raw, item.at)


def mail(item: Item) -> bytes:
    return (
        f"From: Ana <ana@example.org>\nTo: care@acme.example\nSubject: {item.text}\n"
        f"Date: {format_datetime(item.at)}\nMessage-ID: <{item.id}>\n\n{item.text}\n"
    ).encode()


def wrong(fault: Fault) -> bytes:
    said = {429: b"@ NO [LIMIT] slow down\r\n", 503: b"@ NO [UNAVAILABLE] later\r\n"}
    return said.get(fault.status) or fault.body + b"\r\n"


def make(setup: Setup) -> Channel:
    url = urlsplit(str(setup.options["base_url"]))
    options = {"address": "care@acme.example", "server": url.netloc, "security": "none",
               "smtp": "127.0.0.1:9"}  # fmt: skip
    return Short(replace(setup, options=options))


def case() -> Case:
    return Case(make, Mails(), token=TOKEN)
