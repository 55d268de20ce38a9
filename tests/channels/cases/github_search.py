"""GitHub: issues anywhere, by search."""

from __future__ import annotations

from socialcare.channels.github import GitHub
from socialcare.testing import Case
from tests.channels.cases.github import Hub


def case() -> Case:
    return Case(GitHub, Hub(), {"search": ["acme boots"]})
