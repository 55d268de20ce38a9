"""Any JSON service that gives what came since a time, the oldest first, by pages."""

from __future__ import annotations

from socialcare.channels.mapped import Mapped
from socialcare.testing import Case
from tests.channels.json_service import List, options


def case() -> Case:
    paging = {"style": "page", "param": "page", "order": "oldest"}
    since = {"params": {"limit": 50, "since": "{since_s}"}}
    return Case(Mapped, List("page", newest=False), options(paging, **since))
