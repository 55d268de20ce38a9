"""From bytes to typed values, with the JSON path of the trouble in the message.

Whatever the bytes are, nothing but ``BadAnswerError`` or ``Broken`` comes out, and no
text that a database could not store: lone surrogates, NUL and invalid UTF-8 become
U+FFFD. Numbers are Python's: a float that must not be NaN, or an integer that must
fit a column, says so in its type (``Annotated[float, msgspec.Meta(ge=1, le=5)]``).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from socialcare.channels.base import Broken
from socialcare.errors import BadAnswerError
from socialcare.text import for_screen

T = TypeVar("T")

MAX_KEPT = 65_536
"""Bytes of a broken item that are kept."""

_NOT_STORABLE = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair: one character
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2}|u0000)"  # half a pair, or NUL
    rb"|.)",
    re.DOTALL,
)


def decode(body: bytes, into: type[T], *, what: str = "the answer") -> T:
    """Decode JSON into a msgspec type.

    Raises
    ------
    BadAnswerError
        Not JSON, or not of that shape; the message names the path.

    """
    try:
        return _load(_utf8(body), into)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadAnswerError(
            f"{what} is not what was expected: {_reason(body, error)}.",
            "try again later; if it stays, the service has changed: socialcare doctor --report",
        ) from None


def decode_items(
    raws: Sequence[msgspec.Raw], into: type[T], *, where: str = "$"
) -> tuple[list[T], list[Broken]]:
    """Decode each item by itself: one broken item never kills its page."""
    good: list[T] = []
    broken: list[Broken] = []
    for index, raw in enumerate(raws):
        item = bytes(raw)
        try:
            good.append(_load(item, into))
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            broken.append(Broken(f"{where}[{index}]", _clean(str(error)), item[:MAX_KEPT]))
    return good, broken


def decode_or_empty(body: bytes, into: type[T]) -> T:
    """What a refusal says; an empty ``into`` where the body is something else, such as a page."""
    found, _ = decode_items([msgspec.Raw(body)], into)
    return found[0] if found else into()


def _utf8(body: bytes) -> bytes:
    """Without a byte order mark; UTF-16 is known by its own."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace").encode()
    return body.removeprefix(codecs.BOM_UTF8)


def _load(body: bytes, into: type[T]) -> T:
    if _NOT_STORABLE.search(body):
        body = _ESCAPES.sub(_storable, body)
    try:
        return msgspec.json.decode(body, type=into, strict=False)
    except UnicodeDecodeError:
        body = body.decode("utf-8", "replace").encode()
        return msgspec.json.decode(body, type=into, strict=False)


def _storable(match: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if match[1] else match[0]


def _reason(body: bytes, error: Exception) -> str:
    start = _utf8(body[:512]).lstrip()
    if not start:
        return "it is empty"
    if start.startswith(b"<"):
        return "a web page or feed came where JSON was expected (a login or maintenance page?)"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return _clean(str(error))


def _clean(reason: str) -> str:
    return for_screen(reason, one_line=True, limit=300)
