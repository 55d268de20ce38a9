"""The parts of a mail, read without trust: nothing in it can cost more than its size.

The header of each part is read by the standard library; the tree of parts is walked
here, since its own parser recurses as deep as a stranger wants.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Compat32
from email.utils import collapse_rfc2231_value

from socialcare.text import MAX_FIELD, at_door

MAX_DEPTH = 50
MAX_PARTS = 200
MAX_HEADER = 128 << 10
"""Bytes of one header block."""
MAX_LINES = 2_000
"""Of one header block; also lines that may be a boundary of one part."""
MAX_BODY = 512 << 10
"""Bytes of a text part before it is decoded."""
MAX_VALUE = 8_000
"""Characters of one header field."""

MAX_PARAMETERS = 2_000
"""Characters of a field whose parameters are read."""
_BLANK = re.compile(rb"\r?\n\r?\n")
_FIRST_LINE_BLANK = re.compile(rb"\r?\n")
_END_OF_LINE = re.compile(rb"(--)?[ \t]{0,100}(?:\r?\n|\Z)")
_BARE_CR = re.compile(rb"\r(?!\n)")
_SPACE = re.compile(r"[\r\n\t ]+")
_NOT_TEXT = frozenset({
    "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7", "mbcs", "oem",
})  # fmt: skip
"""Codecs that are no charsets, or can hide one text in another."""
_LATIN = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1", "windows-1252", "cp1252"})
"""Mail programs say the first and mean the last."""
_BROKEN_64 = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the tree: ``body`` is still encoded."""

    head: Message
    body: bytes

    @property
    def type(self) -> str:
        return self.head.get_content_type()

    @property
    def name(self) -> str | None:
        """The file name of an attachment, never a path."""
        raw = self.head.get_param("filename", None, "content-disposition")
        raw = raw or self.head.get_param("name")
        if not raw:
            return None
        told = words(_repaired(collapse_rfc2231_value(raw)))
        return at_door(re.split(r"[/\\]", told)[-1].strip(), MAX_FIELD) or None

    @property
    def attached(self) -> bool:
        shown = str(self.head.get("content-disposition", "")).strip().lower()
        return shown.startswith("attachment") or bool(self.name and self.type[:5] != "text/")

    def text(self) -> str:
        raw = _decoded(str(self.head.get("content-transfer-encoding", "")), self.body[:MAX_BODY])
        charset = self.head.get_param("charset")
        return to_text(raw, charset if isinstance(charset, str) else "")


