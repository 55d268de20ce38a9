"""Any JSON service that gives a cursor for the next page."""

from __future__ import annotations

from socialcare.testing import Case
from tests.channels import json_service


def case() -> Case:
    return json_service.case("cursor", path="cursor", param="token")
