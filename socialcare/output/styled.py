"""Styled text: pieces with one of three styles, cleaned for the screen when they are drawn.

This is the only place that writes an escape sequence. There is no markup language, so
nothing in a mention can be taken for one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Literal, NamedTuple

from socialcare.output.streams import Colour
from socialcare.text import for_screen

Style = Literal["plain", "strong", "late", "soon"]

_SGR: dict[Colour, dict[Style, str]] = {
    "none": {},
    "mono": {"strong": "1", "late": "1;7", "soon": "1"},
    "full": {"strong": "1", "late": "1;7", "soon": "1;33"},
}


class Piece(NamedTuple):
    """Some text of one style. The text is data: whatever it holds, it is shown, not obeyed.

    ``end`` stands behind it in a cell also where the text is cut.
    """

    text: str
    style: Style = "plain"
    end: str = ""


Line = tuple[Piece, ...]


def plain(text: str) -> Line:
    return (Piece(text),)


def draw(pieces: Iterable[Piece], colour: Colour) -> str:
    """The characters that go to the terminal. Complete: cutting is the layout's business."""
    codes = _SGR[colour]
    return "".join(_draw_piece(piece, codes) for piece in pieces)


def _draw_piece(piece: Piece, codes: dict[Style, str]) -> str:
    shown = for_screen(piece.text, limit=sys.maxsize)
    code = codes.get(piece.style)
    return f"\x1b[{code}m{shown}\x1b[0m" if code and shown else shown


def clearing(colour: Colour) -> str:
    """What empties the screen; a blank line where escape sequences are not wanted."""
    return "\n" if colour == "none" else "\x1b[H\x1b[2J"
