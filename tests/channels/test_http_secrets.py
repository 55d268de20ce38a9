"""Secrets stay with their origin and out of every text."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

import pytest

from socialcare.channels.http import Http
from socialcare.clock import SystemClock
from socialcare.errors import ChannelError, RefusedError
from tests.channels.servers import Line, Server

TOKEN = "canary/0123+456789=="


def echo(to: Line) -> None:
    """What a careless service does: it repeats the token in its complaint."""
    said = to.request.headers.get("authorization", "")
    to.answer(b'{"error":"bad ' + said.encode() + b'"}', status="400 Bad Request")


def quoted_echo(to: Line) -> None:
    said = quote(to.request.headers["authorization"], safe="")
    to.answer(b'{"message":"' + said.encode() + b'"}', status="422 Unprocessable")


def long_echo(to: Line) -> None:
    said = b"x" * 180 + to.request.headers["authorization"].encode()
    to.answer(b'{"error":"' + said + b'"}', status="401 Unauthorized")


def garbled_echo(to: Line) -> None:
    to.send(
        b"HTTP/1.1 200 OK\r\nX\x00: " + to.request.headers["authorization"].encode() + b"\r\n\r\n"
    )


@pytest.mark.parametrize("answer", [echo, quoted_echo, long_echo, garbled_echo])
def test_an_echoed_token_is_not_repeated(server: Server, http: Http, answer) -> None:
    server["/x"] = answer
    with pytest.raises(ChannelError) as caught:
        http.session("c", base_url=server.url, token=TOKEN).get("/x")
    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    for text in (caught.value.message, caught.value.hint, str(caught.value)):
        assert "canary" not in text


def test_a_token_that_is_no_header_is_not_repeated(server: Server, http: Http) -> None:
    with pytest.raises(RefusedError) as caught:
        http.session("c", base_url=server.url, token=f"{TOKEN}\r\nX: 1").get("/x")
    assert "canary" not in caught.value.message
    assert server.asked == []


def test_a_line_break_behind_a_token_is_cut(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.answer()
    http.session("c", base_url=server.url, token=f"{TOKEN}\n").get("/x")
    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_escapes_of_a_service_do_not_reach_the_screen(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.answer(
        b'{"error":"\\u001b]0;owned\\u0007 \\u202e[/bold]\\nnext"}', status="400 \x1b[2J"
    )
    with pytest.raises(ChannelError) as caught:
        http.session("c", base_url=server.url).get("/x")
    assert "^[]0;owned^G <U+202E>[/bold] next" in caught.value.message
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    "secret",
    [
        {"token": TOKEN},
        {"credentials": {"X-Api-Key": TOKEN}},
        {"headers": {"X-Auth-Token": TOKEN}},
    ],
)
def test_another_origin_is_not_asked_with_credentials(
    server: Server, secret: dict[str, Any]
) -> None:
    with (
        Server().running() as other,
        Http(SystemClock(), allowed=[server.address, other.address]) as http,
    ):
        server["/x"] = other["/x"] = lambda to: to.answer()
        session = http.session("c", base_url=server.url, **secret)
        session.get("/x")
        if "headers" not in secret:
            with pytest.raises(RefusedError, match="belongs to somebody else"):
                session.get(f"{other.url}/x")
            assert other.asked == []
        wider = http.session("c", base_url=server.url, allow_hosts=["127.0.0.1"], **secret)
        wider.get(f"{other.url}/x")
        assert TOKEN in str(server.asked[0].headers)
        assert TOKEN not in str(other.asked[0].headers)


def test_no_redirect_takes_a_secret_header_along(server: Server) -> None:
    with (
        Server().running() as other,
        Http(SystemClock(), allowed=[server.address, other.address]) as http,
    ):
        server["/x"] = lambda to: to.answer(b"", f"Location: {other.url}/y", status="302 Found")
        other["/y"] = lambda to: to.answer(b"there")
        open_session = http.session("c", base_url=server.url, follow=True)
        assert open_session.get("/x", {"key": TOKEN}).body == b"there"
        assert TOKEN not in str(other.asked)
        with pytest.raises(RefusedError, match="redirects elsewhere"):
            open_session.get("/x", headers={"Cookie": TOKEN})
        assert len(other.asked) == 1


def test_a_token_does_not_travel_unencrypted(http: Http) -> None:
    session = http.session("c", base_url="http://mas.example", token=TOKEN)
    with pytest.raises(RefusedError, match=r"unencrypted to http://mas.example") as caught:
        session.get("/x")
    assert "https://" in caught.value.hint


def test_a_query_is_not_shown(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.answer(status="500 Oops")
    for url in ("/x?access_token=canary", f"{server.url}/x?access_token=canary"):
        with pytest.raises(ChannelError) as caught:
            http.session("c", base_url=server.url).get(url, {"key": "canary"})
        assert f"{server.url}/x)" in caught.value.message
        assert "canary" not in caught.value.message


@pytest.mark.parametrize("status", ["401 No", "404 None", "500 Oops", "302 Found"])
def test_a_secret_in_an_address_is_not_shown(server: Server, http: Http, status: str) -> None:
    """Not by half either, where a long address is cut."""
    secret = "canary" * 60
    server[f"/{secret}/x"] = lambda to: to.answer(b'{"error": "bad canary"}', status=status)
    session = http.session("c", base_url=server.url, hidden=[secret], follow=True)
    with pytest.raises(ChannelError) as caught:
        session.get(f"/{secret}/x", allow=())
    assert "canarycanary" not in caught.value.message + caught.value.hint


def test_a_secret_in_an_address_stays_with_its_origin(server: Server, http: Http) -> None:
    session = http.session("c", base_url="https://api.example", hidden=[TOKEN])
    with pytest.raises(RefusedError, match="belongs to somebody else") as caught:
        session.get(f"{server.url}/{TOKEN}")
    assert TOKEN not in caught.value.message
    plain = http.session("c", base_url="http://api.example", hidden=[TOKEN])
    with pytest.raises(RefusedError, match="unencrypted") as caught:
        plain.get(f"/{TOKEN}/x")
    assert TOKEN not in caught.value.message
    assert not server.asked


def test_nothing_is_logged(server: Server, http: Http, caplog: pytest.LogCaptureFixture) -> None:
    server["/x"] = lambda to: to.answer()
    with caplog.at_level(logging.DEBUG):
        http.session("c", base_url=server.url, token=TOKEN).get("/x", {"key": "canary"})
    assert caplog.records == []
