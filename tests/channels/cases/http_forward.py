"""Any JSON service whose cursor leads to the newest and stays good: the oldest first."""

from __future__ import annotations

from socialcare.channels.mapped import Mapped
from socialcare.testing import Case
from tests.channels.json_service import Led, options


def case() -> Case:
    paging = {"style": "cursor", "path": "cursor", "param": "token", "order": "oldest"}
    return Case(Mapped, Led("cursor", newest=False), options(paging))
