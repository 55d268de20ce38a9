"""Every channel keeps every law: one case file a channel, found by its name."""

from __future__ import annotations

import pytest

from socialcare.testing import LAWS
from tests.channels import contract


@pytest.mark.parametrize("law", LAWS, ids=str)
@pytest.mark.parametrize("name", contract.names())
def test_channel_keeps_the_law(name, law):
    with contract.bench(contract.load(name)) as bench:
        law(bench)
