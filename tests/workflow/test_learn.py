"""Learned rules where mentions are judged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from socialcare.errors import ConfigError
from socialcare.models import Author, Mention
from socialcare.settings import Brand, Settings
from socialcare.settings.learned import LearnedRule, add_rules
from socialcare.workflow.judging import Judge

AT = datetime(2026, 11, 21, tzinfo=UTC)


def mention(text: str) -> Mention:
    return Mention("feeds", "feed", "1", Author("1", "@mia"), text, AT)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(brand=Brand(name="Acme"), learned=tmp_path / "learned.toml")


def test_a_learned_phrase_filters_what_comes(settings):
    text = "Acme Corp to sell its mines"
    assert Judge(settings).judge(mention(text), match=True).filtered is None
    assert settings.learned is not None
    add_rules(settings.learned, [LearnedRule("ignore", "acme corp")])
    judged = Judge(settings).judge(mention(text), match=True)
    assert judged.filtered == "not about you: ignore: “acme corp”"
    assert Judge(settings).judge(mention("Acme is down"), match=True).filtered is None


def test_a_learned_word_labels_what_comes(settings):
    assert settings.learned is not None
    add_rules(settings.learned, [LearnedRule("label", "proper pants", "complaint", 3.0)])
    label = (
        Judge(settings)
        .judge(mention("The zips by Acme are proper pants"), match=True)
        .classification
    )
    assert label is not None
    assert label.label == "complaint"
    assert label.reasons[0].cue == 'learned: "proper pants"'


def test_a_wrong_file_stops_a_run_before_it_begins(settings):
    settings.learned.write_text("[praise\n")
    with pytest.raises(ConfigError, match=r"learned\.toml line 1"):
        Judge(settings)
