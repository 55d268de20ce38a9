"""`socialcare export`: everything, complete, safe for a spreadsheet, and back again."""

from __future__ import annotations

import csv
import io
import json
import stat
import subprocess
import sys

import jsonschema
import pytest

from socialcare.inbox.export import FIELDS, LISTS
from socialcare.models import Author, Judged
from socialcare.output.schema import schema
from tests.cli.acme import (
    ANA,
    HOUR,
    LATE,
    MINUTE,
    NOT_OURS,
    PAST,
    PICTURE,
    PRAISE,
    QUESTION,
    Acme,
    judged,
    mention,
)

US = Author("99", "@acme@mas.to", "Acme", is_us=True)
ANSWER = Judged(
    mention(107, US, "Yes, we do.", 30 * MINUTE, role="answer", in_reply_to="102", kind="reply"),
    None,
)
FORMULA = judged(mention(108, ANA, '=HYPERLINK("https://evil.example","x")', HOUR), "other")


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    """Six mentions, an answer of our own and a text that a spreadsheet would run; all lived in."""
    shop = Acme(tmp_path_factory.mktemp("acme"))
    shop.fill([LATE], [QUESTION], [PRAISE], [PAST], [NOT_OURS], [PICTURE], [ANSWER], [FORMULA])
    edited = judged(mention(103, LATE.mention.author, "Edited, thanks", 3 * HOUR), "praise")
    shop.fill([edited])
    shop.run("set", "1", "--note", "call her", "--tag", "vip", "--owner", "mia")
    shop.run("reply", "1", "--body", "Sorry.")
    shop.run("reply", "2", "--record", "https://mas.to/@acme/9")
    shop.run("close", "4", "--reason", "spam")
    return shop


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_every_line_is_a_record_of_the_schema(acme):
    lines = acme.run("export").out.splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["id"] for record in records] == [1, 2, 3, 4, 5, 6, 7, 8]
    for record in records:
        assert list(record) == list(FIELDS)
        jsonschema.Draft202012Validator(schema("export")).validate(record)
    first, ours = records[0], records[6]
    assert [note["text"] for note in first["notes"]] == ["call her"]
    assert first["answers"][0]["state"] == "draft"
    assert {each["field"] for each in first["history"]} == {"owner", "tag", "note", "draft"}
    assert (ours["role"], ours["is_us"], ours["label"]) == ("answer", True, None)


def test_a_terminal_gets_the_same(acme):
    assert acme.run("export", tty=True).out == acme.run("export").out


def test_json_is_an_array_and_csv_has_a_header(acme):
    lines = acme.run("export", "is:any").out.splitlines()
    array = json.loads(acme.run("export", "is:any", "--format", "json").out)
    assert array == [json.loads(line) for line in lines]
    rows = rows_of(acme.run("export", "is:any", "--format", "csv").out)
    assert list(rows[0]) == [name for name in FIELDS if name not in LISTS]
    assert [int(row["id"]) for row in rows] == [record["id"] for record in array]
    assert {row["text"] for row in rows} >= {record["text"] for record in array[:3]}


def test_ids_and_queries_choose(acme):
    ids = lambda *words: [json.loads(line)["id"] for line in acme.run(*words).out.splitlines()]  # noqa: E731
    assert ids("export", "3", "1") == [3, 1]
    assert ids("export", "label:praise") == [3]
    assert ids("export", "is:closed") == [4, 2] or ids("export", "is:closed") == [2, 4]
    assert acme.run("export", "-", stdin="2\n1\n").out.count("\n") == 2
    assert acme.run("export", "tag:nobody").out == ""
    assert acme.run("export", "tag:nobody", "--format", "json").out == "[]\n"


def test_fields_choose_and_order(acme):
    ran = acme.run("export", "1", "--fields", "text,id")
    assert list(json.loads(ran.out).items()) == [("text", LATE.mention.text), ("id", 1)]
    assert acme.run("export", "1", "--fields", "id,owner", "--format", "csv").out == (
        "id,owner\n1,mia\n"
    )


def test_a_formula_is_neutralised_unless_it_is_wanted_raw(acme):
    text = FORMULA.mention.text
    (row,) = rows_of(acme.run("export", "8", "--format", "csv").out)
    assert row["text"] == f"'{text}"
    (row,) = rows_of(acme.run("export", "8", "--format", "csv", "--raw").out)
    assert row["text"] == text
    assert json.loads(acme.run("export", "8").out)["text"] == text


def test_a_file_is_new_private_and_complete(acme, tmp_path):
    path = tmp_path / "all.jsonl"
    ran = acme.run("export", "-o", str(path), tty=True)
    assert (ran.code, ran.out, ran.err) == (0, "", f"{path}: 8 mentions.\n")
    assert path.read_text() == acme.run("export").out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert acme.run("export", "1", "-o", str(tmp_path / "1"), tty=True, stdin="").err.endswith(
        ": 1 mention.\n"
    )
    quiet = acme.run("export", "-q", "-o", str(tmp_path / "quiet"), tty=True)
    assert (quiet.out, quiet.err) == ("", "")


