"""One way to choose mentions, for every command that takes some; and when somebody is asked."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.cli.app import typer_app
from socialcare.cli.commands import COMMANDS
from tests.cli.acme import (
    HOUR,
    LATE,
    LEO,
    MIA,
    MINUTE,
    NOT_OURS,
    PRAISE,
    QUESTION,
    Acme,
    judged,
    mention,
)

MORE = [
    judged(mention(200 + n, LEO, f"Where is {n}?", (n + 1) * MINUTE), "other") for n in range(9)
]
ADDRESS = "https://mastodon.example/p/102"
"""The post's own address of mention 2."""

READS = {
    "inbox": ("inbox", "{}", "--format", "ids"),
    "show": ("show", "{}", "--json"),
    "export": ("export", "{}", "--format", "jsonl"),
}
CHANGES = {
    "set": ("set", "{}", "--owner", "ana", "--json"),
    "close": ("close", "{}", "--json"),
    "classify": ("classify", "--inbox", "{}", "--json"),
}
"""Commands that choose; ``{}`` is where the words stand."""
ELSEWHERE = {"reply", "report", "forget", "triage"}
"""Choose as well: reply takes one, report a query alone, forget and triage ask their own way."""

WAYS = [
    ("2", "", [2]),
    ("#2", "", [2]),
    ("3 1", "", [3, 1]),
    ("2-4", "", [2, 3, 4]),
    ("2 1-2 2", "", [2, 1]),
    ("next", "", [1]),
    (ADDRESS, "", [2]),
    (f"{ADDRESS} 1", "", [1, 2]),
    ("-", "3\n1\n", [3, 1]),
    ("-", "\ufeff2-3\n\n", [2, 3]),
    ("-", f"{ADDRESS}\n", [2]),
    ("-", '{"id": 3, "text": "{x}"}\n{"id": 1}\n', [3, 1]),
    ("-", '[{"id": 3},\n{"id": 1}]\n', [3, 1]),
    ("-", '[{"id": 3}, {"id": "1"}]', [3, 1]),
    ("-", "[3, 1]\n", [3, 1]),
    ("-", "", []),
    ("-", "[]\n", []),
    ("label:question", "", [2]),
    ("norway", "", [2]),
    (
        "is:any label:question,other not is:filtered sort:old",
        "",
        [13, 12, 11, 10, 9, 8, 7, 6, 5, 2],
    ),
]


@pytest.fixture
def acme(tmp_path):
    """Mentions 1 to 4, the last one filtered, and nine more."""
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION], [PRAISE], [NOT_OURS], MORE)
    return shop


def words_of(command: tuple[str, ...], what: str) -> list[str]:
    return [word for part in command for word in (what.split() if part == "{}" else [part])]


def ids_in(name: str, out: str) -> list[int]:
    if name == "inbox":
        return [int(line) for line in out.split()]
    if name == "export":
        return [json.loads(line)["id"] for line in out.splitlines()]
    told = json.loads(out)
    if name in ("set", "close"):
        return [*told["changed"], *told["skipped"]]
    return [one["id"] for one in (told if isinstance(told, list) else [told])]


