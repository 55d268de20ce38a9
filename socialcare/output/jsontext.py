"""Strict JSON that is safe to look at: what could act on a terminal leaves as an escape."""

from __future__ import annotations

import re
from json import JSONEncoder

from socialcare.errors import SocialcareError

_READABLE = JSONEncoder(ensure_ascii=False, allow_nan=False)
_ASCII = JSONEncoder(ensure_ascii=True, allow_nan=False)
# JSON itself escapes only below U+0020. Joiners (U+200C, U+200D) stay: words and emoji need them.
_ACTS = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def to_json(value: object, *, ascii_only: bool = False) -> str:
    """One value on one line; the value read back is the value given.

    Raises
    ------
    ValueError
        It holds NaN or an infinity, which JSON does not have.

    """
    if ascii_only:
        return _ASCII.encode(value)
    text = _READABLE.encode(value)
    return text if text.isascii() and "\x7f" not in text else _ACTS.sub(_escaped, text)


def error_json(error: SocialcareError) -> str:
    """``{"error": {"code": …, "message": …, "hint": …}}``."""
    told = {"code": error.code, "message": error.message, "hint": error.hint}
    return to_json({"error": told}, ascii_only=True)


def _escaped(match: re.Match[str]) -> str:
    return _ASCII.encode(match[0])[1:-1]
