"""A busy shop, made once: whoever only looks can share it."""

from __future__ import annotations

import pytest

from tests.inbox.busy_shop import Shop
from tests.inbox.house import new_inbox


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    made = Shop(new_inbox(tmp_path_factory.mktemp("shop")))
    yield made
    made.db.close()
