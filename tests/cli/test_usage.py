"""Help of every command, and what wrong use is told: word for word where the contract says so."""

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.cli.app import typer_app
from socialcare.cli.commands import COMMANDS, HIDDEN
from socialcare.output.schema import schema
from tests.cli.acme import LATE, QUESTION, Acme
from tests.cli.hints import check_command, check_hints, commands_in


def every_command():
    """The words of each command and verb."""
    for name in (*COMMANDS, "completion"):
        yield [name]
        command = typer_app().get_command(None, name)
        yield from ([name, verb] for verb in getattr(command, "commands", ()))


EVERY = [pytest.param(words, id=" ".join(words)) for words in every_command()]


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION])
    return shop


@pytest.mark.parametrize("words", EVERY)
def test_every_command_explains_itself(acme, capfd, words):
    ran = acme.run(*words, "--help")
    text = ran.out + capfd.readouterr().out
    assert (ran.code, ran.err) == (0, "")
    assert text.startswith(f"Usage: socialcare {' '.join(words)} ")
    examples = text[text.index("Examples:") :].splitlines()[1:]
    assert len([line for line in examples if "socialcare" in line]) >= 2
    assert all(len(line) <= 80 for line in text.splitlines())
    assert text.isprintable() or not {"\x1b", "\t", "\b", "─", "│"} & set(text)
    for word in ("-h", "--help"):
        assert acme.run(*words, word).code == 0
        assert capfd.readouterr().out == text


@pytest.mark.parametrize("words", EVERY)
def test_every_example_can_be_typed(acme, capfd, words):
    acme.run(*words, "--help")
    text = capfd.readouterr().out
    found = 0
    for line in text[text.index("Examples:") :].replace("\\\n", " ").splitlines()[1:]:
        for command in commands_in(line):
            check_command(command)
            found += 1
    assert found


@pytest.mark.parametrize(
    "words",
    [
        ["inbox", "is:late", "--json", "-h"],
        ["close", "41", "--reason", "not-us", "-h"],
        ["set", "41", "--owner", "me", "--help"],
        ["reply", "41", "--record", "-h"],
        ["reply", "--body", "x", "-h"],
        ["export", "-o", "x", "-h"],
        ["-h", "close", "41"],
        ["--help", "sql", "select 1"],
        ["--db", "nowhere", "inbox", "-h"],
    ],
)
def test_help_is_there_whatever_was_typed_before_it(acme, capfd, words):
    ran = acme.run(*words)
    assert (ran.code, ran.err) == (0, "")
    assert capfd.readouterr().out.startswith("Usage: socialcare ")
    assert acme.value("select count(*) from events") == 0


WORD_FOR_WORD = [
    (
        ["inbox", "sorce:reddit"],
        2,
        (
            'error: I do not know the filter "sorce:".\n'
            "hint:  did you mean channel:reddit ?  Filters: is:, channel:, author:, customer:, topic:, tag:, label:, sentiment:, priority:, "
            "owner:, since:, before:, text:, sort:\n"
        ),
    ),
    (
        ["inbox", "chanel:reddit"],
        2,
        (
            'error: I do not know the filter "chanel:".\n'
            "hint:  did you mean channel:reddit ?  Filters: is:, channel:, author:, customer:, topic:, tag:, "
            "label:, sentiment:, priority:, owner:, since:, before:, text:, sort:\n"
        ),
    ),
    (
        ["inbox", "is:lte"],
        2,
        (
            'error: "is:lte" is not something a mention can be.\n'
            "hint:  did you mean is:late ?  use is:open, is:new, is:late, is:soon, is:pending, "
            "is:snoozed, is:closed, is:filtered, is:any, is:mine, is:draft, is:waiting, "
            "is:approved, is:failed, is:unknown\n"
        ),
    ),
    (
        ["set", "999", "--owner", "me"],
        3,
        (
            "error: there is no mention 999.\n"
            "hint:  ids here run from 1 to 2; list them with: socialcare inbox is:any\n"
        ),
    ),
    (
        ["inbx"],
        2,
        ('error: no such command "inbx". Did you mean "inbox"?\nhint:  see socialcare --help\n'),
    ),
    (["frobnicate"], 2, 'error: no such command "frobnicate".\nhint:  see socialcare --help\n'),
    (
        ["close", "is:open"],
        2,
        (
            "error: this would change 2 mentions and nobody is here to ask.\n"
            "hint:  look first with --dry-run, then add --yes\n"
        ),
    ),
    (
        ["inbox", "--lmit", "3"],
        2,
        (
            'error: there is no option "--lmit".\n'
            "hint:  did you mean --limit ?  see socialcare inbox --help\n"
        ),
    ),
    (
        ["inbox", "-tag:vip"],
        2,
        (
            'error: there is no option "-t".\n'
            'hint:  a query word cannot start with "-": write "not tag:vip" for the opposite; '
            "see socialcare inbox --help\n"
        ),
    ),
    (["sql", "-x"], 2, 'error: there is no option "-x".\nhint:  see socialcare sql --help\n'),
    (
        ["inbox", "--limit", "many"],
        2,
        (
            "error: invalid value for '--limit': 'many' is not a valid whole number.\n"
            "hint:  see socialcare inbox --help\n"
        ),
    ),
    (["close"], 2, "error: missing argument 'WHAT...'.\nhint:  see socialcare close --help\n"),
    (
        ["close", "1", "--reason"],
        2,
        ("error: option '--reason' requires an argument.\nhint:  see socialcare close --help\n"),
    ),
    (
        ["inbox", "41", "late"],
        2,
        (
            "error: ids and query words cannot be mixed.\n"
            'hint:  a number as a word is written text:41; see "socialcare help query"\n'
        ),
    ),
]


