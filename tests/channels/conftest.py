"""A hostile server and the client under test, for the tests of the way to the network."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest

from socialcare.channels.http import Http
from socialcare.clock import FixedClock, parse_time
from tests.channels.servers import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


@pytest.fixture
def clock() -> FixedClock:
    """Stands still: what passes on it is what the client wanted to wait."""
    return FixedClock(parse_time("2026-11-21T12:00:00Z"))


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """One for all tests: reading the list of authorities takes longer than most of them."""
    return ssl.create_default_context()


@pytest.fixture
def http(server: Server, clock: FixedClock, tls: ssl.SSLContext) -> Iterator[Http]:
    with Http(clock, allowed=[server.address], tls=tls) as running:
        yield running
