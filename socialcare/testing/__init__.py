"""The contract of a channel as tests, for channels in this package and in any other.

Write a service that answers in the dialect of your channel (:class:`Service`), say how
the channel is made (:class:`Case`), and hold it to the laws::

    import pytest
    from socialcare.testing import Case, Service, bench, laws_for

    class MyService(Service):
        def answer(self, path, params):
            ...

    def case():
        return Case(MyChannel, MyService(), {"query": "acme"})

    @pytest.mark.parametrize("law", laws_for(case()), ids=str)
    def test_channel_keeps_the_law(law):
        with bench(case()) as ready:
            law(ready)

The laws drive the channel against the service, a real server on loopback, and look only
at what comes out: nothing lost, nothing doubled, every failure named by its cause.

=============  ==========================================================================
``service``    what the fake service holds, and how the laws make it difficult
``faults``     what it says instead of an answer, and which errors that may be
``server``     the wire below it: whole, cut off, dripping
``posting``    a service that keeps what is posted to it
``bench``      a channel with its service, and runs of it
``law``        what a law is, and whom it concerns
``reading``    pages and checkpoints
``changing``   edits, deletions and clocks
``failing``    refusals, and answers that are none
``replying``   answers: posted once, found again, taken back, private where they should be
``access``     the sign-in: whose account it is, and a refusal
=============  ==========================================================================

A law that cannot hold for a service is excused in its case, by name and with a reason; a
law that concerns only some channels (those that recheck, those that reply) is left out by
:func:`laws_for`. No test runner is needed: a law is called, and raises AssertionError.
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
