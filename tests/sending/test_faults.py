"""Whatever breaks while an answer is sent: it is there once, or it is not said to be there."""

from __future__ import annotations

import pytest

from tests.sending.fake_stage import OnFediverse, OnOther, OnSlowOther, on_fediverse
from tests.sending.scenarios import scenarios

KINDS = (OnFediverse, OnOther, OnSlowOther)
PLAYED = [(kind, one) for kind in KINDS for one in scenarios(kind)]


@pytest.mark.parametrize(
    ("kind", "scenario"), PLAYED, ids=[f"{k.name}: {s.name}" for k, s in PLAYED]
)
def test_it_is_there_once_or_not_said_to_be(tmp_path, kind, scenario):
    with on_fediverse(tmp_path, kind) as stage:
        scenario.play(stage)
