"""From bytes to text: which encoding, and whether it is text at all. Streams, never seeks."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TextIO

from socialcare.errors import InputError
from socialcare.text import for_screen

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD = 1 << 20
"""Bytes that are looked at before the first row."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KINDS = (
    (b"PK\x03\x04", "an Excel workbook or a zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"SQLite format 3\x00", "a database"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "a picture"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b")) + b"\x7f"


def _read_as_windows(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8 are read one by one as windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_WINDOWS = "socialcare.windows-1252"
codecs.register_error(_WINDOWS, _read_as_windows)


@dataclass(frozen=True, slots=True)
class Opened:
    """A text stream from its beginning, line ends untouched, and what it begins with."""

    text: TextIO
    head: str
    whole: bool
    """Whether the head is everything there is."""


def open_text(stream: BinaryIO, name: str) -> Opened:
    """Find the encoding.

    Raises
    ------
    InputError
        Not text.

    """
    head = stream.read(HEAD) or b""
    encoding = _encoding(head, name)
    errors = _WINDOWS if encoding.startswith("utf-8") else "replace"
    start = codecs.getincrementaldecoder(encoding)(errors).decode(head)
    bytes_again = io.BufferedReader(_Again(head, stream), 1 << 16)
    text = io.TextIOWrapper(bytes_again, encoding=encoding, errors=errors, newline="")
    return Opened(text, start, whole=len(head) < HEAD)


def decode_line(line: bytes) -> str:
    return line.removeprefix(codecs.BOM_UTF8).decode("utf-8", _WINDOWS)


class _Again(io.RawIOBase):
    """What was read to look at it, and then the rest. Closing leaves the caller's stream open."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        if self._head:
            chunk, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            chunk = self._rest.read(len(view)) or b""
        view[: len(chunk)] = chunk
        return len(chunk)


def _encoding(head: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    for magic, kind in _KINDS:
        if head.startswith(magic):
            raise _not_text(name, f"it is {kind}")
    if wide := _wide(head):
        return wide
    if len(head) - len(head.translate(None, _CONTROLS)) > len(head) // 50:
        raise _not_text(name, "it holds binary data")
    return "utf-8"


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of western text is zero."""
    even, odd = head[0:4096:2], head[1:4096:2]
    if len(odd) < 2:
        return None
    if odd.count(0) > len(odd) * 0.6 and even.count(0) < len(even) * 0.1:
        return "utf-16-le"
    if even.count(0) > len(even) * 0.6 and odd.count(0) < len(odd) * 0.1:
        return "utf-16-be"
    return None


def _not_text(name: str, why: str) -> InputError:
    shown = for_screen(name, one_line=True, limit=200)
    return InputError(
        f"{shown} cannot be read as mentions: {why}.",
        "give me JSON Lines or CSV; a spreadsheet program saves it as CSV (UTF-8)",
        code="not_text",
    )
