"""The words that say what a text is about, cut to their stems. English and German."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

MAX_READ = 2_000
"""Characters of a text that are looked at."""
_LEFT_OUT = re.compile(r"https?://\S+|www\.\S+|[@#]?[\w.-]+@[\w.-]+|@[\w.-]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ENGLISH = (("sses", "ss"), ("ies", "y"), ("ings", ""), ("ing", ""), ("ied", "y"), ("ed", ""), ("es", ""), ("s", ""))  # fmt: skip
_GERMAN = ("ern", "em", "en", "er", "es", "et", "st", "e", "n", "s", "t")
_LEAST = 3
_FOLDED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "è": "e"})


def content_words(
    text: str, lang: str | None = None, ignore: Collection[str] = ()
) -> dict[str, str]:
    """Stems in their order, each once, with the word that first stood for it.

    ``ignore`` are words as they are written, in small letters: names of the brand.
    """
    found: dict[str, str] = {}
    stops = _stop_words(lang)
    for match in _WORD.finditer(_LEFT_OUT.sub(" ", text[:MAX_READ]).lower()):
        word = match[0].replace("’", "'")
        bare = word.removesuffix("'s")
        if len(word) < _LEAST or {word, bare} & stops or bare in ignore:
            continue
        stem = stem_of(word, lang)
        if len(stem) >= _LEAST:
            found.setdefault(stem, word)
    return found


@lru_cache(maxsize=50_000)
def stem_of(word: str, lang: str | None = None) -> str:
    """``shipping``, ``ships`` and ``shipped`` are ``ship``. Light: it never cuts below 3 letters."""
    word = word.removesuffix("'s")
    return _german(word) if lang == "de" else _english(word)


def _english(word: str) -> str:
    for ending, instead in _ENGLISH:
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) >= _LEAST and not word.endswith("ss"):
            word = stem + instead
            break
    word = word.removesuffix("e") if len(word) > _LEAST + 1 else word
    doubled = len(word) > _LEAST and word[-1] == word[-2] and word[-1] not in "aeiousl"
    return word[:-1] if doubled else word


def _german(word: str) -> str:
    word = word.translate(_FOLDED)
    for _ in range(2):
        for ending in _GERMAN:
            if word.endswith(ending) and len(word) - len(ending) > _LEAST:
                word = word[: -len(ending)]
                break
    return word


@lru_cache(maxsize=8)
def _stop_words(lang: str | None) -> frozenset[str]:
    """Those of the language; English ones where it has none of its own."""
    import tomllib

    lists = tomllib.loads(Path(__file__).with_name("stop_words.toml").read_text(encoding="utf-8"))
    return frozenset(lists[lang if lang in lists else "en"].split())
