"""The guarded wire: deadlines, inner addresses, certificates, proxies."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from socialcare.channels import transport
from socialcare.channels.addresses import is_loopback, is_public, literal_address
from socialcare.channels.http import Budget, Http
from socialcare.clock import SystemClock
from socialcare.errors import ConfigError, RefusedError, UnavailableError
from tests.channels.servers import Line, Server

PEM = Path(__file__).parent / "loopback.pem"
"""Made for these tests: a key and its own certificate for 127.0.0.1 and localhost."""


def tls_server() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    return context


def byte_by_byte(to: Line) -> None:
    to.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    to.drip(b"[")


def header_by_byte(to: Line) -> None:
    to.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    to.drip(b"a")


def early_hints(to: Line) -> None:
    to.drip(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 20, 0.001)


def silent_body(to: Line) -> None:
    to.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
    to.silence()


@pytest.mark.parametrize(
    "answer", [byte_by_byte, header_by_byte, early_hints, silent_body, Line.silence]
)
def test_every_slow_answer_ends(server: Server, answer: Callable[[Line], None]) -> None:
    server["/x"] = answer
    with Http(SystemClock(), allowed=[server.address], request_s=0.3) as http:
        with pytest.raises(UnavailableError, match="is too slow") as caught:
            http.session("c", base_url=server.url).get("/x")
        assert caught.value.code == "unavailable"
    assert len(server.asked) == 1


def test_the_budget_of_the_channel_ends_a_request_too(server: Server) -> None:
    server["/x"] = byte_by_byte
    clock = SystemClock()
    with Http(clock, allowed=[server.address], request_s=600) as http:
        session = http.session("c", base_url=server.url, budget=Budget(clock, 0.3))
        with pytest.raises(UnavailableError):
            session.get("/x")


def test_a_whole_answer_after_a_while_is_fine(server: Server) -> None:
    def answer(to: Line) -> None:
        to.over.wait(0.1)
        to.answer(b"good")

    server["/x"] = answer
    with Http(SystemClock(), allowed=[server.address]) as http:
        assert http.session("c", base_url=server.url).get("/x").body == b"good"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:a00:1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "no address", ""),
    ],
)
def test_inner_addresses_are_known_in_every_shape(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_addresses_in_disguise_are_read() -> None:
    disguised = ["127.1", "2130706433", "0177.0.0.1", "0x7f.1", "127.0.0.1"]
    assert {literal_address(host) for host in disguised} == {"127.0.0.1"}
    assert literal_address("[::1]") == "::1"
    assert literal_address("mas.to") is None
    assert all(map(is_loopback, [*disguised, "::1", "localhost", "LOCALHOST"]))
    assert not any(map(is_loopback, ["mas.to", "10.0.0.1", "localhost.example"]))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
def test_inner_hosts_are_not_reached(server: Server, host: str) -> None:
    server["/x"] = lambda to: to.answer()
    with Http(SystemClock()) as http, pytest.raises(RefusedError, match="is the inner address"):
        http.session("c", base_url=f"http://{host}:{server.port}").get("/x")
    assert server.asked == []


def test_what_the_config_names_is_allowed_with_its_port_only(server: Server) -> None:
    server["/x"] = lambda to: to.answer(b"good")
    with Server().running() as other, Http(SystemClock(), allowed=[server.address]) as http:
        assert http.session("c", base_url=server.url).get("/x").body == b"good"
        server["/to"] = lambda to: to.answer(b"", f"Location: {other.url}/", status="302 Found")
        with pytest.raises(RefusedError, match="inner address"):
            http.session("c", base_url=server.url, follow=True).get("/to")
        with pytest.raises(RefusedError, match="inner address"):
            http.session("c", base_url=other.url).get("/x")
        assert other.asked == []


def test_a_name_that_also_leads_inside_is_refused(server: Server, monkeypatch) -> None:
    """All addresses of a name count: the second could be the one that is connected to."""

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("93.184.215.14", port)), (*kind, ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with Http(SystemClock()) as http, pytest.raises(RefusedError, match=r"127\.0\.0\.1"):
        http.session("c", base_url=f"http://two.example:{server.port}").get("/x")


def test_a_look_up_without_an_answer_ends(monkeypatch) -> None:
    over = threading.Event()

    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        over.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with (
        Http(SystemClock(), request_s=0.2) as http,
        pytest.raises(UnavailableError, match="too slow"),
    ):
        http.session("c", base_url="http://slow.example").get("/x")
    over.set()


def test_a_host_that_does_not_exist_is_said(http: Http) -> None:
    with pytest.raises(UnavailableError, match=r"no host nowhere.invalid") as caught:
        http.session("c", base_url="http://nowhere.invalid").get("/x")
    assert "socialcare channel test c" in caught.value.hint


def test_a_closed_port_is_unavailable(http: Http, server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Http(SystemClock(), allowed=[("127.0.0.1", port)], request_s=5) as closed:
        session = closed.session(
            "c", base_url=f"http://127.0.0.1:{port}", budget=Budget(SystemClock(), 0.4)
        )
        with pytest.raises(UnavailableError, match=r"no sound answer.*refused"):
            session.get("/x")


def test_files_are_no_hosts(server: Server) -> None:
    with pytest.raises(transport.InnerAddressError):
        transport.GuardedBackend([]).connect_unix_socket("/run/x.sock")


def test_a_certificate_must_be_valid() -> None:
    with Server().running(tls_server()) as server:
        server["/x"] = lambda to: to.answer(b"good")
        with (
            Http(SystemClock(), allowed=[server.address]) as http,
            pytest.raises(RefusedError, match=r"certificate of https.* is not valid"),
        ):
            http.session("c", base_url=server.url).get("/x")
        known = ssl.create_default_context(cafile=PEM)
        with Http(SystemClock(), allowed=[server.address], tls=known) as http:
            session = http.session("c", base_url=server.url, token="abcdefghij")
            assert session.get("/x").body == session.get("/x").body == b"good"
        assert [one.headers["authorization"] for one in server.asked] == ["Bearer abcdefghij"] * 2
        assert server.asked[0].line == server.asked[1].line


def test_a_silent_handshake_ends() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Http(
            SystemClock(), allowed=[("127.0.0.1", silent.getsockname()[1])], request_s=0.2
        ) as http,
        pytest.raises(UnavailableError, match="too slow"),
    ):
        http.session("c", base_url=f"https://127.0.0.1:{silent.getsockname()[1]}").get("/x")


def test_a_slow_answer_over_tls_ends() -> None:
    with Server().running(tls_server()) as server:
        server["/x"] = byte_by_byte
        known = ssl.create_default_context(cafile=PEM)
        with (
            Http(SystemClock(), allowed=[server.address], tls=known, request_s=0.4) as http,
            pytest.raises(UnavailableError, match="did not finish in time"),
        ):
            http.session("c", base_url=server.url).get("/x")


def test_a_proxy_is_used_for_the_world_and_not_for_this_machine(server: Server) -> None:
    with Server().running() as proxy:
        proxy.answers["http://news.example/x"] = lambda to: to.answer(b"by proxy")
        server["/x"] = lambda to: to.answer(b"direct")
        through = f"http://ana:secret@127.0.0.1:{proxy.port}"
        with Http(SystemClock(), allowed=[server.address], proxy=through) as http:
            assert http.session("c", base_url="http://news.example").get("/x").body == b"by proxy"
            assert http.session("c", base_url=server.url).get("/x").body == b"direct"
            with pytest.raises(RefusedError, match="inner address"):
                http.session("c", base_url="http://169.254.169.254").get("/x")
        assert [one.target for one in proxy.asked] == ["http://news.example/x"]
        assert proxy.asked[0].headers["proxy-authorization"].startswith("Basic ")


def test_the_environment_sets_no_proxy(server: Server, monkeypatch) -> None:
    server["/x"] = lambda to: to.answer(b"direct")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Http(SystemClock(), allowed=[server.address]) as http:
        assert http.session("c", base_url=server.url).get("/x").body == b"direct"


@pytest.mark.parametrize("proxy", ["", "proxy", "socks5://x:1", "https://x:1", "http://["])
def test_a_proxy_that_is_none_is_the_config_s_fault(proxy: str) -> None:
    with pytest.raises(ConfigError, match=r"\[network\] proxy"):
        Http(SystemClock(), proxy=proxy)
