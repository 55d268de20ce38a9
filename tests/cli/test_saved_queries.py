"""``[queries]``: ``@name`` means the same wherever query words are read."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from tests.cli.acme import LATE, PICTURE, PRAISE, QUESTION, Acme
from tests.cli.person import Person

CONFIG = """\
[brand]
name = "Acme"

[queries]
refunds = "topic:delivery order"
open_questions = "label:question sort:old"
both = "@refunds priority:urgent"
wrong = "topc:delivery"
numbers = "41"
"""


@pytest.fixture
def acme(tmp_path):
    made = Acme(tmp_path)
    made.fill([LATE, QUESTION, PRAISE, PICTURE])
    config(made, CONFIG)
    return made


def config(acme, text):
    path = acme.home / ".config/socialcare/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def ids(acme, *words):
    ran = acme.run(*words, "--json")
    assert ran.code == 0, ran
    return [record["id"] for record in json.loads(ran.out)]


EVERYWHERE = [
    ("inbox", "{}", "--format", "ids"),
    ("set", "{}", "--tag", "vip", "--dry-run", "--json"),
    ("close", "{}", "--dry-run", "--json"),
    ("classify", "--inbox", "{}", "--dry-run", "--json"),
    ("export", "is:any", "{}", "--format", "jsonl"),
    ("export", "--conversations", "{}", "--format", "jsonl"),
    ("report", "--brief", "{}", "--format", "md"),
    ("show", "is:any", "{}"),
]


@pytest.mark.parametrize("words", EVERYWHERE, ids=" ".join)
def test_every_command_reads_it_as_the_words_it_stands_for(acme, words):
    saved = acme.run(*(word.format("@refunds") for word in words))
    written = acme.run(*(word.format("topic:delivery order") for word in words))
    assert (saved.code, written.code) == (0, 0), saved
    assert saved.out.replace("@refunds", "topic:delivery order") == written.out
    everything = acme.run(*(word.format("is:any") for word in words))
    assert saved.out != everything.out or words[0] == "classify"


def test_triage_goes_through_what_it_stands_for(acme):
    leo = Person(acme, "triage", "@refunds")
    told = leo.asked()
    assert "Third email about order #4411" in told
    assert told.endswith("1 of 1 > ")
    leo.end("q")


def test_saved_queries_join_with_words_and_with_each_other(acme):
    assert ids(acme, "inbox", "@refunds") == [3]
    assert ids(acme, "inbox", "@both") == [3]
    assert ids(acme, "inbox", "@both", "author:leo") == []
    assert ids(acme, "inbox", "is:any", "@open_questions") == [4]
    assert ids(acme, "inbox", "is:any", "not", "@open_questions", "sort:old") == [1, 2, 3]
    assert ids(acme, "inbox", "is:any -@open_questions sort:old") == [1, 2, 3]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ["@refnds"],
            'there is no saved query "@refnds".',
            "did you mean @refunds ?  as a word of the text: text:@refnds",
        ),
        (
            ["not", "@refunds"],
            '"not" turns one word round, and @refunds holds 2.',
            "write them out; @refunds is: topic:delivery order",
        ),
        (
            ["@wrong"],
            '@wrong: I do not know the filter "topc:".',
            "did you mean topic:delivery ?  Filters: is:",
        ),
        (
            ["@numbers"],
            '@numbers: "41" names one mention, and this is about words.',
            "a number as a word is written text:41",
        ),
    ],
)
def test_what_cannot_be_meant_is_told(acme, words, message, hint):
    ran = acme.run("inbox", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == f"error: {message}"
    assert ran.err.splitlines()[1].startswith(f"hint:  {hint}")


def test_other_names_stay_words_of_the_text_and_a_handle_stays_one(acme):
    assert ids(acme, "inbox", "@somebody") == []
    config(acme, '[queries]\nmia = "label:question"\n')
    assert "Third email" in acme.run("show", "@mia").out
    assert json.loads(acme.run("export", "@mia", "--format", "json").out)["mentions"]


def test_help_and_completion_list_them(acme):
    told = acme.run("help", "query", tty=True).out
    assert told.endswith(
        dedent("""\

        Saved in the config:

          @refunds                   topic:delivery order
          @open_questions            label:question sort:old
          @both                      @refunds priority:urgent
          @wrong                     topc:delivery
          @numbers                   41
        """)
    )
    offered = acme.run("complete", "--", "inbox", "=@o").out
    assert offered == "@open_questions\tlabel:question sort:old\n"
    config(acme, "[queries]\nrefunds = 1\n")
    assert acme.run("help", "query").code == 0
