"""Tables of options inside one ``[channels.NAME]``, with errors that name table and key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from socialcare.channels.mapped.paths import BadPath, Path, parse_path
from socialcare.channels.options import Options
from socialcare.settings.duration import parse_duration
from socialcare.settings.table import shown, suggestion

C = TypeVar("C", bound=str)
LARGEST = 2**31


class Section(Options):
    """A table of options, or a table inside it: ``[channels.NAME.paging] style: …``."""

    def __init__(self, name: str, values: Mapping[str, object], known: Iterable[str]) -> None:
        super().__init__(name, values)
        self.values = values
        known = tuple(known)
        for key in values if known else ():
            if key not in known:
                raise self.error(shown(key), "I do not know this key", suggestion(key, known))

    def has(self, key: str) -> bool:
        return key in self.values

    def section(self, key: str, known: Iterable[str] = ()) -> Section:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(
                key, "a table is needed", f"write [channels.{self._name}.{key}] and its keys below"
            )
        return Section(f"{self._name}.{key}", value, known)

    def path(self, key: str) -> Path | None:
        text = self.text(key)
        return None if text is None else self._path(key, text)

    def paths(self, key: str) -> tuple[Path, ...]:
        return tuple(self._path(key, text) for text in self.texts(key))

    def _path(self, key: str, text: str) -> Path:
        try:
            return parse_path(text)
        except BadPath as error:
            raise self.error(key, f"{error}", "how paths are written: examples/http") from None

    def choice(self, key: str, choices: Sequence[C], default: C) -> C:
        word = self.text(key) or default
        for choice in choices:
            if word == choice:
                return choice
        raise self.error(key, f'it cannot be "{shown(word)}"', suggestion(word, choices))

    def whole(self, key: str, least: int, most: int = LARGEST) -> int | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.error(key, f"a whole number from {least} to {most:,} is needed")
        return value

    def span(self, key: str) -> timedelta | None:
        text = self.text(key)
        if text is None:
            return None
        try:
            return parse_duration(text)
        except ValueError:
            example = f'write for example: {key} = "15m"'
            raise self.error(key, f'"{shown(text)}" is no span of time', example) from None

    def parameter(self, key: str) -> str:
        """A value as it goes into an address."""
        value = self.values[key]
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | float):
            return str(value)
        raise self.error(shown(key), "a text, a number, true or false is needed")

    def not_missing(self, key: str, hint: str) -> str:
        text = self.text(key)
        if text is None:
            raise self.error(key, "it is missing", hint)
        return text
