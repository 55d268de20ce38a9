"""`socialcare show`: one mention with all that is known, one person's history."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from socialcare.clock import format_time
from socialcare.models import Author
from socialcare.output.schema import schema
from tests.cli.acme import (
    ANA,
    DAY,
    HOUR,
    LATE,
    LEO,
    MINUTE,
    NOT_OURS,
    NOW,
    PAST,
    PICTURE,
    QUESTION,
    Acme,
    judged,
    mention,
)

CARD = """\
#2  urgent  1h12 late ──────────────────────────────────────────────────────────
@mia@mas.to on mastodon, 2h12 ago, 1,240 followers, wrote 1x before

    Third email about order #4411 and still no parcel.

complaint 0.90   sentiment -0.30   topics delivery   owner nobody   open, new
why urgent: base +20, complaint +25, urgent words +25, speaks to you directly
+10, 1,240 followers +5 = 85
why complaint: waiting "still no parcel" +2.1
https://mastodon.example/p/101

Thread   @acme@mas.to (us): Third email? We are looking into it.
         @mia@mas.to (this one, unanswered)
Before   12 Nov  "Where is #4411?"  answered in 3h10 by leo, closed
Notes    leo, 12 Nov: courier lost it once already
Answers  leo (draft), 21 Nov: Sorry, we are looking.
"""
CLOCK = """\

