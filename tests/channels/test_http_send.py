"""Writing to a service: tried once, and never called undone when it may be done."""

from __future__ import annotations

import json

import pytest

from socialcare.channels.http import Http
from socialcare.clock import FixedClock, parse_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    GoneError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
)
from tests.channels.servers import Line, Server, head


def session(http: Http, server: Server, **more):
    return http.session("shop", base_url=server.url, **more)


def test_json_and_forms_arrive_as_they_were_given(server: Server, http: Http) -> None:
    server["/posts"] = lambda to: to.answer(b'{"id":"9"}', status="201 Created")
    made = session(http, server).send("POST", "/posts", {"text": "Grüße"}, headers={"X-Key": "k"})
    assert (made.status, made.body) == (201, b'{"id":"9"}')
    session(http, server).send("PUT", "/posts", form={"a": "1 & 2", "b": "ü"})
    session(http, server).send("DELETE", "/posts")
    posted, put, gone = server.asked
    assert (posted.method, json.loads(posted.body)) == ("POST", {"text": "Grüße"})
    assert (posted.headers["content-type"], posted.headers["x-key"]) == ("application/json", "k")
    assert (put.method, put.body) == ("PUT", b"a=1+%26+2&b=%C3%BC")
    assert put.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (gone.method, gone.body) == ("DELETE", b"")


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content"])
def test_all_ways_of_saying_done_are_done(server: Server, http: Http, status: str) -> None:
    server["/posts"] = lambda to: to.answer(b"", status=status)
    assert session(http, server).send("POST", "/posts", {}).status == int(status[:3])


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("400 Bad Request", BadAnswerError),
        ("401 Unauthorized", AuthError),
        ("404 Not Found", GoneError),
        ("422 Unprocessable", RefusedError),
        ("429 Too Many", RateLimitError),
        ("301 Moved", RefusedError),
        ("307 Temporary", RefusedError),
    ],
)
def test_what_was_refused_is_not_there(
    server: Server, http: Http, status: str, error: type[ChannelError]
) -> None:
    server["/posts"] = lambda to: to.answer(b"{}", "Location: /other", status=status)
    with pytest.raises(error) as raised:
        session(http, server).send("POST", "/posts", {})
    assert not isinstance(raised.value, OutcomeUnknownError)
    assert len(server.asked) == 1


def gone_after_the_request(to: Line) -> None:
    to.close()


def reset_after_the_request(to: Line) -> None:
    to.reset()


def half_an_answer(to: Line) -> None:
    to.send(head("HTTP/1.1 200 OK", "Content-Length: 100") + b'{"id"')
    to.close()


def nothing_at_all(to: Line) -> None:
    to.silence()


def five_hundred(to: Line) -> None:
    to.answer(b"{}", status="500 Oops")


def bad_gateway(to: Line) -> None:
    to.answer(b"{}", status="502 Bad Gateway")


def see_other(to: Line) -> None:
    """As many services answer once it is done."""
    to.answer(b"", "Location: /posts/1", status="303 See Other")


def found(to: Line) -> None:
    to.answer(b"", "Location: /posts/1", status="302 Found")


LOST = [
    *(gone_after_the_request, reset_after_the_request, half_an_answer),
    *(nothing_at_all, five_hundred, bad_gateway, see_other, found),
]


@pytest.mark.parametrize("how", LOST, ids=lambda how: how.__name__)
def test_a_lost_answer_is_unknown_and_nothing_is_sent_twice(server: Server, how) -> None:
    server["/posts"] = how
    clock = FixedClock(parse_time("2026-11-21T12:00:00Z"))
    impatient = Http(clock, allowed=[server.address], request_s=0.5)
    with impatient as http, pytest.raises(OutcomeUnknownError) as raised:
        session(http, server).send("POST", "/posts", {"text": "x"})
    assert raised.value.message.startswith("I cannot tell whether shop took it (")
    assert len(server.asked) == 1


def test_what_may_be_repeated_is(server: Server, http: Http) -> None:
    def first_lost(to: Line) -> None:
        to.answer(b"{}", status="200 OK") if to.nth > 1 else to.close()

    server["/posts"] = first_lost
    assert session(http, server).send("PUT", "/posts", {}, again=True).status == 200
    assert len(server.asked) == 2


def test_where_nobody_listens_nothing_was_sent(http: Http) -> None:
    with Server().running() as stopped:
        address = stopped.url
    with pytest.raises(ChannelError) as raised:
        http.session("shop", base_url=address).send("POST", "/posts", {})
    assert not isinstance(raised.value, OutcomeUnknownError)


def test_a_token_goes_with_it_and_into_no_message(server: Server, http: Http) -> None:
    server["/posts"] = lambda to: to.answer(
        b'{"error":"t0ken-of-acme-1130 is wrong"}', status="403 Forbidden"
    )
    with pytest.raises(AuthError) as raised:
        session(http, server, credentials={"Authorization": "Bearer t0ken-of-acme-1130"}).send(
            "POST", "/posts", {}
        )
    assert server.asked[0].headers["authorization"] == "Bearer t0ken-of-acme-1130"
    assert "t0ken-of-acme-1130" not in raised.value.message + raised.value.hint
    assert "does not let this token post to " in raised.value.message


def test_whoever_asks_to_wait_is_left_alone(server: Server, http: Http) -> None:
    server["/posts"] = lambda to: to.answer(b"{}", "Retry-After: 600", status="429 Too Many")
    with pytest.raises(RateLimitError) as raised:
        session(http, server).send("POST", "/posts", {})
    assert raised.value.not_before == parse_time("2026-11-21T12:10:00Z")
