"""One file: a strict header, the text, and every slip told with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.errors import ConfigError
from socialcare.snippets.model import Address, Header
from socialcare.snippets.reading import MAX_BYTES, read_file, written
from socialcare.snippets.template import Variable, escaped
from tests.snippets.folder import page, read


def refused(text: str, name: str = "delay") -> tuple[str, str]:
    with pytest.raises(ConfigError) as caught:
        read(text, name)
    return caught.value.message, caught.value.hint


def test_header_and_text_are_read() -> None:
    variant = read(
        "---\n# for parcels\ntitle: Parcel is late\n\ntopics: [delivery, stock]\n"
        'lang: en\nchannels: [mastodon]\ntags: ["a, b", c]\nwords: [parcel,]\npublic: true\n'
        "source: @tom@mas.to\n---\n\nSorry, {first_name}.\n\nBack soon.\n\n"
    )
    assert variant.header == Header(
        "Parcel is late",
        ("delivery", "stock"),
        "en",
        ("mastodon",),
        ("a, b", "c"),
        ("parcel",),
        public=True,
        source="@tom@mas.to",
    )
    assert variant.text == "Sorry, {first_name}.\n\nBack soon."
    assert variant.template == ("Sorry, ", Variable("first_name"), ".\n\nBack soon.")


def test_line_ends_of_windows_are_fine() -> None:
    assert (
        read("---\r\ntitle: A: b\r\n---\r\nHello\r\nyou\r\n".replace("\r\n", "\n")).text
        == "Hello\nyou"
    )


def test_the_bytes_of_a_file_are_read_with_bom_and_carriage_returns(tmp_path) -> None:
    path = tmp_path / "delay.md"
    path.write_bytes(b"\xef\xbb\xbf---\r\ntitle: Late\r\n---\r\nHello\r\n")
    assert read_file(path, Address("delay")).text == "Hello"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: it does not begin with ---."),
        ("title: Late\n", "line 1: it does not begin with ---."),
        ("---\ntitle: Late\nHello\n", "line 1: its header is not closed."),
        ("---\ntitle: Late\n---\n \n", "line 3: it has no text."),
        ("---\ntopics: [delivery]\n---\nHello\n", "line 1: it has no title."),
        ("---\ntitle: Late\ntitel: x\n---\nHello\n", 'line 3: I do not know "titel".'),
        ("---\ntitle: Late\ntitle: Later\n---\nHello\n", "line 3: title stands there twice."),
        ("---\ntitle: Late\njust words\n---\nHello\n", "line 3: it is not key: value."),
        ("---\ntitle: Late\ntopics: delivery\n---\nHello\n", "line 3: topics is a list: it stands in brackets."),
        ("---\ntitle: Late\ntopics: [a,,b]\n---\nHello\n", "line 3: topics cannot be read as a list."),
        ("---\ntitle: Late\ntopics: [a [b]]\n---\nHello\n", "line 3: topics cannot be read as a list."),
        ('---\ntitle: Late\ntopics: ["a]\n---\nHello\n', "line 3: topics cannot be read as a list."),
        ("---\ntitle: [Late]\n---\nHello\n", "line 2: title is one text, not a list."),
        ("---\ntitle:\n---\nHello\n", "line 2: title is empty."),
        ("---\ntitle: Late\nlang: german\n---\nHello\n", 'line 3: "german" is no language.'),
        ("---\ntitle: Late\npublic: yes\n---\nHello\n", "line 3: public must be true or false."),
        ("---\ntitle: Late\n---\n\nHello {firstname}.\n", "line 5: there is no variable {firstname}."),
        ("---\ntitle: Late\n---\nHello {first_name\n", "line 4: a { is not closed."),
        ("---\ntitle: Late\n---\nHello\n\n{in:soon}\n", "line 6: {in:soon} is no span of time."),
        ("---\ntitle: Late\n---\n" + "a" * 20_001, "line 4: its text has more than 20,000 characters."),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_file_and_line(text: str, message: str) -> None:
    told, hint = refused(text)
    assert told == f"delay.md {message}"
    assert hint.endswith("edit it: socialcare snippet edit delay")


def test_a_near_miss_is_named() -> None:
    assert refused("---\ntitle: Late\ntopic: [a]\n---\nHello\n")[1].startswith(
        "did you mean topics?"
    )
    assert refused(page("Hello {firstname}."))[1].startswith("did you mean first_name?")


def test_the_language_of_the_name_is_the_one_of_the_header() -> None:
    assert read(page(lang="de"), "delay.de").lang == "de"
    assert refused(page(lang="en"), "delay.de")[0] == (
        "delay.de.md line 3: its name says de, its header en."
    )


def test_a_variant_needs_no_title_of_its_own() -> None:
    assert read(page(title=None), "delay.de").header.title is None


def test_what_is_no_text_file_is_told(tmp_path) -> None:
    path = tmp_path / "delay.md"
    path.write_bytes(b"---\ntitle: L\xe4te\n---\nHello\n")
    with pytest.raises(ConfigError, match=r"delay\.md line 2: it is not UTF-8\."):
        read_file(path, Address("delay"))
    path.write_bytes(b"-" * (MAX_BYTES + 1))
    with pytest.raises(ConfigError, match=r"it has more than 200,000 bytes\."):
        read_file(path, Address("delay"))
    with pytest.raises(ConfigError, match=r"nowhere\.md cannot be read"):
        read_file(tmp_path / "nowhere.md", Address("nowhere"))


_WORDS = st.text(st.characters(whitelist_categories=("L", "N"), max_codepoint=0x2FF), min_size=1)
_LISTS = st.lists(_WORDS, max_size=3, unique=True).map(tuple)


@given(
    title=_WORDS,
    lists=st.tuples(_LISTS, _LISTS, _LISTS, _LISTS),
    lang=st.sampled_from([None, "de", "en"]),
    public=st.sampled_from([None, True, False]),
    source=st.none() | _WORDS,
    text=_WORDS,
)
def test_what_is_written_is_read_back(title, lists, lang, public, source, text) -> None:
    topics, channels, tags, words = lists
    header = Header(title, topics, lang, channels, tags, words, public, source)
    variant = read(written(header, text))
    assert (variant.header, variant.text) == (header, text)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        variant = read(f"---\ntitle: Late\n---\n{text}")
    except ConfigError as error:
        assert error.message.startswith("delay.md line ")
    else:
        assert variant.text.strip()


@given(st.text(alphabet="{}ab \n", min_size=1, max_size=40))
def test_what_is_escaped_means_itself(text: str) -> None:
    variant = read(page(f"x{escaped(text)}x"))
    assert "".join(map(str, variant.template)) == f"x{text}x"
