"""Files of mentions in every layout: what is read, what is refused, and on which line."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.channels.base import Broken
from socialcare.channels.records import Row
from socialcare.channels.tables import TableFormat, read_mentions, read_rows
from socialcare.channels.tables.layouts import ALIASES
from socialcare.errors import InputError, UsageError
from socialcare.models import Mention
from tests.channels.reading import NOW, broken, mentions, records, refusal, rows, texts

# Tables


def test_a_table_by_its_header() -> None:
    (mention,) = mentions(
        "Date,Author,Message,Link,Likes,Language\n"
        '2026-11-20 09:30,@mia,"Late, again",https://a.example/1,"1,234",en\n'
    )
    assert (mention.text, mention.author.handle, mention.url) == (
        "Late, again", "@mia", "https://a.example/1",
    )  # fmt: skip
    assert (mention.likes, mention.lang) == (1234, "en")
    assert mention.created_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


LAYOUTS = {
    "listening tool": (
        'Title;Content;Author;Source URL;Date;Time;Followers\n'
        '"Boots";"My Acme boots leak";"mia";"https://a.example/1";"20.11.2026";"09:30";"1,2K"\n'
    ),
    "preamble before the header": (
        "Report:,Acme\nFrom:,2026-11-01\nTo:,2026-11-30\n\n"
        "Query Name,Date,Title,Snippet,Full Text,Url,Author,Full Name\n"
        "acme,2026-11-20 09:30:00.0,Boots,My Acme...,My Acme boots leak,https://a.example/1,mia,Mia M\n"
    ),
    "tweets of an archive": (
        "id\tcreated_at\tfull_text\tscreen_name\tpermalink\n"
        "926\tFri Nov 20 09:30:00 +0000 2026\tMy Acme boots leak\tmia\thttps://a.example/1\n"
    ),
    "snapshot with underscores": (
        "Id|Screen_Name|Text|Time|Retweets|URL\n"
        "926|mia|My Acme boots leak|11/20/2026 9:30 AM|12|https://a.example/1\n"
    ),
    "reviews of a shop": (
        "reviewId,reviewer,starRating,comment,createTime,Review Link\n"
        "r1,mia,TWO,My Acme boots leak,2026-11-20T09:30:00Z,https://a.example/1\n"
    ),
    "excel's own first line": (
        "sep=;\nUsername;Post Text;Published;Permalink\n"
        "mia;My Acme boots leak;20/11/2026 09:30;https://a.example/1\n"
    ),
    "messages sent to us": (
        "Sent Time,From User,Message Text,Message URL,Network\n"
        '"Nov 20, 2026 9:30 AM",mia,My Acme boots leak,https://a.example/1,Facebook\n'
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_tables_of_common_tools_need_no_mapping(layout: str) -> None:
    (mention,) = mentions(LAYOUTS[layout])
    assert mention.text == "My Acme boots leak"
    assert mention.author.handle == "mia"
    assert mention.url == "https://a.example/1"
    assert mention.created_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert (mention.channel, mention.source) == ("import", "import:import")


def test_an_alias_means_one_field() -> None:
    names = [name for aliases in ALIASES.values() for name in aliases.split()]
    assert len(names) == len(set(names))
    assert all(name == name.lower() and name.isalnum() for name in names)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=repr)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_delimiters_and_encodings(delimiter: str, encoding: str) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerows(
        [["author", "text"], ["Jörg", 'naïve, "quoted"; a|b\tc\r\nnext – line'], ["ann", "x"]]
    )
    assert records(written.getvalue().encode(encoding)) == [
        {"author": "Jörg", "text": 'naïve, "quoted"; a|b\tc\r\nnext – line'},
        {"author": "ann", "text": "x"},
    ]


def test_a_single_column_may_hold_commas() -> None:
    assert texts("message\nlate, again\nlate; and | again\n") == [
        "late, again",
        "late; and | again",
    ]


def test_bytes_that_are_no_utf_8_cost_no_mention() -> None:
    assert texts(b"text\nna\xefve \xe2\x82\xac caf\xe9\n") == ["naïve € café"]


def test_line_ends_in_cells_stay_as_they_are() -> None:
    data = 'id,text\r\n1,"a\rb"\r\n2,"c\r\nd"\r\n3,"e\nf"\r\n'
    assert texts(data) == ["a\rb", "c\r\nd", "e\nf"]
    assert texts("id,text\r1,a\r2,b\r") == ["a", "b"]


def test_rows_and_their_lines() -> None:
    data = 'id,text\n1,"two\nlines"\n\n2,x,y,z\n3,b,,\n4\n5,e\n'
    found = rows(data)
    assert [(row.line, row.record) for row in found if isinstance(row, Row)] == [
        (2, {"external_id": "1", "text": "two\nlines"}),
        (6, {"external_id": "3", "text": "b"}),
        (7, {"external_id": "4"}),
        (8, {"external_id": "5", "text": "e"}),
    ]
    assert broken(data) == [("line 5", "4 cells where the header has 2")]
    read = list(read_mentions(io.BytesIO(data.encode()), name="x", now=NOW))
    assert [(b.where, b.reason) for b in read if isinstance(b, Broken)] == [
        ("line 5", "4 cells where the header has 2"),
        ("line 7", "text: missing"),
    ]


@pytest.mark.parametrize(
    "bad",
    ['2,"never closed', '2,"never closed\nat all', '2,x\n3,"never closed'],
    ids=["one line", "two lines", "after a good one"],
)
@pytest.mark.parametrize("after", [0, 3, 4_000])
def test_an_open_quote_costs_its_own_line_only(bad: str, after: int) -> None:
    data = f"id,text\n1,first\n{bad}\n" + "".join(
        f"{n},line {n} of the rest\n" for n in range(9, 9 + after)
    )
    found = texts_of_good(data)
    assert found[0] == "first"
    assert [text for text in found if text.endswith("rest")] == [
        f"line {n} of the rest" for n in range(9, 9 + after)
    ]
    line = 3 + bad.split('"', maxsplit=1)[0].count("\n")
    assert broken(data)[0][0] == f"line {line}"
    assert "never closed" in broken(data)[0][1]


def texts_of_good(data: str) -> list[str]:
    return [str(record["text"]) for record in records(data) if "text" in record]


def test_a_quote_inside_a_cell_is_a_quote() -> None:
    assert texts('id,text\n1,a 5" screen\n2,"he said ""no"""\n3,"great" they said') == [
        'a 5" screen', 'he said "no"', "great they said",
    ]  # fmt: skip


