"""Whatever breaks while an answer is sent: it is there once, or it is not said to be there."""

from __future__ import annotations

import pytest

from tests.sending.fake_stage import OnFediverse, OnOther, OnSlowOther, on_fediverse
from tests.sending.scenarios import scenarios

KINDS = (OnFediverse, OnOther, OnSlowOther)
RARE = "private", "in a fetch", "before /"
"""On a server that is only slower than the other one."""


def played():
    for kind in KINDS:
        for one in scenarios(kind):
            rare = kind is OnSlowOther and any(part in one.name for part in RARE)
            marks = pytest.mark.slow if rare else ()
            yield pytest.param(kind, one, id=f"{kind.name}: {one.name}", marks=marks)


@pytest.mark.parametrize(("kind", "scenario"), list(played()))
def test_it_is_there_once_or_not_said_to_be(tmp_path, kind, scenario):
    with on_fediverse(tmp_path, kind) as stage:
        scenario.play(stage)
