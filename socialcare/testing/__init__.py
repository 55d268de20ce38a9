"""The contract of a channel as tests, for channels in this package and in any other.

Write a service that answers in the dialect of your channel (:class:`Service`), say how
the channel is made (:class:`Case`), and hold it to the laws::

    import pytest
    from socialcare.testing import LAWS, Case, Service, bench

    @pytest.mark.parametrize("law", LAWS, ids=str)
    def test_channel_keeps_the_law(law):
        with bench(Case(MyChannel, MyService())) as ready:
            law(ready)

The laws drive the channel against the service, a real server on loopback, and look only
at what comes out.
"""

from __future__ import annotations

from socialcare.testing.bench import (
    ENOUGH,
    SINCE,
    Bench,
    Case,
    bench,
    mentions_of,
    posts,
)
from socialcare.testing.faults import REFUSALS, Asked, Fault, Refusal
from socialcare.testing.law import Law, laws_for
from socialcare.testing.laws import LAWS
from socialcare.testing.posting import Kept, PostingService
from socialcare.testing.server import NOW, Wire
from socialcare.testing.service import Item, Params, Service

__all__ = [
    "ENOUGH",
    "LAWS",
    "NOW",
    "REFUSALS",
    "SINCE",
    "Asked",
    "Bench",
    "Case",
    "Fault",
    "Item",
    "Kept",
    "Law",
    "Params",
    "PostingService",
    "Refusal",
    "Service",
    "Wire",
    "bench",
    "laws_for",
    "mentions_of",
    "posts",
]
