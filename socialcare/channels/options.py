"""Reading the options of one ``[channels.NAME]`` table, with errors that name the key."""

from __future__ import annotations

from collections.abc import Mapping

from socialcare.errors import ConfigError
from socialcare.text import for_screen

HINT = "look at it with: socialcare config list"


class Options:
    """The options of the channel ``name``; every error begins with ``[channels.NAME] key``."""

    def __init__(self, name: str, values: Mapping[str, object]) -> None:
        self._name = for_screen(name, one_line=True, limit=60)
        self._values = values

    def error(self, key: str, problem: str, hint: str = HINT) -> ConfigError:
        where = f"[channels.{self._name}]" + (f" {key}" if key else "")
        return ConfigError(f"{where}: {problem}", hint)

    def text(self, key: str) -> str | None:
        """One text, trimmed; None where it is left out or empty."""
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.error(key, "a text in quotes is needed")
        return value.strip() or None

    def texts(self, key: str) -> tuple[str, ...]:
        """One text or a list of texts, each once."""
        value = self._values.get(key, ())
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):
            raise self.error(key, 'a list of texts is needed, such as ["acme", "acme boots"]')
        return tuple(dict.fromkeys(one.strip() for one in values if one.strip()))

    def flag(self, key: str) -> bool | None:
        value = self._values.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.error(key, "true or false is needed, without quotes")
        return value
