"""`socialcare alerts`: what is late, what soon will be, which channels fail or are silent."""

from __future__ import annotations

import json

import jsonschema
import pytest

from socialcare.clock import FixedClock, format_time
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
        "LATE\t1 past answer-by; the oldest 1h12\t1\tsocialcare inbox is:late\t\n"
        "SOON\t1 due within 30 min; the first in 15m\t2\tsocialcare inbox is:soon\t\n"
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
    assert (
        acme.run("alerts", tty=True).out
        == "Nothing is unusual, nothing is late, and nothing fails.\n"
    )
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
    assert "SILENT\tlast fetch 9 h ago: is cron running?\t\tsocialcare doctor\t\n" in out
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
    assert (ran.code, ran.out) == (0, "Nothing is unusual, nothing is late, and nothing fails.\n")
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


def test_a_quiet_run_says_each_incident_once(acme):
    first = acme.run("alerts", "--exit-code", "-q", "--json")
    assert (first.code, [one["name"] for one in json.loads(first.out)]) == (10, ["late"])
    again = acme.run("alerts", "--exit-code", "-q", "--json")
    assert (again.code, again.out) == (0, "[]\n")
    assert acme.run("alerts", "--exit-code").code == 10
    configured(acme)
    failing(acme)
    other = acme.run("alerts", "--exit-code", "-q")
    assert (other.code, other.out.split("\t")[0]) == (10, "CHANNEL")


def test_who_knows_of_it_stands_beside_it_and_it_is_no_alarm_any_more(acme):
    said = acme.run("alerts", "--ack", "late")
    assert (said.code, said.out, said.err) == (0, "late: acknowledged by leo.\n", "")
    assert acme.run("alerts", "--ack", "LATE", SOCIALCARE_USER="mia").out == (
        "late: acknowledged by leo.\n"
    )
    shown = acme.run("alerts", tty=True, width=120).out.splitlines()[0]
    assert "acknowledged by leo" in shown
    spoken = acme.run("alerts", tty=True, width=200, SOCIALCARE_ACCESSIBLE="1").out
    assert "Acknowledged by leo" in spoken
    assert acme.run("alerts", "--exit-code").code == 0
    assert acme.run("alerts", "--exit-code", "-q").out == ""
    [late, _] = json.loads(acme.run("alerts", "--json").out)
    jsonschema.Draft202012Validator(schema("alerts")).validate([late])
    assert (late["acknowledged_by"], late["acknowledged_at"]) == ("leo", format_time(NOW))


def test_muted_for_a_while_by_the_name_of_its_channel(acme):
    configured(acme)
    failing(acme)
    acme.run("close", "1")
    assert acme.run("alerts", "--exit-code").code == 10
    assert acme.run("alerts", "--mute", "mastodon", "--for", "4h").code == 0
    assert acme.run("alerts", "--exit-code").code == 0
    assert "muted until" in acme.run("alerts").out
    later = FixedClock(NOW + 4 * HOUR + MINUTE)
    told = json.loads(acme.run("alerts", "--json", clock=later).out)
    assert [one["muted_until"] for one in told if one["kind"] == "CHANNEL"] == [None]
    assert acme.run("alerts", "--exit-code", clock=later).code == 10


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("--ack", "sipke"), 3, "alerts: late"),
        (("--mute", "soon", "--for", "1h"), 3, "alerts: late"),
        (("--mute", "late"), 2, "--for 4h"),
        (("--mute", "late", "--for", "ever"), 2, "--for 4h"),
        (("--mute", "late", "--for", "400d"), 2, "--for 4h"),
        (("--for", "4h"), 2, "--mute NAME --for 4h"),
    ],
)
def test_what_is_not_there_or_has_no_end_is_refused(acme, words, code, hint):
    before = acme.path.read_bytes()
    wrong = acme.run("alerts", *words)
    assert (wrong.code, wrong.out) == (code, "")
    assert hint in wrong.err
    assert acme.path.read_bytes() == before
