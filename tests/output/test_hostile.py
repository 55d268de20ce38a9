"""Texts that try to act: nothing reaches the terminal raw, nothing breaks a frame."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from rich.cells import cell_len

from socialcare.output.accessible import spoken_mentions
from socialcare.output.card import Card, Contact, Cue, Remark, card_lines
from socialcare.output.columns import MENTION_COLUMNS, mention_table, piped_cells
from socialcare.output.formats import write_records
from socialcare.output.records import MENTION_FIELDS
from socialcare.output.thread import Post
from socialcare.text import at_door
from tests.output.samples import LEO, NOW, VIEW, mention, printed, screen

LIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ud800-\udfff]"
)
OUR_SGR = re.compile(r"\x1b\[(?:0|1|1;7|1;33)m")
FORMULA = tuple("=+-@\t\r＝＋－＠")
OURS = [
    "\x1b[2J\x1b[Hgone",
    "\x1b]0;owned\x07 \x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31mred\x9b0m",
    "[/oops] [bold]loud[/bold] [link=https://evil.example]x[/link]",
    "\u202egnp.exe\u202c \u2066a\u2069",
    "z\u0301\u0302\u0303\u0304\u0305\u0306\u0307 zalgo",
    "a\u200bc\u200bm\u200be \ufeff\u00ad",
    "漢字かな交じり文 " * 40,
    "👩‍👩‍👧‍👦🏳️‍🌈🇳🇴 family",
    "\u200d\u200djoiner first",
    "line\nafter\r\nline\rover\ttab",
    "\x85next\u2028line\u2029paragraph",
    "x" * 10_000,
    "مرحبا بالعالم שלום",
    '=HYPERLINK("https://evil.example","x")',
    "\ufeff =1+1",
    "{0.__class__} %s %(x)s ${HOME} `id`",
    "a\x00b\x7f",
    "\U000e0041\U000e0042tags",
    "\t-2+3",
    " \u3000\u00a0blank",
    "e\ufe0f1\ufe0f\u20e3",
]


def hostile_texts(shared):
    """Every text, author, id and name of the recorded corpus, as the door lets them in."""
    for path in sorted((shared / "hostile").glob("mentions-*.jsonl")):
        for line in path.read_text(encoding="ascii").splitlines():
            case = json.loads(line)
            for post in [case["mention"]] if "mention" in case else case.get("seq", []):
                yield case["case"], _fields(case, post)
    for number, text in enumerate(json.loads((shared / "hostile/blns/blns.json").read_text())):
        yield f"blns-{number}", (text, text, text)


def _fields(case, post):
    if "gen" in case:
        made = case["gen"]
        times = min(made["count"], 30_000 // max(1, len(made["unit"])))
        text = made["prefix"] + made["unit"] * times + made["suffix"]
        post = {**post, made["field"]: text}
    values = (post.get("text") or post.get("html"), post.get("author"), post.get("id"))
    return tuple(value if isinstance(value, str) else str(value) for value in values)


def record_of(text, author, external_id):
    text, author, external_id = at_door(text), at_door(author, 2000), at_door(external_id, 2000)
    return mention(
        text=text,
        author=author,
        author_name=author,
        external_id=external_id,
        channel=external_id[:40],
        url=external_id,
        owner=author,
        topics=[author],
        tags=[author],
        media=[external_id],
        media_alt=[author],
        why=[{"reason": author, "points": 20}],
    )


def card_of(record):
    text, author = str(record["text"]), str(record["author"])
    return Card(
        record,
        cues=[Cue("complaint", text[:80], 1.0)],
        thread=[Post(author, text, NOW)],
        before=[Contact(NOW, text, author)],
        notes=[Remark(author, NOW, text)],
    )


def check_screen(lines, width):
    """I2 and I4: nothing live, and no line wider than the screen."""
    to = screen(tty=True, width=width, colour="full")
    to.data(*lines)
    shown = OUR_SGR.sub("", printed(to))
    assert not LIVE.search(shown)
    shown.encode()
    assert all(cell_len(line) <= width for line in shown.split("\n"))
    return shown


def check_table(record, width):
    shown = check_screen(mention_table([record, LEO], VIEW, width, MENTION_COLUMNS), width)
    header, row, last = shown.rstrip("\n").split("\n")
    at = header.index("Says")
    before = _start(row, at)
    assert cell_len(before) == at, "the columns of the row stand under their headers"
    assert last[at - 1] == " "


def _start(line, columns):
    for end in range(len(line) + 1):
        if cell_len(line[:end]) >= columns:
            return line[:end]
    return line


def check_formats(record):
    """I5: strict JSON gives the text back, CSV reads back and starts no formula."""
    to = screen()
    write_records(to, [record], "jsonl", fields=MENTION_FIELDS)
    assert not LIVE.search(printed(to))
    assert json.loads(printed(to), parse_constant=pytest.fail) == record
    to = screen()
    write_records(to, [record], "csv", fields=MENTION_FIELDS)
    assert not LIVE.search(printed(to))
    header, row = csv.reader(io.StringIO(printed(to), newline=""), strict=True)
    assert len(row) == len(header) == len(MENTION_FIELDS)
    outside = dict(zip(header, row, strict=True))
    for name in ("text", "author", "external_id", "channel", "url", "owner"):
        assert not outside[name].lstrip().startswith(FORMULA)
    to = screen()
    write_records(to, [record], "tsv", fields=MENTION_FIELDS, cells=lambda r: piped_cells(r, VIEW))
    assert not LIVE.search(printed(to))
    assert printed(to).count("\n") == 1
    assert printed(to).count("\t") == 8


def check_all(fields):
    record = record_of(*fields)
    check_table(record, 120)
    check_table(record, 40)
    check_screen(card_lines(card_of(record), VIEW, 80), 80)
    check_screen(spoken_mentions([record], VIEW, 80), 80)
    check_formats(record)


@pytest.mark.parametrize("text", OURS)
def test_our_own_hostile_texts(text):
    check_all((text, text, text))


@pytest.mark.parametrize(
    "text", ["[/oops]", "[bold]x[/]", "{x}", "%s", ":smile:", "$HOME", "\\[a]"]
)
def test_every_visible_character_is_shown(text):
    to = screen(width=120)
    to.data(*mention_table([mention(text=text)], VIEW, 120, MENTION_COLUMNS))
    to.data(*card_lines(Card(mention(text=text)), VIEW, 120))
    assert printed(to).count(text) == 2


@pytest.mark.shared
def test_the_recorded_hostile_texts(shared):
    checked = 0
    for case, fields in hostile_texts(shared):
        try:
            check_all(fields)
        except AssertionError as error:
            raise AssertionError(f"{case}: {error}") from error
        checked += 1
    assert checked > 1500
