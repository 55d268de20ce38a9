"""A config file as data with line numbers, or a :class:`ConfigError` that says which line."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from socialcare.errors import ConfigError
from socialcare.settings.lines import Lines, Lost
from socialcare.settings.lines import Path as KeyPath
from socialcare.text import for_screen

MAX_BYTES = 1 << 20

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_UNCLOSED = "a text in quotes is not closed"
_FAULTS: tuple[tuple[str, str, str], ...] = (
    (r"Illegal character '\\n'|Unterminated string|Expected '(\"|\\')'", _UNCLOSED, "end it with the quote it began with"),
    (r"Illegal character '\\t'", "a tab stands inside a text", r"write \t instead, or a space"),
    (r"Illegal character", "a character that may not stand here", "it may be invisible: type the line again"),
    (r"Expected '=' after", 'there is no "=" after the key', 'write: key = "value"'),
    (r"Invalid value", "this is no value", 'a text needs quotes: name = "Acme"'),
    (r"Invalid statement", "neither a [section] nor key = value", 'write: key = "value"'),
    (r"Expected newline or end", "something stands after the end of the value", "one setting a line; a text with \" inside goes in '…'"),
    (r"Unescaped|Invalid hex", r"a \ in a text starts an escape", r"put the text in single quotes: 'C:\path'"),
    (r"Unclosed array", "a list is not closed", "end it with ]"),
    (r"Unclosed inline table|Expected '}'", "a { is not closed", "end it with }"),
    (r"Expected '\]+'", "a [section] is not closed", "end it with ]"),
    (r"Cannot|Duplicate", "this stands here a second time, or is a key and a section at once", "keep one of them"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """``path`` names the file in messages; ``data`` is what tomllib made of it."""

    path: Path
    data: dict[str, Any]
    lines: Lines

    def error(self, keys: KeyPath, message: str, hint: str) -> ConfigError:
        line = self.lines.find(keys)
        return fault(self.path, line, message, hint)


def fault(path: Path, line: int | None, message: str, hint: str) -> ConfigError:
    """``config.toml line 24: MESSAGE``: the one form of all complaints about the config."""
    where = for_screen(path.name, one_line=True, limit=80)
    if line is not None:
        where = f"{where} line {line}"
    return ConfigError(f"{where}: {message}", hint)


def read_document(path: Path) -> Document | None:
    """Read and parse; None where there is no such file.

    Raises
    ------
    ConfigError
        Unreadable, not UTF-8, not TOML.

    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        raise fault(
            path, None, "this is a folder, not a config file.", "name the file in it"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise fault(
            path,
            None,
            f"cannot be read: {reason}.",
            "look at its permissions: socialcare config path",
        ) from None
    return parse_document(path, raw)


def parse_document(path: Path, raw: bytes) -> Document:
    """Parse TOML bytes as the file ``path``.

    Raises
    ------
    ConfigError
        Too large, not UTF-8, not TOML.

    """
    if len(raw) > MAX_BYTES:
        raise fault(
            path,
            None,
            "is larger than 1 MiB: this is no config file.",
            "name another: --config FILE",
        )
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise fault(path, line, "not UTF-8 text.", "save the file as UTF-8 (plain text)") from None
    return _parse(path, text)


def _parse(path: Path, text: str) -> Document:
    import tomllib

    lines = Lines(text)
    try:
        data = tomllib.loads(text)
        with suppress(Lost):  # what tomllib accepts is never refused for want of a line
            lines.read()
    except RecursionError:
        message = "lists inside lists without end."
        raise fault(path, None, message, "a list holds texts or numbers") from None
    except ValueError as error:
        raise _syntax_error(path, text, str(error)) from None
    return Document(path, data, lines)


def _syntax_error(path: Path, text: str, reason: str) -> ConfigError:
    place = _PLACE.search(reason)
    lines = Lines(text)
    lost = _where_lost(lines)
    if reason.startswith(("Cannot", "Duplicate")) and lines.repeated:
        keys, first, line = lines.repeated
        return fault(
            path, line, f"{show_key(keys)} stands here a second time.",
            f"the first is on line {first}: keep one of them",
        )  # fmt: skip
    line = int(place.group(1)) if place and place.group(1) else lost or _last_line(text)
    for pattern, message, hint in _FAULTS:
        if re.match(pattern, reason):
            return fault(path, line, f"{message}.", hint)
    said = for_screen(_PLACE.sub("", reason), one_line=True, limit=120)
    return fault(path, line, f"not TOML ({said}).", "see the sample: socialcare config edit")


def _where_lost(lines: Lines) -> int | None:
    try:
        lines.read()
    except Lost as lost:
        return lost.line
    except RecursionError:
        return None
    return None


def _last_line(text: str) -> int:
    return text.rstrip("\n").count("\n") + 1


def show_key(keys: KeyPath) -> str:
    """``[answer_by] urgent`` or ``[channels.mastodon]``, safe for a screen."""
    names = [for_screen(str(key), one_line=True, limit=60) for key in keys if isinstance(key, str)]
    if len(names) == 1:
        return f"[{names[0]}]"
    if names[0] == "channels" and len(names) == 2:
        return f"[{'.'.join(names)}]"
    return f"[{'.'.join(names[:-1])}] {names[-1]}"
