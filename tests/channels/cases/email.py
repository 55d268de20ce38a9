"""A mailbox: an IMAP server on loopback whose mails are the items."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from email.utils import format_datetime
from typing import ClassVar
from urllib.parse import urlsplit

from socialcare.channels.base import Channel, Setup
from socialcare.channels.email import Email
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    GoneError,
    RateLimitError,
    UnavailableError,
)
from socialcare.testing import Case, Fault, Item, Refusal, Service, Wire
from socialcare.testing.server import DRIP_S, DRIPS
from tests.channels.imap_server import TOKEN, ImapServer, Stored


class Short(Email):
    """With pages as small as the laws need them."""

    page = 4


def no(words: bytes) -> Fault:
    return Fault(200, b"@ NO " + words + b"\r\n")


class Mails(Service):
    refusals: ClassVar[Mapping[str, Refusal]] = {
        "401": Refusal(no(b"[AUTHENTICATIONFAILED] who are you?"), (AuthError,)),
        "403": Refusal(no(b"[NOPERM] not this folder"), (AuthError,)),
        "404": Refusal(no(b"[NONEXISTENT] no such folder"), (GoneError, BadAnswerError)),
        "429": Refusal(no(b"[LIMIT] slow down"), (RateLimitError,)),
        "500": Refusal(no(b"[SERVERBUG] sorry"), (UnavailableError,)),
        "503": Refusal(no(b"[UNAVAILABLE] later"), (UnavailableError,)),
    }

    @contextmanager
    def running(self) -> Iterator[str]:
        self.over = threading.Event()
        self.stuck_at = ""
        self.server = ImapServer(before=self.before)
        with self.server.running():
            try:
                yield f"imap://127.0.0.1:{self.server.port}"
            finally:
                self.over.set()

    def before(self, command: str) -> bytes | None:
        self.server.folders["INBOX"] = list(self.mails())
        if command.startswith(("CAPABILITY", "LOGOUT")):
            return None
        if self.faults:
            return wrong(self.faults.pop(0))
        if self.refused and not command.startswith("AUTHENTICATE"):
            return wrong(self.refused)
        if self.wire is Wire.CUT and "BODY" in command:
            return b"* 1 FETCH (UID 1 BODY[]<0> {900}\r\nFrom: Ana"
        if self.wire is Wire.DRIPPING:
            self.over.wait(DRIP_S * DRIPS)
        if self.stuck and "RFC822.SIZE" in command:
            self.stuck_at = self.stuck_at or command
            first = self.stuck_at.encode().split()[2].split(b",")
            rows = [b'* 1 FETCH (UID %s RFC822.SIZE 9 INTERNALDATE "")\r\n' % uid for uid in first]
            return None if self.stuck_at == command else b"".join(rows) + b"@ OK\r\n"
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
    """A line; without a tag it is the last that is heard."""
    return fault.body if fault.body.endswith(b"\r\n") else fault.body + b"\r\n"


def make(setup: Setup) -> Channel:
    url = urlsplit(str(setup.options["base_url"]))
    options = {"address": "care@acme.example", "server": url.netloc, "security": "none",
               "smtp": "127.0.0.1:9"}  # fmt: skip
    return Short(replace(setup, options=options))


def case() -> Case:
    excuses = {
        "a_rest_is_as_long_as_was_asked_for_by_any_clock": "mail servers name no time, and are "
        "left alone for a quarter of an hour"
    }
    return Case(make, Mails(), token=TOKEN, excuses=excuses)
