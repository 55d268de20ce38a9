"""A mailbox on a real IMAP server: mails in, answers out and back again."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from socialcare.channels.base import Outgoing, Setup
from socialcare.channels.email import Email
from socialcare.clock import FixedClock
from socialcare.errors import (
    AuthError,
    GoneError,
    OutcomeUnknownError,
    RateLimitError,
    UnavailableError,
)
from socialcare.settings import Brand
from socialcare.testing import mentions_of
from tests.channels.fault_proxy import FaultProxy, answer_killed
from tests.channels.mail_server import PASSWORD, USER
from tests.channels.smtp_server import SmtpServer

pytestmark = pytest.mark.live

NOW = datetime.now(UTC).replace(microsecond=0)
US = "care@acme.example"


@pytest.fixture(params=["pymap", "dovecot"])
def mailbox(request):
    """Two servers that speak IMAP, and do not say the same."""
    mailbox = request.getfixturevalue(request.param)
    mailbox.make("Answers")
    for folder in ("INBOX", "Answers"):
        mailbox.empty(folder)
    return mailbox


@pytest.fixture
def smtp():
    with SmtpServer().running() as running_one:
        # It would refuse the user name of the other server.
        running_one.before = lambda line: b"235 ok\r\n" if line.startswith("AUTH") else None
        yield running_one


class Short(Email):
    page = 3


@pytest.fixture
def make(mailbox, smtp):
    def channel(password=PASSWORD, **options):
        server = {"server": f"127.0.0.1:{mailbox.port}", "smtp": f"127.0.0.1:{smtp.port}"}
        named = {"address": US, "user": USER, "security": "none", **server, **options}
        secret = {"password": password}.get
        return Short(Setup("mail", named, pytest.fail, FixedClock(NOW), Brand("Acme"), secret))

    return channel


def letter(number, text="My boots leak", at=NOW, **fields):
    head = {"From": "Ana <ana@example.org>", "To": US, "Subject": "Boots",
            "Date": format_datetime(at), "Message-ID": f"<m{number}@example.org>", **fields}  # fmt: skip
    return "\r\n".join([*(f"{key}: {value}" for key, value in head.items()), "", text, ""]).encode()


def fetch(channel, checkpoint=None):
    pages = list(channel.pages(checkpoint, NOW - timedelta(days=7)))
    last = next((page.checkpoint for page in reversed(pages) if page.checkpoint), checkpoint)
    return mentions_of(pages), json.loads(json.dumps(last)), pages


def fill(mailbox, numbers):
    mailbox.deliver(*map(letter, numbers), at=NOW - timedelta(hours=1))


def test_mails_arrive_and_stay_unread(mailbox, make):
    fill(mailbox, range(8))
    mentions, checkpoint, pages = fetch(make())
    assert mentions.keys() == {f"m{n}@example.org" for n in range(8)}
    assert len(pages) >= 3
    assert not any(page.broken for page in pages)
    assert mailbox.unread() == 8
    assert not fetch(make(), checkpoint)[0]
    fill(mailbox, [9])
    assert fetch(make(), checkpoint)[0].keys() == {"m9@example.org"}


def test_a_run_may_stop_after_any_page(mailbox, make):
    fill(mailbox, range(8))
    for stop in (1, 2):
        walk = make().pages(None, NOW - timedelta(days=7))
        before = [next(walk) for _ in range(stop)]
        checkpoint = json.loads(json.dumps(before[-1].checkpoint))
        after, _, _ = fetch(make(), checkpoint)
        assert len(mentions_of(before).keys() | after.keys()) == 8


def test_what_is_older_than_the_first_look_stays_out(mailbox, make):
    mailbox.deliver(letter(1, at=NOW - timedelta(days=20)), at=NOW - timedelta(days=20))
    mailbox.deliver(letter(2), at=NOW)
    assert fetch(make())[0].keys() == {"m2@example.org"}


def test_an_answer_leaves_and_comes_back_as_ours(mailbox, make, smtp):
    mailbox.deliver(letter(1, Subject="Order 4411"), at=NOW)
    channel = make(sent_folder="Answers")
    asked = fetch(channel)[0]["m1@example.org"]
    reply = Outgoing(asked, "It is on its way.", "key", private=True)
    posted = channel.send(reply)
    assert b"Subject: Re: Order 4411\r\n" in smtp.mails[0][2]
    assert channel.find(reply) == posted
    mention = fetch(channel)[0][posted.external_id]
    assert (mention.role, mention.in_reply_to) == ("answer", asked.external_id)
    assert mention.text == "It is on its way."
    assert mailbox.unread("Answers") == 0


def test_mails_that_answer_one_another_are_one_thread(mailbox, make):
    """Also where the first one is only named, and came before we looked."""
    mailbox.deliver(
        letter(1),
        letter(2, **{"In-Reply-To": "<m1@example.org>"}),
        letter(3, References="<m1@example.org> <m2@example.org>"),
        letter(5, References="<m4@example.org>"),
        at=NOW,
    )
    found = fetch(make())[0]
    threads = {key: (one.thread, one.in_reply_to) for key, one in found.items()}
    assert threads["m1@example.org"][1] is None
    assert {threads[f"m{n}@example.org"][0] for n in (1, 2, 3)} == {"m1@example.org"}
    assert threads["m3@example.org"][1] == "m2@example.org"
    assert threads["m5@example.org"] == ("m4@example.org", "m4@example.org")


@pytest.mark.parametrize("server_keeps_a_copy", [True, False])
def test_an_answer_that_was_taken_and_not_heard_of_left_once(
    mailbox, make, smtp, server_keeps_a_copy
):
    mailbox.deliver(letter(1, Subject="Order 4411"), at=NOW)
    killing = FaultProxy(("127.0.0.1", smtp.port), fault=answer_killed(b"\r\n.\r\n"))
    with killing.running():
        channel = make(sent_folder="Answers", smtp=f"127.0.0.1:{killing.port}")
        reply = Outgoing(fetch(channel)[0]["m1@example.org"], "On its way.", "key", private=True)
        with pytest.raises(OutcomeUnknownError):
            channel.send(reply)
        assert killing.killed == 1
        [(_, _, raw)] = smtp.mails
        if server_keeps_a_copy:
            mailbox.deliver(raw, at=NOW, folder="Answers")
            posted = channel.find(reply)
            assert posted is not None
            assert f"Message-ID: <{posted.external_id}>".encode() in raw
        else:
            with pytest.raises(OutcomeUnknownError, match="nobody can tell"):
                channel.find(reply)
    assert len(smtp.mails) == 1


def test_a_large_mail_is_read_to_its_text(mailbox, make):
    mailbox.deliver(letter(1) + b"x" * (5 << 20), at=NOW)
    mentions, _, _ = fetch(make())
    assert mentions["m1@example.org"].text.startswith("My boots leak")


def test_who_we_are(make):
    assert make().check_access() == US


def test_a_wrong_password(make):
    with pytest.raises(AuthError) as caught:
        fetch(make(password="sesame 12"))
    assert "sesame" not in caught.value.message


def test_a_folder_that_is_not_there(make):
    with pytest.raises(GoneError, match="Nowhere") as caught:
        fetch(make(folder="Nowhere"))
    assert "INBOX" in caught.value.hint


@pytest.mark.parametrize("mailbox", ["dovecot"], indirect=True)
def test_a_server_that_lets_nobody_else_in_is_busy(mailbox, make):
    """It allows a person ten connections from an address; what others hold counts.

    Older versions of Dovecot say that they are not available, newer ones that it is a limit.
    """
    fill(mailbox, range(3))
    with ExitStack() as held:
        for _ in range(10):
            held.enter_context(mailbox.opened())
        with pytest.raises((UnavailableError, RateLimitError), match="Maximum number") as caught:
            fetch(make())
        told = caught.value.message
        limit = isinstance(caught.value, RateLimitError)
        assert ("asks to slow down: [LIMIT]" if limit else "cannot answer now: ") in told
        assert ("[LIMIT]" in told) == limit
    assert len(fetch(make())[0]) == 3
