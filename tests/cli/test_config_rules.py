"""``config test-rules``, and how a rule that is wrong is told."""

from __future__ import annotations

import json
from textwrap import dedent

import jsonschema
import pytest

from socialcare.output.schema import schema
from tests.cli.acme import LATE, NOT_OURS, PICTURE, PRAISE, QUESTION, Acme

RULES = """\
[[rule]]
when = "topic:delivery"
set = { owner = "mia", tag = "courier", priority = "high" }

[[rule]]
name = "rest"
when = "owner:none"
set = { owner = "leo" }
"""
WRONG = RULES.replace("topic:", "topc:")
TOLD = 'config.toml line 2: rule 1: I do not know the filter "topc:".'


@pytest.fixture
def acme(tmp_path):
    made = Acme(tmp_path)
    made.fill([LATE, QUESTION, PRAISE, PICTURE, NOT_OURS])
    config(made, RULES)
    return made


def config(acme, text):
    path = acme.home / ".config/socialcare/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def screen(acme, *words, **how):
    ran = acme.run("config", "test-rules", *words, tty=True, **how)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_on_a_screen(acme):
    assert screen(acme) == dedent("""\
        2 rules on 4 mentions since 22 Oct 2026; nothing is changed.

        1  topic:delivery
          1 mention would get owner mia, priority high, tag courier
          4  @mia@mas.to  Third email about order #4411 and still no parcel.

        rest  owner:none
          2 mentions would get owner leo
          3  @leo@mastodon.social  Huge thanks [bold]Acme[/] ^[[2J support
          5  ana@example.org       Do you ship to Norway?
        """)
    assert screen(acme, width=120) == screen(acme)


def test_on_a_narrow_screen(acme):
    assert screen(acme, width=40) == dedent("""\
        2 rules on 4 mentions since 22 Oct 2026;
        nothing is changed.

        1  topic:delivery
          1 mention would get owner mia,
          priority high, tag courier
          4  @mia@mas.to  Third email about ord…

        rest  owner:none
          2 mentions would get owner leo
          3  @leo@mastodon.s…  Huge thanks [bol…
          5  ana@example.org   Do you ship to N…
        """)


def test_in_sentences(acme):
    assert screen(acme, SOCIALCARE_ACCESSIBLE="1") == dedent("""\
        2 rules on 4 mentions since 22 Oct 2026; nothing is changed.
        Rule 1, topic:delivery: 1 mention would get owner mia, priority high, tag
        courier.
        Mention 4, from @mia@mas.to: Third email about order #4411 and still no parcel.
        Rule rest, owner:none: 2 mentions would get owner leo.
        Mention 3, from @leo@mastodon.social: Huge thanks [bold]Acme[/] ^[[2J support
        Mention 5, from ana@example.org: Do you ship to Norway?
        """)


def test_in_a_pipe(acme):
    assert acme.run("config", "test-rules").out == (
        "1\ttopic:delivery\towner mia, priority high, tag courier\t1\t4\n"
        "rest\towner:none\towner leo\t2\t3,5\n"
    )


def test_json_keeps_to_its_schema(acme):
    found = json.loads(acme.run("config", "test-rules", "--since", "150m", "--json").out)
    jsonschema.Draft202012Validator(schema("test-rules")).validate(found)
    assert found == {
        "v": 1,
        "since": "2026-11-21T11:30:00.000Z",
        "mentions": 2,
        "capped": False,
        "rules": [
            {
                "rule": "1",
                "line": 2,
                "when": "topic:delivery",
                "set": {"owner": "mia", "priority": "high", "tag": ["courier"], "topic": []},
                "mentions": 1,
                "examples": [4],
            },
            {
                "rule": "rest",
                "line": 7,
                "when": "owner:none",
                "set": {"owner": "leo", "priority": None, "tag": [], "topic": []},
                "mentions": 1,
                "examples": [5],
            },
        ],
    }


def test_nothing_is_changed(acme):
    before = acme.run("export", "is:any", "--format", "jsonl").out
    screen(acme)
    assert acme.run("export", "is:any", "--format", "jsonl").out == before


def test_without_a_database_there_are_rules_but_no_mentions(acme):
    acme.path.unlink()
    assert screen(acme).splitlines()[0].startswith("2 rules on 0 mentions")
    assert not acme.path.exists()


def test_without_rules_it_says_how_to_begin(acme):
    config(acme, "")
    ran = acme.run("config", "test-rules", tty=True)
    assert (ran.code, ran.out) == (0, "There are no rules yet.\n")
    assert ran.err == "Write a [[rule]]: socialcare config edit\n"
    assert acme.run("config", "test-rules").out == ""


def test_a_rule_that_is_wrong_is_told_with_its_line(acme):
    config(acme, WRONG)
    ran = acme.run("config", "test-rules")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == f"error: {TOLD}"
    assert ran.err.splitlines()[1].startswith("hint:  did you mean topic:delivery ?")


def test_an_import_leaves_out_what_is_wrong_and_says_so_once(acme):
    config(acme, WRONG)
    ran = acme.run("import", "--text", "Where is my parcel, Acme?", "--author", "@eva")
    assert ran.code == 0
    assert ran.err.count(TOLD) == 1
    assert f"{TOLD} It was left out. did you mean" in ran.err
    assert acme.value("select owner from triage order by mention_id desc limit 1") == "leo"


def test_an_import_gives_what_waits_to_who_is_on_duty(acme):
    config(acme, '[[duty]]\nperson = "mia"\ntopics = ["delivery"]\n[[duty]]\nperson = "leo"\n')
    ran = acme.run("import", "--text", "Do you sell socks, Acme?", "--author", "@eva")
    assert ran.out.splitlines()[1] == "Given to who is on duty: 1 to mia, 3 to leo."
    assert acme.run("undo", "1").err.splitlines()[0] == (
        "error: action 1 stored what a channel brought: that stays."
    )
    number = acme.value("select max(id) from action where actor = 'duty'")
    assert acme.run("undo", str(number)).err.splitlines() == [
        f"error: action {number} gave it to whoever was on duty: that is changed, not taken back.",
        "hint:  give it to another: socialcare set 41 --owner me",
    ]


def test_doctor_names_what_is_wrong(acme):
    config(acme, WRONG + '[queries]\na = "is:lat"\n[[duty]]\nperson = "mia"\n')
    lines = [line for line in acme.run("doctor", "--offline").out.splitlines() if "rules" in line]
    assert [line.split("\t")[:3] for line in lines] == [
        ["look", "rules", TOLD.rstrip(".")],
        ["look", "rules", 'config.toml line 10: [queries] @a: "is:lat" is not something a mention can be'],
        ["ok", "rules", "1 rule, 1 person on duty"],
    ]  # fmt: skip
