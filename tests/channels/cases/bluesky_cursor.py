"""Bluesky: search of a server that cannot look by time, read by its cursor."""

from __future__ import annotations

from socialcare.testing import Case
from tests.channels.cases.bluesky import Network
from tests.channels.cases.bluesky import case as by_time


def case() -> Case:
    plain = by_time()
    assert isinstance(plain.service, Network)
    plain.service.knows_time = False
    plain.excuses = {
        "what_is_deleted_during_a_walk_hides_no_other": "a cursor there is a place in the list, "
        "and what follows moves up",
    }
    return plain
