"""The stages on programs of somebody else: their own record is what counts."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from socialcare.channels.html import to_text
from socialcare.clock import parse_time
from tests.channels.bluesky_server import Network, Person
from tests.channels.fault_proxy import Fault, FaultProxy, answer_killed
from tests.channels.mail_server import PASSWORD, USER, Mailbox
from tests.channels.mastodon_server import BRAND, Server
from tests.channels.smtp_server import SmtpServer
from tests.sending.stage import Seen, ShiftedClock, Stage
from tests.workflow.office import Office

PATIENCE_S = 3


def by_proxy(question: bytes) -> dict[str, Fault]:
    return {
        "killed after": answer_killed(question),
        "killed before": Fault(drop=question),
        "silent after": Fault(mute=question),
        "half an answer after": Fault(shorten=question),
    }


@dataclass
class OnMock(Stage):
    """mastodon-mock: a Mastodon that keeps the keys of attempts."""

    server: Server = field(kw_only=True)
    proxy: FaultProxy = field(kw_only=True)

    name: ClassVar[str] = "mastodon-mock"
    environ: ClassVar[dict[str, str]] = {"TOKEN": BRAND}
    at_proxy: ClassVar[dict[str, Fault]] = by_proxy(b"POST /api/v1/statuses")
    at_server: ClassVar[dict[str, dict[str, object]]] = {
        "502 before": {"type": "status", "status": 502},
        "429": {"type": "ratelimit"},
        "401": {"type": "status", "status": 401},
    }
    faults: ClassVar[tuple[str, ...]] = (*at_proxy, *at_server)

    def ask(self, text: str) -> None:
        self.server.post(f"@brand {text}")

    def answers(self) -> list[Seen]:
        me = self.server.call("GET", "/api/v1/accounts/verify_credentials", BRAND)["id"]
        path = f"/api/v1/accounts/{me}/statuses?limit=40"
        found: list[dict[str, Any]] = []
        while page := self.server.call("GET", path + _below(found), BRAND):
            found += page
        return [
            Seen(
                to_text(one["content"]),
                private=one["visibility"] == "direct",
                reaches=one["visibility"] == "public" or bool(one["mentions"]),
                at=parse_time(one["created_at"]),
            )
            for one in found
        ]

    def spoil(self, fault: str) -> None:
        if fault in self.at_proxy:
            self.proxy.spoil(self.at_proxy[fault])
            return
        match = {"path": "/api/v1/statuses", "methods": ["POST"]}
        rule = {"match": match, "effect": self.at_server[fault], "count": 1}
        headers = {"Content-Type": "application/json"}
        address = f"{self.server.url}/api/v1/_mock/faults"
        with urlopen(Request(address, json.dumps(rule).encode(), headers), timeout=20):
            pass

    def heal(self) -> None:
        self.proxy.heal()
        self.server.heal()


def _below(found: list[dict[str, Any]]) -> str:
    return f"&max_id={found[-1]['id']}" if found else ""


@contextmanager
def on_mock(folder: Path, server: Server) -> Iterator[OnMock]:
    server.empty()
    host = urlsplit(server.url)
    assert host.hostname
    assert host.port
    with FaultProxy((host.hostname, host.port)).running() as proxy:
        office = Office(folder / "home")
        office.configure(
            '[brand]\nname = "Acme"\n[channels.mock]\ntype = "mastodon"\n'
            f'server = "{server.url}"\nbase_url = "{proxy.url}"\nnotifications = true\n'
            f'seconds = {PATIENCE_S}\ntoken = {{ env = "TOKEN" }}\n'
        )
        yield OnMock(office, ShiftedClock(), server=server, proxy=proxy)


@dataclass
class OnMail(Stage):
    """Mails in over IMAP, answers out over SMTP, which tells nothing once its answer is lost."""

    mailbox: Mailbox = field(kw_only=True)
    smtp: SmtpServer = field(kw_only=True)

    name: ClassVar[str] = "SMTP"
    tells: ClassVar[bool] = False
    public: ClassVar[bool] = False
    faults: ClassVar[tuple[str, ...]] = ("killed after", "killed before", "refused", "busy")
    environ: ClassVar[dict[str, str]] = {"PASSWORD": PASSWORD}

    def ask(self, text: str) -> None:
        now = datetime.now(UTC)
        head = {
            "From": "Ana <ana@example.org>",
            "To": "care@acme.example",
            "Subject": "A question",
            "Date": format_datetime(now),
            "Message-ID": f"<{abs(hash(text))}@example.org>",
        }
        lines = [f"{key}: {value}" for key, value in head.items()]
        self.mailbox.deliver("\r\n".join([*lines, "", text, ""]).encode(), at=now)

    def answers(self) -> list[Seen]:
        return [
            Seen(_said(raw), private=True, reaches="<ana@example.org>" in to.lower())
            for _, to, raw in self.smtp.mails
        ]

    def spoil(self, fault: str) -> None:
        command, says = {
            "killed after": (".", b""),
            "killed before": ("DATA", b""),
            "refused": (".", b"550 5.7.1 not this one\r\n"),
            "busy": (".", b"451 4.3.2 later\r\n"),
        }[fault]
        sound = self.smtp.before

        def once(asked: str) -> object:
            if asked.upper() != command:
                return sound(asked)
            self.smtp.before = sound
            return says

        self.smtp.before = once

    def heal(self) -> None:
        self.smtp.before = _any_sign_in


def _said(raw: bytes) -> str:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    return " ".join(mail.get_content().split())


def _any_sign_in(command: str) -> object:
    """It would refuse the user name of the other server."""
    return b"235 ok\r\n" if command.startswith("AUTH") else None


@contextmanager
def on_mail(folder: Path, mailbox: Mailbox, *, keeps_copies: bool = False) -> Iterator[OnMail]:
    mailbox.make("Answers")
    for name in ("INBOX", "Answers"):
        mailbox.empty(name)
    with SmtpServer().running() as smtp:
        smtp.before = _any_sign_in
        office = Office(folder / "home")
        office.configure(
            '[brand]\nname = "Acme"\n[channels.mail]\ntype = "email"\n'
            f'address = "care@acme.example"\nuser = "{USER}"\nsecurity = "none"\n'
            f'server = "127.0.0.1:{mailbox.port}"\nsmtp = "127.0.0.1:{smtp.port}"\n'
            'password = { env = "PASSWORD" }\n'
            + ('sent_folder = "Answers"\n' if keeps_copies else "")
        )
        yield OnMail(office, ShiftedClock(), mailbox=mailbox, smtp=smtp)


@dataclass
class OnBluesky(Stage):
    """A network of its own, where the key of a record is chosen by who writes it."""

    network: Network = field(kw_only=True)
    brand: Person = field(kw_only=True)
    fan: Person = field(kw_only=True)
    proxy: FaultProxy = field(kw_only=True)

    name: ClassVar[str] = "Bluesky"
    private: ClassVar[bool] = False
    at_proxy: ClassVar[dict[str, Fault]] = by_proxy(b"POST /xrpc/com.atproto.repo.putRecord")
    faults: ClassVar[tuple[str, ...]] = tuple(at_proxy)

    def ask(self, text: str) -> None:
        self.fan.naming(self.brand, text)

    def answers(self) -> list[Seen]:
        return [Seen(one["value"]["text"], private=False) for one in self.brand.records()]

    def spoil(self, fault: str) -> None:
        self.proxy.spoil(self.at_proxy[fault])

    def heal(self) -> None:
        self.proxy.heal()

    def settle_server(self) -> None:
        self.network.settle()


@contextmanager
def on_bluesky(folder: Path, network: Network, number: int) -> Iterator[OnBluesky]:
    brand, fan = network.person(f"brand{number}"), network.person(f"fan{number}")
    host = urlsplit(network.url)
    assert host.hostname
    assert host.port
    with FaultProxy((host.hostname, host.port)).running() as proxy:
        office = Office(folder / "home")
        office.configure(
            '[brand]\nname = "Acme"\n[channels.sky]\ntype = "bluesky"\nquery = []\n'
            f'identifier = "{brand.handle}"\nbase_url = "{proxy.url}"\nseconds = 8\n'
            'password = { env = "PASSWORD" }\n'
        )
        stage = OnBluesky(
            office, ShiftedClock(), network=network, brand=brand, fan=fan, proxy=proxy
        )
        stage.environ = {"PASSWORD": brand.app_password()}  # type: ignore[misc]
        yield stage
