"""Every channel keeps every law: one case file a channel, found by its name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from socialcare.testing import LAWS, Law, bench, laws_for
from tests.channels.cases import load, names


def laws() -> Iterator[tuple[str, Law]]:
    for name in names():
        try:
            wanted = laws_for(load(name))
        except Exception:  # a case that cannot be loaded breaks its own tests and no others
            wanted = list(LAWS)
        yield from ((name, law) for law in wanted)


@pytest.mark.parametrize(("name", "law"), list(laws()), ids=str)
def test_channel_keeps_the_law(name, law):
    with bench(load(name)) as ready:
        law(ready)
