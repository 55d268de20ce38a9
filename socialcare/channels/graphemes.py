"""What people see as one sign: how some services count the length of a text (UAX #29)."""

from __future__ import annotations


def count_graphemes(text: str) -> int:
    """A family of emoji is one, and so is a letter with its accents."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    import regex  # with tables of its own: 70 ms that only who posts has to pay

    return len(regex.findall(r"\X", text))
