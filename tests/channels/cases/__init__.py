"""The cases of the channel contract: ``NAME.py`` has a function ``case()``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from socialcare.testing import Case


def names() -> list[str]:
    """The cases, by file name."""
    here = Path(__file__).parent
    return sorted(path.stem for path in here.glob("*.py") if path.stem != "__init__")


def load(name: str) -> Case:
    case: Case = import_module(f"{__package__}.{name}").case()
    return case
