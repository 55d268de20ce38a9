"""`socialcare report`: figures on the terminal, for programs and for files."""

from __future__ import annotations

import csv
import io
import json

import jsonschema
import pytest

from socialcare.clock import FixedClock
from socialcare.output.schema import schema
from tests.cli.acme import (
    DAY,
    HOUR,
    LATE,
    LEO,
    MINUTE,
    NOT_OURS,
    NOW,
    PAST,
    PRAISE,
    QUESTION,
    Acme,
    judged,
    mention,
)

MONEY = """
[goals]
answer_rate = 90
median_first_response = "2h"

[report]
cost_per_hour = 30
minutes_saved = 4
handling_minutes = 6
[report.minutes]
mastodon = 10
"""
MISTAKES = [
    (["--since", "soonish"], '--since cannot be "soonish".'),
    (["--since", "99999999w"], '--since cannot be "99999999w".'),
    (["--since", "2030-01-01"], "--since must lie before the end, by ten years at most."),
    (["--since", "1970-01-01"], "--since must lie before the end, by ten years at most."),
    (["--until", "2030-01-01"], "--until lies ahead, and nothing has come from there."),
    (["--until", "8h", "--since", "8h"], "--since must lie before the end, by ten years at most."),
    (["--by", "moon"], '--by cannot be "moon".'),
    (["--by", "tag:"], "--by tag: takes 1 to 20 tags."),
    (["--by", "order.country"], "no orders are known yet."),
    (["--by", "order."], '--by cannot be "order.".'),
    (["--brief", "--by", "owner"], "--brief and --by do not go together."),
    (["--format", "pdf"], '--format cannot be "pdf".'),
    (["--format", "html"], "this version writes no html yet."),
    (["-o", "week.EML"], "this version writes no eml yet."),
    (["--brief", "--format", "csv"], '--format cannot be "csv".'),
    (["41"], "a report is about a query, not about single mentions."),
    (["label:angry"], '"label:angry" is not a value of label:.'),
]


@pytest.fixture
def acme(tmp_path):
    shop = Acme(tmp_path, {"TZ": "UTC"})
    config(shop)
    return shop


def config(shop, text=""):
    shop.home.joinpath("config.toml").write_text(f'[answer_by]\ntimezone = "Europe/Oslo"\n{text}')
    shop.environ["SOCIALCARE_CONFIG"] = str(shop.home / "config.toml")


def told(shop, *words, **how):
    found = json.loads(shop.run("report", "--json", *words, **how).out)
    jsonschema.Draft202012Validator(schema("figures")).validate(found)
    return found


def test_json_is_that_of_the_schema(acme):
    acme.fill([LATE], [QUESTION], [PRAISE], [PAST], [NOT_OURS])
    found = told(acme, "--by", "label")
    assert (found["total"]["mentions"], found["left_out"]["filtered"]) == (4, 1)
    assert (found["since"], found["until"]) == (
        "2026-10-21T22:00:00.000Z",
        "2026-11-21T14:00:00.000Z",
    )
    assert [(g["group"], g["mentions"]) for g in found["groups"]] == [
        ("complaint", 1),
        ("question", 2),
        ("praise", 1),
    ]
    assert (found["money"], found["goals"]) == (None, [])


@pytest.mark.parametrize("since", ["today", "8h", "1d", "4w", "2026-11-01", "saturday"])
def test_whatever_the_period_an_empty_inbox_is_all_zero(acme, since):
    found = told(acme, "--since", since)
    assert found["total"]["mentions"] == found["total_before"]["mentions"] == 0
    assert {found["total"][name] for name in ("answer_rate", "in_time_share")} == {None}
    assert found["groups"] == []
    assert not acme.database.exists()


def test_one_mention_alone(acme):
    acme.fill([QUESTION])
    found = told(acme)
    (group,) = found["groups"]
    assert group["group"] is None
    for one in (found["total"], group):
        assert (one["mentions"], one["need_answer"], one["answered"], one["waiting"]) == (
            1,
            1,
            0,
            1,
        )
    assert (found["change"], group["change"]) == (None, None)
    out = acme.run("report", tty=True).out
    assert out.startswith("Last 30 days, and today so far  1 mention\n")
    assert "Change" not in out


def test_it_is_compared_with_the_period_before(acme):
    acme.fill([QUESTION], [LATE], [judged(mention(9, LEO, "Where?", 40 * DAY), "question")])
    found = told(acme)
    assert (found["total_before"]["mentions"], found["change"]) == (1, 1.0)
    out = acme.run("report", tty=True).out
    assert out.startswith("Last 30 days, and today so far  2 mentions, up 100%\n")
    assert "Complaints      50% of mentions, before 0%\n" in out


