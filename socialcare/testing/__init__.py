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
    NOW,
    SINCE,
    Bench,
    Case,
    bench,
    mentions_of,
    posts,
)
from socialcare.testing.laws import LAWS, Law
from socialcare.testing.service import Fault, Item, Params, Service

__all__ = [
    "ENOUGH",
    "LAWS",
    "NOW",
    "SINCE",
    "Bench",
    "Case",
    "Fault",
    "Item",
    "Law",
    "Params",
    "Service",
    "bench",
    "mentions_of",
    "posts",
]
