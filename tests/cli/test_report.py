"""`socialcare report --brief`: what a shift leaves to the next, as text, Markdown and JSON."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest

from socialcare.clock import format_time
from socialcare.output.schema import schema
from tests.cli.acme import (
    HOUR,
    LATE,
    LEO,
    MINUTE,
    NOT_OURS,
    NOW,
    PRAISE,
    QUESTION,
    Acme,
    judged,
    mention,
)

HOSTILE = judged(
    mention(
        110,
        LEO,
        "<img src=x> | [click](https://evil.example) `x` \x1b[2J # *b* ![p](q) www.evil.example",
        10 * MINUTE,
    ),
    "other",
)
TELLS = ("report", "--brief", "--since", "8h")


@pytest.fixture
def acme(tmp_path):
    """One late and urgent, one due soon, one held, one put off, one closed, one filtered."""
    shop = Acme(tmp_path, {"TZ": "UTC"})
    shop.home.joinpath("config.toml").write_text('[answer_by]\ntimezone = "UTC"\n')
    shop.environ["SOCIALCARE_CONFIG"] = str(shop.home / "config.toml")
    shop.fill([LATE], [QUESTION], [PRAISE], [NOT_OURS], [HOSTILE])
    shop.run("set", "2", "--owner", "mia")
    shop.run("close", "3", "--reason", "answered", SOCIALCARE_USER="mia")
    return shop


BOTH = """\
Handover 14:00: since 06:00, and until 22:00

Came
  4 mentions, and 1 filtered
  mastodon 4: 1 complaint, 1 other, 1 praise, 1 question

Done
  answered 1 conversation: mia 1
  closed 1 conversation: mia 1

Who has what
  mia 1 open: 2
  nobody 2 open, 1 late: 1, 5

Channels
  nothing is wrong with them