def test_today_is_compared_with_yesterday_until_the_same_time(acme):
    ages = (HOUR, 25 * HOUR, 23 * HOUR)
    acme.fill([judged(mention(n, LEO, "Where?", age), "question") for n, age in enumerate(ages)])
    found = told(acme, "--since", "today")
    assert found["before"] == {
        "since": "2026-11-19T23:00:00.000Z",
        "until": "2026-11-20T14:00:00.000Z",
    }
    assert (found["total"]["mentions"], found["total_before"]["mentions"]) == (1, 1)
    assert acme.run("report", "--since", "today", tty=True).out.startswith("Today so far  1 ")


def test_a_period_that_is_over_is_not_marked(acme):
    acme.fill([QUESTION])
    over = told(acme, "--since", "2026-11-01", "--until", "2026-11-21")
    assert (over["so_far"], len(over["steps"]["starts"]), over["total"]["mentions"]) == (
        False,
        20,
        0,
    )
    out = acme.run("report", "--since", "2d", "--by", "day", tty=True).out
    assert "2026-11-21 so far" in out
    assert "today is not over" in acme.run("report", "--since", "3d", tty=True).out


def test_the_night_when_clocks_go_back_has_25_hours(acme):
    at = FixedClock(NOW.replace(month=10, day=25, hour=22))
    ages = [NOW - at.now() + n * HOUR for n in range(30)]
    acme.fill([judged(mention(n, LEO, "Where?", age), "question") for n, age in enumerate(ages)])
    found = told(acme, "--since", "today", "--by", "hour", clock=at)
    hours = {group["group"]: group["mentions"] for group in found["groups"]}
    assert found["since"] == "2026-10-24T22:00:00.000Z"
    assert (hours["01"], hours["02"], hours["03"], len(hours)) == (1, 2, 1, 24)
    assert found["total"]["mentions"] == sum(hours.values()) == 24
    assert len(found["steps"]["starts"]) == 24


def test_rows_for_a_program_are_those_of_the_json(acme):
    acme.fill([LATE], [QUESTION], [PRAISE])
    found = told(acme, "--by", "channel")
    table = list(
        csv.DictReader(io.StringIO(acme.run("report", "--by", "channel", "--format", "csv").out))
    )
    assert [row["row"] for row in table] == ["total", "before", "group"]
    for name, value in found["total"].items():
        assert table[0][name] == ("" if value is None else str(value)), name
    piped = acme.run("report", "--by", "channel")
    assert (piped.code, piped.err) == (0, "")
    rows = [line.split("\t") for line in piped.out.splitlines()]
    assert rows == [list(row.values()) for row in table]


def test_the_file_decides_the_format(acme):
    acme.fill([LATE])
    for name, beginning in (
        ("a.csv", "row,by,"),
        ("a.md", "# Last 30"),
        ("a.json", '{"v": 1'),
        ("a.txt", "total\t"),
    ):
        file = acme.home / name
        assert acme.run("report", "-o", str(file)).code == 0
        assert file.read_text().startswith(beginning), name
    again = acme.run("report", "-o", str(file))
    assert (again.code, again.err.splitlines()[0]) == (2, f"error: {file} is there already.")


def test_a_query_narrows_it_in_whatever_state(acme):
    acme.fill([LATE], [QUESTION], [PRAISE])
    acme.run("close", "3", "--reason", "answered")
    found = told(acme, "author:@leo")
    assert (found["query"], found["total"]["mentions"]) == ("author:@leo", 1)
    assert told(acme, "is:open")["total"]["mentions"] == 2


def test_goals_are_met_or_missed(acme):
    config(acme, MONEY)
    acme.fill([QUESTION], [LATE])
    acme.run("reply", "1", "--record")
    out = acme.run("report", tty=True).out
    assert "Goal            Answer rate at least 90%, it is 50%: missed\n" in out
    assert "Goal            First answer half within 2h00, it is 1h00: met\n" in out
    assert [goal["met"] for goal in told(acme)["goals"]] == [False, True]
    assert "nothing to measure yet" in acme.run("report", "label:praise", tty=True).out


def test_money_is_worked_out_and_every_assumption_printed(acme):
    config(acme, MONEY)
    asked = [judged(mention(n, LEO, f"Where is it? {n}", n * HOUR), "question") for n in (1, 2, 3)]
    reply = judged(mention(9, PAST.mention.author, "In the box", MINUTE, in_reply_to="3"), "other")
    acme.fill([*asked, reply])  # the oldest is the first
    acme.run("reply", "2", "--record")
    acme.run("reply", "3", "--record")
    money = told(acme)["money"]
    assert (money["answers"], money["saved"]) == (2, 4.0)
    assert money["channels"] == [
        {
            "channel": "mastodon",
            "inquiries": 2,
            "answers": 2,
            "minutes": 10.0,
            "cost": 10.0,
            "cost_per_inquiry": 5.0,
        }
    ]
    assert (money["by_customers"], money["cost_per_inquiry"]) == (1, 3.33)
    assert [(e["way"], e["cost_low"], e["cost_high"]) for e in money["elsewhere"]] == [
        ("social", 6.0, 15.0),
        ("mail", 15.0, 30.0),
        ("phone", 30.0, 300.0),
    ]
    out = acme.run("report", tty=True).out
    assert "  saved $4.00: 2 answers x 4 min x $30 an hour\n" in out
    for number in (
        "$30",
        "saves 4 minutes",
        "takes 6 minutes (mastodon 10)",
        "phone costs $10 to 100",
    ):
        assert number in " ".join(out.split()), number


