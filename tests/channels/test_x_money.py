"""X: what reading costs, and that the budget of the day is never overdrawn."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcare.channels.base import CanRecheck, Page
from socialcare.testing import NOW, SINCE, Item
from tests.channels.cases.x import ANA, post, user
from tests.channels.servers import Line
from tests.channels.x_service import MENTIONS, SEARCH, asked, builder, listing, problem, run, says


@pytest.fixture
def channel(server, http, clock):
    return builder(server, http, clock)


# ── money ──


def test_what_came_is_counted_once_a_day(server, channel, clock):
    server[MENTIONS] = says(listing(Item("1", NOW), Item("2", NOW)))
    _, checkpoint = run(channel())
    assert checkpoint["account"]["spent"] == 10 + 2 * 1 + 10  # who we are, two mentions, Ana
    _, checkpoint = run(channel(), checkpoint)
    assert checkpoint["account"]["spent"] == 22
    clock.sleep(timedelta(days=1).total_seconds())
    _, checkpoint = run(channel(), checkpoint)
    assert checkpoint["account"]["day"] == "2026-11-22"
    assert checkpoint["account"]["spent"] == 12


def test_a_page_is_no_larger_than_what_is_left_pays_for(server, channel):
    server[MENTIONS] = says(listing())
    run(channel(user="@acme"))
    assert asked(server, MENTIONS)[0]["max_results"] == str((500 - 10) // 21)


def test_no_call_is_made_that_could_cost_more_than_is_left(server, channel, clock):
    def answer(line: Line) -> None:
        size = int(parse_qs(urlsplit(line.request.target).query)["max_results"][0])
        items = [
            Item(f"{line.nth * 100 + n}", NOW - timedelta(minutes=line.nth)) for n in range(size)
        ]
        said = listing(*items, token=f"t{line.nth}")
        for number, one in enumerate(said["data"]):
            one["author_id"] = f"{line.nth}000{number}"
        users = [{"id": one["author_id"], "username": "u"} for one in said["data"]]
        says({**said, "includes": {"users": users}})(line)

    server[MENTIONS] = answer
    pages, checkpoint = run(channel(user="@acme", query="acme"))
    assert checkpoint["account"]["spent"] <= 500
    assert "of $0.50 are spent today" in (pages[-1].notice or "")
    assert not asked(server, SEARCH)
    before = len(server.asked)
    pages, checkpoint = run(channel(user="@acme", query="acme"), checkpoint)
    assert [bool(page.notice) for page in pages] == [True]
    assert len(server.asked) == before
    clock.sleep(timedelta(days=1).total_seconds())
    next(channel(user="@acme").pages(checkpoint, SINCE))
    assert "until_id" in asked(server, MENTIONS)[-1]


def test_without_money_nobody_is_asked(server, channel):
    pages, _ = run(channel(user="@acme", budget_per_day=0))
    assert "does not cover" in (pages[0].notice or "")
    pages, _ = run(channel(query="acme", budget_per_day=0.19))
    assert "budget_per_day" in (pages[0].notice or "")
    assert not server.asked


# ── a second look ──


def test_known_posts_are_looked_at_again_within_a_quarter_of_the_budget(server, channel):
    old, edited = post(Item("1", NOW)), post(Item("3", NOW, "corrected"))
    edited["edit_history_tweet_ids"] = [old["id"], edited["id"]]
    gone = {**problem("resource-not-found"), "resource_id": "2", "value": "2"}
    hidden = {**problem("not-authorized-for-resource"), "resource_id": "4"}
    said = {"data": [edited], "includes": {"users": [user(ANA)]}, "errors": [gone, hidden]}
    server[MENTIONS], server["/2/tweets"] = says(listing()), says(said)
    assert isinstance(channel(), CanRecheck)
    built = channel(user="@acme", budget_per_day=0.40)
    assert built.recheck([old["id"]]) == Page()
    run(built)
    page = built.recheck([old["id"], "2", "at://no-id", "4", "5", "6", "7", "8", "9"])
    assert asked(server, "/2/tweets")[0]["ids"] == f"{old['id']},2,4,5,6,7"
    assert [(one.external_id, one.text) for one in page.mentions] == [(old["id"], "corrected")]
    assert page.gone == ["2"]
    assert page.checkpoint is not None
    assert page.checkpoint["account"]["again"] == 5  # Ana is paid for