@pytest.mark.parametrize(("what", "stdin", "ids"), WAYS)
@pytest.mark.parametrize("name", READS)
def test_every_command_that_reads_means_the_same(acme, name, what, stdin, ids):
    ran = acme.run(*words_of(READS[name], what), stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    found = ids_in(name, ran.out)
    assert sorted(found) == sorted(ids)
    assert name == "export" or "label:" in what or found == ids


@pytest.mark.parametrize(("what", "stdin", "ids"), WAYS)
@pytest.mark.parametrize("name", ["set", "close"])
def test_every_command_that_changes_means_the_same(acme, name, what, stdin, ids):
    ran = acme.run(*words_of(CHANGES[name], what), "--yes", stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    assert sorted(ids_in(name, ran.out)) == sorted(ids)


def test_the_table_has_every_command_that_chooses():
    """A new command with WHAT or QUERY belongs into the tables above."""
    chooses = {
        name
        for name in COMMANDS
        for parameter in typer_app().get_command(None, name).params
        if parameter.name in ("what", "query")
    }
    assert {*READS, "set", "close"} <= chooses
    assert chooses - {"sql"} <= {*READS, *CHANGES, *ELSEWHERE}


WRONG = [
    ("999", "", 3, "there is no mention 999."),
    ("900-999", "", 3, "there is no mention 900-999."),
    ("4-2", "", 2, "4-2 runs backwards."),
    ("https://nowhere.example/1", "", 3, "there is no mention with the address"),
    ("2 parcel", "", 2, "ids and query words cannot be mixed."),
    ("- 2", "", 2, '"-" goes alone: it reads ids from standard input.'),
    ("-", "2\nparcel\n", 2, 'line 2 of standard input is no id: "parcel".'),
    ("-", '{"text": "x"}\n', 2, 'line 1 of standard input has no "id".'),
    ("-", '[{"id": true}]\n', 2, 'line 1 of standard input has no "id".'),
    ("-", '[{"id": 2}, 7.5]\n', 2, 'line 1 of standard input has no "id".'),
    ("-", "is:any\n", 2, 'line 1 of standard input is no id: "is:any".'),
    ("-", "999\n", 3, "there is no mention 999."),
    ("sorce:x", "", 2, 'I do not know the filter "sorce:".'),
    ("is:lte", "", 2, '"is:lte" is not something a mention can be.'),
    ("parcel not", "", 2, '"not" needs a word after it.'),
]


@pytest.mark.parametrize(("what", "stdin", "code", "message"), WRONG)
@pytest.mark.parametrize("name", [*READS, *CHANGES])
def test_mistakes_are_the_same_everywhere_and_change_nothing(
    acme, name, what, stdin, code, message
):
    command = [word for word in (READS | CHANGES)[name] if word != "--json"]
    ran = acme.run(*words_of(tuple(command), what), stdin=stdin)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"error: {message}")
    assert len(ran.err.splitlines()) == 2
    assert acme.value("select count(*) from action where command <> 'fetch'") == 0


@pytest.mark.parametrize("what", ["2", ADDRESS, "next", "-"])
def test_an_answer_is_for_one(acme, what):
    ran = acme.run("reply", what, "--body", "Yes, we do.", "--json", stdin="2\n")
    assert ran.code == 0
    assert json.loads(ran.out)["mention"] == (1 if what == "next" else 2)
    assert acme.run("reply", "label:question", "--body", "x").code == 2


# ── asking ──


def changed(shop: Acme) -> int:
    sql = "select count(*) from triage where owner = 'ana' or status = 'closed'"
    return int(shop.value(sql))


ASKED = [("is:open", 12), ("1-13", 13), ("label:question", 1)]


@pytest.mark.parametrize(("what", "number"), ASKED)
@pytest.mark.parametrize("name", CHANGES)
def test_a_query_or_more_than_ten_needs_a_yes(acme, name, what, number):
    command = words_of(CHANGES[name], what)
    before = changed(acme)
    ran = acme.run(*[word for word in command if word != "--json"])
    assert (ran.code, ran.out) == (2, "")
    noun = "mention" if number == 1 else "mentions"
    assert ran.err == (
        f"error: this would change {number} {noun} and nobody is here to ask.\n"
        "hint:  look first with --dry-run, then add --yes\n"
    )
    told = json.loads(acme.run(*command).err)["error"]
    assert told["code"] == "needs_yes"
    assert acme.run(*command, tty=True, stdin="\n").err.endswith("[y/N] Nothing was changed.\n")
    assert acme.run(*command, "--dry-run").code == 0
    assert changed(acme) == before
    assert acme.run(*command, "--yes").code == 0
    assert changed(acme) == (0 if name == "classify" else number)


@pytest.mark.parametrize("name", CHANGES)
def test_ten_that_are_named_just_work(acme, name):
    for what, stdin in (("1-10", ""), ("-", "\n".join(map(str, range(1, 11))))):
        assert acme.run(*words_of(CHANGES[name], what), stdin=stdin).code == 0
    assert changed(acme) == (0 if name == "classify" else 10)


@pytest.mark.parametrize("name", CHANGES)
def test_an_empty_word_of_a_script_never_means_all(acme, name):
    command = [word if word != "{}" else "" for word in CHANGES[name]]
    ran = acme.run(*command, "--yes")
    assert ran.code == 2
    assert "no mention is named" in ran.err
    assert changed(acme) == 0


@pytest.mark.parametrize("name", CHANGES)
def test_a_query_that_finds_nothing_changes_nothing_and_is_no_failure(acme, name):
    ran = acme.run(*words_of(CHANGES[name], "tag:nobody-has-it"))
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("name", ["set", "close"])
def test_no_page_limits_what_is_changed(tmp_path, name):
    """More than two pages of 500."""
    shop = Acme(tmp_path)
    shop.fill(
        [
            judged(mention(n, MIA if n % 2 else LEO, f"Where is {n}?", 2 * HOUR), "question")
            for n in range(1, 1203)
        ]
    )
    ids = shop.run("inbox", "--format", "ids").out
    assert len(ids.split()) == 1202
    ran = shop.run(*words_of(CHANGES[name], "-"), "--yes", stdin=ids)
    assert len(json.loads(ran.out)["changed"]) == 1202
    assert changed(shop) == 1202


# ── whatever is typed ──

STRINGS = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=15),
        st.sampled_from(
            ["is:late", "not", "-", "next", "41-44", "since:", "text:'", '"', "-x", "@"]
        ),
    ),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def shared_acme(tmp_path_factory):
    shop = Acme(tmp_path_factory.mktemp("acme"))
    shop.fill([LATE], [QUESTION], [PRAISE])
    return shop


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from([*READS, "set", "report"]), STRINGS)
def test_the_program_answers_any_words_with_a_result_or_two_lines(shared_acme, name, words):
    command = {"report": ("report", "{}")} | READS | CHANGES
    argv = [word for part in command[name] for word in (words if part == "{}" else [part])]
    if any(word in ("-h", "--help", "-n") for word in words):
        return
    ran = shared_acme.run(*[word for word in argv if word != "--json"])
    assert ran.code in (0, 2, 3)
    if ran.code:
        assert ran.out == ""
        assert re.fullmatch(r"error: [^\n]+\nhint:  [^\n]+\n", ran.err)
