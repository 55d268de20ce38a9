"""JSON Lines, and JSON arrays of records (our ``--json``), one record in memory at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NoReturn, TextIO

from socialcare.channels.base import Broken
from socialcare.channels.records import Row, broken_row

MAX_RECORD = 4 << 20
"""Characters of one record; a larger one is no mention."""
_LARGE = "larger than 4 MB"
_CHUNK = 1 << 18
_PATIENCE = 10 * MAX_RECORD
"""Characters that may be looked at in vain for the ends of records."""

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*+")
_STRAY = re.compile(r"[^{\n]+")
_NEXT = re.compile(r"\}\s*+,?\s*+(?=\{)")


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def read_line(line: int, text: str) -> Row | Broken:
    """Decode one record; ``line`` is where it stands."""
    try:
        return _as_row(line, _DECODER.decode(text), text)
    except RecursionError:
        return broken_row(line, "nested too deep", text)
    except ValueError as error:
        return broken_row(line, f"no JSON: {_reason(error)}", text)


def json_lines(text: TextIO) -> Iterator[Row | Broken]:
    """One record a line; blank lines are skipped."""
    number = 0
    while line := text.readline(MAX_RECORD):
        number += 1
        if len(line) == MAX_RECORD and not line.endswith(("\n", "\r")):
            _skip_line(text)
            yield broken_row(number, _LARGE, line)
        elif stripped := line.strip("\ufeff \t\r\n"):
            yield read_line(number, stripped)


def json_values(text: TextIO) -> Iterator[Row | Broken]:
    """Records between brackets and commas, or one after the other, however they are laid out."""
    window = _Window(text)
    while window.at_record():
        yield _next_record(window)
        if window.in_vain > _PATIENCE:
            yield broken_row(window.line, "too much here is not JSON: the rest was not read", "")
            return


def _next_record(window: _Window) -> Row | Broken:
    line = window.line
    if stray := window.take(_STRAY):
        return broken_row(line, "no record: a record begins with {", stray)
    if (value := window.value()) is not None:
        return _as_row(line, *value)
    end = window.end_of_record()
    if end is None:
        return broken_row(
            line, "a record that does not end, or is larger than 4 MB", window.resume()
        )
    text = window.cut(end)
    return read_line(line, text) if len(text) <= MAX_RECORD else broken_row(line, _LARGE, text)


def _as_row(line: int, value: object, raw: str) -> Row | Broken:
    if isinstance(value, dict):
        return Row(line, value, raw)
    return broken_row(line, f"no record but a {type(value).__name__}", raw)


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return str(error).partition(";")[0][:100]


def _skip_line(text: TextIO) -> None:
    while (rest := text.readline(MAX_RECORD)) and not rest.endswith(("\n", "\r")):
        pass


class _Window:
    """The part of the stream that is in memory, and how far it has been used."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._ended = False
        self.line = 1
        self.in_vain = 0

    def at_record(self) -> bool:
        """Go to the next record; False at the end."""
        while True:
            self._go(_match_end(_BETWEEN, self._buffer, self._at))
            if self._at < len(self._buffer):
                return True
            if not self._more():
                return False

    def take(self, pattern: re.Pattern[str]) -> str:
        """Use up what matches here."""
        return self.cut(_match_end(pattern, self._buffer, self._at))

    def value(self) -> tuple[object, str] | None:
        """The record that begins here, if it is whole and in memory."""
        start = self._at
        try:
            value, end = _DECODER.raw_decode(self._buffer, start)
        except (ValueError, RecursionError):
            return None
        return value, self.cut(end)

    def end_of_record(self) -> int | None:
        """Where the brackets of this record close; None if they do not within the limit."""
        while True:
            depth = 0
            for token in _TOKEN.finditer(self._buffer, self._at):
                char = token.group()
                if char == '"':
                    break
                depth += (char in "{[") - (char in "}]")
                if depth == 0:
                    return token.end()
            if len(self._buffer) - self._at > MAX_RECORD or not self._more(double=True):
                return None

    def resume(self) -> str:
        """Give this record up and go to what looks like the next one."""
        self.in_vain += len(self._buffer) - self._at
        lost = self.cut(self._at + 1)
        while not (found := _NEXT.search(self._buffer, self._at)):
            lost = lost if len(lost) > 1 else lost + self._buffer[self._at :]
            self.cut(max(self._at, len(self._buffer) - 64))
            if not self._more():
                self.cut(len(self._buffer))
                return lost
        return lost + self.cut(found.end())

    def cut(self, end: int) -> str:
        start = self._at
        self._go(end)
        return self._buffer[start:end]

    def _go(self, end: int) -> None:
        self.line += self._buffer.count("\n", self._at, end)
        self._at = end

    def _more(self, *, double: bool = False) -> bool:
        if self._ended:
            return False
        kept = self._buffer[self._at :]
        chunk = self._text.read(max(_CHUNK, len(kept) if double else 0))
        self._buffer, self._at, self._ended = kept + chunk, 0, not chunk
        return bool(chunk)


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
