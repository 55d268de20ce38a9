"""Options of `socialcare reply` that make no sense together: two lines, and nothing happened."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.cli.acme import LATE, QUESTION, Acme
from tests.cli.hints import check_command, commands_in

DEEDS = {
    "--edit": ["--edit"],
    "--send": ["--send"],
    "--approve": ["--approve"],
    "--back": ["--back", "say when"],
    "--discard": ["--discard"],
    "--record": ["--record", "https://mas.to/9"],
}
WRITING = {"--body", "--file", "--snippet", "--private", "--public", "--follow-up", "--split"}
OPTIONS = {
    "--body": (["-b", "Sorry, Mia."], {"", "--edit", "--send", "--approve", "--record"}),
    "--file": (["-F", "-"], {"", "--edit", "--send", "--approve", "--record"}),
    "--snippet": (["--snippet", "x"], {"", "--edit", "--send", "--approve"}),
    "--private": (["--private"], {"", "--edit", "--send", "--approve"}),
    "--public": (["--public"], {"", "--edit", "--send", "--approve"}),
    "--follow-up": (["--follow-up", "Which one?"], {"", "--edit", "--send", "--approve"}),
    "--split": (["--split"], {"", "--edit", "--send", "--approve"}),
    "--override": (["--override", "length"], {"--edit", "--send", "--approve"}),
    "--promise": (["--promise", "4h"], {"--edit", "--send", "--approve", "--record"}),
    "--again": (["--again"], {"--send"}),
    "--at": (["--at", "13:00"], {"--record"}),
    "--copy": (["--copy"], {""}),
    "--open": (["--open"], {""}),
    "--dry-run": (["--dry-run"], {"", "--send", "--approve"}),
}
"""What each option goes with; empty is a command that only makes a draft, or shows it."""


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    shop = Acme(tmp_path_factory.mktemp("acme"))
    shop.fill([LATE], [QUESTION])
    shop.run("reply", "1", "--body", "Sorry, Mia. I look into it and write by five.")
    return shop


def refused(acme, *words, **how):
    """The message of a command that did nothing."""
    before = acme.value("select count(*) from event")
    ran = acme.run("reply", *words, **how)
    lines = ran.err.splitlines()
    assert (ran.code, ran.out, len(lines)) == (2, "", 2), (words, ran)
    assert lines[1].startswith("hint:  ")
    for command in commands_in(lines[1]):
        check_command(command)
    assert acme.value("select count(*) from event") == before
    return lines[0].removeprefix("error: ")


@pytest.mark.parametrize(("one", "other"), list(combinations(DEEDS, 2)))
def test_two_deeds_are_one_too_many(acme, one, other):
    message = refused(acme, "1", *DEEDS[one], *DEEDS[other])
    assert message == f"{one} and {other} cannot both be given."


NONSENSE = [
    (name, deed)
    for name, (_, goes_with) in OPTIONS.items()
    for deed in ("", *DEEDS)
    if deed not in goes_with
]


@pytest.mark.parametrize(("name", "deed"), NONSENSE)
def test_an_option_that_says_nothing_there_is_refused(acme, name, deed):
    message = refused(acme, "1", *OPTIONS[name][0], *DEEDS.get(deed, []), stdin="x")
    assert message.startswith(f"{name} does not go with {deed}." if deed else f"{name} goes with ")


@pytest.mark.parametrize(("one", "other"), list(combinations(("--body", "--file", "--snippet"), 2)))
def test_there_is_one_text(acme, one, other):
    words = (*OPTIONS[one][0], *OPTIONS[other][0])
    assert refused(acme, "1", *words) == f"{one} and {other} cannot both be given."


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--private", "--follow-up", "x"],
            "--follow-up is what is said in private after a public answer.",
        ),
        (
            ["-b", "x", "--send", "--again"],
            "--again sends what is written: its words may be there already.",
        ),
        (
            ["--private", "--send", "--again"],
            "--again sends what is written: its words may be there already.",
        ),
        (["--send", "--override", "manners"], 'there is no check "manners".'),
        (["--send", "--override", ""], 'there is no check "".'),
    ],
)
def test_other_things_that_cannot_be_meant(acme, words, message):
    assert refused(acme, "1", *words) == message


@pytest.mark.parametrize("name", [*sorted(WRITING), "--copy", "--open", "--at"])
def test_what_is_said_of_one_is_not_said_of_many(acme, name):
    deed = [] if name != "--at" else ["--record", "--at", "13:00"]
    words = deed or OPTIONS[name][0]
    message = refused(acme, "1-2", *words)
    assert message == f"{'--record' if deed else name} is for one mention at a time."


@pytest.mark.parametrize("deed", ["--back", "--record", "--edit"])
def test_these_deeds_are_for_one(acme, deed):
    message = refused(acme, "is:draft", *DEEDS[deed])
    assert message == f"{deed} is for one mention at a time."


def test_many_without_a_deed_are_nothing(acme):
    assert refused(acme, "1-2") == "an answer is for one mention at a time."
    assert (
        refused(acme, "1-2", "--send", "--approve") == "--send and --approve cannot both be given."
    )
    assert refused(acme, "1-2", "--approve", "--again") == "--again does not go with --approve."


def test_a_query_needs_yes_and_dry_run_shows_what_it_means(acme):
    message = refused(acme, "is:draft", "--discard")
    assert message == "this would change 1 mention and nobody is here to ask."
    shown = acme.run("reply", "is:draft", "--send", "--dry-run")
    assert shown.code == 0
    assert shown.out.startswith("This one would be answered with their drafts:\n")


def test_dry_run_shows_the_page_and_keeps_nothing(acme):
    before = acme.value("select count(*) || group_concat(body) from reply")
    ran = acme.run("reply", "1", "-b", "Order #4411 is lost.", "--dry-run", tty=True)
    assert ran.code == 6
    assert "STOP  private data" in ran.out
    assert ran.err.startswith("Nothing was kept and nothing was sent (--dry-run).\nerror: not sent")
    fine = acme.run("reply", "2", "-b", "Yes, in 3 days.", "-n", tty=True)
    assert (fine.code, fine.err) == (0, "Nothing was kept and nothing was sent (--dry-run).\n")
    assert acme.run("reply", "2", "-n").code == 3
    assert acme.value("select count(*) || group_concat(body) from reply") == before


def test_help_names_every_option_and_every_example_can_be_typed(acme, capsys):
    acme.run("reply", "--help")
    told = capsys.readouterr().out
    for name in (*DEEDS, *OPTIONS, "--steal", "--yes", "--json"):
        assert name in told
    for command in commands_in(told.partition("Examples:")[2]):
        check_command(command)