class _AsItCame(Compat32):
    """Fields as text with raw letters kept, where the library would lose them."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        del name
        return value


_PARSER: BytesHeaderParser[Message] = BytesHeaderParser(policy=_AsItCame())


_PLAIN = _PARSER.parsebytes(b"Content-Type: text/plain\n\n")


def header_of(raw: bytes) -> Message:
    """The header of a mail or part; what follows it is not looked at."""
    return _header(_split(raw)[0])


def _header(block: bytes) -> Message:
    head = _PARSER.parsebytes(block)
    for key in ("content-type", "content-disposition"):
        value = head.get(key)
        if isinstance(value, str) and len(value) > MAX_PARAMETERS:
            # Reading parameters takes time with the square of their length.
            head.replace_header(key, value[:MAX_PARAMETERS])
    return head


def field(head: Message, key: str) -> str:
    """One field, decoded, on one line; empty where it is missing. The first one counts."""
    return words(raw_field(head, key))


def raw_field(head: Message, key: str) -> str:
    """As it came, but as text: addresses are split before their words are decoded."""
    value = str(head.get(key, ""))[:MAX_VALUE]
    return _SPACE.sub(" ", _repaired(value)).strip()


def _repaired(value: str) -> str:
    """Raw 8-bit letters in a header, against all standards: UTF-8, or else Windows-1252."""
    if value.isascii():
        return value
    return to_text(value.encode("utf-8", "surrogateescape"), "utf-8")


def words(value: str) -> str:
    """Decode ``=?utf-8?q?…?=``; what is broken stays as it is."""
    if "=?" not in value:
        return at_door(value)
    try:
        pieces = decode_header(value)
    except (ValueError, LookupError, binascii.Error):  # HeaderParseError is a ValueError
        return at_door(value)
    text = "".join(
        to_text(piece, charset or "ascii") if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )
    return at_door(_SPACE.sub(" ", text).strip())


def to_text(raw: bytes, charset: str) -> str:
    """Decode as its charset says, where that is one; otherwise UTF-8 or Windows-1252."""
    name = charset.strip().strip("'\"").lower()
    if name in _LATIN:
        return at_door(raw.decode("cp1252", "replace"), MAX_BODY)
    for one in (name, "utf-8"):
        if not one or one.replace("-", "_") in _NOT_TEXT or one in _NOT_TEXT:
            continue
        try:
            return at_door(raw.decode(one), MAX_BODY)
        except (LookupError, ValueError):
            continue
    fallback = "cp1252" if name in {"", "ascii", "us-ascii", "utf-8", "utf8"} else name
    try:
        return at_door(raw.decode(fallback, "replace"), MAX_BODY)
    except (LookupError, ValueError):
        return at_door(raw.decode("cp1252", "replace"), MAX_BODY)


def parts(raw: bytes) -> Iterator[Part]:
    """The leaves of a mail in the order of its text; a forwarded mail is a leaf."""
    waiting = [(raw, 0)]
    left = MAX_PARTS
    while waiting and left:
        left -= 1
        part, depth = waiting.pop()
        head_bytes, body = _split(part)
        head = _header(head_bytes)
        boundary = _boundary(head)
        if boundary is None or depth >= MAX_DEPTH:
            nameless = boundary is None and head.get_content_maintype() == "multipart"
            yield Part(_PLAIN if nameless else head, body)
            continue
        inner = _pieces(body, boundary, left)
        waiting += [(one, depth + 1) for one in reversed(inner)]
        if not inner and boundary not in body:
            yield Part(_PLAIN, body)


def _boundary(head: Message) -> bytes | None:
    if head.get_content_maintype() != "multipart":
        return None
    found = head.get_param("boundary")
    if not isinstance(found, str) or not found.strip():
        return None
    return found.strip()[:200].encode("utf-8", "surrogateescape")


def _pieces(body: bytes, boundary: bytes, most: int) -> list[bytes]:
    """What lies between the boundary lines; the last one may be open."""
    line = b"--" + boundary
    found: list[bytes] = []
    start, at = None, 0 if body.startswith(line) else body.find(b"\n" + line) + 1
    for _ in range(MAX_LINES):
        if not body.startswith(line, at) or len(found) >= most:
            break
        end = _END_OF_LINE.match(body, at + len(line))
        if end:
            if start is not None:
                found.append(body[start : at - 1].removesuffix(b"\r"))
            start = None if end[1] else end.end()
            if start is None:
                break
        at = body.find(b"\n" + line, at + len(line)) + 1
        if not at:
            break
    if start is not None and len(found) < most:
        found.append(body[start:])
    return found


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """Header and body, at the first empty line."""
    first = _FIRST_LINE_BLANK.match(raw)
    if first:
        return b"\n", raw[first.end() :]
    end = _BLANK.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    lines = _BARE_CR.sub(b" ", head[:MAX_HEADER]).split(b"\n", MAX_LINES)[:MAX_LINES]
    return b"\n".join(lines) + b"\n\n", body


def _decoded(encoding: str, body: bytes) -> bytes:
    how = encoding.strip().lower()
    if how == "quoted-printable":
        return binascii.a2b_qp(body)
    if how != "base64":
        return body
    clean = _BROKEN_64.sub(b"", body)
    try:
        return binascii.a2b_base64(clean[: len(clean) // 4 * 4] + _rest(clean))
    except binascii.Error:
        return body


def _rest(clean: bytes) -> bytes:
    """The last letters of base 64 that was cut or lost its padding."""
    rest = clean[len(clean) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""
