"""The config says which languages get a label; a file beside it adds one."""

from pathlib import Path

import pytest

from socialcare.channels import REGISTRY
from socialcare.errors import ConfigError
from socialcare.settings.load import load_settings
from socialcare.workflow.judging import classifier_of

TEXT = "Mein Paket ist immer noch nicht angekommen"


def label_with(folder: Path, languages: str) -> str:
    config = folder / "config.toml"
    config.write_text(f'[brand]\nname = "Acme"\n{languages}\n', encoding="utf-8")
    return classifier_of(load_settings(config, REGISTRY)).classify(TEXT).label


def test_german_is_labelled_where_the_config_asks_for_it(tmp_path: Path):
    assert label_with(tmp_path, "") == "unsure"
    assert label_with(tmp_path, 'languages = ["en"]') == "unsure"
    assert label_with(tmp_path, 'languages = ["en", "de"]') == "complaint"
    assert label_with(tmp_path, 'language = "de"') == "complaint"


def test_the_users_file_lies_beside_the_config(tmp_path: Path):
    (tmp_path / "languages").mkdir()
    own = tmp_path / "languages" / "de.toml"
    own.write_text('[praise]\nodd = { weight = 4, any = ["mein paket"] }\n', encoding="utf-8")
    assert label_with(tmp_path, 'languages = ["de"]') == "praise"


def test_a_language_without_a_file_is_an_error_that_says_where_it_goes(tmp_path: Path):
    with pytest.raises(ConfigError) as caught:
        label_with(tmp_path, 'languages = ["en", "sv"]')
    assert str(tmp_path / "languages" / "sv.toml") in caught.value.hint
