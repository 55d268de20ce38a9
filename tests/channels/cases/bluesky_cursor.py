"""Bluesky: search of a server that cannot look by time, read by its cursor."""

from __future__ import annotations

from tests.channels.cases.bluesky import Network
from tests.channels.cases.bluesky import case as by_time
from tests.channels.contract import Case


def case() -> Case:
    plain = by_time()
    assert isinstance(plain.service, Network)
    plain.service.knows_time = False
    return plain
