"""A mailbox: an IMAP server on loopback whose mails are the items, and SMTP for the answers.

The two are one server, as most are: what it sends it files in the folder ``Sent``.
"""

from __future__ import annotations

import email
import email.policy
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
from socialcare.testing import NOW, Asked, Case, Fault, Item, Kept, PostingService, Refusal, Wire
from socialcare.testing.server import DRIP_S, DRIPS
from tests.channels.imap_server import TOKEN, USER, ImapServer, Stored
from tests.channels.smtp_server import SmtpServer

ANA = "ana@example.org"


class Short(Email):
    """With pages as small as the laws need them."""

    page = 4


def no(words: bytes) -> Fault:
    return Fault(200, b"@ NO " + words + b"\r\n")


class Mails(PostingService):
    public: ClassVar[bool] = False
    refusals: ClassVar[Mapping[str, Refusal]] = {
        "401": Refusal(no(b"[AUTHENTICATIONFAILED] who are you?"), (AuthError,)),
        "403": Refusal(no(b"[NOPERM] not this folder"), (AuthError,)),
        "404": Refusal(no(b"[NONEXISTENT] no such folder"), (GoneError, BadAnswerError)),
        "429": Refusal(no(b"[LIMIT] slow down"), (RateLimitError,)),
        "500": Refusal(no(b"[SERVERBUG] sorry"), (UnavailableError,)),
        "503": Refusal(no(b"[UNAVAILABLE] later"), (UnavailableError,)),
    }

    def __init__(self) -> None:
        super().__init__()
        self.smtp = SmtpServer(before=self.before_smtp)

    @contextmanager
    def running(self) -> Iterator[str]:
        self.over = threading.Event()
        self.stuck_at = ""
        self.server = ImapServer(before=self.before)
        with self.server.running(), self.smtp.running():
            try:
                yield f"imap://127.0.0.1:{self.server.port}"
            finally:
                self.over.set()

    def before(self, command: str) -> bytes | None:
        self.server.folders["INBOX"] = list(self.mails())
        self.file()
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

    def before_smtp(self, command: str) -> bytes | None:
        """Nothing that is refused has been kept, whatever the number: that is the protocol."""
        self.file()
        if self.refuses:
            why = next(why for why, one in self.refusals.items() if one.fault is self.refuses)
            where, said = REFUSES[why]
            return said if command.upper().startswith(where) else None
        if command != ".":
            return None
        self.written.append(Asked("DATA", "SMTP"))
        if self.stumbles:
            return b"554 sorry\r\n"
        return b"" if self.loses else None

    def file(self) -> None:
        mails = [
            email.message_from_bytes(raw, policy=email.policy.default)
            for *_, raw in self.smtp.mails
        ]
        heard = [one for one in self.smtp.asked if one.lower().startswith("rcpt ")]
        self.replies = [
            Kept(
                one["Message-ID"].strip("<>"),
                one.get_content(),
                private=heard == [f"rcpt TO:<{ANA}>"] and (one["To"], one["Cc"]) == (ANA, None),
            )
            for one in mails
        ]
        self.server.folders["Sent"] = [
            Stored(n, raw, NOW) for n, (*_, raw) in enumerate(self.smtp.mails, 1)
        ]

    def mails(self) -> Iterator[Stored]:
        for item in self.items:
            raw = None if item.broken else mail(item)
            for copy in range(2 if self.repeats else 1):
                yield Stored(2 * int(item.id) + 1 + copy, raw, item.at)


def mail(item: Item) -> bytes:
    return (
        f"From: Ana <{ANA}>\nTo: {USER}\nSubject: {item.text}\n"
        f"Date: {format_datetime(item.at)}\nMessage-ID: <{item.id}>\n\n{item.text}\n"
    ).encode()


def wrong(fault: Fault) -> bytes:
    """A line; without a tag it is the last that is heard."""
    return fault.body if fault.body.endswith(b"\r\n") else fault.body + b"\r\n"


REFUSES = {
    "401": ("AUTH", b"535 5.7.8 who are you?\r\n"),
    "403": ("RCPT", b"550 5.7.1 not to them\r\n"),
    "429": (".", b"451 4.7.1 too many mails\r\n"),
}
"""At which command, and with which words."""


def case() -> Case:
    service = Mails()

    def make(setup: Setup) -> Channel:
        options = {
            "address": USER,
            "server": urlsplit(str(setup.options["base_url"])).netloc,
            "smtp": f"127.0.0.1:{service.smtp.port or 9}",
            "security": "none",
            "sent_folder": "Sent",
        }
        return Short(replace(setup, options=options))

    excuses = {
        "a_reply_that_ended_in_a_500_is_found": "a mail that is answered with 5yz was not taken",
        "a_reply_is_taken_back_and_may_be_gone_already": "a mail cannot be taken back",
        "a_rest_is_as_long_as_was_asked_for_by_any_clock": "mail servers name no time, and are "
        "left alone for a quarter of an hour",
    }
    return Case(make, service, token=TOKEN, account=USER, excuses=excuses)
