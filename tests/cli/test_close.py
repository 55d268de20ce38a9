"""`socialcare close`: mark as done, with the reason."""

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.models import CLOSE_REASONS
from socialcare.output.schema import schema
from tests.cli.acme import LATE, PRAISE, QUESTION, Acme


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION], [PRAISE])
    return shop


def state(shop, id_):
    return tuple(
        json.loads(
            shop.value(
                "select json_array(status, close_reason, first_answer_at) from mentions"
                f" where id = {id_}"
            )
        )
    )


def test_closing_says_so(acme):
    for number, tty in ((1, True), (2, False)):
        ran = acme.run("close", str(number), tty=tty)
        way_back = "   Take back: socialcare undo" if tty else ""
        assert (ran.code, ran.out, ran.err) == (0, f"1 closed.{way_back}\n", "")
    assert acme.run("close", "1-3").out == "1 closed. 2 were so already.\n"
    assert acme.run("inbox", "--json").out == "[]\n"


@pytest.mark.parametrize("reason", CLOSE_REASONS)
def test_the_reason_is_kept_and_only_an_answer_stops_the_clock(acme, reason):
    acme.run("close", "1", "--reason", reason, "--note", "a cartoon coyote")
    answered = "2026-11-21T14:00:00.000Z" if reason == "answered" else None
    assert state(acme, 1) == ("closed", reason, answered)
    fields = json.loads(acme.value("select json_group_array(field) from events"))
    stopped = ["first_answer_at"] if answered else []
    assert fields == ["status", "close_reason", *stopped, "note"]
    assert acme.value("select why from events where field = 'status'") == reason


def test_without_a_reason_nothing_is_claimed_and_nothing_forgotten(acme):
    acme.run("close", "1")
    assert state(acme, 1) == ("closed", None, None)
    acme.run("close", "1", "--reason", "spam")
    assert acme.run("close", "1").out == "0 closed. 1 was so already.\n"
    assert state(acme, 1) == ("closed", "spam", None)


def test_json_is_the_change_of_the_schema(acme):
    told = json.loads(acme.run("close", "1", "3", "--json").out)
    jsonschema.validate(told, schema("change"))
    assert told == {"v": 1, "action": 1, "changed": [1, 3], "skipped": []}


def test_ids_from_the_inbox_are_closed_in_a_pipe(acme):
    ids = acme.run("inbox", "channel:mastodon", "--format", "ids").out
    ran = acme.run("close", "-", "--reason", "no-answer-needed", "--yes", stdin=ids)
    assert (ran.code, ran.out) == (0, "3 closed.\n")
    assert {state(acme, n)[:2] for n in (1, 2, 3)} == {("closed", "no-answer-needed")}


def test_a_query_is_asked_about(acme):
    piped = acme.run("close", "channel:mastodon")
    assert piped.code == 2
    assert piped.err == (
        "error: this would change 3 mentions and nobody is here to ask.\n"
        "hint:  look first with --dry-run, then add --yes\n"
    )
    asked = acme.run("close", "label:praise", tty=True, stdin="n\n")
    assert asked.err == (
        "This one would be closed:\n"
        "  3  @leo@mastodon.social  Huge thanks [bold]Acme[/] ^[[2J support\n"
        "Close 1? [y/N] Nothing was changed.\n"
    )
    assert acme.run("close", "label:praise", tty=True, stdin="y\n").out == (
        "1 closed.   Take back: socialcare undo\n"
    )


def test_a_dry_run_closes_nothing(acme):
    ran = acme.run("close", "label:praise", "--dry-run", tty=True)
    assert ran.out == (
        "This one would be closed:\n"
        "  3  @leo@mastodon.social  Huge thanks [bold]Acme[/] ^[[2J support\n"
    )
    assert acme.run("close", "label:praise", "-n").out == (
        "3\t@leo@mastodon.social\tHuge thanks [bold]Acme[/] ^[[2J support\n"
    )
    assert state(acme, 3) == ("open", None, None)
    acme.run("close", "3")
    done = acme.run("close", "3", "--dry-run", tty=True)
    assert done.out == "Nothing would be closed. 1 was so already.\n"


def test_a_wrong_reason_is_told_with_the_right_ones(acme):
    ran = acme.run("close", "1", "--reason", "notus")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        'error: --reason cannot be "notus".\n'
        "hint:  did you mean --reason not-us ?  use one of: answered, no-answer-needed, not-us, "
        "spam, double\n"
    )


def test_closing_again_with_another_reason_changes_the_reason(acme):
    acme.run("close", "1", "--reason", "spam")
    assert acme.run("close", "1", "--reason", "not-us").out == "1 closed.\n"
    assert state(acme, 1) == ("closed", "not-us", None)


def test_a_closed_one_is_opened_again(acme):
    acme.run("close", "2", "--reason", "spam")
    acme.run("set", "2", "--status", "open")
    assert state(acme, 2) == ("open", None, None)
    assert "2\n" in acme.run("inbox", "--format", "ids").out
