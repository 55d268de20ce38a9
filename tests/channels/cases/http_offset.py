"""Any JSON service that is told how many items to leave out."""

from __future__ import annotations

from socialcare.testing import Case
from tests.channels import json_service


def case() -> Case:
    return json_service.case("offset", param="offset")
