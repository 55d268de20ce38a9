"""The small language that says where in an answer something stands.

========================  =====================================================
``a.b[0].c``              a field of a field; ``[-1]`` is the last of a list
``a[].b``                 the same field of each in a list, as a list
``a.b|c``                 the first that is there and not empty
``="post"``               always this: JSON after the sign (``=true``, ``=[]``)
``https://x/{a.id}``      a text with values in it; nothing where one is missing
========================  =====================================================

A path on its own reaches the whole answer or item when it is empty. In a text that begins
as a web address values are escaped for one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from socialcare.text import for_screen

Reader = Callable[[Any], Any]
"""From a decoded answer or item to what stands there; None: nothing."""

LONGEST = 500
_CONSTANT = re.compile(r'\s*=("(?:[^"\\]|\\.)*"|[^|]*)\s*')
_STEP = re.compile(r"\.?([^.\[\]{}|=\s][^.\[\]{}|=]*)|\[(-?\d{1,4})?\]")
_HOLE = re.compile(r"\{([^{}]*)\}")


class BadPath(ValueError):  # noqa: N818 - said to whoever wrote the config
    """A path that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Path:
    """Where something stands: one place, or several of which the first that is there counts."""

    text: str
    readers: Sequence[Reader]

    def find(self, data: object) -> Any:
        """What is there; ``""`` where it is there and empty everywhere; None where nothing is."""
        empty = None
        for read in self.readers:
            value = read(data)
            if value is not None and value != "":
                return value
            empty = value if value is not None else empty
        return empty

    def __str__(self) -> str:
        return f"$.{self.text}" if self.text else "$"


def parse_path(text: str) -> Path:
    """Read a path.

    Raises
    ------
    BadPath
        It is none.

    """
    text = text.strip()
    if len(text) > LONGEST:
        raise BadPath(f"it has more than {LONGEST} characters")
    readers: list[Reader] = []
    rest: str | None = text
    while rest is not None:
        reader, rest = _alternative(rest, alone=rest == text)
        readers.append(reader)
    return Path(text, readers)


def _alternative(text: str, *, alone: bool) -> tuple[Reader, str | None]:
    """The first of the places, and those after it; None where it is the last."""
    if match := _CONSTANT.match(text):
        value, left = _constant(match[1]), text[match.end() :]
        if left and left[0] != "|":
            raise BadPath("after a constant there can only be | and another path")
        return (lambda _data: value), left[1:] if left else None
    place, bar, rest = text.partition("|")
    if not place.strip() and (bar or not alone):
        raise BadPath("there is nothing at one side of its |")
    reader = _template(place) if "{" in place else walker(place.strip())
    return reader, rest if bar else None


def _constant(written: str) -> object:
    try:
        return json.loads(written)
    except ValueError:
        shown = for_screen(written, one_line=True, limit=40)
        raise BadPath(f'={shown} is no JSON; a text is written ="like this"') from None


def walker(place: str) -> Reader:
    """One path without alternatives; empty is the whole.

    Raises
    ------
    BadPath
        It is none.

    """
    steps: list[str | int | None] = []
    at = 0
    while at < len(place):
        match = _STEP.match(place, at)
        if match is None or (match[1] and steps and place[at] != "."):
            shown = for_screen(place, one_line=True, limit=60)
            raise BadPath(f'"{shown}" is no path; write it like a.b[0].c')
        name = match[1]
        steps.append(name.rstrip() if name else int(match[2]) if match[2] else None)
        at = match.end()
    return lambda data: _walk(data, steps)


def _walk(data: Any, steps: Sequence[str | int | None]) -> Any:
    for at, step in enumerate(steps):
        if step is None:
            rest = steps[at + 1 :]
            return [_walk(one, rest) for one in data] if isinstance(data, list) else None
        if isinstance(step, str):
            data = data.get(step) if isinstance(data, dict) else None
        else:
            inside = isinstance(data, list) and -len(data) <= step < len(data)
            data = data[step] if inside else None
    return data


def _template(text: str) -> Reader:
    escaped = text.lstrip().startswith(("http://", "https://"))
    pieces: list[str | Reader] = []
    for at, piece in enumerate(_HOLE.split(text)):
        pieces.append(walker(piece.strip()) if at % 2 else piece)
    if any(mark in piece for piece in pieces if isinstance(piece, str) for mark in "{}"):
        shown = for_screen(text, one_line=True, limit=60)
        raise BadPath(f'"{shown}" has a brace without its partner')
    return lambda data: _filled(pieces, data, escaped=escaped)


def _filled(pieces: Sequence[str | Reader], data: Any, *, escaped: bool) -> str | None:
    found: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            found.append(piece)
            continue
        value = piece(data)
        if value is None or value == "" or isinstance(value, dict | list):
            return None
        word = value if isinstance(value, str) else json.dumps(value)
        found.append(quote(word, safe="@:") if escaped else word)
    return "".join(found)
