"""One file: a small header, then the text. Read strictly, so that a slip is told with its line.

::

    ---
    title: Parcel is late
    topics: [delivery]
    ---
    Sorry for the wait, {first_name}.

A header line is ``key: value``; a list stands in brackets, parted by commas; a text may be
in double quotes; a line that begins with ``#`` is a remark. This is not YAML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from socialcare.errors import ConfigError
from socialcare.settings.table import shown, suggestion
from socialcare.snippets.model import Address, Header, Variant
from socialcare.snippets.template import TemplateError, parse_template
from socialcare.text import MAX_FIELD, MAX_TEXT, at_door

ENDING = ".md"
MAX_BYTES = 200_000
RULE = "---"
LISTS = ("topics", "channels", "tags", "words")
FLAGS = ("public", "statement")
OF_STATEMENTS = ("until", "promise", "pace")
"""What says how a statement goes to many."""
TEXTS = ("title", "lang", "source", *OF_STATEMENTS)
KEYS = (
    *("title", "topics", "lang", "channels", "tags", "words", "public", "source"),
    *("statement", *OF_STATEMENTS),
)
_TIMES = {
    "until": (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d", re.ASCII), "2026-11-26 18:00"),
    "promise": (re.compile(r"\d{1,4}[mhd]|tomorrow|\d\d?:\d\d", re.ASCII), "4h"),
    "pace": (re.compile(r"[1-9]\d{0,4}/h", re.ASCII), "30/h"),
}
"""How they are written, with an example."""
_FLAGS = {"true": True, "false": False}
_ITEM = re.compile(r'\s*(?:"([^"]*)"|([^",\[\]]*))\s*(?:,|$)')
_LANG = re.compile(r"[a-z]{2}", re.ASCII)


def read_file(path: Path, address: Address) -> Variant:
    """Read one file.

    Raises
    ------
    ConfigError
        It cannot be read, or a line of it is wrong.

    """
    return parse(_text_of(path), path, address)


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{shown(path.name)} cannot be read: {error.strerror}.",
            "look at the rights of its folder: socialcare snippet path",
            code="snippet",
        ) from None
    if len(raw) > MAX_BYTES:
        raise wrong(path, 1, f"it has more than {MAX_BYTES:,} bytes.", "shorten it")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise wrong(path, line, "it is not UTF-8.", "save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, path: Path, address: Address) -> Variant:
    """Read the text of a file. Raises ConfigError like :func:`read_file`."""
    lines = text.split("\n")
    if lines[0].rstrip() != RULE:
        raise wrong(path, 1, "it does not begin with ---.", "begin: ---, title: ..., ---")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == RULE), None)
    if end is None:
        raise wrong(path, 1, "its header is not closed.", "write --- on a line below the header")
    header = _header(lines[1:end], path)
    if address.lang and header.lang and header.lang != address.lang:
        raise wrong(
            path,
            _line_of("lang", lines),
            f"its name says {address.lang}, its header {header.lang}.",
            "take lang out of the header, or give the file another name",
        )
    for key in OF_STATEMENTS:
        if getattr(header, key) and not (header.statement and address.stem == address.name):
            told = f"{key} is for a statement, and stands in its plain file."
            raise wrong(path, _line_of(key, lines), told, "add above it: statement: true")
    if not header.title and address.stem == address.name:
        raise wrong(path, 1, "it has no title.", "write in its header: title: Parcel is late")
    first = next((n for n in range(end + 1, len(lines)) if lines[n].strip()), None)
    if first is None:
        raise wrong(path, end + 1, "it has no text.", "write the answer below the second ---")
    body = at_door("\n".join(lines[first:]).rstrip(), MAX_TEXT + 1)
    if len(body) > MAX_TEXT:
        raise wrong(path, first + 1, f"its text has more than {MAX_TEXT:,} characters.", "cut it")
    try:
        template = parse_template(body)
    except TemplateError as error:
        raise wrong(path, first + error.line, error.message, error.hint) from None
    return Variant(path, address, header, body, template)


def _header(lines: Sequence[str], path: Path) -> Header:
    found: dict[str, Any] = {}
    for number, line in enumerate(lines, 2):
        if not line.strip() or line.startswith("#"):
            continue
        key, colon, value = line.partition(":")
        key = key.rstrip()
        if not colon:
            raise wrong(path, number, "it is not key: value.", "write for example: title: Late")
        if key not in KEYS:
            told = f'I do not know "{shown(key)}".'
            raise wrong(path, number, told, suggestion(key, KEYS, "keys"))
        if key in found:
            raise wrong(path, number, f"{key} stands there twice.", "take one of them out")
        found[key] = _value(key, value.strip(), path, number)
    return Header(**found)


def _value(key: str, value: str, path: Path, line: int) -> Any:
    if key in LISTS:
        return _list(key, value, path, line)
    if key in FLAGS:
        if value not in _FLAGS:
            raise wrong(path, line, f"{key} must be true or false.", f"{key}: true")
        return _FLAGS[value]
    text = at_door(_unquoted(value), MAX_FIELD)
    if not text:
        raise wrong(path, line, f"{key} is empty.", f"write something behind {key}:")
    if text.startswith("["):
        raise wrong(path, line, f"{key} is one text, not a list.", f"{key}: Parcel is late")
    if key in OF_STATEMENTS:
        form, example = _TIMES[key]
        if not form.fullmatch(text):
            raise wrong(path, line, f'"{shown(text)}" is no {key}.', f"{key}: {example}")
    if key == "lang" and not _LANG.fullmatch(text):
        raise wrong(path, line, f'"{shown(text)}" is no language.', "two letters: lang: de")
    return text


def _list(key: str, value: str, path: Path, line: int) -> tuple[str, ...]:
    example = f"{key}: [one, two]"
    if not (value.startswith("[") and value.endswith("]") and len(value) > 1):
        raise wrong(path, line, f"{key} is a list: it stands in brackets.", example)
    inner = value[1:-1].strip().removesuffix(",").rstrip()
    items, at = [], 0
    while at < len(inner):
        match = _ITEM.match(inner, at)
        item = "" if match is None else (match[1] or match[2] or "").strip()
        if match is None or not item:
            raise wrong(path, line, f"{key} cannot be read as a list.", example)
        items.append(at_door(item, MAX_FIELD))
        at = match.end()
    return tuple(dict.fromkeys(items))


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1].strip() if quoted else value


def _line_of(key: str, lines: Sequence[str]) -> int:
    return next(n for n, line in enumerate(lines, 1) if line.partition(":")[0].rstrip() == key)


def wrong(path: Path, line: int, message: str, hint: str) -> ConfigError:
    return ConfigError(
        f"{shown(path.name)} line {line}: {message}",
        f"{hint}   edit it: socialcare snippet edit {shown(path.stem)}",
        code="snippet",
    )


def written(header: Header, text: str) -> str:
    """A file as :func:`parse` reads it back."""
    lines = [RULE]
    for key in KEYS:
        value = getattr(header, key)
        if key in LISTS and value:
            items = (f'"{item}"' if "," in item else item for item in value)
            lines.append(f"{key}: [{', '.join(items)}]")
        elif key in FLAGS and value is not None:
            lines.append(f"{key}: {str(value).lower()}")
        elif key in TEXTS and value:
            lines.append(f"{key}: {' '.join(value.split())}")
    return "\n".join([*lines, RULE, text.strip(), ""])
