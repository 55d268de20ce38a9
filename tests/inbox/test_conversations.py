"""What one person writes in one thread is one row, in whatever order and split pages bring it."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcare.inbox.changes import Wish, change
from socialcare.inbox.query import Query
from socialcare.inbox.reading import header, records
from socialcare.inbox.search import all_ids, find_ids
from socialcare.models import Judged
from tests.inbox.house import (
    AUTHORS,
    NOW,
    SETTINGS,
    US,
    judged_mentions,
    keep,
    label,
    mention,
    new_inbox,
)

LAW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
MIA, TOM = AUTHORS[:2]
MINUTE = timedelta(minutes=1)
SETTLED = (
    *("conversation_id", "messages", "status", "waiting", "waiting_since", "due_at", "due_for"),
    *("priority", "needs_answer", "first_answer_at", "answered_by_customer"),
)


def post(number, minutes, parent=None, author=MIA, name="question", **facts):
    """Written so many minutes ago."""
    at = NOW - minutes * MINUTE
    made = mention(number, author, created_at=at, in_reply_to=parent, **facts)
    return Judged(made, label(name))


def answer(number, minutes, parent, **facts):
    made = mention(
        number,
        US,
        role="answer",
        created_at=NOW - minutes * MINUTE,
        in_reply_to=parent,
        **facts,
    )
    return Judged(made, None)


def delivered(db, items):
    for item in items:
        keep(db, [item])


def rows(db):
    """All records by the id that their channel gives them; conversations by their members."""
    ids = [row[0] for row in db.rows("select mention_id from triage")]
    found = {record["external_id"]: record for record in records(db, ids, NOW)}
    talks: dict[int, list[str]] = {}
    for name in sorted(found):
        talks.setdefault(found[name]["conversation_id"], []).append(name)
    return {
        name: {field: record[field] for field in SETTLED}
        | {"conversation_id": talks[record["conversation_id"]]}
        for name, record in found.items()
    }


def waiting(db):
    """What stands in the inbox, with how many messages it stands for."""
    ids, _ = find_ids(db, Query(), NOW, "me", limit=100)
    return [(record["external_id"], record["messages"]) for record in records(db, ids, NOW)]


@pytest.fixture
def db(tmp_path):
    inbox = new_inbox(tmp_path)
    yield inbox
    inbox.close()


def every_order(items):
    return [
        pytest.param(order, id="".join(o.mention.external_id for o in order)) for order in items
    ]


CHAIN = [post(1, 60), answer(2, 50, "1"), answer(3, 49, "2"), post(4, 40, "3")]
THREAD = [post(1, 60, thread="t"), post(2, 50, thread="t"), post(3, 40, thread="t", author=TOM)]


@pytest.mark.parametrize("order", every_order(itertools.permutations(CHAIN)))
def test_a_chain_through_our_answers_is_one_conversation(db, order):
    delivered(db, order)
    assert {n: row["conversation_id"] for n, row in rows(db).items()} == {
        "1": ["1", "4"],
        "4": ["1", "4"],
    }
    assert waiting(db) == [("4", 2)]
    assert (rows(db)["1"]["status"], rows(db)["4"]["status"]) == ("closed", "open")


@pytest.mark.parametrize("order", every_order(itertools.permutations(THREAD)))
def test_one_person_in_one_thread_and_another_one_beside(db, order):
    delivered(db, order)
    assert sorted(waiting(db)) == [("2", 2), ("3", 1)]
    assert header(db, NOW).open == 2
    assert rows(db)["2"]["waiting_since"] == "2026-11-21T13:00:00.000Z"
    assert rows(db)["2"]["due_at"] == "2026-11-21T17:00:00.000Z"


def test_a_reply_to_somebody_else_is_a_conversation_of_its_own_and_said_there(db):
    delivered(db, [post(1, 60), post(2, 50, "1", author=TOM, name="other")])
    found = rows(db)
    assert (found["1"]["messages"], found["2"]["messages"]) == (1, 1)
    assert found["1"]["answered_by_customer"] == "@p1@mas.to"
    assert found["2"]["answered_by_customer"] is None


THANKS = [
    post(1, 60),
    answer(2, 50, "1"),
    post(3, 40, "2", name="praise", text="Thanks a lot!"),
]


@pytest.mark.parametrize("order", every_order(itertools.permutations(THANKS)))
def test_a_bare_thanks_after_our_answer_does_not_reopen(db, order):
    delivered(db, order)
    assert waiting(db) == []
    assert rows(db)["3"]["messages"] == 2
    assert not rows(db)["3"]["needs_answer"]


@pytest.mark.parametrize(
    "last",
    [
        post(3, 40, "2", name="praise", text="Thanks, and one more thing: " + "it leaks. " * 8),
        post(3, 40, "2", name="question", text="Thanks! When?"),
        post(3, 40, "2", name="complaint", text="No."),
        post(3, 55, "1", name="praise", text="Thanks!"),
    ],
    ids=["long", "a question", "a complaint", "before the answer"],
)
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_anything_else_does_unless_our_answer_came_after_it(db, last, turn):
    posts = [*THANKS[:2], last]
    delivered(db, posts[turn:] + posts[:turn])
    answered = last.mention.created_at < THANKS[1].mention.created_at
    assert waiting(db) == ([] if answered else [("3", 2)])


def test_a_thanks_without_an_answer_of_ours_is_praise_like_any_other(db):
    delivered(db, [post(1, 60), post(3, 40, "1", name="praise", text="Thanks!")])
    assert waiting(db) == [("3", 2)]


def test_a_person_may_say_that_a_thanks_wants_an_answer(db):
    delivered(db, THANKS)
    ids = [row[0] for row in db.rows("select id from mentions where external_id = '3'")]
    change(db, ids, Wish(needs_answer=True), SETTINGS, NOW, actor="mia", command="set")
    assert waiting(db) == [("3", 2)]


@pytest.mark.parametrize("reason", ["answered", "no-answer-needed", None])
def test_a_new_message_in_a_closed_thread_reopens_with_its_owner(db, reason):
    keep(db, [post(1, 60, thread="t")])
    change(db, [1], Wish(owner="leo"), SETTINGS, NOW - 50 * MINUTE, actor="mia", command="set")
    closed = Wish(status="closed", reason=reason)
    change(db, [1], closed, SETTINGS, NOW - 45 * MINUTE, actor="leo", command="close")
    assert waiting(db) == []
    keep(db, [post(2, 40, thread="t")])
    assert waiting(db) == [("2", 2)]
    assert rows(db)["1"]["status"] == "closed"
    assert db.value("select owner from mentions where external_id = '2'") == "leo"
    told = "select field, after, why from events where actor = 'fetch'"
    assert [tuple(row) for row in db.rows(told)] == [("owner", '"leo"', "has the conversation")]
    assert rows(db)["2"]["waiting_since"] == "2026-11-21T13:20:00.000Z"
    assert list(all_ids(db, Query(), NOW, "leo")) == [2]


def test_an_old_message_that_comes_late_reopens_nothing_that_was_answered_since(db):
    keep(db, [post(1, 60, thread="t")])
    keep(db, [answer(2, 50, "1")])
    keep(db, [post(3, 55, thread="t")])
    assert waiting(db) == []
    assert rows(db)["3"]["first_answer_at"] == "2026-11-21T13:10:00.000Z"
    assert db.value("select owner from mentions where external_id = '3'") is None


def test_the_newest_message_stands_for_all_with_the_most_urgent_priority(db):
    keep(db, [post(1, 60, thread="t", name="complaint", direct=True)])
    keep(db, [post(2, 50, thread="t", name="praise")])
    found = rows(db)
    assert waiting(db) == [("2", 2)]
    assert (found["1"]["priority"], found["2"]["priority"]) == ("high", "high")
    assert (found["1"]["waiting"], found["2"]["waiting"]) == (False, True)


def pages(folder, name, items, cuts):
    inbox = new_inbox(Path(folder), name)
    try:
        for start, end in itertools.pairwise([0, *sorted(cuts), len(items)]):
            keep(inbox, items[start:end])
        return rows(inbox), sorted(waiting(inbox)), header(inbox, NOW)
    finally:
        inbox.close()


@LAW
@given(judged_mentions(), st.data())
def test_any_order_and_split_gives_the_same_conversations(items, data):
    """Also where a post comes twice."""
    again = [item for item in items if data.draw(st.booleans())]
    seen = data.draw(st.permutations([*items, *again]))
    cuts = data.draw(st.lists(st.integers(0, len(seen)), max_size=4))
    with TemporaryDirectory() as folder:
        whole = pages(folder, "whole.db", items, [])
        assert pages(folder, "cut.db", seen, cuts) == whole


@LAW
@given(judged_mentions())
def test_a_conversation_is_one_person_and_at_most_one_row(items):
    with TemporaryDirectory() as folder:
        inbox = new_inbox(Path(folder))
        keep(inbox, items)
        found = inbox.rows(
            "select conversation_id, count(*) as n, max(messages) as messages, sum(waiting) as waits,"
            " count(distinct author) as people, max(waiting and status <> 'open') as wrong,"
            " sum(status = 'open' and needs_answer) as wanted from mentions group by 1"
        )
        for row in found:
            assert row["n"] == row["messages"]
            assert row["people"] == 1
            assert row["waits"] == min(1, row["wanted"])
            assert not row["wrong"]
        inbox.close()
