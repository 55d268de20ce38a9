"""`socialcare channel usage`: what reading cost today, from what is stored."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest

from socialcare.channels.prices import Account, budget_of, dollars, spending
from socialcare.output.schema import schema
from socialcare.testing import Item
from tests.channels.cases.x import TOKEN, Timeline
from tests.cli.acme import NOW

CONFIG = """
[brand]
name = "Acme"

[channels.x]
user = "@acme"
budget_per_day = 1.25

[channels.search]
type = "x"
query = ["acme"]

[channels.hackernews]
query = "acme"
"""
SAVE = "insert into checkpoint values (?, 'x', 1, ?, '2026-11-21T11:00:00.000Z')"
DAY = NOW.date().isoformat()


@pytest.fixture
def paying(home):
    home.configure(CONFIG)
    account = {"day": DAY, "spent": 237, "again": 0, "paid": ["1:5"]}
    home.change(SAVE, "x", json.dumps({"users": {}, "lists": {}, "account": account}))
    return home


def test_the_table_tells_what_was_spent_and_what_is_left(paying):
    ran = paying.run("channel", "usage", tty=True)
    assert (ran.code, ran.err) == (0, "")
    assert [line.rstrip() for line in ran.out.splitlines()] == [
        "Name        Spent today  Budget  Posts left",
        "x                $0.237   $1.25          40",
        "search            $0.00   $0.50          20",
        "hackernews         free       -           -",
    ]


def test_a_pipe_gets_the_name_first(paying):
    assert paying.run("channel", "usage").out.splitlines() == [
        "x\tx\tfalse\t0.237\t1.25\t1.013\t40",
        "search\tx\tfalse\t0.0\t0.5\t0.5\t20",
        "hackernews\thackernews\ttrue\t0\t\t\t",
    ]


def test_json_keeps_to_its_schema_and_one_can_be_named(paying):
    records = paying.json("channel", "usage")
    jsonschema.Draft202012Validator(schema("channel-usage")).validate(records)
    assert [record["name"] for record in records] == ["x", "search", "hackernews"]
    [one] = paying.json("channel", "usage", "x")
    assert (one["spent"], one["left"], one["reads_left"]) == (0.237, 1.013, 40)
    assert paying.run("channel", "usage", "--fields", "name,left", "search").out == "search\t0.5\n"
    assert paying.run("channel", "usage", "nobody").code == 3


def test_what_was_spent_yesterday_is_not_told(paying):
    old = {"day": (NOW - timedelta(days=1)).date().isoformat(), "spent": 900}
    paying.change("update checkpoint set value = ?", json.dumps({"account": old}))
    [one] = paying.json("channel", "usage", "x")
    assert one["spent"] == 0


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_no_line_is_longer_than_the_screen(paying, width):
    ran = paying.run("channel", "usage", tty=True, width=width)
    assert ran.out
    assert all(len(line) <= width for line in ran.out.splitlines())


def test_it_is_spoken_in_sentences(paying):
    ran = paying.run("channel", "usage", tty=True, SOCIALCARE_ACCESSIBLE="1")
    assert ran.out.splitlines() == [
        "1 of 3. x: $0.237 of $1.25 spent today, enough for 40 more posts.",
        "2 of 3. search: $0.00 of $0.50 spent today, enough for 20 more posts.",
        "3 of 3. hackernews: free.",
    ]
    assert paying.run("channel", "usage", "--format", "ids").out.split() == [
        "x", "search", "hackernews"
    ]  # fmt: skip


def test_without_a_database_nothing_was_spent(home):
    home.configure(CONFIG)
    assert [one["spent"] for one in home.json("channel", "usage")] == [0, 0, 0]


def test_a_budget_that_is_no_amount_is_told_by_its_name(home):
    home.configure(CONFIG.replace("1.25", '"much"'))
    ran = home.run("channel", "usage")
    assert ran.code == 2
    assert "[channels.x] budget_per_day" in ran.err


def test_a_fetch_stops_at_the_budget_and_is_told(home):
    service = Timeline()
    service.items = [Item(f"{n}", NOW - timedelta(minutes=n)) for n in range(1, 40)]
    service.page_size = 5
    with service.running() as url:
        home.configure(
            f'[brand]\nname = "Acme"\n[channels.x]\nuser = "@acme"\nbase_url = "{url}"\n'
            'budget_per_day = 0.145\ntoken = { env = "ACME_TOKEN" }\n'
        )
        ran = home.run("fetch", ACME_TOKEN=TOKEN)
        asked = len(service.asked)
        [day] = home.json("channel", "usage")
        again = home.run("fetch", ACME_TOKEN=TOKEN)
        [later] = home.json("channel", "usage")
    assert (ran.code, again.code) == (0, 0)
    assert "of $0.145 are spent today" in ran.err + ran.out
    assert home.value("select count(*) from mention") == 25
    assert day["spent"] == 0.010 + 0.010 + 25 * 0.001
    assert day["reads_left"] == 4
    [look] = service.asked[asked:]  # what waits is looked at again, and nothing more is read
    assert look.startswith("/2/tweets?")
    assert day["spent"] < later["spent"] <= 0.145
    assert TOKEN not in ran.out + ran.err + str(
        home.value("select group_concat(value) from checkpoint")
    )


# ── the count ──


def test_a_thing_is_paid_once_a_day():
    account = Account(None, 100, NOW)
    assert account.pay(["a", "b", "a"], 10) == 20
    kept = Account(json.loads(json.dumps(account.to_json())), 100, NOW)
    assert kept.pay(["a", "c"], 10) == 10
    assert (kept.spent, kept.left) == (30, 70)
    assert Account(kept.to_json(), 100, NOW + timedelta(days=1)).left == 100


def test_what_is_left_is_never_less_than_nothing():
    day = spending({"budget_per_day": 0.01}, {"account": {"day": DAY, "spent": 30}}, 20, NOW)
    assert (day.left, day.reads_left) == (0, 0)


@pytest.mark.parametrize(
    ("value", "mills"), [(0.5, 500), (1, 1000), (0.001, 1), (0, 0), (10_000, 10_000_000)]
)
def test_a_budget_is_in_dollars(value, mills):
    assert budget_of({"budget_per_day": value}) == mills


@pytest.mark.parametrize("value", [True, "1", -0.1, float("inf"), float("nan"), 10_001, None])
def test_anything_else_is_no_budget(value):
    with pytest.raises(ValueError, match="amount"):
        budget_of({"budget_per_day": value})


@pytest.mark.parametrize(
    ("mills", "told"), [(0, "$0.00"), (5, "$0.005"), (500, "$0.50"), (1_234_500, "$1,234.50")]
)
def test_dollars_have_a_third_place_only_where_it_says_something(mills, told):
    assert dollars(mills) == told
