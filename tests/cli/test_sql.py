"""`socialcare sql`: any question, and nothing but questions."""

from __future__ import annotations

import csv
import io
import json

import jsonschema
import pytest

from socialcare.clock import FixedClock
from socialcare.inbox.sql import VIEWS
from socialcare.output.schema import schema
from tests.cli.acme import LATE, NOW, PRAISE, QUESTION, Acme

ENDLESS = (
    "with recursive n(i) as (select 1 union all select i + 1 from n limit 5000000) select {} from n"
)
"""Long enough; should it not be ended, the test fails instead of hanging."""


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    shop = Acme(tmp_path_factory.mktemp("acme"))
    shop.fill([LATE], [QUESTION], [PRAISE])
    return shop


class Ticking(FixedClock):
    """A second goes by with every look at it."""

    def monotonic(self) -> float:
        self.elapsed += 1
        return super().monotonic()


def test_an_answer_on_a_terminal_and_in_a_pipe(acme):
    question = "select id, label, text from mentions where id < 3 order by id"
    assert acme.run("sql", question, tty=True, width=60).out == (
        "id label     text\n"
        "1  complaint Third email about order #4411 and still no par…\n"
        "2  question  Do you ship to Norway?\n"
    )
    assert acme.run("sql", question).out == (
        "1\tcomplaint\tThird email about order #4411 and still no parcel.\n"
        "2\tquestion\tDo you ship to Norway?\n"
    )
    assert acme.run("sql", "-", stdin=question).out == acme.run("sql", question).out


def test_every_format(acme):
    question = "select id, text from mentions order by id"
    found = json.loads(acme.run("sql", question, "--json").out)
    lines = acme.run("sql", question, "--format", "jsonl").out.splitlines()
    rows = csv.DictReader(io.StringIO(acme.run("sql", question, "--format", "csv").out))
    assert [record["id"] for record in found] == [1, 2, 3]
    assert found[2]["text"] == PRAISE.mention.text
    assert [json.loads(line) for line in lines] == found
    assert [int(row["id"]) for row in rows] == [1, 2, 3]
    assert acme.run("sql", question, "--format", "ids").out == "1\n2\n3\n"
    assert acme.run("sql", f"{question} limit 0", "--json").out == "[]\n"


def test_the_schema_names_every_view_with_its_columns(acme):
    found = json.loads(acme.run("sql", "--schema", "--json").out)
    assert [record["view"] for record in found] == list(VIEWS)
    for record in found:
        columns = record["columns"].split()
        assert columns
        ran = acme.run("sql", f"select {', '.join(columns)} from {record['view']}")
        assert ran.code == 0
    shown = acme.run("sql", "--schema", tty=True, width=60).out
    assert shown.startswith("inbox\n  id, channel, external_id, kind, url, thread,")
    assert all(column in shown for record in found for column in record["columns"].split())
    assert max(map(len, shown.splitlines())) <= 60


@pytest.mark.parametrize(
    "question",
    [
        "delete from mention",
        "update triage set owner = 'x'",
        "insert into tag values (1, 'x')",
        "replace into tag values (1, 'x')",
        "drop table mention",
        "create table x (y)",
        "create temp table x (y)",
        "create view x as select 1",
        "alter table mention add column x",
        "vacuum",
        "vacuum into '/tmp/stolen.db'",
        "reindex",
        "analyze",
        "begin",
        "commit",
        "savepoint x",
        "attach ':memory:' as x",
        "detach main",
        "pragma journal_mode = off",
        "pragma query_only = off",
        "pragma user_version",
        "select * from pragma_table_list",
        "select load_extension('/tmp/x.so')",
        "select writefile('/tmp/x', 'y')",
        "select readfile('/etc/passwd')",
        "select edit('x')",
        "select fts3_tokenizer('simple')",
        "insert into mention_fts (mention_fts) values ('rebuild')",
        "with x as (select 1) delete from mention",
        "explain delete from mention",
        "select 1; delete from mention",
    ],
)
def test_nothing_but_reading(acme, question):
    before = acme.path.read_bytes()
    ran = acme.run("sql", question)
    first, second = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert first.startswith("error: ")
    assert "did not expect" not in first
    assert second.startswith("hint:  ")
    assert acme.path.read_bytes() == before
    assert {path.name for path in acme.home.iterdir()} == {"acme.db"}


def test_what_is_refused_is_told_as_such(acme):
    assert acme.run("sql", "delete from mention").err == (
        "error: sql only reads: this asks for something else.\nhint:  start with select or with\n"
    )


def test_full_text_search_and_functions_work(acme):
    question = "select rowid from mention_fts where mention_fts match 'parcel'"
    assert acme.run("sql", question).out == "1\n"
    assert acme.run("sql", "select json_extract('[3]', '$[0]'), date('2026-11-21')").out == (
        "3\t2026-11-21\n"
    )


