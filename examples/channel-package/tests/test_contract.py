"""The channel keeps every law that socialcare has for channels."""

from __future__ import annotations

import pytest
from gitlab_service import case

from socialcare.testing import bench, laws_for


@pytest.mark.parametrize("law", laws_for(case()), ids=str)
def test_gitlab_keeps_the_law(law):
    with bench(case()) as ready:
        law(ready)
