"""The cases of the channel contract, by file name: ``cases/NAME.py`` has a ``case()``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from socialcare.testing import (
    ENOUGH,
    NOW,
    SINCE,
    Bench,
    Case,
    Fault,
    Item,
    Params,
    Service,
    bench,
    mentions_of,
    posts,
)

__all__ = [
    "ENOUGH",
    "NOW",
    "SINCE",
    "Bench",
    "Case",
    "Fault",
    "Item",
    "Params",
    "Service",
    "bench",
    "load",
    "mentions_of",
    "names",
    "posts",
]

CASES = Path(__file__).parent / "cases"


def names() -> list[str]:
    """The cases, by file name."""
    return sorted(path.stem for path in CASES.glob("*.py") if path.stem != "__init__")


def load(name: str) -> Case:
    case: Case = import_module(f"{__package__}.cases.{name}").case()
    return case
