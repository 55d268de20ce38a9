"""A holding statement: approved by name and words, to many, at its pace, and never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from socialcare.output.schema import schema
from tests.cli.town import Shop, Town, opened

OUTAGE = """---
title: The shop is down
statement: true
until: 2026-11-22 18:00
promise: 4h
pace: 2/h
---
Hello {first_name}, our shop is down since noon and we are on it. More in 4 hours.
"""
PEOPLE = (("mia", "Mia Hale"), ("tom", "Tom"), ("kim", "Kim Li"), ("ana", "Ana"), ("bo", "x"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Shop, Town]]:
    with opened(tmp_path) as (shop, town):
        for acct, name in PEOPLE:
            town.asks(f"{acct}@far.example", f"the shop is down for {acct}", display_name=name)
        assert shop.run("fetch").code == 0
        write(shop)
        yield shop, town


@pytest.fixture
def shop(place: tuple[Shop, Town]) -> Shop:
    return place[0]


@pytest.fixture
def town(place: tuple[Shop, Town]) -> Town:
    return place[1]


def write(shop: Shop, text: str = OUTAGE, name: str = "outage") -> None:
    folder = Path(shop.run("snippet", "path").out.strip())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text)


def give(shop: Shop, *more: str, **how):
    return shop.run("reply", "1-5", "--statement", "outage", *more, **how)


def told(town: Town) -> list[str]:
    return [text.split(",")[0].rpartition(" ")[2] for text, _ in town.posted]


def approve(shop: Shop, **who: str):
    ran = shop.run("snippet", "approve", "outage", **who)
    assert ran.code == 0, ran.err
    return ran


def test_unapproved_it_goes_to_nobody(shop, town):
    ran = give(shop, "--send")
    assert (ran.code, ran.out) == (6, "")
    assert ran.err == (
        "error: the statement outage is not approved.\nhint:  socialcare snippet approve outage\n"
    )
    assert approve(shop).out == "Approved: outage may go to many, until 22 Nov 18:00.\n"
    write(shop, OUTAGE.replace("since noon", "since one"))
    ran = give(shop, "--send")
    assert "the statement outage was changed since mia approved it." in ran.err
    approve(shop)
    write(shop, OUTAGE)
    assert give(shop, "--send").code == 6
    assert town.posted == []


def test_everybody_gets_a_letter_of_their_own_at_its_pace(shop, town):
    approve(shop)
    ran = give(shop, "--send")
    assert ran.code == 5
    assert ran.out == (
        "1  Sent to @mia@far.example: https://mas.to/@acme/105\n"
        "2  goes at 14:30 or later, with a fetch\n"
        "3  goes at 15:00 or later, with a fetch\n"
        "4  goes at 15:30 or later, with a fetch\n"
    )
    assert ran.err == (
        '5  left out: snippet outage: {first_name} is missing: "x" does not begin with a\n'
        "first name.\n"
    )
    assert town.posted == [
        (
            "@mia@far.example Hello Mia, our shop is down since noon and we are on it. More in 4 hours.",
            "100",
        )
    ]
    for names in ("Mia", "Mia Tom", "Mia Tom Kim", "Mia Tom Kim Ana", "Mia Tom Kim Ana"):
        shop.run("fetch")
        assert told(town) == names.split()
        shop.wait(timedelta(minutes=30))


def test_a_fetch_that_comes_late_sends_no_heap(shop, town):
    approve(shop)
    give(shop, "--approve")
    shop.wait(timedelta(hours=6))
    shop.run("fetch")
    assert told(town) == ["Mia", "Tom"]
    shop.run("fetch")
    assert told(town) == ["Mia", "Tom"]
    shop.wait(timedelta(minutes=61))
    shop.run("fetch")
    assert told(town) == ["Mia", "Tom", "Kim", "Ana"]


def test_all_who_got_it_are_owed_more_and_late_then(shop, town):
    approve(shop)
    give(shop, "--send")
    for _ in range(3):
        shop.wait(timedelta(minutes=30))
        shop.run("fetch")
    assert len(town.posted) == 4
    shop.wait(timedelta(hours=2, minutes=31))
    assert [one["id"] for one in shop.json("inbox", "is:late")] == [5, 1]
    shop.wait(timedelta(minutes=90))
    found = shop.json("inbox", "is:late")
    assert {one["id"] for one in found} == {1, 2, 3, 4, 5}
    assert {one["due_for"] for one in found if one["id"] < 5} == {"promise"}
    assert found[-1]["promised_at"] == "2026-11-21T19:30:00.000Z"
    assert "got the statement outage; more is owed to them" in shop.run("show", "1", tty=True).out


def test_the_follow_up_ends_it(shop):
    approve(shop)
    give(shop, "--send")
    shop.wait(timedelta(hours=5))
    shop.run("reply", "1", "--body", "It is up again, Mia. Sorry.", "--send")
    assert 1 not in [one["id"] for one in shop.json("inbox", "is:late")]


def test_nobody_gets_it_twice(shop, town):
    approve(shop)
    give(shop, "--send")
    shop.wait(timedelta(minutes=30))
    town.asks("mia@far.example", "and now?", display_name="Mia Hale")
    shop.run("fetch")
    ran = give(shop, "--send")
    assert (ran.code, ran.out) == (6, "Nobody gets the statement outage.\n")
    assert ran.err.count("left out: they get it already, with") == 4
    again = shop.run("reply", "6", "--statement", "outage", "--send")
    assert "they get it already, with 1" in again.err
    assert again.code == 0
    assert told(town) == ["Mia", "Tom"]


def test_two_messages_of_one_person_get_one(shop, town):
    town.asks("tom@far.example", "still down", display_name="Tom")
    shop.run("fetch")
    approve(shop)
    ran = shop.run("reply", "is:open", "--statement", "outage", "--yes", "--approve")
    assert "left out: the same person as" in ran.err
    assert len(ran.out.splitlines()) == 4


def test_a_draft_of_a_colleague_and_who_is_writing_are_left_alone(shop, town):
    approve(shop)
    shop.run("reply", "1", "--body", "Sorry, Mia.", SOCIALCARE_USER="leo")
    shop.change(
        "insert into lease values (2, 'ana', '2026-11-21T13:59:00.000Z', '2026-11-21T23:00:00.000Z')"
    )
    ran = give(shop, "--send")
    assert "1  left out: there is an answer by leo already (draft)" in ran.err
    assert "2  left out: ana is writing an answer" in ran.err
    assert told(town) == ["Kim"]


def test_the_same_words_to_many_stop_without_a_statement(shop):
    for number in range(1, 4):
        shop.run("reply", str(number), "--body", "Our shop is down, we are on it.")
        ran = shop.run("reply", str(number), "--send")
    assert ran.code == 6
    assert "same text" in ran.err


def test_changed_words_are_no_statement_any_more(shop, town):
    approve(shop)
    give(shop, "--approve")
    for number, name in ((1, "Mia"), (2, "Tom"), (3, "Kim")):
        words = f"Hello {name}, our shop is down since noon and we are on it. More in 5 hours."
        shop.run("reply", str(number), "--body", words)
    assert shop.run("reply", "1-3", "--send", "--yes").code in (5, 6)
    assert len(town.posted) <= 2


def test_private_data_stops_it_also(shop, town):
    write(shop, OUTAGE.replace("since noon", "since noon, iban DE89 3704 0044 0532 0130 00,"))
    approve(shop)
    ran = give(shop, "--send")
    assert town.posted == []
    assert ran.err.count("STOP private data") == 4


def test_withdrawn_it_goes_no_further(shop, town):
    approve(shop)
    give(shop, "--send")
    assert shop.run("snippet", "withdraw", "outage").code == 0
    assert shop.run("snippet", "withdraw", "outage").code == 3
    shop.wait(timedelta(minutes=31))
    shop.run("fetch")
    assert told(town) == ["Mia"]
    row = shop.json("sql", "select state, error from reply where mention_id = 2")[0]
    assert row == {
        "state": "failed",
        "error": "the answer to 2 was not sent: mia withdrew the statement outage, or changed it.",
    }


def test_over_it_goes_no_further(shop, town):
    approve(shop)
    give(shop, "--approve")
    shop.wait(timedelta(hours=29))
    shop.run("fetch")
    assert town.posted == []
    assert give(shop, "--send").code == 6
    ran = shop.run("snippet", "approve", "outage")
    assert (ran.code, "is over" in ran.err) == (6, True)


def test_one_undo_takes_all_back_that_has_not_left(shop, town):
    approve(shop)
    give(shop, "--approve")
    assert shop.run("undo").code == 0
    shop.run("fetch")
    assert town.posted == []
    assert give(shop, "--approve").out.count("goes") == 4


def test_where_answers_are_approved_an_approver_says_so(tmp_path):
    policy = '[reply]\napproval = "all"\napprovers = ["ana"]\n'
    with opened(tmp_path, policy) as (shop, town):
        town.asks("mia@far.example", "down", display_name="Mia")
        shop.run("fetch")
        write(shop)
        ran = shop.run("snippet", "approve", "outage")
        assert ran.code == 6
        assert "statements are approved by ana." in ran.err
        approve(shop, SOCIALCARE_USER="ana")
        assert shop.run("reply", "1", "--statement", "outage", "--send").code == 0
        assert told(town) == ["Mia"]
        row = shop.json("sql", "select author, approved_by, statement, snippet from reply")
        assert row == [
            {"author": "mia", "approved_by": "ana", "statement": "outage", "snippet": "outage"}
        ]


def test_what_is_promised_counts_open_hours_as_the_text_does(tmp_path):
    hours = '[answer_by]\ntimezone = "UTC"\nhours = "Mon-Fri 09:00-17:00"\n'
    with opened(tmp_path, hours) as (shop, town):
        town.asks("mia@far.example", "down", display_name="Mia")
        shop.run("fetch")
        write(shop, OUTAGE.replace("in 4 hours", "by {in:4h}"))
        approve(shop)
        told = shop.json("reply", "1", "--statement", "outage", "--dry-run")["replies"][0]
        assert told["body"].endswith("More by Monday 13:00.")
        assert told["promised_at"] == "2026-11-23T13:00:00.000Z"


def test_a_query_is_asked_about(shop, town):
    approve(shop)
    ran = shop.run("reply", "is:open", "--statement", "outage", "--send")
    assert ran.code == 2
    assert "--yes" in ran.err
    ran = shop.run("reply", "is:open", "--statement", "outage", "--send", tty=True, stdin="n\n")
    assert ran.code == 0
    assert "These 4 would be sent the statement outage:" in ran.err
    assert "Send the statement outage to 4? [y/N]" in ran.err
    assert town.posted == []
    ran = shop.run("reply", "is:open", "--statement", "outage", "--send", tty=True, stdin="y\n")
    assert len(town.posted) == 1


def test_dry_run_shows_each_of_them_and_keeps_nothing(shop, town):
    approve(shop)
    ran = give(shop, "--dry-run", tty=True)
    assert ran.code == 0
    assert ran.out.startswith(
        "1  to @mia@far.example  public, town  now  owed more by 18:00\n"
        "    Hello Mia, our shop is down since noon and we are on it. More in 4 hours.\n"
        "\n"
        "2  to @tom@far.example  public, town  at 14:30  owed more by 18:30\n"
        "    Hello Tom,"
    )
    assert ran.out.endswith("4 letters, 2 an hour on one channel at most.\n")
    piped = give(shop, "--dry-run").out.splitlines()
    assert piped[0] == (
        "1\t2026-11-21T14:00:00.000Z\tHello Mia, our shop is down since noon and we are on it."
        " More in 4 hours."
    )
    assert (len(piped), town.posted) == (4, [])
    assert shop.json("sql", "select count(*) as n from reply") == [{"n": 0}]


def test_programs_get_schemas(shop):
    told = shop.json("snippet", "approve", "outage")
    jsonschema.validate(told, schema("statement"))
    assert list(told) == list(schema("statement")["properties"])
    for words in (("--dry-run",), ("--send",)):
        told = shop.json("reply", "1-5", "--statement", "outage", *words)
        jsonschema.validate(told, schema("statement-letters"))
        assert [one["mention"] for one in told["left_out"]] == [5]
    states = [one["state"] for one in told["replies"]]
    assert states == ["sent", "approved", "approved", "approved"]
    answers = shop.json("show", "2")["answers"]
    assert [(one["state"], one["statement"]) for one in answers] == [("approved", "outage")]
    jsonschema.validate(shop.json("snippet", "withdraw", "outage"), schema("statement"))


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--body", "x", "--send"), "--body does not go with --statement: its words are approved as they are."),
        ((), "--statement goes with --send, --approve or --dry-run."),
    ],
)  # fmt: skip
def test_what_does_not_go_with_it_is_told(shop, words, error):
    approve(shop)
    ran = give(shop, *words)
    assert ran.code == 2
    assert ran.err.splitlines()[0] == f"error: {error}"


def test_an_answer_for_one_is_no_statement(shop):
    write(shop, "---\ntitle: Late\n---\nSorry, {first_name}.\n", "late")
    for words in (("snippet", "approve", "late"), ("reply", "1", "--statement", "late", "--send")):
        ran = shop.run(*words)
        assert ran.code == 2
        assert "late is no statement" in ran.err
    assert shop.run("reply", "1", "--statement", "nowhere", "--send").code == 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("until: tomorrow", 'outage.md line 4: "tomorrow" is no until.'),
        ("pace: 30", 'outage.md line 4: "30" is no pace.'),
        ("promise: soon", 'outage.md line 4: "soon" is no promise.'),
    ],
)
def test_a_header_that_cannot_be_read_is_told_with_its_line(shop, line, message):
    write(shop, f"---\ntitle: Down\nstatement: true\n{line}\n---\nDown.\n")
    ran = shop.run("snippet", "approve", "outage")
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: {message}")


def test_what_belongs_to_a_statement_stands_in_one(shop):
    write(shop, "---\ntitle: Down\npace: 30/h\n---\nDown.\n")
    ran = shop.run("snippet", "show", "outage")
    assert "pace is for a statement" in ran.err
