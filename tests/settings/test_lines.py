"""The line finder agrees with how the text was put together, however it is written."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from socialcare.settings.lines import Lines, Lost

VALUES = st.sampled_from(
    [
        "1",
        '"a"',
        '"# \\" ]"',
        "'\\'",
        '"""\n[brand]\nk0 = 1\n"""',
        '"""a ""b"" \\\n """',
        '""""x""""',
        "'''\n''\n#'''",
        "[]",
        "[ 1, # ]\n\n 2,\n]",
        '[["a"], [\n"]"]]',
        "{ }",
        '{ a = 1, "b}" = [1,\n2] }',
        "1979-05-27 07:32:00 # when",
        "true",
        "-inf",
    ]
)
FILLER = st.sampled_from(["", "\n", "# k0 = 1\n", "  # [x]\n\n", "\t\n"])


@given(st.lists(st.tuples(FILLER, st.sampled_from(["[t{}]", "[[t{}]]", "[a.t{}]"]), st.lists(st.tuples(FILLER, VALUES), max_size=4)), max_size=4))  # fmt: skip
def test_every_key_is_on_the_line_where_it_was_written(
    sections: list[tuple[str, str, list[tuple[str, str]]]],
) -> None:
    text, expected = "", {}
    for number, (filler, header, pairs) in enumerate(sections):
        text += filler
        path: tuple[str | int, ...] = (f"t{number}",)
        path = ("a", *path) if "a." in header else (*path, 0) if "[[" in header else path
        expected[path] = text.count("\n") + 1
        text += header.format(number) + "\n"
        for key, (space, value) in enumerate(pairs):
            text += space
            expected[(*path, f"k{key}")] = text.count("\n") + 1
            text += f"k{key} = {value}\n"
    tomllib.loads(text)
    lines = Lines(text).read()
    assert {path: lines.find(path) for path in expected} == expected
    assert lines.repeated is None


_WORDS = st.sampled_from(
    ["[", "]", "[[", "]]", "{", "}", "=", ".", ",", '"', "'", '"""', "'''", "\n", "#", "\\", " ", "a", "b", "1"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=12).map("".join))
def test_what_toml_accepts_is_never_lost(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        try:
            Lines(text).read()
        except Lost as lost:
            assert 1 <= lost.line <= text.count("\n") + 1
        return
    lines = Lines(text).read()
    assert all(lines.find((key,)) for key in data)
    assert lines.repeated is None


def test_items_of_lists_and_inline_tables_have_lines_of_their_own() -> None:
    lines = Lines('[s]\nx = [\n  "a",\n  { k = 1 },\n]\n').read()
    assert lines.find(("s", "x", 0)) == 3
    assert lines.find(("s", "x", 1, "k")) == 4
    assert lines.find(("s", "x", 1, "missing")) == 4
    assert lines.find(("s", "missing")) == 1
    assert lines.find(("missing",)) is None


def test_a_key_through_a_list_of_tables_means_its_last() -> None:
    lines = Lines("[[n]]\n[n.x]\nk = 1\n[[n]]\n[n.x]\nk = 1\n").read()
    assert (lines.find(("n", 0, "x", "k")), lines.find(("n", 1, "x", "k"))) == (3, 6)
    assert lines.repeated is None
