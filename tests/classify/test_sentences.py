"""Plain sentences of the field: right or ``unsure``, none wrong with confidence."""

import tomllib
from pathlib import Path

import pytest

from socialcare.classify import Classifier
from socialcare.settings import Brand

BRAND = Brand(name="Acme", watch=("acme", "acme outdoor"), handles=("@acme",))
SENTENCES: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "data" / "sentences.toml").read_text(encoding="utf-8")
)
UNCLEAR = SENTENCES.pop("unclear")
CASES = [(text, label) for label, texts in SENTENCES.items() for text in texts]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(BRAND, {})


@pytest.mark.parametrize(("text", "label"), CASES)
def test_is_right_or_says_that_it_is_unsure(classifier: Classifier, text: str, label: str):
    assert classifier.classify(text).label in {label, "unsure"}


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_cannot_be_told_is_unsure_with_a_reason(classifier: Classifier, text: str):
    result = classifier.classify(text)
    assert result.label == "unsure"
    assert result.reasons[0].label == "unsure"
    assert result.reasons[0].cue


def test_doubt_is_the_exception(classifier: Classifier):
    decided = [classifier.classify(text).label == label for text, label in CASES]
    assert sum(decided) >= 0.9 * len(decided)