def test_there_is_no_money_until_it_is_set(acme):
    acme.fill([QUESTION])
    config(acme, "[report]\ncost_per_hour = 30\n")
    assert told(acme)["money"] is None
    config(acme, "[report]\nminutes_saved = 4\n")
    assert told(acme)["money"] is None
    assert "Money" not in acme.run("report", tty=True).out


def test_snippets_that_worked_are_inquiries_less(acme):
    config(acme, MONEY)
    acme.fill([judged(mention(1, LEO, "Where?", 20 * DAY), "question")])
    acme.run("reply", "1", "--record")
    at = "2026-11-02T14:00:00.000Z"
    acme.change("update reply set snippet = 'where', sent_at = ?", at)
    assert told(acme)["money"]["deflected"] == 1
    assert told(acme, "--since", "5d")["money"]["deflected"] == 0
    assert told(acme, "channel:mastodon")["money"]["deflected"] is None


def test_what_is_not_watched_is_named(acme):
    config(acme, '[channels.mastodon]\nserver = "https://mas.to"\nenabled = false\n'
                 '[channels.blog]\ntype = "feed"\nurls = ["https://b.example"]\n')  # fmt: skip
    acme.fill([QUESTION])
    says = [spot["says"] for spot in told(acme)["not_watched"]]
    assert says == ["mastodon is off", "blog was never asked"]
    acme.change(
        "insert into channel_health (channel, last_attempt_at, last_success_at, failures,"
        " possibly_missed) values ('blog', '2026-11-21T13:00:00.000Z', '2026-11-21T13:00:00.000Z',"
        " 0, 'more than 100')"
    )
    assert told(acme)["not_watched"][1]["says"] == "blog may have missed some: more than 100"
    config(acme)
    assert told(acme)["not_watched"][0]["says"] == "no channel is set up"
    assert (
        "Not watched\n  no channel is set up; see: socialcare channel add\n"
        in acme.run("report", tty=True).out
    )


def test_hostile_names_of_groups_are_shown_and_not_obeyed(acme):
    acme.fill([QUESTION])
    acme.change("update triage set owner = ?", "=cmd|'\x1b[2J\u202e|x")
    for words in ((), ("--format", "md"), ("--format", "csv"), ("--format", "text")):
        out = acme.run("report", "--by", "owner", *words, tty=True).out
        assert "\x1b" not in out
        assert "\u202e" not in out
    assert ",'=cmd" in acme.run("report", "--by", "owner", "--format", "csv").out
    assert r"\|" in acme.run("report", "--by", "owner", "--format", "md").out


@pytest.mark.parametrize(("words", "message"), MISTAKES)
def test_mistakes_are_two_lines(acme, words, message):
    acme.fill([QUESTION])
    ran = acme.run("report", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == f"error: {message}"


def test_a_column_that_no_order_has_is_told_with_those_there_are(acme):
    acme.fill([judged(mention(1, LEO, "Where is #4411?", HOUR), "question")])
    acme.change("insert into orders values ('4411', '{\"country\": \"NO\"}', '')")
    ran = acme.run("report", "--by", "order.counrty")
    assert ran.err.splitlines() == [
        'error: the orders have no column "counrty".',
        "hint:  they have: country",
    ]
    assert told(acme, "--by", "order.Country")["groups"][0]["group"] == "NO"


def test_many_groups_are_cut_on_the_page_alone(acme):
    acme.fill(
        [
            judged(
                mention(
                    n,
                    LEO,
                    "x",
                    n * MINUTE,
                ),
                "question",
            )
            for n in range(1, 31)
        ]
    )
    for id_ in range(1, 31):
        acme.change("update triage set owner = ? where mention_id = ?", f"person{id_}", id_)
    out = acme.run("report", "--by", "owner", tty=True).out
    assert "... 10 more: --format csv\n" in out
    assert len(told(acme, "--by", "owner")["groups"]) == 30


def test_help_says_what_each_figure_means(acme):
    out = acme.run("help", "figures").out
    for name in ("complaints", "answered", "first answer", "in time", "waiting now", "tag:vip"):
        assert name in out