def test_a_cell_too_large_is_broken_and_the_rest_is_read() -> None:
    data = 'id,text\n1,"' + "x" * 2_000_000 + '"\n2,after\n'
    assert "after" in texts_of_good(data)
    assert broken(data)[0][0] == "line 2"


def test_columns_are_named_by_hand() -> None:
    data = "Kommentar,Av,Tekst\ninternal,mia,Boots leak\n"
    assert records(data, mapping={"text": "Tekst", "author": "av"}) == [
        {"author": "mia", "text": "Boots leak"}
    ]
    data = "text,message\nthis,that\n"
    assert records(data, mapping={"text": "message"}) == [{"text": "that"}]
    assert records("text,likes\nx,many\n", mapping={"likes": ""}) == [{"text": "x"}]
    assert records('{"body": "x"}', mapping={"text": "body"}) == [{"body": "x", "text": "x"}]


def test_a_field_that_does_not_exist_cannot_be_mapped() -> None:
    with pytest.raises(UsageError, match='there is no field "txt"') as caught:
        rows("a\nb\n", mapping={"txt": "a"})
    assert "text" in caught.value.hint


def test_a_table_without_a_text_says_which_columns_it_has() -> None:
    error = refusal("Nummer,Tekst her,Dato\n1,Boots leak again and again,2026-11-20\n")
    assert error.message == "posts.csv has no column that I know as the text of a mention."
    assert "socialcare import posts.csv --map 'text=Tekst her'" in error.hint
    assert error.hint.endswith("its columns: Nummer, Tekst her, Dato")


def test_a_mapped_column_that_is_not_there_is_named() -> None:
    error = refusal("id,text\n1,x\n", mapping={"author": "Who"})
    assert error.message == 'posts.csv has no column "Who".'
    assert error.hint == "its columns: id, text"


def test_a_refusal_is_two_harmless_lines() -> None:
    error = refusal("\x1b[2Ja,b\n1,2\n")
    assert "\x1b" not in error.message + error.hint
    assert "\n" not in error.message + error.hint


@pytest.mark.parametrize(
    "data",
    [
        b"SQLite format 3\x00" + bytes(100),
        b"PK\x03\x04" + bytes(range(256)),
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"\x1f\x8b\x08\x00rest",
        b"%PDF-1.7\n",
        bytes(range(256)) * 40,
        b"\x00",
        b"\x7fELF\x02\x01\x01" + bytes(64),
    ],
    ids=lambda data: repr(data[:6]),
)
@pytest.mark.parametrize("form", [None, "csv", "jsonl"])
def test_what_is_no_text_is_refused(data: bytes, form: TableFormat | None) -> None:
    with pytest.raises(InputError, match=r"posts\.csv cannot be read as mentions") as caught:
        rows(data, form)
    assert "CSV" in caught.value.hint


