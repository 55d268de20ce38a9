"""Untrusted text, on its way in and on its way out.

:func:`at_door` runs once on every field that comes from outside; :func:`for_screen`
runs on everything that goes to a terminal, a log line or an error message.
The original is stored and leaves unchanged only through JSON.
"""

from __future__ import annotations

import functools
import re

MAX_TEXT = 20_000
"""Characters of one text that are kept."""
MAX_FIELD = 2_000
"""Characters of one short field (name, id, address) that are kept."""
MAX_SHOWN = 5_000
"""Characters of one text that are shown on a screen."""

_INVISIBLE = "\u200b\u2060\ufeff\u00ad\u180e\u3164\u115f\u1160\uffa0\u2061\u2062\u2063\u2064\ufff9\ufffa\ufffb"
_BIDI = (
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
    "\u206a\u206b\u206c\u206d\u206e\u206f\u2028\u2029"
)
_COMBINING = r"\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_SURROGATE = re.compile("[\ud800-\udfff\x00]")
_PILE_OF_MARKS = re.compile(f"([{_COMBINING}]{{3}})[{_COMBINING}]+")
_MANY_BREAKS = re.compile(r"\n{3,}")
_RISKY = re.compile(
    f"[\x00-\x09\x0b-\x1f\x7f-\x9f{_BIDI}{_INVISIBLE}{_COMBINING}\ud800-\udfff\U000e0000-\U000e0fff]"
)


@functools.cache
def _screen_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {code: f"^{chr(code ^ 0x40)}" for code in range(0x20)}
    table[0x7F] = "^?"
    table[0x09] = " "
    table[0x0A] = "\n"
    table.update({code: f"<{code:02x}>" for code in range(0x80, 0xA0)})
    table.update({ord(char): f"<U+{ord(char):04X}>" for char in _BIDI})
    table.update(dict.fromkeys(map(ord, _INVISIBLE)))
    table.update(dict.fromkeys(range(0xE0000, 0xE1000)))
    table.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))
    return table


def at_door(text: str, limit: int = MAX_TEXT) -> str:
    """Make a text storable: cut to ``limit`` characters, lone surrogates and NUL replaced.

    Nothing else is changed: what a person wrote stays what they wrote.
    """
    text = text[:limit]
    if text.isascii() and "\x00" not in text:
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = text.replace("\x00", "\ufffd")
    return text


def for_screen(text: str, *, one_line: bool = False, limit: int = MAX_SHOWN) -> str:
    """Make a text harmless for a terminal or a log, every visible character kept.

    Control characters show in caret form (``^[``), C1 and bidirectional overrides as
    ``<9b>`` and ``<U+202E>``; invisible characters are dropped; more than three
    combining marks on one letter are cut. ``one_line`` turns line breaks into spaces.
    """
    text = text[:limit]
    if _RISKY.search(text):
        text = text.replace("\r\n", "\n").translate(_screen_table())
        text = _PILE_OF_MARKS.sub(r"\1", text)
    if one_line:
        return " ".join(text.split())
    return _MANY_BREAKS.sub("\n\n", text)