"""


def test_on_a_terminal_every_line_fits(acme):
    assert acme.run(*TELLS, tty=True, width=80).out == (
        f"{BOTH}\n"
        "Urgent ones that came  1\n"
        "  1  urgent  1h12 late  complaint  @mia@mas.to  Third email about order #4411 a…\n"
        "\n"
        "Late now  1\n"
        "  1  urgent  1h12 late  complaint  @mia@mas.to  Third email about order #4411 a…\n"
        "\n"
        "Late by 22:00  1\n"
        "  2  normal  3h00 left  question  ana@example.org  mia  Do you ship to Norway?\n"
    )


def test_on_a_narrow_one_too(acme):
    out = acme.run(*TELLS, tty=True, width=40).out
    assert "Late now  1\n  1  urgent  1h12 late  Third email abo…\n" in out
    assert "  2  normal  3h00 left  Do you ship to…\n" in out
    for width in (20, 40, 120):
        lines = acme.run(*TELLS, tty=True, width=width).out.splitlines()
        assert max(map(len, lines)) <= width


def test_in_a_pipe_nothing_is_cut(acme):
    ran = acme.run(*TELLS)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(BOTH)
    assert (
        "  1  urgent  1h12 late  complaint  @mia@mas.to"
        "  Third email about order #4411 and still no parcel.\n"
    ) in ran.out
    assert acme.run("report", "--brief").out == ran.out


def test_who_listens_gets_sentences(acme):
    out = acme.run(*TELLS, tty=True, width=200, SOCIALCARE_ACCESSIBLE="1").out
    assert (
        "Late now: 1\n  Mention 1, urgent, 1 hour 12 minutes late, complaint. From @mia@mas.to on"
        " mastodon. Third email about order #4411 and still no parcel.\n"
    ) in out


def test_markdown_shows_texts_letter_by_letter(acme):
    acme.run("set", "5", "--priority", "urgent")
    acme.change("update triage set needs_answer = 1, waits = 1 where mention_id = 5")
    out = acme.run(*TELLS, "--format", "md").out
    assert out.startswith(
        "# Handover 14:00: since 06:00, and until 22:00\n\n## Came\n\n- 4 mentions, and 1 filtered\n"
    )
    assert "| ID | Priority | When | Label | From | Owner | Says |\n|---:|---|" in out
    assert (
        r"\<img src=x\> \| \[click\](https\://evil.example) \`x\` ^\[\[2J \# \*b\* \!\[p\](q)"
        r" www\.evil.example |"
    ) in out
    assert all(line.count("|") - line.count(r"\|") in (0, 8) for line in out.splitlines())


def test_json_is_that_of_the_schema(acme):
    told = json.loads(acme.run(*TELLS, "--json").out)
    jsonschema.Draft202012Validator(schema("report")).validate(told)
    assert (told["since"], told["until"]) == (
        "2026-11-21T06:00:00.000Z",
        "2026-11-21T22:00:00.000Z",
    )
    assert told["came"] == {
        "mentions": 4,
        "channels": [
            {
                "channel": "mastodon",
                "mentions": 4,
                "labels": {"complaint": 1, "other": 1, "praise": 1, "question": 1},
            }
        ],
    }
    assert told["owners"] == [
        {"owner": "mia", "open": 1, "late": 0, "top": [2]},
        {"owner": None, "open": 2, "late": 1, "top": [1, 5]},
    ]
    assert [item["id"] for item in told["late"]["items"]] == [1]


def test_what_is_written_promised_put_off_or_waits_is_there(acme):
    at = format_time(NOW + HOUR)
    acme.change("insert into lease values (1, 'leo', ?, ?)", format_time(NOW), at)
    acme.change("update triage set promised_at = ?, due_at = ? where mention_id = 2", at, at)
    acme.change(
        "update triage set status = 'snoozed', waits = 0, snoozed_until = ? where mention_id = 5",
        at,
    )
    acme.change(
        "insert into reply (mention_id, body, visibility, state, key, author, created_at,"
        " updated_at) values (1, 'x', 'public', 'unknown', 'k', 'leo', '', '')"
    )
    acme.change("insert into channel_health (channel, failures) values ('mastodon', 3)")
    out = acme.run(*TELLS).out
    assert "  leo is writing an answer to 1, until 15:00\n" in out
    assert "Promised until 22:00  1\n  2  normal  15:00  question" in out
    assert "Back from snooze until 22:00  1\n  5  low  15:00  other" in out
    assert "Replies to look after\n  unknown 1: 1\n" in out
    soon = acme.run(*TELLS, "--until", "30m").out
    assert "Promised" not in soon
    assert "Back from snooze" not in soon


def test_what_was_taken_back_is_not_told_as_done(acme):
    acme.run("set", "3", "--status", "open")
    out = acme.run(*TELLS).out
    assert "  closed 0 conversations\n" in out


def test_a_conversation_is_counted_once(acme):
    more = [
        judged(mention(n, LEO, f"Where is it? {n}", n * MINUTE, thread="7"), "question")
        for n in (20, 21)
    ]
    acme.fill(more)
    acme.run("close", "6", "--reason", "answered")
    assert "  closed 2 conversations: leo 1, mia 1\n" in acme.run(*TELLS).out


def test_whoever_imports_answers_has_not_given_them(acme):
    """Issue 4, handover: what an import brought was answered on the channel."""
    rows = (
        {"external_id": "q", "author": "@p", "text": "Where is it?", "channel": "shop"},
        {
            "external_id": "a",
            "author": "@acme",
            "role": "answer",
            "text": "Here.",
            "channel": "shop",
        }
        | {"in_reply_to": "q"},
    )
    lines = "\n".join(json.dumps(row) for row in rows)
    assert acme.run("import", "-", stdin=lines, SOCIALCARE_USER="ana").code == 0
    assert "  answered 2 conversations: on the channel 1, mia 1\n" in acme.run(*TELLS).out


def test_a_query_narrows_all_of_it(acme):
    told = json.loads(acme.run(*TELLS, "author:@mia", "--json").out)
    assert (told["query"], told["came"]["mentions"]) == ("author:@mia", 1)
    assert (told["closed"]["conversations"], len(told["owners"])) == (0, 1)
    assert acme.run(*TELLS, "label:angry").code == 2
    assert acme.run(*TELLS, "41").err.startswith(
        "error: a report is about a query, not about single mentions.\n"
    )


def test_the_file_decides_the_format_and_is_not_written_over(acme):
    file = acme.home / "handover.md"
    assert acme.run(*TELLS, "-o", str(file)).code == 0
    assert file.read_text().startswith("# Handover 14:00")
    assert file.stat().st_mode & 0o777 == 0o600
    again = acme.run(*TELLS, "-o", str(file))
    assert (again.code, again.err.splitlines()[0]) == (2, f"error: {file} is there already.")
    assert acme.run(*TELLS, "-o", str(file), "--force").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--since", "soonish"], 'error: --since cannot be "soonish".'),
        (["--since", "2030-01-01"], "error: --since must lie within the last year."),
        (["--since", "99999999w"], 'error: --since cannot be "99999999w".'),
        (["--until", "late"], 'error: --until cannot be "late".'),
        (["--until", "0m"], "error: --until is too far away."),
        (["--format", "pdf"], 'error: --format cannot be "pdf".'),
    ],
)
def test_mistakes_are_two_lines(acme, words, message):
    ran = acme.run("report", "--brief", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == message


def test_without_a_database_nothing_has_come_and_none_is_made(tmp_path):
    shop = Acme(tmp_path)
    ran = shop.run("report", "--brief")
    assert (ran.code, "  0 mentions\n" in ran.out) == (0, True)
    assert "nothing waits for an answer" in ran.out
    assert list(tmp_path.iterdir()) == []


def test_a_long_list_says_how_many_more(acme):
    acme.fill(
        [
            judged(mention(200 + n, LEO, f"Where? {n}", timedelta(hours=5)), "question")
            for n in range(14)
        ]
    )
    out = acme.run(*TELLS).out
    assert "Late now  15\n" in out
    assert "  ... 5 more\n" in out
    assert len(json.loads(acme.run(*TELLS, "--json").out)["late"]["items"]) == 15
