from __future__ import annotations

import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.errors import UsageError
from socialcare.output.columns import piped_cells
from socialcare.output.formats import (
    BATCH,
    chosen_fields,
    chosen_format,
    csv_cell,
    write_object,
    write_records,
)
from socialcare.output.jsontext import to_json
from socialcare.output.records import MENTION_FIELDS
from socialcare.output.screen import Screen
from socialcare.output.streams import Streams
from tests.output.samples import FOUR, LEO, MIA, VIEW, mention, printed, screen

PIPED = (
    "41\turgent\t1h12 late\tcomplaint\t@mia@mas.to\tmastodon\tdelivery\t\t"
    "Third email about order #4411 and still no parcel. @acme do you even read these?\n"
)


def written(records, form, fields=MENTION_FIELDS, **options):
    to = screen()
    write_records(to, iter(records), form, fields=fields, **options)
    return printed(to)


def cells(record):
    return piped_cells(record, VIEW)


def test_a_terminal_gets_a_table_and_a_pipe_gets_tabs():
    assert chosen_format(None, as_json=False, tty=True) == "table"
    assert chosen_format(None, as_json=False, tty=False) == "tsv"
    assert chosen_format(None, as_json=True, tty=True) == "json"
    assert chosen_format("csv", as_json=False, tty=True) == "csv"


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(UsageError) as error:
        chosen_format("xml", as_json=False, tty=True)
    assert error.value.message == 'there is no format "xml".'
    assert error.value.hint == "use one of: table, json, jsonl, csv, ids, tsv"


def test_an_unknown_field_names_the_known_ones():
    with pytest.raises(UsageError) as error:
        chosen_fields("id,prio", MENTION_FIELDS)
    assert error.value.message == 'there is no field "prio".'
    assert error.value.hint.endswith(f"fields: {', '.join(MENTION_FIELDS)}")
    assert "did you mean priority ?" in error.value.hint
    assert chosen_fields(" text, id ", MENTION_FIELDS) == ("text", "id")
    assert chosen_fields(None, MENTION_FIELDS) is None


def test_no_field_at_all_is_wrong_use():
    with pytest.raises(UsageError):
        chosen_fields(" , ", MENTION_FIELDS)


def test_piped_lines_are_complete():
    assert written([MIA], "tsv", cells=cells) == PIPED


def test_a_tab_or_newline_in_a_text_is_a_blank_when_piped():
    text = "one\ttwo\nthree\r\nfour " + "long " * 2000
    line = written([mention(text=text)], "tsv", cells=cells)
    assert line.count("\t") == 8
    assert line.count("\n") == 1
    assert line.endswith("\tone two three four " + "long " * 1999 + "long\n")


def test_a_control_character_is_harmless_when_piped():
    line = written([mention(author="\x1b]0;x\x07", text="\x9b31m\u202e")], "tsv", cells=cells)
    assert "\t^[]0;x^G\t" in line
    assert line.endswith("\t<9b>31m<U+202E>\n")


def test_chosen_fields_are_the_cells_of_a_line():
    line = written([LEO, MIA], "tsv", fields=("id", "late", "owner", "topics"))
    assert line == "49\tfalse\t\t\n41\ttrue\t\tdelivery\n"


def test_ids_only():
    assert written(FOUR, "ids") == "41\n43\n46\n49\n"


def test_json_is_one_array_of_all_fields_in_order():
    text = written(FOUR, "json")
    assert json.loads(text) == FOUR
    assert list(json.loads(text)[0]) == list(MENTION_FIELDS)
    assert text.startswith("[{") and text.endswith("}]\n")


def test_json_of_nothing_is_an_empty_array():
    assert written([], "json") == "[]\n"
    assert written([], "jsonl") == written([], "tsv", cells=cells) == written([], "ids") == ""


def test_json_lines_are_one_record_each():
    lines = written(FOUR, "jsonl", fields=("text", "id")).splitlines()
    assert [json.loads(line) for line in lines] == [
        {"text": record["text"], "id": record["id"]} for record in FOUR
    ]


