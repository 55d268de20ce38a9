"""Every way an IMAP server can fail: its class, and nothing lost."""

from __future__ import annotations

import json
import threading

import pytest

from socialcare.channels.base import Setup
from socialcare.channels.email import Email
from socialcare.clock import FixedClock, SystemClock
from socialcare.errors import (
    BadAnswerError,
    ChannelError,
    RateLimitError,
    RefusedError,
    UnavailableError,
)
from socialcare.testing import NOW, SINCE, mentions_of
from tests.channels.imap_server import PASSWORD, ImapServer
from tests.channels.mailing import channel, fetch, fill


@pytest.fixture
def server():
    with ImapServer().running() as running:
        yield running


def test_nobody_there(server):
    with pytest.raises(UnavailableError, match="connection refused"):
        fetch(channel(server, server="127.0.0.1:1"))


def test_a_guessed_name_says_that_it_was_guessed():
    made = Email(
        Setup("mail", {"address": "care@acme.invalid"}, pytest.fail, FixedClock(NOW),
              secret={"password": "x"}.get)
    )  # fmt: skip
    with pytest.raises(UnavailableError, match=r"imap\.acme\.invalid:993") as caught:
        list(made.pages(None, SINCE))
    assert caught.value.hint.startswith("I only guessed its name; write it down: server =")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"* 1 FETCH (UID 5 BODY[]<0> {99999999999}\r\n", RefusedError),
        (b"* 1 FETCH (UID 5 BODY[]<0> {" + b"9" * 5000 + b"}\r\n", ChannelError),
        (b"* OK still here\r\n" * 2_000_000, RefusedError),
        (b"* OK " + b"x" * 40_000_000, ChannelError),
        (b"* 1 FETCH (UID 5 BODY[]<0> {100}\r\nhalf of it", UnavailableError),
        (b"", UnavailableError),
        (b"* BYE going down\r\n", UnavailableError),
        (b"* BYE Too many simultaneous connections\r\n", RateLimitError),
        (b"<html>a login page</html>\r\n", BadAnswerError),
        (b"A999 OK what\r\n", BadAnswerError),
        (b"@ BAD what\r\n", BadAnswerError),
        (b"@ NO [UNAVAILABLE] backend\r\n", UnavailableError),
        (b"@ NO [THROTTLED] wait\r\n", RateLimitError),
        (b"* 1 FETCH (UID 77 BODY[]<0> {2}\r\nxx)\r\n@ OK\r\n", BadAnswerError),
    ],
)
def test_a_failure_in_the_middle_has_its_class_and_the_next_run_is_whole(server, answer, error):
    fill(server, 12)
    walk = channel(server).pages(None, SINCE)
    first = next(walk)
    server.before = lambda command: answer if "BODY.PEEK" in command else None
    with pytest.raises(error) as caught:
        list(walk)
    assert caught.value.hint
    assert PASSWORD not in caught.value.message
    server.before = lambda _: None
    after, _, _ = fetch(channel(server), json.loads(json.dumps(first.checkpoint)))
    assert len(mentions_of([first]).keys() | after.keys()) == 12


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_a_connection_may_break_after_any_byte(server, start):
    """Whatever was stored by then, the next run brings the rest."""
    fill(server, 9)
    for cut in range(start, 4_000, 40):
        server.left = cut
        checkpoint, before = None, []
        try:
            for page in channel(server).pages(None, SINCE):
                before.append(page)
                checkpoint = json.loads(json.dumps(page.checkpoint))
        except UnavailableError as error:
            assert error.hint
        server.left = None
        after, _, _ = fetch(channel(server), checkpoint)
        assert len(mentions_of(before).keys() | after.keys()) == 9, f"after {cut} bytes"


def test_a_drip_ends_with_the_time_of_the_run(server):
    fill(server, 1)
    ended = threading.Event()
    server.before = lambda command: ended.wait(20) if "SEARCH" in command else None
    try:
        with pytest.raises(UnavailableError, match="did not answer in time") as caught:
            fetch(channel(server, clock=SystemClock(), seconds=0.4))
    finally:
        ended.set()
    assert caught.value.code == "time_out"
