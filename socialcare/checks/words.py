"""Word lists by which a reply is judged: one readable file a language.

They lie in ``data``; a user's own lie in the folder ``checks`` beside the config. The head
of ``data/en.toml`` says how they are written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from socialcare.checks.phrases import Phrases
from socialcare.errors import ConfigError
from socialcare.settings.document import fault, read_document
from socialcare.settings.table import Table, shown

FOLDER = Path(__file__).parent / "data"
LISTS = ("thanks", "sorry", "greeting", "defensive", "fine", "steps", "hollow", "times", "answers")
"""Lists of phrases."""
PLAIN = ("common", "acronyms", "shouted")
"""Lists of single words."""
AS_SHIPPED = ("...", "…")
_CODE = re.compile(r"[a-z]{2,3}")
_MOST_PHRASES = 2_000
NAMES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "el": "Greek", "es": "Spanish", "et": "Estonian",
    "fi": "Finnish", "fr": "French", "hu": "Hungarian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nb": "Norwegian", "nl": "Dutch", "nn": "Norwegian", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish",
    "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Language:
    """What a reply in one language is judged by."""

    code: str
    name: str
    phrases: Mapping[str, Phrases]
    words: Mapping[str, frozenset[str]]


def language(code: str | None, own: Path | None = None) -> Language | None:
    """The lists of a language; None where there is no file.

    Raises
    ------
    ConfigError
        The user's file cannot be read, or a line of it is wrong.

    """
    short = (code or "").lower().replace("_", "-").partition("-")[0]
    return _load(short, own) if _CODE.fullmatch(short) else None


def languages(own: Path | None = None) -> list[Language]:
    """All that there are files for."""
    places = (FOLDER, own) if own else (FOLDER,)
    codes = sorted({file.stem for place in places for file in place.glob("*.toml")})
    known = (language(code, own) for code in codes)
    return [one for one in known if one is not None]


def name_of_language(code: str) -> str:
    """``French``; the code itself where it has no name here."""
    return NAMES.get(code.lower().replace("_", "-").partition("-")[0], code[:20])


@cache
def _load(code: str, own: Path | None) -> Language | None:
    ours = _shipped(code)
    theirs = _read(own / f"{code}.toml") if own else None
    if ours is None and theirs is None:
        return None
    data = _joined(ours or {}, theirs or {})
    return Language(
        code,
        str(data.get("name", code)),
        {name: Phrases(data.get(name, ())) for name in LISTS},
        {name: frozenset(word.casefold() for word in data.get(name, ())) for name in PLAIN},
    )


@cache
def _shipped(code: str) -> Mapping[str, Any] | None:
    import tomllib

    try:
        with (FOLDER / f"{code}.toml").open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return None


def _joined(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Key by key; ``...`` in a list of theirs stands for ours."""
    joined = {**ours, **theirs}
    for name, value in theirs.items():
        if isinstance(value, list | tuple):
            joined[name] = [
                phrase
                for line in value
                for phrase in (ours.get(name, ()) if line in AS_SHIPPED else (line,))
            ]
    return joined


def _read(path: Path) -> dict[str, Any] | None:
    document = read_document(path)
    if document is None:
        return None
    root = Table(document, (), document.data)
    root.only((*LISTS, *PLAIN, "name"))
    root.text("name")
    for name in (*LISTS, *PLAIN):
        lines: Sequence[str] = root.texts(name)
        if len(lines) > _MOST_PHRASES:
            raise root.error(name, f"{name} has more than {_MOST_PHRASES} lines.", "shorten it")
        for index, line in enumerate(lines):
            if name in LISTS and line not in AS_SHIPPED:
                _check(path, document.lines.find((name, index)), line)
    return document.data


def _check(path: Path, line: int | None, phrase: str) -> None:
    """Refuse what is no phrase.

    Raises
    ------
    ConfigError
        With the line of the file.

    """
    try:
        Phrases((phrase,))
    except ValueError as error:
        raise _fault(path, line, phrase, error) from None


def _fault(path: Path, line: int | None, phrase: str, error: ValueError) -> ConfigError:
    return fault(
        path,
        line,
        f'"{shown(phrase)}" {error}.',
        "how a phrase is written: the head of socialcare/checks/data/en.toml",
    )
