"""A channel that is not ours: one module, one case and one line that registers it."""

from __future__ import annotations

import pytest

from socialcare import channels, testing
from socialcare.errors import ConfigError
from socialcare.testing import reading
from tests.channels import cases
from tests.channels.toy import Toy

LINE = "toy = tests.channels.toy:Toy"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """What pip writes for a package with one entry point."""
    info = tmp_path / "socialcare_toy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: socialcare-toy\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[socialcare.channels]\n{LINE}\n")
    monkeypatch.syspath_prepend(tmp_path)


def test_one_line_registers_a_channel(installed):
    assert channels.load("toy") is Toy


def test_without_the_line_the_type_is_unknown():
    with pytest.raises(ConfigError) as caught:
        channels.load("toy")
    assert '"toy"' in caught.value.message
    assert "hackernews" in caught.value.hint


def test_the_case_was_found_by_its_file_name():
    assert "toy" in cases.names()


def test_what_is_registered_keeps_the_laws(installed):
    case = cases.load("toy")
    case.channel = channels.load("toy")
    with testing.bench(case) as bench:
        reading.a_run_that_stops_after_any_page_loses_nothing(bench)
