"""The words that say what a text is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.snippets.words import content_words, stem_of


def test_handles_addresses_numbers_and_small_words_are_left_out() -> None:
    text = (
        "@acme Where's my parcel #4411? Mail me at mia@mas.to, see https://a.example/parcels/late"
    )
    assert list(content_words(text, "en")) == ["parcel", "mail"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "ship ships shipped shipping"),
        ("en", "crash crashes crashed crashing"),
        ("en", "city cities"),
        ("en", "exchange exchanged exchanging"),
        ("en", "parcel parcels parcel's"),
        ("de", "Paket Pakete Paketen Pakets"),
        ("de", "Größe Größen"),
        ("de", "liefern liefert"),
    ],
)
def test_forms_of_a_word_are_one(lang, words) -> None:
    assert len({stem_of(word.lower(), lang) for word in words.split()}) == 1


def test_the_first_form_is_shown() -> None:
    assert content_words("Parcels and a parcel", "en") == {"parcel": "parcels"}


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", None]))
def test_any_text_can_be_read(text, lang) -> None:
    assert all(len(stem) >= 3 for stem in content_words(text, lang))
