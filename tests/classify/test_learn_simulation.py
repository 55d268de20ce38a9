"""Simulated users on recorded mentions: what they teach must not make the rest worse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.learn_simulation import brands, interval, users

pytestmark = [pytest.mark.shared, pytest.mark.slow]
WORST = -0.01
"""The lower bound of the pooled difference: one point."""


def test_what_fifty_corrections_teach_helps_the_other_mentions(shared: Path):
    found = [
        user for brand, rows in brands(shared / "eval").items() for user in users(brand, rows, 2)
    ]
    assert len({user.brand for user in found}) == 5
    assert any(user.rules for user in found)
    low, high = interval(found)
    assert low > WORST
    assert high > 0
    assert sum(user.gain for user in found) > 0
