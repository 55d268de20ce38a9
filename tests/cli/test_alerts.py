"""`socialcare alerts`: what is late, what soon will be, which channels fail or are silent."""

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.clock import format_time
from socialcare.output.schema import schema
from tests.cli.acme import HOUR, LATE, LEO, MINUTE, NOW, PRAISE, Acme, judged, mention

SOON = judged(mention(120, LEO, "Do you ship?", 225 * MINUTE), "question")
CONFIG = """
[channels.mastodon]
server = "https://mas.to"
hashtags = ["acme"]

[alerts]
late = {}
"""


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path)
    shop.fill([LATE], [SOON], [PRAISE])
    return shop


def configured(shop: Acme, late: object = 1) -> None:
    config = shop.home / "config.toml"
    config.write_text(CONFIG.format(late))
    shop.environ["SOCIALCARE_CONFIG"] = str(config)


def failing(shop: Acme, hint: str | None = "socialcare channel login mastodon") -> None:
    shop.change(
        "insert into channel_health (channel, last_attempt_at, last_success_at, failures, error,"
        " hint) values ('mastodon', ?, ?, 3, 'mastodon: the token was refused (401).', ?)",
        format_time(NOW),
        format_time(NOW - 2 * HOUR),
        hint,
    )


def test_one_line_each_with_what_to_type(acme):
    configured(acme)
    failing(acme)
    ran = acme.run("alerts", tty=True, width=120)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "LATE     1 past answer-by; the oldest 1h12   1   socialcare inbox is:late\n"
        "SOON     1 due within 30 min; the first in 15m   2   socialcare inbox is:soon\n"
        "CHANNEL  mastodon failed 3 times in a row: the token was refused (401); last good 2 h ago"
        "\n         socialcare channel login mastodon\n"
    )


def test_on_a_narrow_screen_it_goes_on_below(acme):
    assert acme.run("alerts", tty=True, width=40).out == (
        "LATE     1 past answer-by; the oldest\n"
        "         1h12\n"
        "         1   socialcare inbox is:late\n"
        "SOON     1 due within 30 min; the first\n"
        "         in 15m\n"
        "         2   socialcare inbox is:soon\n"
    )


def test_in_a_pipe_and_for_who_listens(acme):
    assert acme.run("alerts").out == (
        "LATE\t1 past answer-by; the oldest 1h12\t1\tsocialcare inbox is:late\n"
        "SOON\t1 due within 30 min; the first in 15m\t2\tsocialcare inbox is:soon\n"
    )
    spoken = acme.run("alerts", tty=True, width=120, SOCIALCARE_ACCESSIBLE="1").out
    assert spoken.startswith(
        "Late: 1 past answer-by; the oldest 1 hour 12 minutes. Mentions 1."
        " To do: socialcare inbox is:late\n"
    )


def test_the_exit_code_is_asked_for_and_soon_is_no_alarm(acme):
    assert acme.run("alerts").code == 0
    assert acme.run("alerts", "--exit-code").code == 10
    quiet = acme.run("alerts", "--exit-code", "-q")
    assert (quiet.code, quiet.out.split("\t")[0]) == (10, "LATE")
    acme.run("close", "1")
    assert acme.run("alerts", "--exit-code").code == 0
    assert acme.run("alerts", "--exit-code", "-q").out == ""
    acme.run("close", "2")
    assert acme.run("alerts", tty=True).out == "Nothing is late, and nothing fails.\n"
    assert acme.run("alerts", "--json").out == "[]\n"


def test_json_is_that_of_the_schema(acme):
    configured(acme)
    failing(acme, hint=None)
    told = json.loads(acme.run("alerts", "--json").out)
    jsonschema.Draft202012Validator(schema("alerts")).validate(told)
    assert [(one["kind"], one["ids"], one["wrong"]) for one in told] == [
        ("LATE", [1], True),
        ("SOON", [2], False),
        ("CHANNEL", [], True),
    ]
    assert told[2]["fix"] == "socialcare channel test mastodon"
    assert told[0]["since"] == "2026-11-21T12:48:00.000Z"


def test_from_how_many_late_ones_on_is_in_the_config(acme):
    configured(acme, late=2)
    assert acme.run("alerts", "--exit-code").code == 0
    assert "LATE" not in acme.run("alerts").out
    configured(acme, late=1)
    assert acme.run("alerts", "--exit-code").code == 10
    configured(acme, late='"many"')
    wrong = acme.run("alerts", "--exit-code")
    assert (wrong.code, wrong.out) == (2, "")
    assert "[alerts] late" in wrong.err


def test_a_schedule_that_stopped_is_an_alert(acme):
    configured(acme)
    acme.fetched(*(9 * HOUR + n * 5 * MINUTE for n in range(5)))
    out = acme.run("alerts").out
    assert "SILENT\tlast fetch 9 h ago: is cron running?\t\tsocialcare doctor\n" in out
    assert acme.run("close", "1").code == 0
    assert acme.run("alerts", "--exit-code").code == 10


def test_a_channel_that_is_left_out_is_silent(acme):
    configured(acme)
    acme.fetched(*(n * 5 * MINUTE for n in range(5)))
    acme.change(
        "insert into channel_health (channel, last_attempt_at, last_success_at, failures)"
        " values ('mastodon', ?, ?, 0)",
        *[format_time(NOW - 6 * HOUR)] * 2,
    )
    assert "SILENT\tmastodon was last read 6 h ago\t" in acme.run("alerts").out


def test_without_a_database_nothing_is_late_and_none_is_made(tmp_path):
    shop = Acme(tmp_path)
    ran = shop.run("alerts", "--exit-code", tty=True)
    assert (ran.code, ran.out) == (0, "Nothing is late, and nothing fails.\n")
    assert list(tmp_path.iterdir()) == []


def test_what_a_service_said_is_cleaned(acme):
    configured(acme)
    acme.change(
        "insert into channel_health (channel, failures, error) values ('mastodon', 1, ?)",
        "no \x1b[2J\nsecond line",
    )
    for tty in (True, False):
        out = acme.run("alerts", tty=tty, width=120).out
        assert "\x1b" not in out
        assert "no ^[[2J second line" in out