Sat 11:48  @mia@mas.to wrote; the clock starts
Sat 12:48  answer-by (urgent: first answer within 1h)
Sat 14:00  now: 1h12 late
"""


@pytest.fixture
def acme(tmp_path: Path) -> Acme:
    shop = Acme(tmp_path, {"TZ": "UTC"})
    ours = Author("9", "@acme@mas.to", is_us=True)
    parent = mention(
        100, ours, "Third email? We are looking into it.", 3 * HOUR, role="answer", thread="100"
    )
    shop.fill([PAST], [LATE], [QUESTION], [NOT_OURS], [PICTURE], [judged(parent, "other")])
    at, sent = format_time(NOW - 9 * DAY), format_time(NOW - 9 * DAY + 190 * MINUTE)
    shop.change(
        "insert into note (mention_id, author, at, text) values (2, 'leo', ?, ?)",
        at,
        "courier lost it once already",
    )
    shop.change(
        "update triage set status = 'closed', first_answer_at = ? where mention_id = 1", sent
    )
    for id_, state, when, body in (
        (1, "sent", sent, "On its way."),
        (2, "draft", format_time(NOW), "Sorry, we are looking."),
    ):
        shop.change(
            "insert into reply (mention_id, body, visibility, state, key, author, created_at,"
            " updated_at, sent_at) values (?, ?, 'public', ?, ?, 'leo', ?, ?, ?)",
            id_,
            body,
            state,
            f"key-{id_}",
            when,
            when,
            when if state == "sent" else None,
        )
    (tmp_path / "acme.toml").write_text('[answer_by]\ntimezone = "UTC"\n')
    shop.environ["SOCIALCARE_CONFIG"] = str(tmp_path / "acme.toml")
    return shop


def test_the_card_tells_all_that_is_known(acme):
    ran = acme.run("show", "2")
    assert (ran.code, ran.out, ran.err) == (0, CARD, "")


def test_the_clock_is_told_line_by_line(acme):
    assert acme.run("show", "2", "--clock").out == CARD + CLOCK


@pytest.mark.parametrize(
    ("id_", "line"),
    [
        ("1", "first answer, after 3h10: in time; the clock stops"),
        ("3", "now: 3h00 left"),
        ("4", "No clock runs: it is filtered."),
        ("5", "No clock runs: it needs no answer."),
    ],
)
def test_the_clock_says_why_it_ends(acme, id_, line):
    assert line in acme.run("show", id_, "--clock").out


def test_times_are_those_of_the_configured_zone(acme):
    Path(acme.environ["SOCIALCARE_CONFIG"]).write_text('[answer_by]\ntimezone = "Asia/Tokyo"\n')
    assert (
        "\nSat 20:48  @mia@mas.to wrote; the clock starts\n" in acme.run("show", "2", "--clock").out
    )


def test_json_has_the_record_and_the_lists(acme):
    found = json.loads(acme.run("show", "2", "--json").out)
    jsonschema.Draft202012Validator(schema("show")).validate(found)
    assert found["id"] == 2
    assert found["before"] == [
        {
            "id": 1,
            "created_at": format_time(NOW - 9 * DAY),
            "text": "Where is #4411?",
            "status": "closed",
            "first_answer_at": format_time(NOW - 9 * DAY + 190 * MINUTE),
            "answered_by": "leo",
        }
    ]
    assert [post["ours"] for post in found["conversation"]] == [True]
    assert [answer["state"] for answer in found["answers"]] == ["draft"]


def test_several_are_an_array_and_several_cards(acme):
    found = json.loads(acme.run("show", "1-3", "--json").out)
    assert [record["id"] for record in found] == [1, 2, 3]
    assert acme.run("show", "2", "3").out.startswith(CARD + "\n#3  normal  3h00 left ─")


def test_an_edit_keeps_what_was_said_before(acme):
    acme.fill([judged(mention(102, ANA, "Do you ship to Sweden?", HOUR), "question")])
    out = acme.run("show", "3").out
    assert "    Do you ship to Sweden?\n" in out
    assert "Edits    ana@example.org, 21 Nov: Do you ship to Norway?\n" in out


def test_why_it_is_filtered_and_what_a_picture_shows(acme):
    assert "filtered: perhaps not about you\n" in acme.run("show", "4").out
    assert "    [a torn boot] https://a.example/1.png\n" in acme.run("show", "5").out


@pytest.mark.parametrize("name", ["#2", "next", "https://mastodon.example/p/101"])
def test_other_names_of_a_mention(acme, name):
    assert acme.run("show", name).out == CARD


def test_a_look_on_a_terminal_makes_it_not_new_and_a_script_does_not(acme):
    new = "select new from mentions where id = 2"
    acme.run("show", "2")
    acme.run("show", "2", "--json", tty=True)
    assert acme.value(new) == 1
    assert "open, new\n" in acme.run("show", "2", tty=True).out
    assert acme.value(new) == 0
    assert "owner nobody   open\n" in acme.run("show", "2", tty=True).out


def test_a_person_across_the_inbox(acme):
    ran = acme.run("show", "@mia@mas.to", tty=True)
    assert ran.out.splitlines()[0] == (
        "@mia@mas.to (Mia) on mastodon: 2 mentions, 1 complaint, first on 12 Nov"
    )
    assert [line[:2] for line in ran.out.splitlines()[2:]] == ["2 ", "1 "]
    assert acme.run("show", "@mia").out.splitlines()[0].startswith("2\t2026-11-21T11:48:00.000Z\t")


def test_a_person_as_json(acme):
    found = json.loads(acme.run("show", f"{LEO.handle}", "--json").out)
    jsonschema.Draft202012Validator(schema("customer")).validate(found)
    assert (found["author"], [m["id"] for m in found["mentions"]]) == (LEO.handle, [4])


@pytest.mark.parametrize(
    ("word", "code", "message"),
    [
        ("999", 3, "error: there is no mention 999."),
        ("@nobody", 3, "error: nobody here is called @nobody."),
        ("sorce:mastodon", 2, 'error: I do not know the filter "sorce:".'),
    ],
)
def test_what_is_not_there_is_said_in_two_lines(acme, word, code, message):
    ran = acme.run("show", word)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.splitlines()[0] == message
    assert len(ran.err.splitlines()) == 2


def test_without_a_database_nothing_is_made(tmp_path):
    shop = Acme(tmp_path)
    assert shop.run("show", "1").code == shop.run("show", "@mia").code == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_no_line_is_longer_than_the_screen(acme, width):
    for words in (["2", "--clock"], ["@mia"]):
        lines = acme.run("show", *words, tty=True, width=width).out.splitlines()
        assert all(len(line) <= width for line in lines)


def test_who_listens_gets_sentences_instead_of_bars_and_tables(acme):
    acme.fill([LATE, PAST])
    card = acme.run("show", "next", tty=True, SOCIALCARE_ACCESSIBLE="1").out
    assert card.startswith("Mention 2, urgent, 1 hour 12 minutes late, complaint, negative. From")
    person = acme.run("show", "@mia@mas.to", tty=True, SOCIALCARE_ACCESSIBLE="1").out
    assert "1 of 2. Mention 2, urgent" in person
    assert "──" not in card + person
