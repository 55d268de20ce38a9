"""Language files: where they lie, and what is wrong with one that a user wrote.

The header of ``languages/en.toml`` says how a line is written. Beside the code nothing is
required: what a file leaves out of ``[bias]``, ``[signals]`` and ``[precedence]`` stands in
``languages/defaults.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from socialcare.classify.cues import Cue, Matcher
from socialcare.classify.decision import DECIDED
from socialcare.classify.signals import ShapeWords
from socialcare.errors import ConfigError
from socialcare.models import TOPICS
from socialcare.settings.document import Document, fault, read_document
from socialcare.settings.table import Table, shown, shown_path, suggestion

FOLDER = Path(__file__).parent / "languages"
_CODE = re.compile(r"[a-z]{2}")
_SECTIONS = ("bias", "signals", "precedence", "shape", "lists", "spelling", "silent", *DECIDED, "urgent", "topics")  # fmt: skip
_MOST_WEIGHT = 10.0
_MOST_PARTS = 20
_MOST_OPTIONAL = 6
"""Each optional part doubles what is kept of a phrase."""


def file_of(code: str, own: Path | None = None) -> Path | None:
    """The user's file for a language, else the one that ships; None where there is neither."""
    if not _CODE.fullmatch(code):
        return None
    places = ((own,) if own else ()) + (FOLDER,)
    files = (place / f"{code}.toml" for place in places)
    return next((file for file in files if file.is_file()), None)


def no_file(code: str, own: Path | None) -> ConfigError:
    """The config asks for a language that there is no file for."""
    where = shown_path((own or Path("languages")) / f"{code}.toml")
    there = sorted({
        file.stem
        for place in (own, FOLDER) if place
        for file in place.glob("*.toml") if _CODE.fullmatch(file.stem)
    })  # fmt: skip
    return ConfigError(
        f'[brand] languages: there is no language file for "{shown(code)}".',
        f"write one as {where}, or take the code out; there are: {', '.join(there)}",
    )


def complete(data: Mapping[str, Any], code: str) -> dict[str, Any]:
    """A file with what it leaves out; phrases as texts are read, in small letters."""
    usual = _defaults()
    whole: dict[str, Any] = {
        **{name: {} for name in _SECTIONS},
        **_folded(data),
        **{name: {**table, **data.get(name, {})} for name, table in usual.items()},
        "code": code,
        "name": data.get("name", code),
    }
    whole["shape"] = {**dict.fromkeys((*ShapeWords._fields, "common"), ()), **whole["shape"]}
    whole["silent"] = {"words": (), **whole["silent"]}
    whole["topics"] = {
        name: {"sure": (), "hint": (), **lists} for name, lists in whole["topics"].items()
    }
    return whole


@cache
def _defaults() -> Mapping[str, Any]:
    import tomllib

    with (FOLDER / "defaults.toml").open("rb") as file:
        return tomllib.load(file)


def _folded(value: Any) -> Any:
    """Texts as the reader of mentions sees them; names of lines stay as they are."""
    if isinstance(value, str):
        return unicodedata.normalize("NFKC", value).lower()
    if isinstance(value, list):
        return [_folded(one) for one in value]
    if isinstance(value, dict):
        return {_folded(key): _folded(one) for key, one in value.items()}
    return value


def read_own(path: Path) -> dict[str, Any]:
    """What stands in a user's file.

    Raises
    ------
    ConfigError
        It cannot be read, or a line of it is wrong; with the line.

    """
    document = read_document(path)
    if document is None:
        raise fault(path, None, "is gone.", "put it back, or take the code out of the config")
    _check(document, path.stem)
    return document.data


def _check(document: Document, code: str) -> None:
    root = Table(document, (), document.data)
    for name in root.values:
        if name not in {*_SECTIONS, "code", "name"}:
            message = f"I do not know {shown(name)}."
            raise root.error(name, message, suggestion(name, _SECTIONS, "sections"))
    if root.text("code", code) != code:
        raise root.error("code", f'code must be "{code}", as the file is called.', "change it")
    root.text("name")
    _check_numbers(root)
    _check_words(root)
    lists = root.table("lists").values
    for name in (*DECIDED, "urgent"):
        table = root.table(name)
        for line in table.values:
            _check_cue(table.table(line), lists)
    topics = root.table("topics")
    for name in topics.values:
        if name not in TOPICS:
            message = f'there is no topic "{shown(name)}".'
            raise topics.error(name, message, suggestion(name, TOPICS))
        topic = topics.table(name)
        topic.only(("sure", "hint"))
        _check_phrases(topic, ("sure", "hint"), lists)


def _check_numbers(root: Table) -> None:
    usual = _defaults()
    for section in ("bias", "precedence"):
        table = root.table(section)
        table.only(usual[section])
        _check_weights(table)
    signals = root.table("signals")
    signals.only(usual["signals"])
    for name in signals.values:
        table = signals.table(name)
        table.only(DECIDED)
        _check_weights(table)


def _check_weights(table: Table) -> None:
    for key in table.values:
        table.number(key, 1.0, least=-_MOST_WEIGHT, most=_MOST_WEIGHT)


def _check_words(root: Table) -> None:
    allowed: Mapping[str, Iterable[str]] = {
        "shape": (*ShapeWords._fields, "common"),
        "silent": ("words",),
        "lists": root.table("lists").values,
    }
    for section, keys in allowed.items():
        table = root.table(section)
        table.only(keys)
        for key in table.values:
            table.texts(key)
    spelling = root.table("spelling")
    for key in spelling.values:
        spelling.text(key)


def _check_cue(line: Table, lists: Mapping[str, Sequence[str]]) -> None:
    line.only(("weight", "any", "hides", "unless"))
    line.number("weight", 1.0, least=0.0, most=_MOST_WEIGHT)
    line.flag("hides", default=False)
    line.texts("unless")
    if not line.texts("any"):
        at = line.document.error
        raise at(line.path, f"{line.name} has no phrases.", 'write: { weight = 1, any = ["…"] }')
    _check_phrases(line, ("any",), lists)


def _check_phrases(table: Table, keys: Iterable[str], lists: Mapping[str, Sequence[str]]) -> None:
    for key in keys:
        for index, phrase in enumerate(table.texts(key)):
            if wrong := _wrong_with(phrase, lists):
                message = f'{table.name} {key}: "{shown(phrase)}": {wrong}.'
                hint = "how a phrase is written stands in the head of " + shown_path(
                    FOLDER / "en.toml"
                )
                raise table.document.error((*table.path, key, index), message, hint)


def _wrong_with(phrase: str, lists: Mapping[str, Sequence[str]]) -> str | None:
    parts = phrase.split()
    if len(parts) > _MOST_PARTS:
        return f"it has more than {_MOST_PARTS} words"
    if sum(part.startswith("[") for part in parts) > _MOST_OPTIONAL:
        return f"it has more than {_MOST_OPTIONAL} parts in [ ]"
    unclosed = next((part for part in parts if part.startswith("[") != part.endswith("]")), None)
    if unclosed:
        return f"{shown(unclosed)} is not closed, or holds a space: one word stands in [ ]"
    try:
        Matcher().add(Cue("", ""), [phrase], lists)
    except ValueError as error:
        return _short(error, phrase)
    return None


def _short(error: ValueError, phrase: str) -> str:
    """The reason without the phrase, which is named already."""
    return shown(str(error).removeprefix(f"the phrase {phrase!r} "))
