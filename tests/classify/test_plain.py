"""From a text as people write it to words that can be weighed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.classify.plain import MAX_EMOJI, Plain, Reader
from socialcare.classify.straight import MAX_READ

EMOJI = {
    "😡": ("anger", "angry"),
    "👍": ("joy", "good"),
    ":(": ("sad", "sad"),
    "🙏": ("thanks", ""),
}
READER = Reader(
    brand_terms=("Acme", "Best Bikes", "O2"),
    vocabulary={"so", "good", "never", "again", "customer", "service"},
    spelling={"thx": "thanks", "cant": "can't"},
    silent={"please", "help"},
    emoji=EMOJI,
)


def words(text: str) -> str:
    return " ".join(READER.read(text).words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where is my order", "^ where is my order"),
        ("@united help", "@ ^ help"),
        ("Acme's kettle and ACME boots", "^ @ kettle and @ boots"),
        ("best bikes ever", "^ @ @ ever"),
        ("is O2 down?", "^ is @ @ down ?"),
        ("see https://shop.example/a?b=c now", "^ see ~ now"),
        ("mail ana@shop.example now", "^ mail ~ now"),
        ("I can’t &amp; I won&#39;t", "^ i can't i won't"),
        ("cant, thx", "^ can't thanks"),
        ("order #4411, 3 days", "^ order # # days"),
        ("20mins late", "^ # mins late"),
        ("#CustomerService #neveragain", "^ customer service never again"),
        ("#acme rocks", "^ @ rocks"),
        ("so gooooood", "^ so good"),
        ("no!!! why?! well...", "^ no ! ^ why ? ^ well ."),
        ("😡 👍", "^ :anger: :joy:"),
        ("sad :(", "^ sad :sad:"),
        ("see 10:30", "^ see #"),
        ("great great great great bad", "^ great great bad"),
        ("😡😡😡😡", "^ :anger: :anger:"),
        ("> I hate this\nI love it", "^ i love it"),
        ('"@acme: we are sorry" too late', "^ too late"),
        ("caf\u00e9 ｆｕｌｌ", "^ café full"),
        ("zero\u200bwidth", "^ zerowidth"),
        ("", ""),
    ],
)
def test_words(text: str, expected: str):
    assert words(text) == expected


def test_a_text_that_only_quotes_is_read_as_it_is():
    plain = READER.read("> still waiting")
    assert plain.quoted
    assert "waiting" in plain.words


def test_a_retweet_is_known_by_its_first_word():
    assert READER.read("RT @acme: new boots").retweet
    assert not READER.read("art @acme").retweet


@pytest.mark.parametrize(
    ("text", "scored"),
    [
        ("@united is fine", "is fine"),
        ("Best Bikes, please help", ""),
        ("GREAT stuff!!!", "GREAT stuff !!!"),
        ("😡 late", "angry late"),
        ("https://love.example is down", "is down"),
    ],
)
def test_names_links_and_requests_are_no_feeling(text: str, scored: str):
    assert READER.read(text).for_vader() == scored


def test_hidden_words_are_not_scored():
    plain = READER.read("no problem at all")
    assert plain.for_vader({1, 2}) == "at all"


def test_a_piece_is_shown_as_it_was_written():
    plain = READER.read("I CAN’T log in")
    assert plain.shown(1, 3) == "I CAN'T"


def test_only_the_first_characters_count():
    text = "fine " * (MAX_READ // 5)
    assert READER.read(text + "broken").words == READER.read(text).words


def test_only_the_first_emoji_count():
    text = "😡👍" * (MAX_EMOJI // 2)
    assert ":sad:" in READER.read(text[:-2] + ":(").words
    assert ":sad:" not in READER.read(text + ":(").words


@given(st.text(max_size=300))
def test_every_text_can_be_read(text: str):
    plain = READER.read(text)
    assert isinstance(plain, Plain)
    assert len(plain.words) == len(plain.spans) == len(plain.scored)
    assert all(plain.words)
    assert all(start <= end for start, end in plain.spans)


@given(st.text(alphabet="#@aB'>\n:(),\"&;?!.0 🙏😡", max_size=120), st.text(max_size=20))
def test_what_is_remembered_reads_as_what_is_new(text: str, other: str):
    new = READER.read(text)
    for _ in range(3):
        READER.read(other + " " + text)
    known = READER.read(text)
    assert known == new
    assert known.spans == new.spans


@given(st.text(alphabet="#@abc'>\n:()&;?!.0 🙏😡", max_size=120))
def test_reading_keeps_the_order_of_the_text(text: str):
    starts = [start for start, _ in READER.read(text).spans]
    assert starts == sorted(starts)