def test_a_question_that_takes_too_long_is_ended(acme):
    ran = acme.run("sql", ENDLESS.format("count(*)"), clock=Ticking(NOW))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: the question took longer than 10 s.\nhint:  ask for less: add a where or a limit\n"
    )
    told = acme.run("sql", ENDLESS.format("count(*)"), "--json", clock=Ticking(NOW))
    jsonschema.validate(json.loads(told.err), schema("error"))


def test_the_time_of_all_pieces_counts_together(acme):
    ran = acme.run("sql", ENDLESS.format("i") + " limit 100000", clock=Ticking(NOW))
    assert ran.code == 1
    assert ran.err.startswith("error: the question took longer than 10 s.\n")


class Slow(io.StringIO):
    """A reader who takes an hour for every piece."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__()
        self._clock = clock

    def write(self, text: str) -> int:
        self._clock.elapsed += 3600
        return super().write(text)


def test_the_time_of_whoever_reads_does_not_count(acme):
    from socialcare.inbox.database import open_reader
    from socialcare.inbox.sql import ask

    clock = FixedClock(NOW)
    db = open_reader(acme.path)
    answer = ask(db, f"{ENDLESS.format('i')} limit 1000", clock)
    out = Slow(clock)
    for (number,) in answer.rows:
        out.write(f"{number}\n")
    db.close()
    assert out.getvalue().endswith("\n1000\n")


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "this asks nothing."),
        (" -- nothing", "this asks nothing."),
        ("selct 1", 'SQLite: near "selct": syntax error.'),
        ("select nope from inbox", "SQLite: no such column: nope."),
        ("select interrupted from inbox", "SQLite: no such column: interrupted."),
        ("select * from nope", "SQLite: no such table: nope."),
        ("select ?", None),
        ("select '\x00'", None),
        ("select '\ud800'", None),
        ("select zeroblob(1000000000)", "SQLite: string or blob too big."),
        ("select 'x' || printf('%.*c', 100000000, 'x')", None),
        ("select abs(-9223372036854775808)", "SQLite: integer overflow."),
        ("select json('{')", "SQLite: malformed JSON."),
        ("(" * 2000, None),
    ],
)
def test_what_cannot_be_answered_is_told(acme, question, message):
    ran = acme.run("sql", question)
    if ran.code == 0:
        assert message is None
        return
    first, second = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert "did not expect" not in first
    assert message is None or first == f"error: {message}"
    assert second.startswith("hint:  ")


def test_values_that_json_does_not_have(acme):
    question = "select 9e999 as a, -9e999 as b, x'00ff' as c, null as d, cast(x'ff' as text) as e"
    assert json.loads(acme.run("sql", question, "--json").out) == [
        {"a": "Infinity", "b": "-Infinity", "c": "00ff", "d": None, "e": "\ufffd"}
    ]


def test_columns_of_the_same_name_are_all_there(acme):
    ran = acme.run("sql", "select count(*), count(*), 1 as 'count(*)_2' from mentions", "--json")
    (record,) = json.loads(ran.out)
    assert list(record.values()) == [3, 3, 1]


def test_hostile_names_of_columns_are_only_names(acme):
    name = "\x1b[2J[/b]\u202e\n=1+1"
    question = f"select 1 as \"{name}\", 2 as '=1+1'"
    for words in ([], ["--json"], ["--format", "csv"], ["--format", "table"]):
        ran = acme.run("sql", question, *words)
        assert ran.code == 0
        assert not {"\x1b", "\u202e"} & set(ran.out)
    assert list(json.loads(acme.run("sql", question, "--json").out)[0]) == [name, "=1+1"]
    header = next(csv.reader(io.StringIO(acme.run("sql", question, "--format", "csv").out)))
    assert header[1] == "'=1+1"
    table = acme.run("sql", question, tty=True).out.splitlines()
    assert len(table) == 2


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "sql needs a question."),
        (["select 1 as x", "--format", "ids"], 2, "the answer has no column id."),
        (["select 1", "--format", "xml"], 2, 'there is no format "xml".'),
        (["select", "1"], 2, "got unexpected extra argument(s) (1)."),
    ],
)
def test_wrong_use(acme, words, code, message):
    ran = acme.run("sql", *words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.splitlines()[0] == f"error: {message}"


def test_without_a_database_none_is_made(tmp_path):
    shop = Acme(tmp_path)
    ran = shop.run("sql", "select 1")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "error: there is no database yet.\nhint:  get mentions: socialcare fetch\n"
    assert list(tmp_path.iterdir()) == []
