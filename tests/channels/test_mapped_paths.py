"""The little language of paths: what it finds, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.mapped.paths import BadPath, parse_path

ITEM: dict[str, Any] = {
    "a": {"b": [{"c": 1, "u": "x/y z"}, {"c": 2}], "empty": "", "no": False},
    "null": None,
    "with space": 3,
    "name": "ana",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner),
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("name", "ana"),
        ("a.b[0].c", 1),
        ("a.b[-1].c", 2),
        ("a.b[2].c", None),
        ("a.b[].u", ["x/y z", None]),
        ("a.b[]", ITEM["a"]["b"]),
        ("name[]", None),
        ("name.first", None),
        ("with space", 3),
        ("null|name", "ana"),
        ("a.empty|name", "ana"),
        ("a.empty|null", ""),
        ("a.no|name", False),
        ("nothing| name ", "ana"),
        ('="a|b"', "a|b"),
        ('null|="x"', "x"),
        ("=true", True),
        ("nothing|=[]", []),
        ("https://x.example/{name}/{a.b[0].u}", "https://x.example/ana/x%2Fy%20z"),
        ("{name} {a.b[0].u}", "ana x/y z"),
        ("{name} {null}|a.b[0].c", 1),
        ("{a.no}-{a.b[1].c}", "false-2"),
        ("{a}", None),
        ("", ITEM),
    ],
)
def test_a_path_finds_what_stands_there(path, found):
    assert parse_path(path).find(ITEM) == found


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("a..b", "is no path; write it like a.b[0].c"),
        ("a.", "is no path"),
        ("a.b[x]", "is no path"),
        ("a[0]b", "is no path"),
        ("a b]", "is no path"),
        ("a|", "nothing at one side of its |"),
        ("|a", "nothing at one side of its |"),
        ('="x"y', "after a constant"),
        ("=post", 'a text is written ="like this"'),
        ("{a", "a brace without its partner"),
        ("a}|{b}", "is no path"),
        ("x" * 501, "more than 500 characters"),
    ],
)
def test_what_is_no_path_is_told_why(path, why):
    with pytest.raises(BadPath, match=why.replace("|", r"\|").replace("[0]", r"\[0\]")):
        parse_path(path)


@given(st.sampled_from(["a.b[0].c", "a[].b|c", "{a.b}{c}", "a[-1]", '[0]|="x"']), JSON)
def test_no_answer_upsets_a_path(path, data):
    parse_path(path).find(data)


@given(st.text(max_size=30))
def test_a_path_is_read_or_refused_and_nothing_else(text):
    try:
        parse_path(text).find(ITEM)
    except BadPath as error:
        assert str(error)
