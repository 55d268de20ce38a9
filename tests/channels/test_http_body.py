"""Bodies that harm: too large, packed, cut short."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.body import (
    MAX_DECODED,
    MAX_WIRE,
    BodyBrokenError,
    BodyRefusedError,
    read_body,
)
from socialcare.channels.http import Http
from socialcare.errors import BadAnswerError, RefusedError, UnavailableError
from tests.channels.servers import Line, Server

GZIP = {"content-encoding": "gzip"}
PLAIN: dict[str, str] = {}


def pieces(data: bytes, size: int = 65_536) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(st.binary(max_size=3_000), st.integers(1, 700), st.booleans())
def test_a_body_comes_back_however_it_is_cut(body: bytes, size: int, packed: bool) -> None:
    sent = gzip.compress(body) if packed else body
    assert read_body(pieces(sent, size), (GZIP if packed else PLAIN).get) == body


@given(st.binary(min_size=1, max_size=500), st.data())
def test_a_gzip_stream_without_its_end_is_an_error(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    cut = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(BodyBrokenError):
        read_body([packed[:cut]], GZIP.get)


def test_a_whole_document_without_the_end_of_the_stream_is_cut_short() -> None:
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    with pytest.raises(BodyBrokenError, match="ends too early"):
        read_body([pack.compress(b"[]") + pack.flush(zlib.Z_SYNC_FLUSH)], GZIP.get)


@pytest.mark.parametrize(
    "sent",
    [
        b"[]",
        gzip.compress(b"[]") + b"garbage",
        gzip.compress(b"[]")[:-8] + bytes(8),
    ],
    # Named: the bytes hold the second they were made in, and workers must agree on the names.
    ids=["not gzip", "with a tail", "wrong sum"],
)
def test_damaged_gzip_is_an_error(sent: bytes) -> None:
    with pytest.raises(BodyBrokenError):
        read_body([sent], GZIP.get)


def test_nothing_at_all_is_an_empty_body() -> None:
    assert read_body([], GZIP.get) == b""


@pytest.mark.parametrize("coding", ["deflate", "br", "zstd", "gzip, gzip", "x-nonsense", ""])
def test_other_codings_are_refused(coding: str) -> None:
    headers = {"content-encoding": coding or "identity, identity"}
    with pytest.raises(BodyRefusedError, match="did not ask for"):
        read_body([b"[]"], headers.get)


def test_limits_hold_to_the_byte() -> None:
    assert len(read_body(pieces(bytes(MAX_WIRE)), PLAIN.get)) == MAX_WIRE
    with pytest.raises(BodyRefusedError, match="larger than 4 MiB"):
        read_body(pieces(bytes(MAX_WIRE + 1)), PLAIN.get)
    assert len(read_body([gzip.compress(bytes(MAX_DECODED))], GZIP.get)) == MAX_DECODED
    with pytest.raises(BodyRefusedError, match="larger than 8 MiB when unpacked"):
        read_body([gzip.compress(bytes(MAX_DECODED + 1))], GZIP.get)


def test_a_declared_length_is_refused_before_anything_is_read() -> None:
    def unread():
        raise AssertionError("the body was read")
        yield b""

    for length in (str(MAX_WIRE + 1), "1000000000000000", "9" * 5_000):
        with pytest.raises(BodyRefusedError):
            read_body(unread(), {"content-length": length}.get)


def test_a_bomb_is_unpacked_no_further_than_the_limit() -> None:
    """Also when all of it comes in one piece: 64 MiB from 64 KiB."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(pack.compress(bytes(1 << 20)) for _ in range(64)) + pack.flush()
    tracemalloc.start()
    try:
        with pytest.raises(BodyRefusedError, match="when unpacked"):
            read_body([bomb], GZIP.get)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_DECODED


def test_an_endless_body_ends(server: Server, http: Http) -> None:
    def endless(to: Line) -> None:
        to.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        to.drip(b"10000\r\n" + b" " * 65_536 + b"\r\n", 0)

    server["/x"] = endless
    with pytest.raises(RefusedError, match=r"c: the answer of http.*larger than 4 MiB"):
        http.session("c", base_url=server.url).get("/x")
    assert len(server.asked) == 1


def cut_body(to: Line) -> None:
    to.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")
    to.close()


def cut_chunks(to: Line) -> None:
    to.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n")
    to.close()


def bad_chunk(to: Line) -> None:
    to.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n[]\r\n0\r\n\r\n")


def garbage(to: Line) -> None:
    to.send(b"\x00\x1b[31m not HTTP\r\n\r\n")


def large_head(to: Line) -> None:
    to.send(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000 + b"\r\nContent-Length: 2\r\n\r\n[]")


def negative(to: Line) -> None:
    to.send(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n[]")


@pytest.mark.parametrize(
    "answer",
    [cut_body, cut_chunks, bad_chunk, garbage, large_head, negative, Line.reset, Line.close],
)
def test_what_breaks_on_the_way_is_tried_again_and_then_told(server, http, answer) -> None:
    server["/x"] = answer
    with pytest.raises(UnavailableError, match="c: no sound answer from") as caught:
        http.session("c", base_url=server.url).get("/x")
    assert len(server.asked) == 5
    assert caught.value.message.isprintable()


def test_damage_that_stays_is_told(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.answer(gzip.compress(b"[]")[:-4], "Content-Encoding: gzip")
    with pytest.raises(BadAnswerError, match="damaged: the gzip data ends too early"):
        http.session("c", base_url=server.url).get("/x")
    assert len(server.asked) == 5


def test_two_resets_and_then_an_answer(server: Server, http: Http) -> None:
    server["/x"] = lambda to: to.reset() if to.nth < 3 else to.answer(b"good")
    assert http.session("c", base_url=server.url).get("/x").body == b"good"
