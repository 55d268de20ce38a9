"""Any JSON service whose pages are numbered."""

from __future__ import annotations

from socialcare.testing import Case
from tests.channels import json_service


def case() -> Case:
    return json_service.case("page", param="page")
