"""The commented config that ``init`` and ``config edit`` begin with, and the defaults in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_DEFAULT = re.compile(r"^# (?=[a-z_0-9]+ = )", re.MULTILINE)


def sample_text() -> str:
    """Every key this version acts on, each with its default behind a ``#``."""
    return Path(__file__).with_name("sample.toml").read_text(encoding="utf-8")


def defaults() -> dict[str, dict[str, Any]]:
    """Every default by section and key, as the sample shows them."""
    import tomllib

    return tomllib.loads(_DEFAULT.sub("", sample_text()))
