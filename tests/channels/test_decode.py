"""JSON of every bad kind: typed values, or an error with the place of the trouble."""

from __future__ import annotations

import json
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.decode import MAX_KEPT, decode, decode_items
from socialcare.errors import BadAnswerError


class Post(msgspec.Struct):
    id: str
    text: str = ""
    likes: int | None = None
    score: float | None = None


class Listing(msgspec.Struct):
    posts: list[msgspec.Raw]


def storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"plain", "plain"),
        (rb"\ud83d\ude00", "\U0001f600"),
        (rb"\uD83D\uDE00!", "\U0001f600!"),
        (rb"\ud800", "�"),
        (rb"a\ud800z", "a�z"),
        (rb"\ude00\ud83d", "��"),
        (rb"\ud83d\ud83d\ude00", "�\U0001f600"),
        (rb"\ud83dx\ude00", "�x�"),
        (rb"\\ud800", r"\ud800"),
        (rb"\\\ud800", "\\�"),
        (rb"\u0000", "�"),
        (rb"\\u0000", r"\u0000"),
        (rb"\u00e9\n\"\/", 'é\n"/'),
        ("é\U0001f600".encode(), "é\U0001f600"),
        (b"\xff!", "�!"),
        (b"\xed\xa0\x80", "���"),
        (b"\xc0\x80", "��"),
    ],
)
def test_texts_come_out_storable(written: bytes, read: str) -> None:
    body = b'{"posts":[{"id":"1","text":"' + written + b'"}]}'
    (raw,) = decode(body, Listing).posts
    assert decode_items([raw], Post) == ([Post("1", read)], [])
    assert decode(bytes(raw), Post).text == read
    assert storable(read)


def test_what_is_not_storable_is_repaired_where_nobody_looks_too() -> None:
    body = b'{"id":"1","unknown":"\\ud800","\\udfff":{"x":"\xff"}}'
    assert decode(body, Post) == Post("1")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.text(st.characters(codec=None, exclude_categories=())), st.booleans())
def test_any_text_comes_back_or_is_repaired(text: str, escaped: bool) -> None:
    body = json.dumps({"id": text}, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    read = decode(body, Post).id
    assert storable(read)
    if storable(text):
        assert read == text


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_nothing_but_values_and_bad_answers_comes_out(body: bytes) -> None:
    for into in (Post, Listing, list[msgspec.Raw], dict[str, Post]):
        try:
            decode(body, into)
        except BadAnswerError as error:
            assert error.message.isprintable()
    good, broken = decode_items([msgspec.Raw(body)], Post)
    assert len(good) + len(broken) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"<!doctype html>", "a web page or feed came where JSON was expected"),
        (b"\xef\xbb\xbf <html>", "a web page or feed came"),
        (b'{"posts":' + b"[" * 100_000, "nested too deeply"),
        (b'{"posts":[' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}", "nested too deeply"),
        (b'{"posts":[]} x', "trailing characters"),
        (b'{"posts":[NaN]}', "invalid character"),
        (b'callback({"posts":[]})', "invalid character"),
        (b'{"posts":[1', "truncated"),
        (b"{}", "missing required field `posts`"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"posts":"abc"}', "Expected `array`, got `str` - at `$.posts`"),
        (b"null", "Expected `object`, got `null`"),
        ("{}".encode("utf-16"), "missing required field"),
        (b"\xff\xfe{", "expected"),
    ],
)
def test_what_is_not_as_documented_is_told_with_its_place(body: bytes, words: str) -> None:
    with pytest.raises(BadAnswerError) as caught:
        decode(body, Listing, what="mas: the list")
    assert caught.value.message.startswith("mas: the list is not what was expected: ")
    assert words in caught.value.message
    assert caught.value.hint


def test_one_broken_item_leaves_the_others() -> None:
    items = [
        b'{"id":"1"}',
        b"null",
        b'{"id":7}',
        b'{"id":"2","likes":"3"}',
        b'{"id":"3","likes":' + b"9" * 5_000 + b"}",
        b'{"id":"4","score":1e999}',
        b'{"id":"5","id":"6"}',
    ]
    page = decode(b'{"posts":[' + b",".join(items) + b"]}", Listing)
    good, broken = decode_items(page.posts, Post, where="$.posts")
    assert good == [Post("1"), Post("2", likes=3), Post("6")]
    assert [one.where for one in broken] == [f"$.posts[{n}]" for n in (1, 2, 4, 5)]
    assert broken[1].reason == "Expected `str`, got `int` - at `$.id`"
    assert broken[1].raw == b'{"id":7}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_byte_order_mark_is_no_trouble(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    assert decode((mark + '{"id":"é"}').encode(encoding), Post) == Post("é")


def test_of_a_large_broken_item_the_beginning_is_kept() -> None:
    raw = msgspec.Raw(b'["' + b"x" * 200_000 + b'"]')
    _, (broken,) = decode_items([raw], Post)
    assert len(broken.raw) == MAX_KEPT


def test_what_a_service_writes_into_an_error_is_cleaned() -> None:
    class Strict(msgspec.Struct):
        kind: Literal["post"]

    with pytest.raises(BadAnswerError, match="Invalid enum value") as caught:
        decode(b'{"kind":"\\u001b[2J"}', Strict)
    assert caught.value.message.isprintable()
