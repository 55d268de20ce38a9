from __future__ import annotations

from pathlib import Path

import pytest

from socialcare.checks.phrases import Phrases, words_of
from socialcare.checks.words import FOLDER, LISTS, PLAIN, language, languages
from socialcare.errors import ConfigError
from tests.checks.desk import finding, level


def found(phrase: str, text: str) -> list[str]:
    words = words_of(text)
    return [
        text[words[start].start : words[end - 1].end]
        for start, end in Phrases([phrase]).find(words)
    ]


@pytest.mark.parametrize("code", ["en", "de"])
def test_each_language_that_ships_has_every_list(code: str):
    known = language(code)
    assert known is not None
    assert all(known.words[name] for name in PLAIN)
    assert set(known.phrases) == set(LISTS)
    assert (FOLDER / f"{code}.toml").read_text("utf-8").startswith("#")


@pytest.mark.parametrize(
    "code", [None, "", "fr", "EN", "../en", "en/../de", "e", "english", "e\x00"]
)
def test_only_a_code_names_a_file(code: str | None):
    known = language(code)
    assert (known is not None) is (code == "EN")


@pytest.mark.parametrize(
    ("phrase", "text", "said"),
    [
        ("as we said", "So, as we said.", ["as we said"]),
        ("as we said", "as we. said", []),
        ("as we|i said", "as I said", ["as I said"]),
        ("as we [have] said", "as we have said, as we said", ["as we have said", "as we said"]),
        ("apolog*", "Apologies, apologise", ["Apologies", "apologise"]),
        ("not .. fault", "not in any way fault", ["not in any way fault"]),
        ("not .. fault", "not in any such way fault", []),
        ("not .. fault", "not. My fault", []),
        ("# days", "in 3 days", ["3 days"]),
        ("it's", "it’s", []),
    ],
)
def test_phrases(phrase: str, text: str, said: list[str]):
    assert found(phrase, text) == said


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        ".. a",
        "a ..",
        "[a]",
        "a*",
        "a||b",
        "[a b]",
        "[a] [b] [c] [d] [e] [f] g",
        "a .. b .. c .. d",
    ],
)
def test_what_is_no_phrase(phrase: str):
    with pytest.raises(ValueError, match=r"has|must"):
        Phrases([phrase])


def test_a_list_of_the_users_takes_the_place_of_ours(tmp_path: Path):
    (tmp_path / "en.toml").write_text(
        'defensive = ["...", "as my colleague said"]\nthanks = ["ta"]\n'
    )
    own = {"own_words": tmp_path}
    assert level("not defensive", "As my colleague said.") == "ok"
    assert level("not defensive", "As my colleague said.", **own) == "look"
    assert level("not defensive", "As we said.", **own) == "look"
    assert level("thanks", "Ta!", **own) == "ok"
    assert level("thanks", "Thanks!", **own) == "look"
    assert level("thanks", "Sorry!", **own) == "ok"


def test_a_language_of_the_users_own(tmp_path: Path):
    (tmp_path / "fr.toml").write_text(
        'name = "French"\ncommon = ["le", "votre", "nous"]\nthanks = ["merci"]\nsteps = ["nous .. demain"]\n'
    )
    own = {"own_words": tmp_path, "lang": "fr"}
    assert level("thanks", "Merci !", **own) == "ok"
    assert level("thanks", "Votre colis est là.", **own) == "look"
    assert level("next step", "Nous vous écrivons demain.", **own) == "ok"
    assert [one.code for one in languages(tmp_path)] == ["de", "en", "fr"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('thank = ["ta"]', "thank"),
        ("thanks = 3", "line 1"),
        ('name = "English"\nthanks = ["ok", ".. no"]', "line 2"),
        ("thanks = [", "line"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, text: str, said: str):
    (tmp_path / "en.toml").write_text(text)
    with pytest.raises(ConfigError) as told:
        finding("thanks", "Hello", own_words=tmp_path)
    assert "en.toml" in told.value.message
    assert said in told.value.message
    assert told.value.hint


def test_a_folder_that_is_not_there_changes_nothing(tmp_path: Path):
    assert level("thanks", "Thanks!", own_words=tmp_path / "none") == "ok"
