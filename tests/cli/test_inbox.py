"""`socialcare inbox` from the words to the screen, on a real database."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from socialcare.clock import FixedClock
from socialcare.output.records import MENTION_FIELDS
from socialcare.output.schema import schema
from tests.cli.acme import (
    ANA,
    HOUR,
    LATE,
    MINUTE,
    NOT_OURS,
    NOW,
    PAST,
    PICTURE,
    PRAISE,
    QUESTION,
    Acme,
    judged,
    mention,
)


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Acme:
    """Ids in the order of this list."""
    shop = Acme(tmp_path_factory.mktemp("acme"))
    shop.fill([LATE], [QUESTION], [PRAISE], [PAST], [NOT_OURS], [PICTURE])
    shop.fetched(3 * MINUTE, 8 * MINUTE, 13 * MINUTE, 18 * MINUTE)
    return shop


@pytest.fixture
def empty(tmp_path: Path) -> Acme:
    return Acme(tmp_path)


def test_the_inbox_on_a_terminal(acme):
    ran = acme.run("inbox", tty=True)
    assert ran.code == 0
    assert ran.out == (
        "Inbox  4 open   2 late    last fetch 3 min ago\n"
        "ID Priority  Answer in  Label      From         Says\n"
        "1  urgent    1h12 late  complaint  @mia@mas.to  Third email about order #4411 a…\n"
        "4  normal   8d20h late  question   @mia@mas.to  Where is #4411?\n"
        "2  normal    3h00 left  question   ana@example… Do you ship to Norway?\n"
        "3  low      21h00 left  praise     @leo@mastod… Huge thanks [bold]Acme[/] ^[[2J…\n"
    )
    assert ran.err.endswith("     Answer one: socialcare reply 1\n")


def test_late_stands_out_and_nothing_else(acme):
    ran = acme.run("inbox", tty=True, colour="full")
    assert ran.out.count("\x1b[1;7m") == 2
    assert ran.out.count("\x1b[") == 4
    assert "\x1b[1;7m1h12 late\x1b[0m" in ran.out


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200])
def test_no_line_is_longer_than_the_screen(acme, width):
    ran = acme.run("inbox", tty=True, width=width)
    assert all(len(line) <= width for line in ran.out.splitlines())
    assert all(len(line) <= max(width, 40) for line in ran.err.splitlines())


def test_a_pipe_gets_complete_lines_and_no_talk(acme):
    ran = acme.run("inbox")
    assert ran.out.splitlines()[0] == (
        "1\turgent\t1h12 late\tcomplaint\t@mia@mas.to\tmastodon\tdelivery\t\t"
        "Third email about order #4411 and still no parcel."
    )
    assert len(ran.out.splitlines()) == 4
    assert "\x1b" not in ran.out
    assert ran.err == ""


def test_json_is_the_records_of_the_schema(acme):
    ran = acme.run("inbox", "is:any", "--json")
    found = json.loads(ran.out)
    jsonschema.Draft202012Validator(schema("inbox")).validate(found)
    assert [list(record) for record in found] == [list(MENTION_FIELDS)] * 6
    praise = next(record for record in found if record["label"] == "praise")
    assert praise["text"] == "Huge thanks [bold]Acme[/] \x1b[2J support"
    assert ran.err == ""


def test_every_format_holds_the_same_mentions(acme):
    ids = [int(line) for line in acme.run("inbox", "--format", "ids").out.splitlines()]
    array = json.loads(acme.run("inbox", "--format", "json").out)
    lines = acme.run("inbox", "--format", "jsonl").out.splitlines()
    rows = list(csv.DictReader(io.StringIO(acme.run("inbox", "--format", "csv").out)))
    assert ids == [1, 4, 2, 3]
    assert [record["id"] for record in array] == ids
    assert [json.loads(line) for line in lines] == array
    assert [int(row["id"]) for row in rows] == ids


def test_a_table_in_a_pipe_has_its_header_and_no_escape_sequence(acme):
    ran = acme.run("inbox", "--format", "table")
    assert ran.out.startswith("Inbox  4 open")
    assert "\x1b" not in ran.out


def test_fields_choose_and_order(acme):
    ran = acme.run("inbox", "--json", "--fields", "text,id", "label:question", "sort:new")
    assert json.loads(ran.out) == [
        {"text": "Do you ship to Norway?", "id": 2},
        {"text": "Where is #4411?", "id": 4},
    ]
    assert acme.run("inbox", "--fields", "id,late", "is:late").out == "1\ttrue\n4\ttrue\n"
    table = acme.run("inbox", "--fields", "id,topics", "is:late", tty=True)
    assert table.out.splitlines()[1:] == ["id topics", "1  delivery", "4  -"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--fields", "prio"], 'error: there is no field "prio".'),
        (["--format", "xml"], 'error: there is no format "xml".'),
        (["sorce:reddit"], 'error: I do not know the filter "sorce:".'),
        (["is:lte"], 'error: "is:lte" is not something a mention can be.'),
        (["--watch"], "error: --watch needs a terminal and draws a table."),
    ],
)
def test_wrong_use_is_two_lines_and_exit_2(acme, words, message):
    ran = acme.run("inbox", *words)
    first, second = ran.err.splitlines()
    assert (ran.code, ran.out, first) == (2, "", message)
    assert second.startswith("hint:  ")


def test_an_unknown_id_is_exit_3(acme):
    ran = acme.run("inbox", "999", "--json")
    assert (ran.code, ran.out) == (3, "")
    jsonschema.validate(json.loads(ran.err), schema("error"))


def test_more_than_the_table_holds_is_said_and_a_pipe_gets_all(tmp_path):
    shop = Acme(tmp_path)
    shop.fill(
        [judged(mention(n, ANA, f"Question {n}?", n * MINUTE), "question") for n in range(200, 225)]
    )
    ran = shop.run("inbox", tty=True)
    assert len(ran.out.splitlines()) == 22
    assert "There are more: add --limit 40\n" in ran.err
    assert len(shop.run("inbox", "--format", "ids").out.splitlines()) == 25
    assert len(shop.run("inbox", "--format", "ids", "--limit", "7").out.splitlines()) == 7
    assert "There are more" not in shop.run("inbox", "--limit", "25", tty=True).err


def test_without_a_database_nothing_is_made(empty):
    assert empty.run("inbox", "--json").out == "[]\n"
    assert empty.run("inbox").out == ""
    ran = empty.run("inbox", tty=True)
    assert (ran.code, ran.out) == (0, "Nothing waiting. Nothing fetched yet: socialcare fetch\n")
    assert empty.run("inbox", "sorce:x").code == 2
    assert list(empty.home.iterdir()) == []


def test_an_empty_list_says_how_old_the_data_is(acme):
    assert acme.run("inbox", "tag:vip", tty=True).out == (
        "Nothing here matches. Last fetch 3 min ago.\n"
    )
    assert acme.run("inbox", "tag:vip", "--json").out == "[]\n"


def test_a_silent_schedule_is_told_in_the_first_line(acme):
    late = FixedClock(NOW + 9 * HOUR)
    first = acme.run("inbox", tty=True, clock=late, width=120).out.splitlines()[0]
    assert first.endswith("    last fetch 9 h ago: is cron running? socialcare doctor")


def test_accessible_mode_speaks(acme):
    ran = acme.run("inbox", "is:late", tty=True, SOCIALCARE_ACCESSIBLE="1")
    assert ran.out == (
        "4 open, 2 late. Last fetch 3 minutes ago.\n"
        "1 of 2. Mention 1, urgent, 1 hour 12 minutes late, complaint, negative. From\n"
        "@mia@mas.to on mastodon, about delivery.\n"
        "   Third email about order #4411 and still no parcel.\n"
        "2 of 2. Mention 4, normal, 8 days 20 hours late, question, neutral. From\n"
        "@mia@mas.to on mastodon.\n"
        "   Where is #4411?\n"
    )


def test_quiet_keeps_the_hints_back(acme):
    assert acme.run("inbox", "-q", tty=True).err == ""


class StoppingClock(FixedClock):
    """Ctrl-C in the third pause."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.elapsed >= 3 * 30:
            raise KeyboardInterrupt


def test_watch_draws_again_until_it_is_stopped(acme):
    ran = acme.run("inbox", "--watch", tty=True, colour="full", clock=StoppingClock(NOW))
    assert ran.code == 130
    assert ran.out.count("\x1b[H\x1b[2J") == 3
    assert "1h12 late" in ran.out
    assert "1h13 late" in ran.out
    plain = acme.run("inbox", "--watch", tty=True, clock=StoppingClock(NOW))
    assert "\x1b" not in plain.out


def test_help_has_examples(acme, capfd):
    ran = acme.run("inbox", "--help")
    assert ran.code == 0
    text = ran.out + capfd.readouterr().out
    assert text.count("  socialcare inbox") >= 2


def test_a_reader_that_goes_away_is_no_failure(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([judged(mention(n, ANA, "Where? " * 500, n * MINUTE), "question") for n in range(60)])
    command = subprocess.Popen(
        [sys.executable, "-m", "socialcare", "inbox", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"HOME": str(tmp_path), "SOCIALCARE_DB": str(shop.path)},
    )
    assert command.stdout is not None
    assert command.stdout.read(10) == b'[{"v": 1, '
    command.stdout.close()
    assert command.stderr is not None
    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait(60) == 0
