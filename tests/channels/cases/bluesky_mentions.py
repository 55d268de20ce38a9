"""Bluesky: what the notifications of the account are about."""

from __future__ import annotations

from socialcare.channels.bluesky import Bluesky
from socialcare.testing import Case
from tests.channels.cases.bluesky import PASSWORD, Network


def case() -> Case:
    return Case(Bluesky, Network(), {"identifier": "brand.test", "query": []}, secrets=PASSWORD)