def test_dates_of_one_file_are_read_in_one_order() -> None:
    header = "date,text\n"
    month_first = header + "04/05/2026,a\n" + "10/31/2025 9:00 PM,b\n"
    day_first = header + "04/05/2026,a\n" + "31/10/2025 21:00,b\n"
    nothing_tells = header + "04/05/2026,a\n"
    assert mentions(month_first)[0].created_at == datetime(2026, 4, 5, tzinfo=UTC)
    assert mentions(day_first)[0].created_at == datetime(2026, 5, 4, tzinfo=UTC)
    assert mentions(nothing_tells)[0].created_at == datetime(2026, 5, 4, tzinfo=UTC)
    late = header + "04/05/2026,a\n" * 5_000 + "10/31/2025,b\n"
    assert mentions(late)[0].created_at == datetime(2026, 4, 5, tzinfo=UTC)


def test_ids_that_a_spreadsheet_has_rounded_are_no_ids() -> None:
    read = mentions("id,text,reply to\n9.25E+17,a,3.0\n9.25E+17,b,4\n007,c,\n")
    assert len({mention.external_id for mention in read}) == 3
    assert [mention.in_reply_to for mention in read] == ["3", "4", None]
    assert read[2].external_id == "007"


def test_what_a_tool_calls_its_channel_is_not_one_of_ours() -> None:
    data = "channel,source,text\nTwitter,web,x\n"
    assert records(data) == [{"text": "x"}]
    assert records(data, mapping={"channel": "channel"}) == [{"text": "x", "channel": "Twitter"}]


def test_an_explicit_format_is_kept_to() -> None:
    assert texts("{text,author\nx,y\n") == []
    assert rows('{"a,text\n1,x\n', "csv") != []
    assert isinstance(rows("text\nx\n", "jsonl")[0], Broken)


# Laws


@given(st.binary(max_size=400), st.sampled_from([None, "csv", "jsonl"]))
def test_any_bytes_are_rows_or_one_clear_refusal(data: bytes, form: TableFormat | None) -> None:
    try:
        for item in read_mentions(io.BytesIO(data), name="x", now=NOW, format=form):
            assert isinstance(item, (Mention, Broken))
    except InputError as error:
        assert error.hint


@given(
    st.lists(
        st.sampled_from(
            ["text,id\n", '"', ",", ";", "\n", "\r", "a", "{", "}", "[", "]", '"text":', "\\", "1"]
        ),
        max_size=40,
    ).map("".join),
    st.sampled_from(["", "text,id\n", "[", '{"text": "x"}\n']),
)
def test_any_jumble_of_marks_ends_and_never_crashes(jumble: str, start: str) -> None:
    try:
        found = rows(start + jumble)
    except InputError:
        return
    last = (start + jumble).replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for row in found:
        line = row.line if isinstance(row, Row) else int(row.where.removeprefix("line "))
        assert 1 <= line <= last


_cells = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=12
)


@given(
    st.lists(st.tuples(_cells, _cells), max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_as_a_table_is_read_back(
    cells: list[tuple[str, str]], delimiter: str, end: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["text", "author"])
    writer.writerows(cells)
    expected = [
        {name: cell for name, cell in zip(("text", "author"), row, strict=True) if cell.strip()}
        for row in cells
        if any(map(str.strip, row))
    ]
    data = written.getvalue().encode()
    try:
        assert records(data) == expected
    except InputError as error:
        assert error.code == "not_text"


LONG_TEXT = b"no parcel, again; " * 50


class Endless(io.RawIOBase):
    """A large file that is made while it is read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._made = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        size = len(buffer)
        while len(self._made) < size and (block := next(self._blocks, b"")):
            self._made += block
        found, self._made = self._made[:size], self._made[size:]
        buffer[: len(found)] = found
        return len(found)


@pytest.mark.parametrize(
    ("start", "row"),
    [
        (b"id,text\n", b'1,"%s"\n' % LONG_TEXT),
        (b"", b'{"id": 1, "text": "%s"}\n' % LONG_TEXT),
        (b"[", b'{"id": 1, "text": "%s"},\n' % LONG_TEXT),
    ],
    ids=["csv", "json lines", "json array"],
)
def test_memory_does_not_grow_with_the_file(start: bytes, row: bytes) -> None:
    def peak(count: int) -> int:
        blocks = filter(None, chain([start], (row * 1_000 for _ in range(count // 1_000))))
        tracemalloc.start()
        stream = io.BufferedReader(Endless(blocks))  # type: ignore[type-var]
        total = sum(isinstance(item, Row) for item in read_rows(stream, name="x"))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total == count
        return used

    assert peak(40_000) < 1.2 * peak(10_000)
