"""A home folder and a web server of their own for every test that asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.servers import Server
from tests.cli.runner import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def web() -> Iterator[Server]:
    with Server().running() as server:
        yield server
