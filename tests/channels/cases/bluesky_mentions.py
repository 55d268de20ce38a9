"""Bluesky: what the notifications of the account are about."""

from __future__ import annotations

from tests.channels.cases.bluesky import Network, signed_in
from tests.channels.contract import Case


def case() -> Case:
    return Case(signed_in, Network(), {"identifier": "brand.test", "query": []})
