"""`set --snooze`, what it says, and how the inbox shows it."""

from __future__ import annotations

import json

import pytest

from socialcare.clock import FixedClock
from tests.cli.acme import (
    ANA,
    DAY,
    HOUR,
    LATE,
    LEO,
    MIA,
    MINUTE,
    NOW,
    PRAISE,
    QUESTION,
    Acme,
    judged,
    mention,
)

ZONE = '[answer_by]\ntimezone = "Europe/Oslo"\n'


@pytest.fixture
def acme(tmp_path):
    """1 complaint by Mia, 2 question by Ana, 3 praise by Leo; it is Saturday 15:00 in Oslo."""
    shop = Acme(tmp_path)
    shop.fill([LATE], [QUESTION], [PRAISE])
    (tmp_path / "acme.toml").write_text(ZONE)
    shop.environ["SOCIALCARE_CONFIG"] = str(tmp_path / "acme.toml")
    return shop


@pytest.mark.parametrize(
    ("when", "told", "cell", "stored"),
    [
        ("2h", "Sat 21 Nov 17:00", "17:00", "2026-11-21T16:00:00.000Z"),
        ("tomorrow", "Sun 22 Nov 09:00", "Sun 09:00", "2026-11-22T08:00:00.000Z"),
        ("monday", "Mon 23 Nov 09:00", "Mon 09:00", "2026-11-23T08:00:00.000Z"),
        ("saturday", "Sat 28 Nov 09:00", "28 Nov", "2026-11-28T08:00:00.000Z"),
        ("2026-12-01", "Tue 1 Dec 09:00", "1 Dec", "2026-12-01T08:00:00.000Z"),
        ("2026-12-01 10:30", "Tue 1 Dec 10:30", "1 Dec", "2026-12-01T09:30:00.000Z"),
        ("2027-07-05", "Mon 5 Jul 2027 09:00", "Jul 2027", "2027-07-05T07:00:00.000Z"),
        ("reply", "they write again", "on reply", None),
    ],
)
def test_until_when_is_said_everywhere(acme, when, told, cell, stored):
    ran = acme.run("set", "1", "--snooze", when)
    assert (ran.code, ran.out) == (0, f"1 changed: snoozed until {told}.\n")
    row = acme.run("inbox", "is:snoozed", tty=True).out.splitlines()[2]
    assert row.startswith(f"1  urgent   {cell:>10}  complaint  @mia@mas.to Third email")
    piped = acme.run("inbox", "is:snoozed").out.split("\t")
    assert piped[:3] == ["1", "urgent", f"snoozed until {told}"]
    (record,) = json.loads(acme.run("inbox", "is:snoozed", "--json").out)
    assert (record["status"], record["snoozed_until"]) == ("snoozed", stored)
    assert acme.run("show", "1").out.startswith(f"#1  urgent  snoozed until {told} ─")
    assert "1\n" not in acme.run("inbox", "--format", "ids").out


def test_a_voice_says_the_weekday_in_full(acme):
    acme.run("set", "1", "--snooze", "monday")
    told = acme.run("inbox", "is:snoozed", tty=True, SOCIALCARE_ACCESSIBLE="1").out
    assert "Mention 1, urgent, snoozed until Monday 23 Nov 09:00, complaint" in told.replace(
        "\n", " "
    )


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_column_holds_it_at_every_width(acme, width):
    acme.run("set", "1-3", "--snooze", "monday")
    lines = acme.run("inbox", "is:snoozed", tty=True, width=width).out.splitlines()
    assert all(len(line) <= width for line in lines)
    assert sum("Mon 09:00" in line for line in lines) == 3


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("yesterday", '"yesterday" is no time I know.'),
        ("", '"" is no time I know.'),
        ("2x", '"2x" is no time I know.'),
        ("2026-02-30", '"2026-02-30" is no time I know.'),
        ("9999-12-31T23:59-12:00", '"9999-12-31T23:59-12:00" is no time I know.'),
        ("\x1b[2J", '"^[[2J" is no time I know.'),
        ("2026-11-21", '"2026-11-21" is past: nothing can be snoozed until then.'),
        ("0h", '"0h" is past: nothing can be snoozed until then.'),
        ("2026-11-21 15:00", '"2026-11-21 15:00" is past: nothing can be snoozed until then.'),
    ],
)
def test_the_past_and_nonsense_are_two_lines(acme, when, message):
    ran = acme.run("set", "1", "--snooze", when)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"error: {message}\n"
        'hint:  --snooze 2h   tomorrow   monday   2026-12-01   "2026-12-01 09:00"   reply\n'
    )
    assert acme.value("select count(*) from event") == 0


