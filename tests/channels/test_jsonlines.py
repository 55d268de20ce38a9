"""JSON Lines and JSON arrays: what is read, what is broken, and on which line."""

from __future__ import annotations

import json

import pytest

from socialcare.channels.base import Broken
from socialcare.channels.records import Row
from tests.channels.reading import broken, records, rows, texts

# JSON


def test_json_lines() -> None:
    data = '\ufeff{"text": "one"}\r\n\n  \n{"text": "two", "likes": 3}\n{"text": "three"}'
    assert texts(data) == ["one", "two", "three"]
    assert [row.line for row in rows(data) if isinstance(row, Row)] == [1, 4, 5]


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_a_json_array_however_it_is_laid_out(indent: int | None) -> None:
    data = [
        {"text": f"brackets ]}}, {n}", "media": ["a", "b"], "why": [{"points": 1}]}
        for n in range(9)
    ]
    assert records(json.dumps(data, indent=indent)) == data
    assert records("\n".join(json.dumps(item, indent=indent) for item in data)) == data


def test_an_array_larger_than_what_is_in_memory_at_once() -> None:
    data = [{"text": "é" * (n % 9_000), "n": n} for n in range(300)]
    assert records(json.dumps(data, indent=1)) == data


@pytest.mark.parametrize("data", ["", "\n \r\n", "[]", " [ ] ", "\ufeff"], ids=repr)
def test_an_empty_file_has_no_mentions(data: str) -> None:
    assert rows(data) == []


def test_a_broken_line_is_named_and_the_rest_is_read() -> None:
    data = "\n".join(
        [
            '{"text": "one"}',
            '{"text": "trailing",}',
            '{"text": NaN}',
            '{"n": ' + "9" * 5_000 + "}",
            "[" * 100_000,
            '"x"',
            "Traceback (most recent call last):",
            '{"text": "cut',
            '{"text": "nine"}',
        ]
    )
    found = broken(data)
    assert [where for where, _ in found] == [f"line {n}" for n in range(2, 9)]
    assert [reason.partition(":")[0] for _, reason in found] == [
        "no JSON", "no JSON", "no JSON", "nested too deep", "no record but a str", "no JSON", "no JSON",
    ]  # fmt: skip
    assert found[1][1] == "no JSON: NaN is no number in JSON"
    assert texts(data) == ["one", "nine"]


def test_a_broken_element_of_an_array_is_named_and_the_rest_is_read() -> None:
    data = (
        '[\n{"text": "one"},\n{"text": "two",},\n7,\n{"text": "cut,\n"n": 1},\n{"text": "five"}\n]'
    )
    assert texts(data) == ["one", "five"]
    assert [where for where, _ in broken(data)] == ["line 3", "line 4", "line 5"]


def test_bombs_are_broken_and_not_a_crash() -> None:
    deep = '{"a":' * 50_000 + "1" + "}" * 50_000
    assert broken(f'{deep}\n{{"text": "after"}}') == [("line 1", "nested too deep")]
    assert broken(f"[{deep}]") == [("line 1", "nested too deep")]
    assert texts(f'[{deep}, {{"text": "after"}}]') == ["after"]
    huge = '{"text": "' + "x" * 5_000_000 + '"}'
    assert broken(f'{huge}\n{{"text": "after"}}') == [("line 1", "larger than 4 MB")]
    assert texts(f'{huge}\n{{"text": "after"}}') == ["after"]
    assert texts(f'[{huge},{{"text": "after"}}]') == ["after"]


def test_a_file_full_of_open_brackets_ends_soon() -> None:
    assert len(broken("[" + '{"x": {' * 200_000)) == 1
    found = broken("[" + '{"x": {} {' * 200_000)
    assert found[-1][1] == "too much here is not JSON: the rest was not read"
    assert len(found) < 200


def test_a_dead_letter_keeps_what_stood_there_within_bounds() -> None:
    small, large = rows('{"a": nope}\n{"b":' + "x" * 1_000_000)
    assert isinstance(small, Broken)
    assert isinstance(large, Broken)
    assert small.raw == b'{"a": nope}'
    assert len(large.raw) == 65_536
