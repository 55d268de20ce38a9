"""A registry of channel types as the settings see it, and a way to write a config."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from socialcare.errors import ConfigError
from socialcare.settings.load import load_settings
from socialcare.settings.model import Settings


class Keys(NamedTuple):
    keys: str
    secrets: str = ""


TYPES = {
    "feed": Keys("urls preset"),
    "hackernews": Keys("query"),
    "mastodon": Keys("server hashtags search", "token"),
}


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str | bytes], Settings]:
    def write_and_load(text: str | bytes) -> Settings:
        path = tmp_path / "config.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_settings(path, TYPES)

    return write_and_load


@pytest.fixture
def refused(load: Callable[[str | bytes], Settings]) -> Callable[[str | bytes], tuple[str, str]]:
    """Message and hint of the error that a config causes."""

    def message_and_hint(text: str | bytes) -> tuple[str, str]:
        with pytest.raises(ConfigError) as caught:
            load(text)
        return caught.value.message, caught.value.hint

    return message_and_hint