def test_a_snooze_is_a_status_and_excludes_another(acme):
    ran = acme.run("set", "1", "--snooze", "2h", "--status", "pending")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: --snooze and --status cannot both be given.\nhint:  ")


def test_it_is_woken_by_hand(acme):
    acme.run("set", "1", "--snooze", "monday")
    assert acme.run("set", "1", "--status", "open").out == "1 changed: status open.\n"
    row = "select status || ifnull(snoozed_until, '') from mentions where id = 1"
    assert acme.value(row) == "open"
    assert "1\n" in acme.run("inbox", "--format", "ids").out


def test_one_event_for_each_field(acme):
    acme.run("set", "1", "--snooze", "2h")
    acme.run("set", "1", "--snooze", "reply")
    acme.run("set", "1", "--snooze", "reply")
    sql = "select json_group_array(field || ' ' || before || ' ' || after) from events"
    assert json.loads(acme.value(sql)) == [
        'status "open" "snoozed"',
        'snoozed_until null "2026-11-21T16:00:00.000Z"',
        'snoozed_until "2026-11-21T16:00:00.000Z" null',
    ]


def test_until_a_fetch_or_a_change_its_time_is_up_and_then_it_is_back(acme):
    acme.run("set", "1", "--snooze", "2h")
    later = FixedClock(NOW + 3 * HOUR)
    row = acme.run("inbox", "is:snoozed", tty=True, clock=later).out.splitlines()[2]
    assert row.startswith("1  urgent   time is up  complaint")
    acme.run("set", "2", "--tag", "seen", clock=later)
    assert acme.run("inbox", "is:snoozed", clock=later).out == ""
    assert "1\n" in acme.run("inbox", "--format", "ids", clock=later).out


def test_the_person_wakes_it(acme):
    acme.run("set", "1", "--snooze", "reply", clock=FixedClock(NOW - HOUR))
    acme.fill([judged(mention(9, MIA, "Hello?", 30 * MINUTE), "question")])
    assert acme.value("select status from mentions where id = 1") == "open"


def test_a_query_can_be_put_off(acme):
    ran = acme.run("set", "label:question", "label:praise", "--snooze", "2h", "--yes")
    assert ran.out == "0 changed.\n"
    ran = acme.run("set", "is:open", "not label:complaint", "--snooze", "2h", "--yes", "--json")
    assert sorted(json.loads(ran.out)["changed"]) == [2, 3]


def test_a_dry_run_puts_nothing_off(acme):
    acme.run("set", "1", "--snooze", "2h", "--dry-run")
    assert acme.value("select count(*) from mentions where status = 'snoozed'") == 0


def test_what_waits_in_several_threads(tmp_path):
    shop = Acme(tmp_path)
    shop.fill(
        [judged(mention(n, who, f"Post {n}?", DAY), "question") for n, who in ((1, ANA), (2, LEO))]
    )
    shop.run("set", "1-2", "--snooze", "reply")
    shop.fill([judged(mention(3, LEO, "And?", -MINUTE), "question")])
    assert shop.value("select json_group_array(id) from mentions where status = 'snoozed'") == "[1]"


def test_an_import_brings_back_what_was_put_off_where_nothing_is_fetched(acme):
    """Issue 4, snooze until a time: a shop that only imports has no fetch to wake it."""
    acme.run("set", "2", "--snooze", "2h")
    line = json.dumps({"text": "Hm.", "author": "@p"})
    acme.run("import", "-", stdin=line, clock=FixedClock(NOW + HOUR))
    assert acme.value("select status from mentions where id = 2") == "snoozed"
    acme.run("import", "-", stdin=line, clock=FixedClock(NOW + 2 * HOUR))
    assert acme.value("select status from mentions where id = 2") == "open"
