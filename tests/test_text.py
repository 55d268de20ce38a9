"""Untrusted text on its way in and out."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from socialcare.text import at_door, for_screen

LIVE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ud800-\udfff]"
)


@given(st.text(alphabet=st.characters(), max_size=200))
def test_what_passed_the_door_can_be_stored_and_printed(text):
    kept = at_door(text)
    kept.encode("utf-8")
    assert "\x00" not in kept
    assert at_door(kept) == kept


@given(st.text(alphabet=st.characters(), max_size=200), st.booleans())
def test_nothing_live_reaches_the_screen(text, one_line):
    shown = for_screen(text, one_line=one_line)
    assert not LIVE.search(shown)
    assert not (one_line and "\n" in shown)


def test_ordinary_text_is_left_alone():
    text = "Где мой заказ? 😡 — naïve café\n\nline"
    assert at_door(text) == text
    assert for_screen(text) == text


def test_controls_are_shown_not_obeyed():
    assert for_screen("\x1b[2Jhi\x07") == "^[[2Jhi^G"
    assert for_screen("a\u202eb") == "a<U+202E>b"
    assert for_screen("\x9b31m") == "<9b>31m"
    assert for_screen("one\r\ntwo", one_line=True) == "one two"


def test_invisible_characters_are_dropped_on_screen_and_kept_in_store():
    assert at_door("ac\u200bme") == "ac\u200bme"
    assert for_screen("ac\u200bme") == "acme"


def test_lone_surrogates_become_a_sign_and_pairs_are_joined():
    assert at_door("\ud83d\ude00") == "😀"
    assert at_door("x\ud800y\x00") == "x\ufffdy\ufffd"
