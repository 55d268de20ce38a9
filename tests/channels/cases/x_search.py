"""X: search of the last seven days."""

from __future__ import annotations

from tests.channels.cases.x import TOKEN, Numbered, Timeline
from tests.channels.contract import Case


class Found(Timeline):
    token = "next_token"
    path = "/2/tweets/search/recent"
    least = 10


def case() -> Case:
    return Case(Numbered, Found(), {"query": "acme", "budget_per_day": 100}, TOKEN)
