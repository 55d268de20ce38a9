"""The inbox as it looks: exact text at the widths people have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from socialcare.clock import format_time
from socialcare.output.columns import MENTION_COLUMNS, mention_table, sentiment_mark
from socialcare.output.styled import Piece
from socialcare.output.table import Column, field_table, table
from tests.output.samples import (
    FOUR,
    HOUR,
    LEO,
    MIA,
    MINUTE,
    NOW,
    VIEW,
    mention,
    printed,
    screen,
)

AT_40 = """\
ID Priority  Answer in Says
41 urgent    1h12 late Third email abou…
43 high       56m left Charged twice by…
46 normal    2h02 left Do you ship to N…
49 low      20h00 left Huge thanks to A…
"""
AT_80 = """\
ID Priority  Answer in  Label      From         Says
41 urgent    1h12 late  complaint  @mia@mas.to  Third email about order #4411 a…
43 high       56m left  complaint  @noor.examp… Charged twice by Acme for the s…
46 normal    2h02 left  question   ana@example… Do you ship to Norway? Need the…
49 low      20h00 left  praise     @leo@mastod… Huge thanks to Acme support for…
"""
AT_120 = """\
ID  Priority   Answer in  Label        From                  Channel   Topic     Owner  Says
41  urgent     1h12 late  complaint    @mia@mas.to           mastodon  delivery  -      Third email about order #4411 a…
43  high        56m left  complaint    @noor.example.com     bluesky   billing   mia    Charged twice by Acme for the s…
46  normal     2h02 left  question     ana@example.org       email     shipping  leo    Do you ship to Norway? Need the…
49  low       20h00 left  praise       @leo@mastodon.social  mastodon  -         -      Huge thanks to Acme support for…
"""


def drawn(records, width, colour="none"):
    to = screen(tty=True, width=width, colour=colour)
    to.data(*mention_table(records, VIEW, width, MENTION_COLUMNS))
    return printed(to)


@pytest.mark.parametrize("width", range(60, 160))
def test_there_is_room_to_read_what_they_say(width):
    long = [
        mention(**{**FOUR[0], "text": "x" * 200, "topics": ["refund_billing", "product_fault"]})
    ]
    says = drawn(long, width).splitlines()[-1].split()[-1]
    assert len(says) >= 16


@pytest.mark.parametrize(("width", "text"), [(40, AT_40), (80, AT_80), (120, AT_120)])
def test_the_inbox_at_common_widths(width, text):
    assert drawn(FOUR, width) == text


@pytest.mark.parametrize("width", range(20, 200))
def test_no_line_is_longer_than_the_screen(width):
    lines = drawn([*FOUR, mention(id=123_456_789, text="漢字" * 300)], width).splitlines()
    assert len(lines) == 6
    assert all(cell_len(line) <= width for line in lines)


def test_an_id_is_never_cut():
    assert "1234567890" in drawn([mention(id=1_234_567_890)], 20)


def test_late_is_reversed_soon_is_yellow_the_rest_is_plain():
    soon = mention(id=44, due_at=format_time(NOW + 29 * MINUTE))
    text = drawn([MIA, soon, LEO], 80, "full")
    assert "\x1b[1;7m1h12 late\x1b[0m" in text
    assert "\x1b[1;33m29m left\x1b[0m" in text
    assert text.count("\x1b[") == 4
    mono = drawn([MIA, soon], 80, "mono")
    assert "\x1b[1;7m1h12 late\x1b[0m" in mono
    assert "\x1b[1m29m left\x1b[0m" in mono


def test_colour_changes_no_character():
    plain = drawn(FOUR, 80)
    coloured = drawn(FOUR, 80, "full")
    for code in ("\x1b[1;7m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"due_at": format_time(NOW + 30 * MINUTE)}, "30m left"),
        ({"due_at": format_time(NOW)}, "0m left"),
        ({"due_at": None}, "-"),
        ({"status": "pending"}, "pending"),
        ({"status": "closed"}, "closed"),
        ({"first_answer_at": format_time(NOW - HOUR), "waiting": False}, "answered"),
    ],
)
def test_answer_in_names_the_time_left_or_why_no_clock_runs(fields, shown):
    header, row = drawn([mention(**fields)], 80).splitlines()
    end = header.index("Answer in") + len("Answer in")
    assert row[11:end].split() == shown.split()


def test_a_mention_with_pictures_only_says_what_they_show():
    described = mention(text="", media=["https://acme.example/1.png"], media_alt=["a torn boot"])
    silent = mention(text=" ", media=["https://acme.example/1.png"], media_alt=[None])
    _, first, second, third = drawn([described, silent, mention(text="")], 80).splitlines()
    assert first.endswith("(picture: a torn boot)")
    assert second.endswith("(a picture without words)")
    assert third.endswith(" -")


def test_a_very_wide_screen_shows_the_mood_too():
    header, row, *_ = drawn([MIA], 150).splitlines()
    assert row[header.index("Mood") :].startswith("- negative")


@pytest.mark.parametrize(
    ("score", "mark"),
    [
        (-1, "--"),
        (-0.6, "--"),
        (-0.3, "-"),
        (-0.04, "."),
        (0.0, "."),
        (0.05, "+"),
        (0.9, "++"),
        (None, ""),
    ],
)
def test_sentiment_is_written_in_ascii(score, mark):
    assert sentiment_mark(score) == mark


def test_rows_of_fields_share_the_width():
    to = screen(width=30)
    to.data(*field_table(["day", "mentions"], [["2026-11-21", "12"], ["2026-11-22", ""]], 30))
    assert printed(to) == "day        mentions\n2026-11-21 12\n2026-11-22 -\n"


@given(
    st.lists(
        st.lists(st.text(max_size=30), min_size=3, max_size=3),
        max_size=4,
    ),
    st.integers(20, 130),
)
def test_every_row_keeps_the_frame(rows, width):
    columns = [Column("One", 3), Column("Two", 3, 9, right=True), Column("Three", 2, 12)]
    pieces = [[Piece(cell) for cell in row] for row in rows]
    lines = ["".join(piece.text for piece in line) for line in table(columns, pieces, width)]
    assert len(lines) == len(rows) + 1
    assert all(cell_len(line) <= width for line in lines)
    header = lines[0]
    third = cell_len(header[: header.index("Three")])
    for line in lines[1:]:
        gap = _column(line, third - 1)
        assert gap == " ", "the blank before the third column stands where it stands in the header"


def _column(line: str, at: int) -> str:
    """The character that covers one column of the screen."""
    for end in range(1, len(line) + 1):
        if cell_len(line[:end]) > at:
            return line[end - 1]
    return " "


def test_wide_fields_share_the_loss_and_short_ones_stay_whole():
    rows = [["7", "2026-11-21T14:00:00.000Z", "complaint", "x" * 60]]
    to = screen(tty=True, width=60)
    to.data(*field_table(["id", "at", "label", "text"], rows, 60))
    assert printed(to).splitlines()[-1] == (f"7  2026-11-21T14:00:00.00… complaint {'x' * 22}…")


def test_what_its_author_deleted_says_so():
    gone = mention(text="It broke", gone_at=format_time(NOW))
    assert drawn([gone], 80).splitlines()[-1].endswith("(deleted) It broke")
