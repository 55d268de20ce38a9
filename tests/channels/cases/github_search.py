"""GitHub: issues anywhere, by search."""

from __future__ import annotations

from tests.channels.cases.github import Hub, Numbered
from tests.channels.contract import Case


def case() -> Case:
    return Case(Numbered, Hub(), {"search": ["acme boots"]})