@pytest.mark.parametrize(("words", "code", "told"), WORD_FOR_WORD)
def test_errors_are_two_lines(acme, words, code, told):
    for tty in (False, True):
        ran = acme.run(*words, stdin_tty=False, tty=tty)
        assert (ran.code, ran.out, ran.err) == (code, "", told)


AS_JSON = [
    (words, code, told, asked)
    for words, code, told in WORD_FOR_WORD
    for asked in (["--json"], ["--format", "json"], ["--format=json"])
    if asked == ["--json"] or words[0] in ("inbox", "sql")
]


@pytest.mark.parametrize(("words", "code", "told", "asked"), AS_JSON)
def test_errors_are_one_object_with_json(acme, words, code, told, asked):
    ran = acme.run(words[0], *asked, *words[1:])
    error = json.loads(ran.err)
    jsonschema.validate(error, schema("error"))
    assert (ran.code, ran.out) == (code, "")
    assert told == f"error: {error['error']['message']}\nhint:  {error['error']['hint']}\n"


def test_json_is_not_what_a_text_says(acme):
    ran = acme.run("inbox", "sorce:x", "--", "--json-ish")
    assert ran.err.startswith("error: ")


@pytest.mark.parametrize("length", [120, 100_000])
def test_what_was_typed_is_repeated_only_as_far_as_it_helps(acme, length):
    word = "x" * length
    for words in (
        [word],
        ["inbox", f"--{word}"],
        ["inbox", f"{word[:200]}:x"],
        ["inbox", f"is:{word}"],
        ["inbox", "--limit", word],
        ["inbox", "--format", word],
        ["inbox", "--fields", word],
        ["set", "1", "--label", word],
        ["set", "1", "--tag", word],
        ["set", f"https://a.example/{word}", "--owner", "me"],
        ["close", "1", "--reason", word],
        ["sql", word],
        ["reply", "1", "--record", word],
        ["classify", "--evaluate", word],
        ["help", word],
        ["close", "-", "--reason", "spam", word],
    ):
        ran = acme.run(*words)
        assert (ran.code in (1, 2, 3), ran.out) == (True, ""), words[0]
        assert len(ran.err.splitlines()) == 2
        assert len(ran.err.splitlines()[0]) < 320


def test_a_closed_standard_input_hangs_nothing_and_names_the_option(acme):
    for words in (
        ["set", "is:open", "--owner", "me"],
        ["close", "is:open"],
        ["reply", "1"],
        ["classify", "--inbox"],
    ):
        ran = acme.run(*words, stdin="")
        assert (ran.code, ran.out) == (2, "")
        assert "--" in ran.err.splitlines()[1]


@pytest.mark.parametrize(
    "words",
    [["set", "-", "--owner", "me"], ["classify", "-"], ["reply", "1", "-F", "-"], ["sql", "-"]],
)
def test_an_empty_standard_input_hangs_nothing(acme, words):
    assert acme.run(*words, stdin="").code in (0, 1)


def test_the_check_of_the_hints_sees_what_it_looks_for():
    assert commands_in("see it: socialcare show 41      your draft is kept") == ["show 41"]
    assert commands_in("socialcare a 1 | socialcare b -   or: socialcare --help") == [
        "a 1",
        "b -",
        "--help",
    ]
    check_command("inbox is:any --limit 3")
    check_command("channel login mastodon")
    check_command("set --help")
    for wrong in ("inbx", "inbox --lmit 3", "close", "channel lgin x y z", "reply 41 --bdy x"):
        with pytest.raises(AssertionError):
            check_command(wrong)
    with pytest.raises(AssertionError):
        check_hints("error: no hint here\n")
    assert "complete" in HIDDEN
