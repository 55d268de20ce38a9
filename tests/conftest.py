"""Fixtures for every room."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
"""Recorded answers and labelled sets that are not ours to ship."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded data beside the checkout; the test skips where there is none."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: recorded data is not part of the project")
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test of recorded data must not skip where the data is there."""
    report = yield
    if report.skipped and SHARED.is_dir() and "shared" in getattr(item, "fixturenames", ()):
        report.outcome = "failed"
        report.longrepr = "skipped although ../shared is here"
    return report
