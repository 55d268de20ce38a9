"""What doctor looks at, and one line of what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from socialcare.clock import Clock
from socialcare.errors import ConfigError
from socialcare.settings import Settings
from socialcare.settings.paths import Paths

Level = Literal["ok", "look", "STOP"]


@dataclass(frozen=True, slots=True)
class Check:
    """``look`` works but deserves a look; ``STOP`` does not work. ``fix`` is what to do."""

    level: Level
    name: str
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at. With a wrong config, ``settings`` are the defaults."""

    settings: Settings
    config_error: ConfigError | None
    paths: Paths
    database: Path
    environ: Mapping[str, str]
    clock: Clock
    clock_time: Callable[[datetime], str]
    demo: bool = False


def home_shown(path: Path, environ: Mapping[str, str]) -> str:
    """A path with ``~`` for the home folder, as people write it."""
    home = environ.get("HOME", "")
    if home.startswith("/") and path.is_relative_to(home) and home != "/":
        return f"~/{path.relative_to(home)}"
    return str(path)
