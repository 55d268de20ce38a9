"""One table of the config, read key by key with checks that know their line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

from socialcare.errors import ConfigError
from socialcare.settings.document import Document
from socialcare.settings.duration import format_duration, parse_duration
from socialcare.settings.lines import Path as KeyPath
from socialcare.text import for_screen

C = TypeVar("C", bound=str)

_KINDS: Mapping[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


class Table:
    """``name`` is the section as people write it: ``[brand]``, ``[[rule]] set``."""

    def __init__(self, document: Document, path: KeyPath, values: Mapping[str, Any]) -> None:
        self.document = document
        self.path = path
        self.values = values

    @property
    def name(self) -> str:
        names = [shown(key) for key in self.path if isinstance(key, str)]
        if len(names) == len(self.path):
            return f"[{'.'.join(names)}]"
        return " ".join((f"[[{names[0]}]]", *names[1:]))

    @property
    def line(self) -> int | None:
        return self.document.lines.find(self.path)

    def error(self, key: str, message: str, hint: str) -> ConfigError:
        return self.document.error((*self.path, key), message, hint)

    def only(self, known: Iterable[str]) -> None:
        """Refuse the first key that is not known, with the nearest that is."""
        known = list(dict.fromkeys(known))
        for key in self.values:
            if key not in known:
                raise self.error(
                    key, f'I do not know {self.name} "{shown(key)}".', suggestion(key, known)
                )

    def table(self, key: str) -> Table:
        """The table below ``key``; an empty one where it is left out."""
        value = self.values.get(key, {})
        if isinstance(value, list) and value and isinstance(value[0], dict):
            name = ".".join(map(str, (*self.path, key)))
            raise self.error(
                key,
                f"[[{shown(name)}]] can only be there once.",
                f"write [{shown(name)}] with single brackets",
            )
        if not isinstance(value, dict):
            if not self.path:
                raise self.error(
                    key,
                    f"[{shown(key)}] must be a section, not {kind(value)}.",
                    f"write [{shown(key)}] on a line of its own",
                )
            self._wrong(key, "a table", value, f'{shown(key)} = {{ key = "value" }}')
        return Table(self.document, (*self.path, key), value)

    def text(self, key: str, default: str = "") -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            self._wrong(key, "a text in quotes", value, f'{key} = "…"')
        return value

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        return self.strings((key,), self.values.get(key, list(default)))

    def strings(self, keys: tuple[str, ...], value: object) -> tuple[str, ...]:
        """A list of texts found below ``keys``."""
        if not isinstance(value, list):
            self._wrong_at(keys, "a list of texts", value, f'{keys[-1]} = ["…", "…"]')
        for index, item in enumerate(value):
            if not isinstance(item, str):
                self._wrong_at((*keys, index), "a list of texts", item, f'{keys[-1]} = ["…", "…"]')
        return tuple(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self._wrong(key, "true or false", value, f"{key} = {str(default).lower()}")
        return value

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong(key, "a whole number", value, f"{key} = {default}")
        self._within(key, value, least, most)
        return value

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        value = self.values.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            self._wrong(key, "a number", value, f"{key} = {default:g}")
        self._within(key, value, least, most)
        return float(value)

    def choice(self, key: str, choices: Sequence[C], default: C) -> C:
        value = self.text(key, default)
        for choice in choices:
            if value == choice:
                return choice
        raise self.error(
            key,
            f'{self.name} {key} cannot be "{shown(value)}".',
            suggestion(value, choices, "it can be"),
        )

    def duration(self, key: str, default: timedelta) -> timedelta:
        """A span like ``1h30m``, more than nothing and at most a year."""
        hint = f'write for example: {key} = "{format_duration(default)}"'
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self._wrong(
                key, "a span of time in quotes", value, f'{key} = "{format_duration(default)}"'
            )
        try:
            span = parse_duration(value)
        except ValueError:
            raise self.error(
                key, f'{self.name} {key}: "{shown(value)}" is no span of time.', hint
            ) from None
        if not timedelta(0) < span <= timedelta(days=366):
            raise self.error(
                key,
                f'{self.name} {key}: "{shown(value)}" is not between a second and a year.',
                hint,
            )
        return span

    def _within(self, key: str, value: float, least: float, most: float) -> None:
        if not least <= value <= most:  # NaN is never within
            raise self.error(
                key, f"{self.name} {key} must be from {least:.15g} to {most:.15g}.", f"change {key}"
            )

    def _wrong(self, key: str, wanted: str, value: object, example: str) -> NoReturn:
        self._wrong_at((key,), wanted, value, example)

    def _wrong_at(self, keys: KeyPath, wanted: str, value: object, example: str) -> NoReturn:
        message = f"{self.name} {shown(keys[0])} must be {wanted}, not {kind(value)}."
        raise self.document.error(
            (*self.path, *keys), message, f"write for example: {shown(example)}"
        )


def shown(value: object) -> str:
    """Part of the user's file inside a message: one line, harmless, short."""
    return for_screen(str(value), one_line=True, limit=60)


def shown_path(path: object) -> str:
    """A path inside a message or a hint: harmless, whole."""
    return for_screen(str(path), one_line=True, limit=1000)


def kind(value: object) -> str:
    """What a value is, in words, without showing it: it may be a secret at the wrong place."""
    return _KINDS.get(type(value), "a date or time")


def suggestion(word: str, known: Iterable[str], otherwise: str = "it can be") -> str:
    near = nearest(word, known)
    return f"did you mean {near}?" if near else f"{otherwise}: {', '.join(known)}"


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that is most like this one, if any is."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower()[:60], list(by_lower), n=1, cutoff=cutoff)
    return by_lower[near[0]] if near else None
