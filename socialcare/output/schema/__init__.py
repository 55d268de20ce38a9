"""The JSON Schemas of everything that ``--json`` prints. One file each; version 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_ENDING = ".schema.json"
_PART = "mention"


def schema_names() -> list[str]:
    return sorted(path.name.removesuffix(_ENDING) for path in _FOLDER.glob(f"*{_ENDING}"))


def schema(name: str) -> dict[str, Any]:
    """One schema, complete in itself: what it refers to stands in its ``$defs``.

    Raises
    ------
    KeyError
        There is no schema of that name.

    """
    if name not in schema_names():
        raise KeyError(name)
    found = _read(name)
    return found if name == _PART else {**found, "$defs": {_PART: _read(_PART)}}


def _read(name: str) -> dict[str, Any]:
    text = (_FOLDER / f"{name}{_ENDING}").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
