"""A text before its words are read: as plain letters, without what it quotes."""

from __future__ import annotations

import re
import unicodedata

MAX_READ = 2_000
"""Characters that are read; what comes later changes nothing."""
_STRAIGHT = {
    "’": "'",
    "‘": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    **dict.fromkeys("\u200b\u200c\u2060\ufeff\u00ad\ufe0e\ufe0f", ""),
}
_BENT = re.compile(f"[{''.join(_STRAIGHT)}]")
_QUOTED_LINE = re.compile(r"^[ \t]{0,8}>[^\n]*$", re.MULTILINE)
_QUOTED_POST = re.compile(r'(?:"|\bRT )@\w{1,60}: [^"\n]*"?')


def straight(text: str) -> str:
    """Entities resolved, quotes straight, look-alike letters plain, at most MAX_READ long."""
    if "&" in text:
        from html import unescape

        text = unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _BENT.sub(lambda sign: _STRAIGHT[sign[0]], text))
    return text[:MAX_READ]


def without_quotes(text: str) -> tuple[str, bool]:
    """The text without what it quotes, unless nothing would be left."""
    own = _QUOTED_LINE.sub(" ", text) if ">" in text else text
    own = _QUOTED_POST.sub(" ", own) if '"@' in own or "RT @" in own else own
    if own == text:
        return text, False
    return (own, True) if any(char.isalnum() for char in own) else (text, True)
