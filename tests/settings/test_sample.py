"""The commented sample is true: what it shows as default is the default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

from socialcare.settings import Settings
from socialcare.settings.load import SECTIONS
from socialcare.settings.sample import defaults, sample_text
from socialcare.settings.toml_text import toml_table

Load = Callable[[str | bytes], Settings]


def test_as_it_is_it_changes_nothing(load: Load) -> None:
    assert replace(load(sample_text()), path=None) == Settings()


def test_with_every_comment_taken_away_it_changes_nothing(load: Load) -> None:
    text = "\n".join(toml_table((name,), table) for name, table in defaults().items())
    assert replace(load(text), path=None) == Settings()


def test_every_key_is_in_it() -> None:
    shown = {name: tuple(table) for name, table in defaults().items()}
    assert {**shown, "channels": ()} == SECTIONS


def test_every_setting_can_be_configured() -> None:
    """A new field of Settings needs its key in the sample."""
    sections = {"brand", "channels", "answer_by", "priority", "topics", "reply", "report", "goals"}
    keys = {"accessible", "proxy", "pages_per_run", "channel_seconds", "run_seconds", "database", "snippets", "keep_days", "share", "order_pattern", "spike", "late_from", "cooldown", "notify", "rules", "duties", "queries", "urls"}  # fmt: skip
    assert {field.name for field in fields(Settings)} == {
        *sections,
        *keys,
        "path",
        "learned",
        "not_used_yet",
    }


def test_the_example_is_the_sample() -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "config.toml"
    assert example.read_text(encoding="utf-8") == sample_text()


def test_its_commented_channels_load(load: Load) -> None:
    block = sample_text().split("#   [channels.hackernews]")[1].split("#   A secret")[0]
    text = "[channels.hackernews]" + block.replace("#   ", "").replace("#\n", "\n")
    channels = load(text).channels
    assert list(channels) == ["hackernews", "blogs", "mastodon"]
    assert channels["blogs"].seconds == 30
