"""Single values of an input record: what a program or a spreadsheet may write for them.

Every function gives None for a blank, and raises ValueError with a reason for a value
that means nothing.
"""

from __future__ import annotations

import json
import math
import re

from socialcare.text import MAX_FIELD, at_door, for_screen

_LARGEST = 2**63 - 1
_EXACT = 2**53
"""Above this a floating number no longer tells neighbours apart."""
_BLANK = {"", "-", "–", "—", "n/a", "#n/a", "na", "nan", "null", "none"}
_TRUE = {"true", "yes", "y", "1", "1.0", "t"}
_FALSE = {"false", "no", "n", "0", "0.0", "f"}
_STARS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([,. '’\u00a0\u202f])\d{3})(?:\1\d{3})*", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d{1,19}(?:\.0+)?", re.ASCII)
_SHORT = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s?([kmb])", re.ASCII | re.IGNORECASE)
_THOUSANDS = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_RATING = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,4})?)\s*(?:(?:/|of|out of)\s*(\d{1,3})|stars?|★)?",
    re.ASCII | re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?:[/?#]\S*)?", re.IGNORECASE)


def quoted(value: object) -> str:
    """Short and safe for an error message."""
    small = isinstance(value, int) and abs(value) <= _LARGEST
    shown = str(value) if small or isinstance(value, (str, float)) else type(value).__name__
    return f"'{for_screen(shown, one_line=True, limit=40)}'"


def word(value: object, limit: int = MAX_FIELD) -> str | None:
    """Read a name, an id or the like. Numbers are fine (3.0 is ``3``), nesting is left out."""
    if isinstance(value, str):
        return None if not value or value.isspace() else at_door(value, limit)
    if value is None or isinstance(value, (list, dict)):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"not a text: {quoted(value)}")  # noqa: TRY004
    if abs(value) > _LARGEST:
        raise ValueError("a number beyond 64 bits; write it as text")
    return str(value)


def count(value: object) -> int | None:
    """Read a number of people or clicks: 1234, ``1,234``, ``1.234``, ``1.2K``."""
    if value is None or isinstance(value, (list, dict)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        value = _written_count(value.strip())
        if value is None:
            return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"no whole number: {quoted(value)}")  # noqa: TRY004
    if abs(value) > _LARGEST:
        raise ValueError("a number beyond 64 bits")
    return value


def _written_count(text: str) -> int | None:
    if text.lower() in _BLANK:
        return None
    if _GROUPED.fullmatch(text):
        return int(re.sub(r"[^\d+-]", "", text))
    if _PLAIN.fullmatch(text):
        return int(text.partition(".")[0])
    if short := _SHORT.fullmatch(text):
        return round(float(short[1].replace(",", ".")) * _THOUSANDS[short[2].lower()])
    raise ValueError(f"no whole number: {quoted(text)}")


def stars(value: object) -> float | None:
    """Read a rating of 1 to 5: 4.5, ``4,5``, ``4/5``, ``8/10``, ``FIVE``, ``★★★★☆``; 0 is none."""
    if value is None or isinstance(value, (list, dict)):
        return None
    number = value if isinstance(value, (int, float)) else _written_stars(str(value).strip())
    if number is None or (number == 0 and not isinstance(number, bool)):
        return None
    if isinstance(number, bool) or not math.isfinite(number) or not 1 <= number <= 5:
        raise ValueError(f"no rating of 1 to 5: {quoted(value)}")
    return float(number)


def _written_stars(text: str) -> float | None:
    if text.lower() in _BLANK:
        return None
    if text.lower() in _STARS:
        return _STARS[text.lower()]
    if "★" in text and not text.strip("★☆ "):
        return float(text.count("★"))
    match = _RATING.fullmatch(text)
    if match is None:
        raise ValueError(f"no rating of 1 to 5: {quoted(text)}")
    number, best = float(match[1].replace(",", ".")), int(match[2] or 5)
    return number * 5 / best if best else math.inf


def flag(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, (str, int, float)) else "?"
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text in _BLANK:
        return None
    raise ValueError(f"neither true nor false: {quoted(value)}")


def address(value: object) -> str | None:
    """Read the address of a page: http and https only; a bare ``example.org/x`` is https."""
    text = word(value)
    if text is None or _ADDRESS.match(text):
        return text
    if text.strip().lower() in _BLANK:
        return None
    if _BARE_ADDRESS.fullmatch(text.strip()):
        return f"https://{text.strip()}"
    raise ValueError(f"no web address: {quoted(text)}")


def one_of(value: object, words: tuple[str, ...]) -> str | None:
    text = word(value)
    if text is None or text.strip().lower() in words:
        return text and text.strip().lower()
    raise ValueError(f"{quoted(text)} is not one of {', '.join(words)}")


def several(value: object) -> list[object]:
    """Read a list: a JSON array, also one inside a table cell, or addresses with spaces between."""
    if isinstance(value, list):
        return value
    if not isinstance(value, str) or value.strip().lower() in _BLANK:
        return []
    if value.lstrip().startswith("["):
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError(f"no list: {quoted(value)}") from None
        return found if isinstance(found, list) else []
    return list(value.split())
