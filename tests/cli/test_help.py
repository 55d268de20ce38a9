from __future__ import annotations

import pytest

from socialcare.cli.commands import COMMANDS
from socialcare.cli.topics import TOPICS
from socialcare.errors import ExitCode
from socialcare.inbox.query import FILTERS, STATES
from socialcare.output.records import MENTION_FIELDS
from tests.cli.acme import Acme


@pytest.fixture
def acme(tmp_path):
    return Acme(tmp_path)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_fits_80_columns_and_has_examples(acme, topic):
    ran = acme.run("help", topic)
    assert ran.code == 0
    assert ran.out.count("\n  $ ") >= 2
    assert all(
        len(line) <= 80
        for line in ran.out.splitlines()
        if "socialcare fetch" not in line and "/output/schema" not in line
    )


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("width", [20, 40])
def test_a_topic_is_wrapped_on_a_narrow_terminal(acme, topic, width):
    wide, narrow = acme.run("help", topic), acme.run("help", topic, tty=True, width=width)
    assert all(len(line) <= width for line in narrow.out.splitlines())
    assert "".join(narrow.out.split()) == "".join(wide.out.split())


def test_the_query_topic_names_every_filter_and_state(acme):
    text = acme.run("help", "query").out
    assert all(f"{name}:" in text for name in FILTERS)
    assert all(state in text.replace("is:", "").split() for state in STATES)


def test_the_json_topic_names_every_field(acme):
    text = acme.run("help", "json").out
    assert all(field in text.replace(",", " ").split() for field in MENTION_FIELDS)


def test_the_exit_codes_are_those_of_the_program(acme):
    listed = [line.split()[0] for line in acme.run("help", "exit-codes").out.splitlines() if line]
    assert [str(int(code)) for code in ExitCode] == [word for word in listed if word.isdigit()]


def test_alone_it_is_the_first_page(acme):
    text = acme.run("help").out
    assert text.startswith("See what people say about your brand")
    assert all(f"\n  {name} " in text for name in COMMANDS)


def test_a_command_is_explained_as_with_its_own_option(acme, capfd):
    assert acme.run("help", "inbox").code == 0
    by_help = capfd.readouterr().out
    assert acme.run("inbox", "--help").code == 0
    assert by_help == capfd.readouterr().out != ""


def test_an_unknown_topic_suggests_one(acme):
    ran = acme.run("help", "exitcodes")
    assert ran.code == 2
    assert ran.err.splitlines()[0] == 'error: there is no help on "exitcodes".'
    assert "did you mean exit-codes ?" in ran.err


@pytest.mark.parametrize(("asked", "topic"), [("priority", "checks"), ("filters", "query")])
def test_a_topic_is_found_by_what_people_look_for(acme, asked, topic):
    assert acme.run("help", asked).out == acme.run("help", topic).out
    assert acme.run("help", asked).code == 0


def test_options_say_what_they_take_in_plain_words(acme, capfd):
    acme.run("inbox", "--help")
    assert "  --limit N " in capfd.readouterr().out
