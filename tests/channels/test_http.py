"""Asking: addresses, statuses, redirects, and what comes back."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.http import Budget, Http, host_and_port
from socialcare.clock import FixedClock, parse_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    ConfigError,
    ExitCode,
    GoneError,
    RefusedError,
    UnavailableError,
)
from tests.channels.servers import Line, Server

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.fixture(scope="module")
def nowhere() -> Iterator[Http]:
    with Http(FixedClock(parse_time("2026-11-21T12:00:00Z"))) as running:
        yield running


def status(line: str, body: bytes = b"{}", *headers: str):
    return lambda to: to.answer(body, *headers, status=line)


def moved(to: str, how: str = "301 Moved"):
    return status(how, b"", f"Location: {to}")


def test_an_answer_is_whole(server: Server, http: Http) -> None:
    server["/api/x"] = lambda to: to.answer(b'[{"id":"1"}]', "ETag: abc", "X-Y: 1")
    answer = http.session("c", base_url=f"{server.url}/api/").get("/x")
    assert (answer.status, answer.body) == (200, b'[{"id":"1"}]')
    assert (answer.headers["etag"], answer.headers["x-y"]) == ("abc", "1")
    assert answer.url == f"{server.url}/api/x"
    assert (answer.moved_to, answer.links) == (None, {})
    assert answer.decode(list[dict[str, str]]) == [{"id": "1"}]


@pytest.mark.parametrize(
    ("base", "url", "params", "asked"),
    [
        ("", "", None, "/"),
        ("/feed.xml", "", None, "/feed.xml"),
        ("/api", "x/y", None, "/api/x/y"),
        ("/api", "/x?a=1", {"b": 2}, "/api/x?a=1&b=2"),
        ("/api", "/x?a=1", {"a": "2"}, "/api/x?a=2"),
        ("", "/x", {"k": ["1", "2"], "q": "ü&=#\r\n"}, "/x?k=1&k=2&q=%C3%BC%26%3D%23%0D%0A"),
        ("", "//elsewhere.example/x", None, "/elsewhere.example/x"),
        ("", "/x#part", None, "/x"),
    ],
)
def test_paths_lie_below_the_base(server, http, base, url, params, asked) -> None:
    server[asked.partition("?")[0]] = lambda to: to.answer()
    http.session("c", base_url=server.url + base).get(url, params)
    assert [one.target for one in server.asked] == [asked]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http+unix://%2Frun%2Fx.sock/",
        "http://user:pass@127.0.0.1/",
        "http://127.0.0.1:99999999/",
        "http://xn--zzzzzzzz--/",
        "http:///x",
        "/x\n",
        "/" + "x" * 9_000,
    ],
)
def test_what_is_no_web_address_is_refused(server: Server, http: Http, url: str) -> None:
    with pytest.raises(RefusedError):
        http.session("c", base_url=server.url).get(url)
    assert server.asked == []


@pytest.mark.parametrize("size", [9_000, 1_000_000])
def test_a_huge_cursor_is_not_sent_back(server: Server, http: Http, size: int) -> None:
    with pytest.raises(RefusedError, match="too long"):
        http.session("c", base_url=server.url).get("/x", {"cursor": "x" * size})
    assert server.asked == []


@pytest.mark.parametrize("base", ["", "mas.to", "ftp://mas.to", "https://a:b@mas.to", "http://["])
def test_a_base_that_is_no_address_is_the_config_s_fault(http: Http, base: str) -> None:
    with pytest.raises(ConfigError, match=r"\[channels.mas\] base_url"):
        http.session("mas", base_url=base)


def test_host_and_port_of_the_config() -> None:
    assert host_and_port("https://Mas.to/api") == ("mas.to", 443)
    assert host_and_port("http://[::1]:8080") == ("::1", 8080)
    assert host_and_port("http://bücher.example") == ("xn--bcher-kva.example", 80)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ("404 Not Found", GoneError, "there is nothing at"),
        ("410 Gone", GoneError, "gone for good (410)"),
        ("401 Unauthorized", AuthError, "wants a sign-in"),
        ("403 Forbidden", ChannelError, "does not let us read"),
        ("400 Bad Request", BadAnswerError, "status 400: no such tag."),
        ("422 Unprocessable", BadAnswerError, "status 422: no such tag."),
        ("206 Partial Content", BadAnswerError, "status 206"),
        ("999 Request denied", BadAnswerError, "status 999"),
        ("501 Not Implemented", UnavailableError, "out of order (501"),
        ("302 Found", RefusedError, "redirects elsewhere (302)"),
    ],
)
def test_a_status_becomes_an_error_without_another_try(server, http, answer, kind, words) -> None:
    server["/x"] = status(answer, b'{"error":"no such tag"}')
    with pytest.raises(ChannelError) as caught:
        http.session("mas", base_url=server.url).get("/x", {"q": "hidden"})
    assert type(caught.value) is kind
    assert words in caught.value.message
    assert caught.value.message.startswith("mas")
    assert "socialcare " in caught.value.hint
    assert "hidden" not in caught.value.message
    assert len(server.asked) == 1


def test_a_refused_token_says_how_to_sign_in_again(server: Server, http: Http) -> None:
    server["/x"] = status("401 Unauthorized", b"")
    server["/y"] = status("403 Forbidden", b"")
    session = http.session("mastodon", base_url=server.url, token="abcdefghij")
    with pytest.raises(AuthError) as caught:
        session.get("/x")
    assert caught.value.message == "mastodon refused the token (401)."
    assert caught.value.hint == "sign in again: socialcare channel login mastodon"
    assert caught.value.exit_code is ExitCode.SIGN_IN
    with pytest.raises(AuthError, match="does not let this token read"):
        session.get("/y")


def test_forbidden_without_a_token_is_not_about_a_token(server: Server, http: Http) -> None:
    server["/x"] = status("403 Forbidden")
    with pytest.raises(ChannelError) as caught:
        http.session("blog", base_url=server.url).get("/x")
    assert (caught.value.code, caught.value.exit_code) == ("forbidden", ExitCode.FAILED)


def test_allowed_statuses_are_answers(server: Server, http: Http) -> None:
    server["/gone"] = status("404 Not Found", b'{"error":"x"}')
    server["/same"] = lambda to: to.send(
        b"HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\nContent-Length: 99999999\r\n\r\n"
    )
    server["/none"] = lambda to: to.send(b"HTTP/1.1 204 No Content\r\n\r\n")
    server["/busy"] = status("503 Busy")
    session = http.session("c", base_url=server.url)
    assert session.get("/gone", allow={404}).body == b'{"error":"x"}'
    assert session.get("/same", headers={"If-None-Match": "x"}, allow={304}).body == b""
    assert session.get("/none", allow={204}).status == 204
    assert session.get("/busy", allow={503}).status == 503
    assert len(server.asked) == 4


def test_a_web_page_where_json_was_expected_is_named(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.answer(b"\n<!doctype html><title>Log in</title>")
    answer = http.session("mas", base_url=server.url).get("/x")
    with pytest.raises(BadAnswerError, match=r"mas: the list .* a web page .* login"):
        answer.decode(list[msgspec.Raw], what="the list")


def test_links_stay_with_their_origin(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.answer(
        b"[]",
        f'Link: <{server.url}/x?max_id=1>; rel="next", </x?min_id=2>; rel=prev',
        'Link: <https://elsewhere.example/steal>; rel="first", <file:///etc/passwd>; rel="last"',
        'Link: <<<"; rel="next; rel=next, <http://[>; rel="up", </y>; rel="next"',
    )
    answer = http.session("c", base_url=server.url).get("/x")
    assert answer.links == {"next": f"{server.url}/x?max_id=1", "prev": f"{server.url}/x?min_id=2"}


def test_redirects_are_not_followed_unasked(server: Server, http: Http) -> None:
    server["/x"] = moved("/y")
    server["/y"] = lambda to: to.answer()
    for follow, token in [(False, None), (True, "abcdefghij")]:
        session = http.session("c", base_url=server.url, follow=follow, token=token)
        with pytest.raises(RefusedError, match="redirects elsewhere"):
            session.get("/x")
    assert [one.path for one in server.asked] == ["/x", "/x"]


@pytest.mark.parametrize(
    ("hops", "final", "moved_to"),
    [
        (["301 Moved"], "200 OK", True),
        (["308 Moved", "301 Moved", "301 Moved"], "200 OK", True),
        (["301 Moved", "302 Found"], "200 OK", False),
        (["307 Elsewhere"], "200 OK", False),
        (["301 Moved"], "410 Gone", False),
    ],
)
def test_a_permanent_move_is_told(server: Server, http: Http, hops, final, moved_to) -> None:
    for number, how in enumerate(hops):
        server[f"/{number}"] = moved(f"/{number + 1}?k=1", how)
    server[f"/{len(hops)}"] = status(final, b"[]")
    session = http.session("feed", base_url=f"{server.url}/0", follow=True)
    answer = session.get("", allow={410})
    end = f"{server.url}/{len(hops)}?k=1"
    assert (answer.url, answer.moved_to) == (end, end if moved_to else None)


def test_redirects_end_after_three_hops(server: Server, http: Http) -> None:
    server["/x"] = moved("/x")
    with pytest.raises(RefusedError, match="more than 3 times"):
        http.session("feed", base_url=server.url, follow=True).get("/x")
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:,x",
        "http://u:p@127.0.0.1/",
        "http://[",
    ],
)
def test_a_redirect_to_no_web_address_is_refused(server: Server, http: Http, location) -> None:
    server["/x"] = moved(location)
    with pytest.raises(RefusedError) as caught:
        http.session("feed", base_url=server.url, follow=True).get("/x")
    assert len(server.asked) == 1
    assert "u:p" not in caught.value.message


def test_the_body_of_a_redirect_is_not_read(server: Server, http: Http) -> None:
    def endless(to: Line) -> None:
        to.send(b"HTTP/1.1 302 Found\r\nLocation: /y\r\nTransfer-Encoding: chunked\r\n\r\n")
        to.drip(b"1000\r\n" + b"x" * 4096 + b"\r\n", 0)

    server["/x"] = endless
    server["/y"] = lambda to: to.answer(b"here")
    session = http.session("feed", base_url=server.url, follow=True)
    assert session.get("/x").body == b"here"


def test_cookies_are_not_kept(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.answer(b"[]", "Set-Cookie: a=1; Path=/")
    session = http.session("c", base_url=server.url)
    session.get("/x")
    session.get("/x")
    assert [one.headers.get("cookie") for one in server.asked] == [None, None]


def test_one_connection_serves_many_pages(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.answer(gzip.compress(b"[]"), "Content-Encoding: gzip")
    session = http.session("c", base_url=server.url)
    for _ in range(3):
        assert session.get("/x").body == b"[]"
    assert [one.line for one in server.asked] == [1, 1, 1]
    assert server.asked[0].headers["accept-encoding"] == "gzip"
    assert server.asked[0].headers["user-agent"].startswith("socialcare/")


def test_what_follows_an_answer_is_not_the_next_answer(server: Server, http: Http) -> None:
    """A server that sends more than it announced must not answer for the next question."""

    def answer(to: Line) -> None:
        extra = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong" if to.nth == 1 else b""
        to.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright" + extra)

    server["/x"] = answer
    session = http.session("c", base_url=server.url)
    assert [session.get("/x").body for _ in range(3)] == [b"right"] * 3


def test_a_channel_without_time_asks_nothing(server: Server, http: Http, clock: FixedClock) -> None:
    server["/x"] = lambda to: to.answer()
    session = http.session("c", base_url=server.url, budget=Budget(clock, 60))
    session.get("/x")
    clock.sleep(60)
    with pytest.raises(UnavailableError, match="time for this channel is used up") as caught:
        session.get("/x")
    assert caught.value.code == "out_of_time"
    assert len(server.asked) == 1


@given(url=ANY_TEXT | st.text("htps:/@[]%.?#0-\\", max_size=20), value=ANY_TEXT)
def test_no_address_brings_anything_but_a_channel_error(nowhere, url: str, value: str) -> None:
    """Cursors and links of a service are sent back as they are."""
    spent = Budget(FixedClock(parse_time("2026-11-21T12:00:00Z")), 0.0)
    session = nowhere.session("c", base_url="http://127.0.0.1:1", budget=spent)
    with pytest.raises(ChannelError) as caught:
        session.get(url, {"cursor": value})
    assert caught.value.message.isprintable()
