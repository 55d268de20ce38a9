"""Any JSON service that gives the address of the next page, by counting."""

from __future__ import annotations

from socialcare.testing import Case
from tests.channels import json_service


def case() -> Case:
    return json_service.case("next", path="next", shifts=True)
