"""A reply as it reads: digits of all scripts as 0-9, look-alike signs as plain ones.

What hides inside a number (zero-width characters, full-width digits, a dot of another
script) is seen through; nothing here is shown to people as their own words.
"""

from __future__ import annotations

import re
import unicodedata

_DOTS = "\u00b7\u0387\u0589\u06d4\u0701\u0702\u2024\u3002\ua4f8\ufe52\uff0e\uff61"
_SLASHES = "\u2044\u2215\u29f8\uff0f"
_QUOTES = "\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07\u0060\u00b4"
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u20e3\u3164\uffa0"
_MOST_SIGNS = 4
"""A character that stands for more signs than this is left as it is."""
_MARKED = re.compile("[A-Za-z][\u0300-\u036f]{1,3}")
_CODE = "`"


class _Straight(dict[int, str]):
    """One character to what it reads as; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = seen = _seen(char)
        return seen


def _seen(char: str) -> str:
    kind = unicodedata.category(char)
    if char in _INVISIBLE or kind == "Cf" or "\ufe00" <= char <= "\ufe0f":
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind in ("Pd", "Zs"):
        return "-" if kind == "Pd" else " "
    if kind in ("Zl", "Zp"):
        return "\n"
    if kind in ("So", "Sk") or unicodedata.combining(char):
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) <= _MOST_SIGNS and "\u2044" not in plain else char


_TABLE = _Straight({code: chr(code) for code in range(128)})
_TABLE.update({
    **{ord(char): "." for char in _DOTS},
    **{ord(char): "/" for char in _SLASHES},
    **{ord(char): "'" for char in _QUOTES if char != _CODE},
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x201F, 0xFF02), '"'),
    0x2212: "-",
    0x2116: "No",
    0xA0: " ",
    0x0D: "\n",
})  # fmt: skip


def straight(text: str) -> str:
    """The text as a careful reader sees it; the length may differ."""
    if text.isascii():
        return text.replace("\r", "\n")
    return _MARKED.sub(lambda m: unicodedata.normalize("NFC", m[0]), text).translate(_TABLE)


def without_code(text: str) -> str:
    """Markdown code blanked out: what stands in it is meant as it is written."""
    if _CODE not in text:
        return text
    kept, place = [], 0
    closing = _closing_fences(text)
    for start, end, after in closing:
        if start < place:
            continue
        kept.append(text[place:start])
        kept.append(" " * (after - start) if end > start else text[start:after])
        place = after
    return "".join([*kept, text[place:]])


def _closing_fences(text: str) -> list[tuple[int, int, int]]:
    """Spans of code: from a run of backticks to the next run of the same length."""
    runs = [(m.start(), m.end()) for m in re.finditer("`+", text)]
    later: dict[int, int] = {}
    partner: dict[int, int] = {}
    for at in range(len(runs) - 1, -1, -1):
        size = runs[at][1] - runs[at][0]
        if size in later:
            partner[at] = later[size]
        later[size] = at
    return [(runs[at][0], runs[to][0], runs[to][1]) for at, to in sorted(partner.items())]
