"""Texts cut, padded and wrapped by what they take on a screen, wide characters included."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from socialcare.text import for_screen

ELLIPSIS = "…"
_LOOSE = " \u200d"
"""Blanks, and the joiner that would draw the next cell into this one."""
_BEFORE_COMMAND = re.compile(r" +(?=\(?socialcare )")
_GAP = re.compile(" {2,}")
CELL_LIMIT = 1_000
"""Characters of a text that are looked at for one cell; no column is that wide."""


def cell_width(text: str) -> int:
    """Columns that a cleaned text of one line takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def one_cell(text: str) -> str:
    """A text made fit for one cell: cleaned, on one line."""
    return for_screen(text, one_line=True, limit=CELL_LIMIT).strip(_LOOSE)


def fit(text: str, width: int) -> str:
    """Cut a cleaned text to ``width`` columns; the cut shows as an ellipsis."""
    if cell_width(text) <= width:
        return text
    if width < 1:
        return ""
    return f"{_first_columns(text, width - 1).rstrip(_LOOSE)}{ELLIPSIS}"


def wrap(text: str, width: int, indent: str = "") -> Iterator[str]:
    """Cleaned lines of at most ``width`` columns; a word that is longer is broken."""
    room = max(1, width - len(indent))
    for paragraph in for_screen(text).split("\n"):
        for line in _wrap_paragraph(paragraph, room):
            yield f"{indent}{line}".rstrip()


def flow(parts: Iterable[str], width: int, gap: str = "   ") -> Iterator[str]:
    """Cleaned short parts side by side, each whole where that is possible."""
    line = ""
    for part in parts:
        longer = f"{line}{gap}{part}" if line else part
        if line and cell_width(longer) > width:
            yield from wrap(line, width)
            longer = part
        line = longer
    if line:
        yield from wrap(line, width)


def fitting(text: str, width: int) -> Iterator[str]:
    """The lines of a text; what is too wide goes on below, under its own beginning.

    A command stays in one piece where it can. A line with a word that cannot fit, or with a
    long path, is left to the terminal, so that it can be copied.
    """
    for line in for_screen(text, limit=sys.maxsize).split("\n"):
        words = line.lstrip(" ")
        beginning = line[: len(line) - len(words)][: width // 2]
        room = width - len(beginning)
        if cell_width(line) <= width or any(_stays_whole(word, room) for word in words.split(" ")):
            yield line
            continue
        parts: list[str] = []
        for part in _GAP.split(words):
            parts += [part] if cell_width(part) <= room else _BEFORE_COMMAND.split(part)
        yield from (f"{beginning}{part}" for part in flow(parts, room))


def _stays_whole(word: str, room: int) -> bool:
    return cell_width(word) > (room // 2 if "/" in word else room)


def _wrap_paragraph(paragraph: str, room: int) -> Iterator[str]:
    line = ""
    for word in paragraph.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_width(longer) <= room:
            line = longer
            continue
        if line:
            yield line
        *full, line = _chop(word, room)
        yield from full
    yield line


def _chop(word: str, room: int) -> list[str]:
    pieces = []
    while word:
        # At least one character, else a wide one in a single column would never end.
        piece = _first_columns(word, room) or word[0]
        pieces.append(piece)
        word = word[len(piece) :]
    return pieces or [""]


def _first_columns(text: str, width: int) -> str:
    """The longest start of a text that fits into ``width`` columns."""
    if text.isascii():
        return text[:width]
    # Looked at in growing pieces: measuring all of a long text for every line is quadratic.
    high = width + 1
    while high < len(text) and cell_width(text[:high]) <= width:
        high *= 2
    low, high = 0, min(high, len(text))
    while low < high:
        middle = (low + high + 1) // 2
        if cell_width(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low]