def test_json_has_no_nan():
    with pytest.raises(ValueError, match="JSON"):
        to_json({"sentiment_score": math.nan})


@given(st.text(st.characters()) | st.text("\x1b\x9b\u202e\u2066\ufeff\u200b\U000e0041\ud800\x7fa"))
def test_json_is_safe_to_look_at_and_loses_nothing(text):
    shown = to_json(text)
    assert json.loads(shown) == text
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in shown)
    assert not set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
    ) & set(shown)
    shown.encode()
    assert to_json(text, ascii_only=True).isascii()


def test_json_stays_whole_on_a_stream_that_knows_no_unicode():
    raw = io.BytesIO()
    stdout = io.TextIOWrapper(raw, encoding="latin-1", errors="replace")
    to = Screen(Streams(io.StringIO(), stdout, io.StringIO()))
    write_records(to, [{"text": "漢字 Zoë"}], "jsonl", fields=("text",))
    write_object(to, {"text": "漢字 Zoë"})
    stdout.flush()
    for line in raw.getvalue().splitlines():
        assert json.loads(line) == {"text": "漢字 Zoë"}


def test_csv_reads_back():
    fields = ("id", "text", "topics", "media_alt", "late", "rating", "sentiment_score", "why")
    record = mention(
        text='He said "no", twice\nand left',
        topics=["delivery", "staff"],
        media=["https://acme.example/1"],
        media_alt=["two words"],
        why=[{"reason": "base", "points": 20}],
    )
    header, row = csv.reader(io.StringIO(written([record], "csv", fields=fields)))
    assert header == list(fields)
    assert row == [
        "41",
        'He said "no", twice\nand left',
        "delivery staff",
        '["two words"]',
        "true",
        "",
        "-0.296",
        '[{"reason": "base", "points": 20}]',
    ]


def test_csv_of_nothing_still_has_its_header():
    assert written([], "csv", fields=("id", "text")) == "id,text\n"


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", " =", "\ufeff=", "'="]
)
def test_a_formula_gets_a_quote_and_raw_leaves_it(start):
    text = f"{start}cmd"
    assert csv_cell(text).startswith("'")
    assert csv_cell(text, raw=True) == text


@given(st.text(st.sampled_from("'=+-@\t\r ab\ufeff\u200b＝\x00\n") | st.characters()))
def test_no_cell_starts_as_a_formula_does(text):
    (row,) = csv.reader(io.StringIO(f"{csv_cell(text)},x\n", newline=""))
    shown = row[0].lstrip(" \u00a0\ufeff\u200b\n\x85\u3000")
    assert not shown.startswith(tuple("=+-@\t\r＝＋－＠"))


def test_a_number_is_no_formula_and_an_ordinary_text_gets_no_quote():
    assert csv_cell(-0.296) == "-0.296"
    assert csv_cell("it's late") == "it's late"
    assert csv_cell("'quoted'") == "'quoted'"


def test_a_quote_that_was_there_can_be_told_from_ours():
    assert csv_cell("'=1") == "''=1"
    assert csv_cell("=1") == "'=1"


def test_a_query_that_fails_leaves_stdout_empty():
    def failing():
        raise UsageError("no.", "see")
        yield

    to = screen()
    with pytest.raises(UsageError):
        write_records(to, failing(), "json", fields=MENTION_FIELDS)
    assert printed(to) == ""


def test_records_are_written_in_batches_and_never_held_all_at_once():
    class Counting(io.StringIO):
        writes = 0

        def write(self, text: str) -> int:
            self.writes += 1
            return super().write(text)

    taken = 0

    def many():
        nonlocal taken
        for number in range(BATCH * 3):
            taken += 1
            yield {"id": number}

    stdout = Counting()
    to = Screen(Streams(io.StringIO(), stdout, io.StringIO()))
    write_records(to, many(), "jsonl", fields=("id",))
    assert stdout.writes == 3
    assert stdout.getvalue().count("\n") == taken == BATCH * 3
