"""Changing the config file: what is not changed stays as it was, comments and layout too.

Every change is read back before it replaces the file; one that would break the config
changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from socialcare.errors import ConfigError, NotFoundError, UsageError
from socialcare.settings.atomic import one_at_a_time, replace_file
from socialcare.settings.channel_table import ChannelKeys
from socialcare.settings.document import Document, fault, parse_document, read_document
from socialcare.settings.lines import Lines
from socialcare.settings.load import settings_from
from socialcare.settings.sample import defaults, sample_text
from socialcare.settings.table import nearest, shown, shown_path, suggestion
from socialcare.settings.toml_text import toml_value, with_table, with_value, without_table

KEY_HINT = "write SECTION.KEY, for example: socialcare config get answer_by.urgent"
_BY_HAND = "change it by hand: socialcare config edit"


@dataclass(frozen=True, slots=True)
class ConfigValue:
    """One key with the value that counts. ``shown`` hides the password in a proxy address."""

    key: str
    value: object
    origin: Literal["config", "default"]

    @property
    def shown(self) -> str:
        if self.key == "network.proxy" and "@" in str(self.value):
            scheme, _, rest = str(self.value).partition("://")
            return f"{scheme}://***@{rest.rpartition('@')[2]}"
        return self.value if isinstance(self.value, str) else toml_value(self.value)


def get_value(path: Path, dotted_key: str) -> ConfigValue:
    """The value of ``answer_by.urgent``: from the file, else the default.

    Raises
    ------
    UsageError
        No such key.
    ConfigError
        The file cannot be read.

    """
    _split(dotted_key)
    values = {value.key: value for value in list_values(path)}
    if dotted_key not in values:
        near = nearest(dotted_key, values)
        hint = f"did you mean {near}?" if near else "see all: socialcare config list"
        raise UsageError(f'there is no setting "{shown(dotted_key)}".', hint)
    return values[dotted_key]


def list_values(path: Path) -> list[ConfigValue]:
    """Every setting there is, sections in the order of the sample, then what only the file has."""
    document = read_document(path)
    data = document.data if document else {}
    found = {".".join(keys): value for keys, value in _leaves(data)}
    usual = {".".join(keys): value for keys, value in _leaves(defaults())}
    return [
        ConfigValue(key, found.get(key, usual.get(key)), "config" if key in found else "default")
        for key in dict.fromkeys((*usual, *found))
    ]


def set_value(
    path: Path, dotted_key: str, text: str, *, channel_keys: Mapping[str, ChannelKeys]
) -> ConfigValue:
    """Set one key from what was typed; makes the file when there is none.

    ``5``, ``true``, ``["a", "b"]`` and ``{ env = "X" }`` are read as TOML; where a list is
    wanted ``a, b`` will do; all else is a text.

    Raises
    ------
    ConfigError
        The value does not fit, or the file was wrong before.
    UsageError
        ``dotted_key`` is not SECTION.KEY.

    """
    keys = _split(dotted_key)
    with one_at_a_time(path):
        old = _read_or_sample(path)
        settings_from(old.document, channel_keys)
        if keys[0] == "channels" and _look_up(old.document.data, keys[:2]) is None:
            raise _no_channel(keys[1], old.document.data.get("channels", {}))
        first_error: ConfigError | None = None
        for value in meanings(text, _look_up(old.document.data, keys)):
            try:
                new = _changed(
                    old, with_value(old.text, keys, value), _put(keys, value), channel_keys
                )
            except ConfigError as error:
                first_error = first_error or error
            else:
                old.write(new)
                return ConfigValue(dotted_key, value, "config")
    assert first_error is not None, "there is always at least one meaning"
    raise first_error


def add_channel(
    path: Path, name: str, table: Mapping[str, object], *, channel_keys: Mapping[str, ChannelKeys]
) -> None:
    """Add ``[channels.NAME]`` at the end; makes the file when there is none.

    Raises
    ------
    ConfigError
        There is one already, or a key or value does not fit.

    """
    with one_at_a_time(path):
        old = _read_or_sample(path)
        settings_from(old.document, channel_keys)
        if name in old.document.data.get("channels", {}):
            raise old.document.error(
                ("channels", name), f"there is a channel {shown(name)} already.",
                f"take it out first: socialcare channel remove {shown(name)}",
            )  # fmt: skip
        text = with_table(old.text, ("channels", name), table)
        old.write(_changed(old, text, _put(("channels", name), dict(table)), channel_keys))


def remove_channel(path: Path, name: str, *, channel_keys: Mapping[str, ChannelKeys]) -> None:
    """Take out ``[channels.NAME]``; its mentions stay in the inbox.

    Raises
    ------
    NotFoundError
        There is none.
    ConfigError
        It is written in a way that only a person can take apart.

    """
    with one_at_a_time(path):
        document = read_document(path)
        channels = document.data.get("channels", {}) if document else {}
        if not isinstance(channels, dict) or name not in channels:
            raise _no_channel(name, channels)
        old = _read_or_sample(path)
        text = without_table(old.text, ("channels", name))
        old.write(_changed(old, text, _take_out(name), channel_keys))


def create(
    path: Path,
    *,
    brand: str,
    watch: Sequence[str] = (),
    ignore: Sequence[str] = (),
    channels: Mapping[str, Mapping[str, object]] | None = None,
    channel_keys: Mapping[str, ChannelKeys],
) -> None:
    """Write a first config: the commented sample with these answers in it.

    Raises
    ------
    ConfigError
        There is a config already, or an answer does not fit.

    """
    text = with_value(sample_text(), ("brand", "name"), brand)
    for key, words in (("watch", watch), ("ignore", ignore)):
        text = with_value(text, ("brand", key), list(words)) if words else text
    for name, table in (channels or {}).items():
        text = with_table(text, ("channels", name), table)
    with one_at_a_time(path):
        if read_document(path) is not None:
            raise ConfigError(
                f"there is a config already: {shown_path(path)}.",
                "change it: socialcare config edit",
            )
        document = parse_document(path, text.encode("utf-8", "replace"))
        settings_from(document, channel_keys)
        replace_file(path, text.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class _Old:
    """The file as it is: ``text`` with plain line ends, and how it had them."""

    path: Path
    text: str
    document: Document
    crlf: bool

    def write(self, text: str) -> None:
        text = text.replace("\n", "\r\n") if self.crlf else text
        replace_file(self.path, text.encode("utf-8", "replace"))


def _read_or_sample(path: Path) -> _Old:
    document = read_document(path)
    raw = path.read_bytes() if document else sample_text().encode()
    text = raw.decode("utf-8-sig")
    plain = text.replace("\r\n", "\n")
    return _Old(path, plain, document or parse_document(path, raw), crlf="\r\n" in text)


def _changed(
    old: _Old,
    text: str,
    change: Callable[[dict[str, Any]], None],
    channel_keys: Mapping[str, ChannelKeys],
) -> str:
    """The new text, once it reads back as the old data with exactly this change."""
    wanted = deepcopy(old.document.data)
    change(wanted)
    settings_from(Document(old.path, wanted, Lines("")), channel_keys)
    try:
        reads_as = tomllib.loads(text)
    except ValueError:
        reads_as = {}
    if _full(reads_as) != _full(wanted):
        raise fault(old.path, None, "it is written in a way that I cannot change.", _BY_HAND)
    return text


def _full(data: dict[str, Any]) -> dict[str, Any]:
    """Without empty sections: taking out the last channel may leave one, or not."""
    return {key: value for key, value in data.items() if value != {}}


def _split(dotted_key: str) -> tuple[str, ...]:
    keys = tuple(dotted_key.split("."))
    if len(keys) < 2 or not all(keys):
        raise UsageError(f'"{shown(dotted_key)}" is not the name of a setting.', KEY_HINT)
    return keys


def _look_up(data: object, keys: Sequence[str]) -> object:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _no_channel(name: str, channels: Mapping[str, object]) -> NotFoundError:
    hint = suggestion(name, channels, "channels") if channels else ""
    return NotFoundError(
        f"there is no channel {shown(name)}.",
        hint or "add one: socialcare channel add hackernews:acme",
    )


def _put(keys: Sequence[str], value: object) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        for key in keys[:-1]:
            data = data.setdefault(key, {})
            if not isinstance(data, dict):
                raise UsageError(
                    f'"{shown(".".join(keys))}" is not the name of a setting.', KEY_HINT
                )
        data[keys[-1]] = value

    return change


def _take_out(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["channels"].pop(name)


def meanings(text: str, old: object) -> list[object]:
    """What typed words can mean, the likeliest first: the kind that is there now, then TOML."""
    meanings: list[object] = [text, [part.strip() for part in text.split(",") if part.strip()]]
    with suppress(ValueError, RecursionError):
        meanings.insert(0, tomllib.loads(f"value = {text}")["value"])
    if isinstance(old, str | list):
        meanings.sort(key=lambda meaning: type(meaning) is not type(old))
    return meanings


def _leaves(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from (((key, *keys), leaf) for keys, leaf in _leaves(value))
        else:
            yield (key,), value
