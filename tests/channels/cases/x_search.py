"""X: search of the last seven days."""

from __future__ import annotations

from socialcare.channels.x import X
from socialcare.testing import Case
from tests.channels.cases.x import EXCUSES, TOKEN, Timeline


class Found(Timeline):
    token = "next_token"
    path = "/2/tweets/search/recent"
    least = 10


def case() -> Case:
    return Case(
        X,
        Found(),
        {"query": "acme", "budget_per_day": 100},
        TOKEN,
        account="@acme",
        excuses=EXCUSES,
    )
