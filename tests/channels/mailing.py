"""Mails, the mailbox they lie in, and the channel that reads it, for the tests of mail."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import format_datetime

import pytest

from socialcare.channels.base import Setup
from socialcare.channels.email import Email
from socialcare.clock import FixedClock
from socialcare.settings import Brand
from socialcare.testing import NOW, SINCE, mentions_of
from tests.channels.imap_server import PASSWORD, USER


def letter(number=1, text="My boots leak", at=NOW - timedelta(hours=1), **fields):
    head = {
        "From": "Ana <ana@example.org>",
        "To": USER,
        "Subject": "Boots",
        "Date": format_datetime(at),
        "Message-ID": f"<m{number}@example.org>",
        **{key.replace("_", "-"): value for key, value in fields.items()},
    }
    lines = [f"{key}: {value}" for key, value in head.items() if value is not None]
    return "\n".join([*lines, "", text, ""]).encode()


class Short(Email):
    page = 4


def channel(imap, *, clock=None, secrets=None, seconds=20.0, kind=Short, **options):
    return kind(
        Setup(
            name="mail",
            options={
                "address": USER,
                "server": f"127.0.0.1:{imap.port}",
                "smtp": "127.0.0.1:9",
                "security": "none",
                **options,
            },
            connect=lambda *_, **__: pytest.fail("no HTTP here"),
            clock=clock or FixedClock(NOW),
            brand=Brand("Acme"),
            secret=({"password": PASSWORD} if secrets is None else secrets).get,
            seconds=seconds,
        )
    )


def fetch(made, checkpoint=None, since=SINCE):
    pages = list(made.pages(checkpoint, since))
    last = next((page.checkpoint for page in reversed(pages) if page.checkpoint), checkpoint)
    return mentions_of(pages), json.loads(json.dumps(last)), pages


def fill(server, count, **fields):
    for number in range(count):
        at = NOW - timedelta(minutes=count - number)
        server.put(letter(number, at=at, **fields), at)
