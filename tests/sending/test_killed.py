"""``kill -9`` at any moment: what was sent is there once, and what is not there is not said to be."""

from __future__ import annotations

import random

import pytest

from tests.sending.fake_stage import OnFediverse, OnOther, on_fediverse
from tests.sending.killing import judged, kill_many

FEW, MANY = 15, 100


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", [OnFediverse, OnOther])
def test_a_kill_at_some_moments(tmp_path, kind):
    run(tmp_path, kind, FEW)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", [OnFediverse, OnOther])
def test_a_kill_at_a_hundred_moments(tmp_path, kind):
    run(tmp_path, kind, MANY)


def run(folder, kind, count):
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)  # pytest shows it where this fails
    with on_fediverse(folder, kind) as stage:
        killed = kill_many(stage, count, seed)
        assert sum(one.by_kill for one in killed) > count * 0.6, "hardly any was killed"
        stage.settle()
        judged(stage, killed)
