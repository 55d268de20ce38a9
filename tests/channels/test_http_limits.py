"""Waiting: how long services ask us to, how long we do, and one request at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.http import Budget, Http
from socialcare.channels.limits import MAX_WAIT_S, asked_wait
from socialcare.clock import FixedClock, SystemClock
from socialcare.errors import RateLimitError, UnavailableError
from tests.channels.servers import Line, Server

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=90)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("name", "value", "seconds"),
    [
        ("retry-after", "2", 2),
        ("retry-after", "1.5", 1.5),
        ("retry-after", "0", 0),
        ("retry-after", " 7 ", 7),
        ("retry-after", format_datetime(SOON, usegmt=True), 90),
        ("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("retry-after", "999999999", DAY),
        ("x-ratelimit-reset", "2026-11-21T12:01:30.000000Z", 90),
        ("x-ratelimit-reset", str(int(SOON.timestamp())), 90),
        ("x-ratelimit-reset", "599.0", 599),
        ("x-ratelimit-reset", "300", 300),
        ("x-rate-limit-reset", str(int(SOON.timestamp())), 90),
        ("ratelimit-reset", str(int(SOON.timestamp())), 90),
        ("x-ratelimit-reset-after", "0.3", 0.3),
        ("retry-after", "soon \x1b[31m", None),
        ("retry-after", "-5", None),
        ("retry-after", "nan", None),
        ("retry-after", "inf", None),
        ("retry-after", "1e3", None),
        ("retry-after", "٣", None),
        ("retry-after", "", None),
        ("retry-after", "9" * 400, None),
        ("x-ratelimit-reset", "999999999999", None),
    ],
)
def test_every_service_says_it_in_its_own_way(name: str, value: str, seconds: float) -> None:
    assert asked_wait({name: value}, NOW) == seconds


def test_retry_after_goes_before_a_reset() -> None:
    assert asked_wait({"x-ratelimit-reset": "300", "retry-after": "2"}, NOW) == 2
    assert asked_wait({"x-ratelimit-reset": "300", "retry-after": "soon"}, NOW) == 300


def test_moments_are_measured_by_the_clock_of_the_service() -> None:
    there = NOW + timedelta(days=3)
    headers = {
        "date": format_datetime(there, usegmt=True),
        "x-ratelimit-reset": str(int(there.timestamp()) + 30),
    }
    assert asked_wait(headers, NOW) == 30


@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-reset", "ratelimit-reset", "date"]),
        st.text(max_size=80) | st.datetimes().map(str) | st.integers().map(str),
    )
)
def test_no_header_makes_a_wait_that_is_none(headers: dict[str, str]) -> None:
    wait = asked_wait(headers, NOW)
    assert wait is None or 0 <= wait <= DAY


def limited(*headers: str, status: str = "429 Too Many", until: int = 1):
    """Refuses that often, then answers."""
    return lambda to: (
        to.answer(b"{}", *headers, status=status) if to.nth <= until else to.answer(b"good")
    )


@pytest.mark.parametrize(
    ("headers", "at_least", "at_most"),
    [
        (["Retry-After: 2"], 2, 2),
        (["Retry-After: 0"], 0.25, 0.5),
        (["Retry-After: nan"], 0.25, 0.5),
        ([], 0.25, 0.5),
        (["X-RateLimit-Reset: 2026-11-21T12:00:03Z", "X-RateLimit-Remaining: 0"], 3, 3),
    ],
)
def test_a_short_wait_is_waited(server, http, clock, headers, at_least, at_most) -> None:
    server["/x"] = limited(*headers)
    assert http.session("c", base_url=server.url).get("/x").body == b"good"
    assert at_least <= clock.elapsed <= at_most
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", ["429 Too Many", "503 Busy", "403 Forbidden"])
def test_a_long_wait_is_told_instead(server: Server, http: Http, clock, status) -> None:
    server["/x"] = limited("Retry-After: 90", status=status)
    with pytest.raises(RateLimitError, match=r"c is to be left alone until 2026-11-21T12:01:30"):
        http.session("c", base_url=server.url).get("/x")
    with pytest.raises(RateLimitError) as caught:
        server["/y"] = limited("Retry-After: 90", status=status)
        http.session("c", base_url=server.url).get("/y")
    assert caught.value.not_before == SOON
    assert (clock.elapsed, len(server.asked)) == (0, 2)


def test_a_wait_that_the_budget_does_not_hold_is_told_instead(server, http, clock) -> None:
    server["/x"] = limited("Retry-After: 4")
    session = http.session("c", base_url=server.url, budget=Budget(clock, 3))
    with pytest.raises(RateLimitError) as caught:
        session.get("/x")
    assert caught.value.not_before == NOW + timedelta(seconds=4)
    assert (clock.elapsed, len(server.asked)) == (0, 1)


def test_nobody_mutes_a_channel_for_longer_than_a_day(server: Server, http: Http) -> None:
    server["/x"] = limited("Retry-After: 999999999")
    with pytest.raises(RateLimitError) as caught:
        http.session("c", base_url=server.url).get("/x")
    assert caught.value.not_before == NOW + timedelta(days=1)


def test_retry_after_0_for_ever_is_no_hot_loop(server: Server, http: Http, clock) -> None:
    server["/x"] = limited("Retry-After: 0", until=1_000)
    with pytest.raises(RateLimitError, match="asks us to slow down") as caught:
        http.session("c", base_url=server.url).get("/x")
    assert len(server.asked) == 5
    assert 3.75 <= clock.elapsed <= 7.5
    assert caught.value.not_before >= NOW + timedelta(minutes=1)


def test_out_of_order_for_a_while_and_for_ever(server: Server, http: Http, clock) -> None:
    session = http.session("c", base_url=server.url)
    server["/x"] = limited(status="502 Bad Gateway", until=3)
    assert session.get("/x").body == b"good"
    server["/y"] = limited(status="503 Busy", until=1_000)
    with pytest.raises(UnavailableError, match=r"c is out of order \(503 from http"):
        session.get("/y")
    assert len(server.asked) == 4 + 5


def test_tries_stay_within_the_budget(server: Server, http: Http, clock: FixedClock) -> None:
    server["/x"] = limited(status="500 Oops", until=1_000)
    session = http.session("c", base_url=server.url, budget=Budget(clock, 1.0))
    with pytest.raises(UnavailableError, match="out of order"):
        session.get("/x")
    assert clock.elapsed < 1.0
    assert len(server.asked) < 5


def test_a_host_is_asked_with_pauses(server: Server, http: Http, clock: FixedClock) -> None:
    server["/x"] = lambda to: to.answer()
    first = http.session("a", base_url=server.url, spacing_s=3)
    second = http.session("b", base_url=server.url, spacing_s=3)
    for session in (first, second, first):
        session.get("/x")
    assert clock.elapsed == 6


def test_a_long_pause_is_told_instead(server: Server, http: Http, clock: FixedClock) -> None:
    server["/x"] = lambda to: to.answer()
    server["/y"] = limited(status="500 Oops")
    session = http.session("reddit", base_url=server.url, spacing_s=60)
    session.get("/x")
    clock.sleep(20)
    with pytest.raises(RateLimitError) as caught:
        session.get("/x")
    assert caught.value.not_before == NOW + timedelta(seconds=60)
    clock.sleep(40)
    later = http.session("reddit", base_url=server.url, spacing_s=60)
    with pytest.raises(UnavailableError):
        later.get("/y")
    assert [one.path for one in server.asked] == ["/x", "/y"]


def test_a_redirect_on_the_same_host_needs_no_pause(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.answer(b"", "Location: /y", status="302 Found")
    server["/y"] = lambda to: to.answer(b"here")
    session = http.session("reddit", base_url=server.url, spacing_s=60, follow=True)
    assert session.get("/x").body == b"here"


@pytest.fixture
def real(server: Server) -> Iterator[Http]:
    with Http(SystemClock(), allowed=[server.address]) as running:
        yield running


def test_one_request_at_a_time_goes_to_a_host(server: Server, real: Http) -> None:
    def answer(to: Line) -> None:
        to.over.wait(0.01)
        to.answer()

    server["/x"] = answer
    sessions = [real.session(str(number), base_url=server.url) for number in range(8)]
    threads = [threading.Thread(target=session.get, args=["/x"]) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(server.asked), server.most_at_once) == (8, 1)


def test_a_host_that_somebody_else_holds_is_waited_for_within_the_budget(server, real) -> None:
    asked = threading.Event()

    def answer(to: Line) -> None:
        asked.set()
        to.silence()

    server["/x"] = answer
    holder = real.session("a", base_url=server.url, budget=Budget(SystemClock(), 1))
    failed: list[Exception] = []

    def hold() -> None:
        try:
            holder.get("/x")
        except UnavailableError as error:
            failed.append(error)

    thread = threading.Thread(target=hold)
    thread.start()
    asked.wait()
    with pytest.raises(UnavailableError, match="other requests to the same host") as caught:
        real.session("b", base_url=server.url, budget=Budget(SystemClock(), 0.1)).get("/x")
    thread.join()
    assert caught.value.code == "out_of_time"
    assert len(failed) == 1
    assert len(server.asked) == 1


def test_other_hosts_are_not_held_up(server: Server) -> None:
    with (
        Server().running() as other,
        Http(SystemClock(), allowed=[server.address, other.address]) as http,
    ):
        other["/x"] = lambda to: to.answer(b"good")
        got: list[bytes] = []

        def meanwhile(to: Line) -> None:
            got.append(http.session("b", base_url=other.url).get("/x").body)
            to.answer()

        server["/x"] = meanwhile
        http.session("a", base_url=server.url).get("/x")
        assert got == [b"good"]


def test_waits_are_never_longer_than_5_seconds() -> None:
    assert MAX_WAIT_S == 5.0