def test_a_file_that_is_there_is_not_written_over(acme, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("precious")
    path.chmod(0o644)
    ran = acme.run("export", "-o", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"error: {path} is there already.\n"
        "hint:  name another file, or write over it with --force\n"
    )
    assert path.read_text() == "precious"
    assert acme.run("export", "1", "-o", str(path), "--force").code == 0
    assert [row["id"] for row in rows_of(path.read_text())] == ["1"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["mine.csv"]


def test_a_failure_leaves_the_old_file_and_no_half_of_a_new_one(acme, tmp_path):
    old = tmp_path / "old.jsonl"
    old.write_text("precious")
    for words in (["sorce:x"], ["999"], ["--fields", "prio"], ["--format", "xml"]):
        assert acme.run("export", *words, "-o", str(old), "--force").code in (2, 3)
        assert acme.run("export", *words, "-o", str(tmp_path / "new")).code in (2, 3)
    assert old.read_text() == "precious"
    assert [each.name for each in tmp_path.iterdir()] == ["old.jsonl"]


def test_a_failure_in_the_middle_leaves_no_half_of_a_file(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([judged(mention(n, ANA, f"{n}?", n * MINUTE), "question") for n in range(600)])
    shop.change("update label set why = 'no JSON' where mention_id = 555")
    old = tmp_path / "old.jsonl"
    old.write_text("precious")
    ran = shop.run("export", "-o", str(tmp_path / "new.jsonl"))
    assert (ran.code, ran.out) == (1, "")
    assert shop.run("export", "-o", str(old), "--force").code == 1
    assert old.read_text() == "precious"
    assert {each.name for each in tmp_path.glob("*.jsonl")} == {"old.jsonl"}
    assert not list(tmp_path.glob(".old*"))


def test_the_ending_of_the_file_says_the_format(acme, tmp_path):
    for name, start in (("a.csv", "v,id,"), ("b.json", '[{"v"'), ("c.CSV", "v,id,"), ("d", "{")):
        acme.run("export", "1", "-o", str(tmp_path / name))
        assert (tmp_path / name).read_text().startswith(start)
    acme.run("export", "1", "--format", "jsonl", "-o", str(tmp_path / "e.csv"))
    assert (tmp_path / "e.csv").read_text().startswith("{")


def test_places_that_cannot_be_written(acme, tmp_path):
    for place in (str(tmp_path), str(tmp_path / "no" / "where"), str(tmp_path / ("x" * 300))):
        ran = acme.run("export", "-o", place, "--force")
        first, second = ran.err.splitlines()
        assert (ran.code, ran.out) == (1, "")
        assert first.startswith(f"error: {place} cannot be written: ")
        assert second == "hint:  name another file: -o FILE"
    same = acme.run("export", "-o", str(acme.path), "--force")
    assert same.code == 2
    assert acme.run("inbox", "--json").code == 0


def test_a_device_is_written_to_as_it_is(acme):
    assert acme.run("export", "-o", "/dev/null").code == 0
    assert acme.run("export", "-o", "/dev/null", "--force").code == 0
    out = acme.run("export", "-o", "-", tty=True)
    assert (out.out, out.err) == (acme.run("export").out, "")


def test_without_a_database_there_is_nothing_and_nothing_is_made(tmp_path):
    shop = Acme(tmp_path)
    assert shop.run("export").out == ""
    assert shop.run("export", "--format", "json").out == "[]\n"
    assert shop.run("export", "is:any").code == 0
    assert shop.run("export", "41").code == 3
    assert shop.run("export", "sorce:x").code == 2
    assert list(tmp_path.iterdir()) == []


def facts(shop):
    """Everything but what a new place must make anew."""
    made = {"id", "previous_contacts", "history", "notes", "answers", "owner", "tags", "status"}
    made |= {"label", "confidence", "sentiment", "sentiment_score", "topics", "urgent", "why"}
    made |= {"needs_answer", "priority", "points", "new", "due_at", "late", "first_answer_at"}
    made |= {"reply_state", "lang", "waiting", "waiting_since", "due_for", "conversation_id"}
    lines = shop.run("export", "--format", "jsonl").out.splitlines()
    return {
        record["external_id"]: {k: v for k, v in record.items() if k not in made}
        for record in map(json.loads, lines)
    }


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_what_is_exported_can_be_imported_into_an_empty_inbox(acme, tmp_path, form):
    other = Acme(tmp_path)
    exported = acme.run("export", "--format", form).out
    assert other.run("import", "-", stdin=exported).code == 0
    assert facts(other) == facts(acme)
    assert other.run("import", "-", "--json", stdin=exported).code == 0
    assert facts(other) == facts(acme)


def test_our_own_answers_and_the_time_they_took_come_back_too(acme, tmp_path):
    other = Acme(tmp_path)
    other.run("import", "-", stdin=acme.run("export").out)
    answered = "select first_answer_at from mentions where external_id = '102'"
    assert other.value(answered) == "2026-11-21T13:30:00.000Z"


@pytest.mark.parametrize(
    "words",
    [
        ["export"],
        ["export", "--format", "csv"],
        ["sql", "select text from mentions, (select 1 union select 2), (select 3 union select 4)"],
        ["inbox", "is:any", "--format", "table", "--limit", "9999"],
        ["show", "1-60"],
    ],
)
def test_a_reader_that_goes_away_is_no_failure(tmp_path, words):
    shop = Acme(tmp_path)
    shop.fill([judged(mention(n, ANA, "Where? " * 999, n * MINUTE), "question") for n in range(60)])
    command = subprocess.Popen(
        [sys.executable, "-m", "socialcare", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"HOME": str(tmp_path), "SOCIALCARE_DB": str(shop.path)},
    )
    assert command.stdout is not None
    assert command.stderr is not None
    assert len(command.stdout.read(10)) == 10
    command.stdout.close()
    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait(60) == 0
