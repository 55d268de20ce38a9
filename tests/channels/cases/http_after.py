"""Any JSON service that is asked for what came after an id."""

from __future__ import annotations

from socialcare.testing import Case
from tests.channels import json_service


def case() -> Case:
    return json_service.case("after", path="id", param="after")
