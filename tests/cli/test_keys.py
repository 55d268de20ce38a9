"""What the characters that a terminal sends mean: a key of ours, another one, or several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.cli.keys import ENTER, QUIT, SEVERAL, UNKNOWN, Decoder, as_key, typed

SEQUENCES = (
    *("\x1b[A", "\x1b[D", "\x1bOC", "\x1b[3~", "\x1b[15;5~", "\x1b[1;2c", "\x1b[?62;22c"),
    *("\x1bc", "\x1bq", "\x1b[<0;10;20M", "\x1b[200~", "\x1b[99;5u", "\x1b\x1b[C"),
)


@pytest.mark.parametrize("char", "crxq?!é漢")
def test_a_character_is_a_key(char):
    assert Decoder().meaning(char) == char


@pytest.mark.parametrize(("sent", "key"), [("\r", ENTER), ("\n", ENTER), ("\x04", QUIT)])
def test_keys_with_a_name(sent, key):
    assert Decoder().meaning(sent) == key


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_sequence_is_one_key_and_none_of_ours(sequence):
    decoder = Decoder()
    assert decoder.meaning(sequence) == UNKNOWN
    assert decoder.meaning("c") == "c"


@pytest.mark.parametrize("sequence", [s for s in SEQUENCES if s not in ("\x1bc", "\x1bq")])
def test_a_sequence_that_comes_in_pieces_is_never_a_letter(sequence):
    for at in range(1, len(sequence)):
        decoder = Decoder()
        assert {decoder.meaning(sequence[:at]), decoder.meaning(sequence[at:])} == {UNKNOWN}
        assert decoder.meaning("c") == "c"


def test_a_letter_after_escape_alone_is_a_letter():
    decoder = Decoder()
    assert [decoder.meaning(char) for char in "\x1bcc"] == [UNKNOWN, "c", "c"]


@pytest.mark.parametrize("text", ["cc", "c\r", "close this", "c\x1b[A"])
def test_more_than_one_key_is_none(text):
    assert Decoder().meaning(text) == SEVERAL


@given(st.lists(st.text(min_size=1, max_size=6), max_size=6))
def test_whatever_comes_is_a_key_or_none_of_ours(pieces):
    decoder = Decoder()
    for piece in pieces:
        assert decoder.meaning(piece) in (ENTER, QUIT, UNKNOWN, SEVERAL, piece)


@given(st.text())
def test_a_typed_line_holds_no_controls(text):
    line = typed(text)
    assert line == line.strip()
    assert not any(ord(char) < 0x20 or char == "\x7f" for char in line)


def test_what_arrows_leave_in_a_line_is_taken_out():
    assert typed("call\x1b[D\x1b[D her\x1bOC back\t!\x1b\n") == "call her back!"


@pytest.mark.parametrize(
    ("line", "key"), [("c", "c"), (" c ", "c"), ("", ENTER), ("close", SEVERAL)]
)
def test_a_line_as_a_key(line, key):
    assert as_key(line) == key
