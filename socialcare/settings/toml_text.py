"""Writing TOML: values, keys, and changes to a text that leave the rest of it alone.

tomlkit is not used: it puts a new key below the comment of the next section, and
removing a table takes that comment with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import NamedTuple

from socialcare.settings.lines import Lines
from socialcare.settings.lines import Path as KeyPath

_OWN_COMMENTS = re.compile(r"\A(?:#[^\n]*(?:\n|\Z))+(?=\n|\Z)")
"""Comments right below the values of a section, with an empty line after them."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_value(value: object) -> str:
    """A value on one line; a mapping becomes an inline table.

    Raises
    ------
    TypeError
        Something the config never holds.

    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        # The escapes of JSON are all TOML's, but TOML also wants DEL escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{toml_key(key)} = {toml_value(one)}' for key, one in value.items())} }}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(toml_value, value))}]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def toml_key(*keys: str) -> str:
    return ".".join(key if _BARE.fullmatch(key) else toml_value(key) for key in keys)


def toml_table(keys: Sequence[str], table: Mapping[str, object]) -> str:
    lines = [f"{toml_key(key)} = {toml_value(value)}" for key, value in table.items()]
    return "\n".join((f"[{toml_key(*keys)}]", *lines, ""))


def with_value(text: str, keys: tuple[str, ...], value: object) -> str:
    """The text with one value set: in place, below its section, or in a new section.

    Only a proposal: the caller checks that it reads back as meant.
    """
    lines = Lines(text).read()
    if keys in lines.values:
        start, end = lines.values[keys]
        return f"{text[:start]}{toml_value(value)}{text[end:]}"
    pair = f"{toml_key(keys[-1])} = {toml_value(value)}\n"
    for section in _sections(text, lines):
        if section.path == keys[:-1]:
            return _into_section(text, lines, section, pair)
    if any(path[: len(keys) - 1] == keys[:-1] for path in lines.values):
        pair = f"{toml_key(*keys)} = {toml_value(value)}\n"
        return _into_section(text, lines, _sections(text, lines)[0], pair)
    return with_table(text, keys[:-1], {keys[-1]: value})


def with_table(text: str, keys: Sequence[str], table: Mapping[str, object]) -> str:
    """The text with a new section at its end."""
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}{toml_table(keys, table)}"


def without_table(text: str, keys: KeyPath) -> str:
    """The text without a section and those below it; what belongs to its neighbours stays."""
    lines = Lines(text).read()
    for section in reversed(_sections(text, lines)):
        if section.path[: len(keys)] == keys:
            own = _end_of_values(text, lines, section)
            rest = _OWN_COMMENTS.sub("", text[own : section.end])
            text = text[: section.start] + rest.lstrip("\n") + text[section.end :]
    return text


class _Section(NamedTuple):
    start: int
    end: int
    path: KeyPath


def _sections(text: str, lines: Lines) -> list[_Section]:
    """All of the text, cut at its headers; the first piece is what stands above them."""
    starts: list[tuple[int, KeyPath]] = [(0, ()), *lines.headers]
    ends = [*(start for start, _ in lines.headers), len(text)]
    return [_Section(start, end, path) for (start, path), end in zip(starts, ends, strict=True)]


def _end_of_values(text: str, lines: Lines, section: _Section) -> int:
    """Offset after the line on which the last value of a section ends, or after its header."""
    spans = lines.values.values()
    inside = (stop for begin, stop in spans if section.start <= begin < section.end)
    stop = text.find("\n", max(inside, default=section.start))
    return len(text) if stop < 0 else stop + 1


def _into_section(text: str, lines: Lines, section: _Section, pair: str) -> str:
    """A commented default gives way to the new line; otherwise it goes below the last value."""
    key = re.escape(pair.partition(" =")[0])
    default = re.compile(rf"^# ?{key} *=(?:[^\n\[{{]*|[^\n]*[\]}}][^\n]*)\n", re.MULTILINE)
    match = default.search(text, section.start, section.end)
    if match and not any(begin <= match.start() < stop for begin, stop in lines.values.values()):
        return text[: match.start()] + pair + text[match.end() :]
    at = _end_of_values(text, lines, section)
    gap = "" if text[at - 1 : at] in ("", "\n") else "\n"
    return f"{text[:at]}{gap}{pair}{text[at:]}"
