from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.checks.fingerprint import LEAST_WORDS, fingerprint

SAME = [
    ("Hi Mia, sorry, your parcel is late today.", "Hi Leo, sorry, your parcel is late today!"),
    ("Hi Mia sorry your parcel is late today", "Hello Leo Berg sorry, your parcel is late today"),
    ("Hi @mia@mas.to sorry your parcel is late today", "@leo@mas.to sorry your parcel is late today"),
    ("hi mia, your parcel is late, so sorry", "hallo leo! your parcel is late, so sorry"),
    ("Dear Ms. Smith: your refund of 24.99 left us this morning", "Dear Mr Okafor: your refund of 5 left us this morning"),
    ("Sorry Mia, we expect it back by 11:00 at the latest", "Sorry Leo, we expect it back by 12:30 at the latest"),
    ("The outage ends soon, see https://a.example/1 for all news", "The outage ends soon, see https://a.example/2 for all news"),
    ("We are sorry for the long wait, Mia.", "WE ARE SORRY for the long wait, Leo!"),
    ("We are sorry for the long wait. ^AB", "We are sorry for the long wait - Ana"),
    ("Liebe Frau Meier, Ihr Paket kommt leider erst am Montag an.", "Liebe Frau Kurz, Ihr Paket kommt leider erst am Montag an."),
    ("We are sor\u200bry for the long wait", "We are sorry for the long wait"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_numbers_and_links_make_no_difference(one: str, other: str):
    assert fingerprint(one)
    assert fingerprint(one) == fingerprint(other)


def test_other_words_are_another_text():
    one = "Hi Mia, sorry, your parcel is late today."
    assert fingerprint(one) != fingerprint("Hi Mia, sorry, your parcel is lost today.")


@pytest.mark.parametrize(
    "text",
    ["", "Thank you!", "Thank you so much, Mia!", "Hi Leo, thanks for the kind words!", "@a 1 2 3 4 5 6 7"],
)  # fmt: skip
def test_a_short_answer_has_none(text: str):
    assert fingerprint(text) == ""


@pytest.mark.parametrize(("words", "has"), [(LEAST_WORDS - 1, False), (LEAST_WORDS, True)])
def test_the_least_number_of_words(words: int, has: bool):
    assert bool(fingerprint(" ".join(["wort"] * words))) is has


@given(st.text(max_size=200), st.integers(0, 10**9))
def test_a_number_at_the_end_changes_nothing(text: str, number: int):
    assert fingerprint(f"{text} x {number}") == fingerprint(f"{text} x {number + 1}")
