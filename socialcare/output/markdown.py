"""Any text inside Markdown."""

from __future__ import annotations

import re

from socialcare.output.layout import one_cell

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!~&])|(?<=[A-Za-z])(?=://)|(?<=\bwww)(?=\.)")


def escaped(text: str) -> str:
    """As Markdown shows it letter by letter: no heading, link, picture, HTML or new cell."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}" if found[0] else "\\", one_cell(text))
