"""Reading an answer's body: counted on the wire and after our own decompression."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

MAX_WIRE = 4 << 20
"""Bytes of one body as it is sent."""
MAX_DECODED = 8 << 20
"""Bytes of one body after decompression."""


class BodyRefusedError(Exception):
    """Asking again would not help: too large, or a coding that we did not ask for."""


class BodyBrokenError(Exception):
    """Damaged on the way: the next try may bring it whole."""


def read_body(
    chunks: Iterable[bytes],
    headers: Callable[[str], str | None],
    *,
    max_wire: int = MAX_WIRE,
    max_decoded: int = MAX_DECODED,
) -> bytes:
    """Collect a body that is plain or gzip, within both limits.

    ``headers`` looks a header up by its lower-case name.

    Raises
    ------
    BodyRefusedError
        Larger than a limit, also when only declared so, or another coding than gzip.
    BodyBrokenError
        A gzip stream that is damaged, or that ends before its end.

    """
    declared = headers("content-length") or ""
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > max_wire:
        raise BodyRefusedError(f"larger than {_mib(max_wire)}")
    coding = (headers("content-encoding") or "identity").strip().lower()
    counted = _count(chunks, max_wire)
    if coding in {"gzip", "x-gzip"}:
        return _gunzip(counted, max_decoded)
    if coding != "identity":
        raise BodyRefusedError(f"packed as {coding[:40]!r}, which we did not ask for")
    return b"".join(counted)


def _count(chunks: Iterable[bytes], limit: int) -> Iterable[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > limit:
            raise BodyRefusedError(f"larger than {_mib(limit)}")
        yield chunk


def _gunzip(chunks: Iterable[bytes], limit: int) -> bytes:
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    body = bytearray()
    chunk = b""
    try:
        for chunk in chunks:
            body += unpack.decompress(chunk, limit + 1 - len(body))
            if len(body) > limit:
                raise BodyRefusedError(f"larger than {_mib(limit)} when unpacked")
    except zlib.error as error:
        raise BodyBrokenError(f"damaged gzip data ({error})") from None
    if not chunk:
        return b""
    if not unpack.eof:
        raise BodyBrokenError("the gzip data ends too early")
    if unpack.unused_data:
        raise BodyBrokenError("there is something behind the end of the gzip data")
    return bytes(body)


def _mib(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"
