"""``import``: files of every kind, standard input, and one mention by hand."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.workflow.office import PROGRAM, Office

CSV = """\
external_id,text,author,created_at,role,in_reply_to
1,Still no parcel and nobody answers!,mia,2026-11-20T10:00:00Z,,
2,"Do you ship
to Norway?",leo,2026-11-20T11:00:00Z,,
3,"We looked into it, it comes today",acme,2026-11-20T12:00:00Z,answer,1
"""
BROKEN = (
    '{"text": "good"}\n'
    '{"text": \n'
    '{"text": "when?", "created_at": "the day before"}\n'
    '{"author": "mia"}\n'
    '{"text": "also good"}\n'
)


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path)


def write(office, text, name="mentions.csv"):
    path = office.home / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def is_refused(office, ran, message, code=1):
    """Two lines on stderr, nothing on stdout, and no database."""
    assert (ran.code, ran.out) == (code, "")
    error, hint = ran.err.splitlines()
    assert error == f"error: {message}"
    assert hint.startswith("hint:  ")
    assert not office.database.parent.exists()
    return hint


@pytest.mark.shared
@pytest.mark.parametrize("file", ["twcs_kaggle_layout.csv", "twcs_pandas_index_floats.csv"])
def test_both_layouts_of_the_public_tweets_give_the_same(office, shared, file):
    folder = shared / "payloads/files"
    ran = office.run("import", str(folder / file))
    assert ran.out == f"{file}   600 rows: 321 new, 279 our own answers, 0 updated, 0 unreadable\n"
    assert (ran.code, ran.err) == (0, "")
    before = office.contents()
    assert len(before) == 600
    for again in ("twcs_kaggle_layout.csv", "twcs_pandas_index_floats.csv"):
        ran = office.run("import", str(folder / again))
        assert (ran.code, ran.out) == (0, f"{again}   600 rows: 0 new, 0 updated, 0 unreadable\n")
    assert office.contents() == before
    linked = office.value(
        "select count(distinct m.id) from mention a join mention m on m.source = a.source"
        " and m.external_id = a.in_reply_to and m.role = 'mention' where a.role = 'answer'"
    )
    answered = office.value("select count(*) from triage where first_answer_at is not null")
    assert answered > linked > 200  # an answer is for all that the person had written by then
    assert office.value("select count(*) from triage where status = 'open'") == 321 - answered
    assert office.value("select count(*) from triage where status = 'filtered'") == 0


def test_a_table_is_read_and_answers_are_linked(office):
    ran = office.run("import", write(office, CSV))
    assert ran.out == "mentions.csv   3 rows: 2 new, 1 our own answer, 0 updated, 0 unreadable\n"
    assert (ran.code, ran.err) == (0, "")
    rows = office.rows(
        "select external_id, status, first_answer_at from mention join triage on mention_id = id"
    )
    assert rows == [("1", "pending", "2026-11-20T12:00:00.000Z"), ("2", "open", None)]
    assert office.value("select text from mention where external_id = '2'") == (
        "Do you ship\nto Norway?"
    )
    assert {row[0] for row in office.rows("select channel || source from mention")} == {
        "importimport:import"
    }
    assert office.value("select count(*) from action where actor = 'leo'") > 0


def test_twice_is_nothing_new_and_an_edit_is_an_edit(office):
    path = write(office, CSV)
    office.run("import", path)
    before = office.contents()
    assert office.run("import", path).out == (
        "mentions.csv   3 rows: 0 new, 0 updated, 0 unreadable\n"
    )
    assert office.contents() == before
    write(office, CSV.replace("Still no parcel", "No parcel"))
    assert office.run("import", path).out == (
        "mentions.csv   3 rows: 0 new, 1 updated, 0 unreadable\n"
    )
    assert office.value("select text from revision").startswith("Still no")


@pytest.mark.parametrize(
    "data",
    [
        CSV.encode("utf-16"),
        b"\xef\xbb\xbf" + CSV.encode(),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace(",", ";").replace("; ", ", ").encode(),
    ],
    ids=["UTF-16", "BOM", "CRLF", "semicolons"],
)
def test_what_programs_on_windows_write_is_read(office, data):
    assert "3 rows: 2 new, 1 our own answer" in office.run("import", write(office, data)).out


def test_broken_rows_are_named_by_line_and_the_others_imported(office):
    ran = office.run("import", write(office, BROKEN, "page.jsonl"))
    assert ran.code == 5
    assert ran.out == "page.jsonl   5 rows: 2 new, 0 updated, 3 unreadable\n"
    lines = ran.err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["line 2", "line 3", "line 4"]
    assert "no JSON" in lines[0]
    assert "created_at" in lines[1]
    assert "text: missing" in lines[2]
    kept = office.rows("select channel, place, raw from dead_letter order by id")
    assert [row[:2] for row in kept] == [("import", f"line {n}") for n in (2, 3, 4)]
    assert bytes(kept[2][2]) == b'{"author": "mia"}'


def test_many_broken_rows_are_five_lines_and_a_number(office):
    ran = office.run("import", write(office, '{"text": "x"}\n' + "{}\n" * 2_000, "page.jsonl"))
    assert ran.code == 5
    assert ran.err.splitlines()[-1] == (
        "... and 1995 more; all are kept for 30 days: socialcare doctor"
    )
    assert len(ran.err.splitlines()) == 6
    assert office.value("select count(*) from dead_letter") == 2_000
    assert office.run("import", "page.jsonl").err == ran.err
    assert office.value("select count(*) from dead_letter") == 2_000


def test_nothing_but_broken_rows_is_a_failure(office):
    ran = office.run("import", write(office, "{}\n{}\n", "page.jsonl"))
    assert ran.code == 1
    assert ran.out == "page.jsonl   2 rows: 0 new, 0 updated, 2 unreadable\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bytes(range(256)) * 20, "it holds binary data"),
        (b"PK\x03\x04" + b"\0" * 100, "it is an Excel workbook or a zip file"),
        (b"SQLite format 3\0" + b"\0" * 100, "it is a database"),
    ],
    ids=["bytes", "xlsx", "sqlite"],
)
def test_a_binary_file_is_refused_and_nothing_is_made(office, data, why):
    path = write(office, data, "b.xlsx")
    hint = is_refused(
        office, office.run("import", path), f"{path} cannot be read as mentions: {why}."
    )
    assert "CSV" in hint


def test_a_missing_file_is_told(office):
    hint = is_refused(
        office,
        office.run("import", "nope.csv"),
        "nope.csv cannot be read: No such file or directory.",
    )
    assert "- for standard input" in hint


def test_a_folder_is_no_file(office):
    is_refused(office, office.run("import", "."), ". cannot be read: Is a directory.")


@pytest.mark.parametrize("data", ["", "\n \n", "\ufeff", "text,author\n"])
def test_an_empty_file_is_nothing_to_do(office, data):
    ran = office.run("import", write(office, data))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "mentions.csv   0 rows: 0 new, 0 updated, 0 unreadable\n"
    assert not office.database.parent.exists()


@pytest.mark.parametrize(
    ("stdin", "code", "out", "said"),
    [
        ("<&-", 0, "standard input   0 rows: 0 new, 0 updated, 0 unreadable\n", ""),
        ("0>/dev/null", 1, "", "error: standard input cannot be read: Bad file descriptor."),
    ],
    ids=["closed", "not for reading"],
)
def test_a_standard_input_that_gives_nothing(office, stdin, code, out, said):
    ran = subprocess.run(
        ["/bin/sh", "-c", f"{PROGRAM} import - {stdin}"],
        env=office.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (code, out)
    assert ran.stderr.partition("\n")[0] == said


def test_a_table_without_a_text_says_how_to_name_it(office):
    path = write(office, "From,Message body here\nmia,Where is my parcel?\n")
    ran = office.run("import", path)
    hint = is_refused(office, ran, f"{path} has no column that I know as the text of a mention.")
    assert f"socialcare import {path} --map 'text=Message body here'" in hint
    ran = office.run("import", path, "--map", "text=Message body here", "--map", "author=From")
    assert (ran.code, ran.err) == (0, "")
    [found] = office.contents().values()
    assert (found["text"], found["author"]) == ("Where is my parcel?", "mia")


def test_the_hint_for_standard_input_works_too(office):
    data = b"From,Words\nmia,Where is my parcel?\n"
    hint = is_refused(
        office,
        office.run("import", "-", stdin=data),
        "standard input has no column that I know as the text of a mention.",
    )
    assert "socialcare import - --map text=Words" in hint
    ran = office.run("import", "-", "--map", "text=Words", stdin=data)
    assert ran.out == "standard input   1 row: 1 new, 0 updated, 0 unreadable\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--map", "text"], '"text" is no pair.'),
        (["--map", "txt=Words"], '--map: there is no field "txt".'),
        (["--format", "xml"], '"xml" is not a format of import.'),
        (["--channel", "a b"], '"a b" cannot be the name of a channel.'),
        (["--text", "hello"], "import needs a file or --text, and not both."),
    ],
)
def test_wrong_words_are_told(office, words, message):
    is_refused(office, office.run("import", write(office, CSV), *words), message, code=2)


def test_nothing_to_import_is_told(office):
    is_refused(office, office.run("import"), "import needs a file or --text, and not both.", code=2)


def test_a_dry_run_counts_and_stores_nothing(office):
    path = write(office, CSV)
    ran = office.run("import", path, "--dry-run")
    assert ran.out == "mentions.csv   3 rows: 2 new, 1 our own answer, 0 updated, 0 unreadable\n"
    assert not office.database.parent.exists()
    office.run("import", path)
    before = office.files()
    write(office, CSV + "4,One more,mia,2026-11-20T12:00:00Z,,\n")
    assert office.run("import", path, "--dry-run", "--json").record["new"] == 1
    assert {**office.files(), "mentions.csv": b""} == {**before, "mentions.csv": b""}


def test_json_is_one_object(office):
    ran = office.run("import", write(office, CSV), "--json")
    assert ran.record == {
        "v": 1, "rows": 3, "new": 2, "answers": 1, "reposts": 0, "updated": 0, "unreadable": 0,
        "assigned": [],
    }  # fmt: skip
    refused = office.run("import", "nope.csv", "--json")
    assert (refused.code, refused.out) == (1, "")
    assert json.loads(refused.err)["error"]["code"] == "input"


def test_quiet_says_only_what_is_wrong(office):
    assert office.run("import", write(office, CSV), "--quiet").out == ""
    ran = office.run("import", write(office, BROKEN, "page.jsonl"), "--quiet")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("line 2: ")


def test_our_own_list_comes_in_again(office, tmp_path):
    office.run("import", write(office, CSV), "--channel", "forum")
    listed = office.run("inbox", "is:any", "--json").out.encode()
    there = Office(tmp_path / "there")
    ran = there.run("import", "-", stdin=listed)
    assert (ran.code, ran.err) == (0, "")
    assert {row[0] for row in there.rows("select channel from mention")} == {"forum"}


def test_a_post_by_hand_is_the_same_one_next_time(office):
    post = ["--text", "Still no parcel", "--author", "@mia", "--url", "https://forum.example/7"]
    ran = office.run("import", *post)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "by hand   1 row: 1 new, 0 updated, 0 unreadable\n"
    office.later(hours=1)
    assert office.run("import", *post).out == "by hand   1 row: 0 new, 0 updated, 0 unreadable\n"
    [found] = office.contents().values()
    assert found["url"] == found["external_id"] == "https://forum.example/7"
    assert (found["author"], found["channel"], found["direct"]) == ("@mia", "import", False)


def test_who_calls_twice_has_called_twice(office):
    call = ["--text", "Still no parcel", "--author", "Mia", "--channel", "phone"]
    assert "1 new" in office.run("import", *call).out
    office.later(minutes=20)
    assert "1 new" in office.run("import", *call).out
    first, second = office.rows(
        "select status, channel, direct, author_id, created_at from mention join triage"
        " on mention_id = id order by id"
    )
    assert first[:4] == second[:4] == ("open", "phone", 1, first[3])
    assert first[4] < second[4]


def test_callers_without_a_name_are_not_one_person(office):
    for said in ("Still no parcel!", "Refund me, this is broken!"):
        office.run("import", "--text", said, "--channel", "phone")
        office.later(minutes=1)
    assert office.value("select count(distinct author_id) from mention") == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--text", " "], "this cannot be a mention: text: empty."),
        (
            ["--text", "x", "--url", "javascript:alert(1)"],
            "this cannot be a mention: url: no web address: 'javascript:alert(1)'.",
        ),
    ],
)
def test_what_is_no_mention_is_not_taken_by_hand(office, words, message):
    is_refused(office, office.run("import", *words), message)


def test_nothing_of_ones_own_goes_into_the_demo_unasked(office):
    assert office.run("demo", "-q").code == 0
    ran = office.run("import", "--text", "Still no parcel", "--author", "Mia")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        "error: this is the demo, and the next demo would erase what you import.",
        "hint:  set up your own: socialcare init   or play with it: socialcare --demo import ...",
    ]
    assert office.run("--demo", "import", "--text", "Still no parcel").code == 0
