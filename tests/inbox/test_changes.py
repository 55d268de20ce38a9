"""What people do: one action, an event for every field, and the classifier never wins over them."""

from __future__ import annotations

import json

import pytest

from socialcare.inbox.changes import Wish, change
from socialcare.inbox.fields import Hand
from socialcare.inbox.judgement import judge
from socialcare.inbox.letters import Words, discard_draft, letter_of, save_draft
from socialcare.inbox.reading import records
from socialcare.inbox.replies import record_answer
from socialcare.models import Judged
from socialcare.settings import Settings
from tests.inbox.house import NOW, SETTINGS, US, keep, label, mention, new_inbox

MIA = Hand("mia", NOW, "reply")


@pytest.fixture
def db(tmp_path):
    inbox = new_inbox(tmp_path)
    for item in (Judged(mention(1), label("complaint")), Judged(mention(2), label("question"))):
        keep(inbox, [item])
    yield inbox
    inbox.close()


def wish(db, ids, **fields):
    return change(db, ids, Wish(**fields), SETTINGS, NOW, actor="mia", command="set")


def events(db, columns="action, actor, mention_id, field, before, after"):
    return [tuple(row) for row in db.rows(f"select {columns} from events order by id")]


def test_any_mix_is_one_action_with_an_event_for_each_field(db):
    done = wish(db, [1, 2], owner="leo", tag=("courier",), note="called him")
    assert (done.action, done.changed, done.skipped) == (1, (1, 2), ())
    assert events(db) == [
        (1, "mia", id_, field, before, after)
        for id_ in (1, 2)
        for field, before, after in (
            ("owner", "null", '"leo"'),
            ("tag", "null", '"courier"'),
            ("note", "null", '"called him"'),
        )
    ]


def test_what_is_so_already_is_skipped(db):
    wish(db, [1], owner="leo", tag=("a",))
    done = wish(db, [1, 2], owner="leo", tag=("a",))
    assert (done.changed, done.skipped) == ((2,), (1,))
    assert wish(db, [1, 2], owner="leo").action is None


def test_owner_nobody(db):
    wish(db, [1], owner="leo")
    wish(db, [1], owner="")
    assert db.value("select owner from mentions where id = 1") is None


def test_a_corrected_label_changes_priority_and_survives_labelling_again(db):
    before = records(db, [1], NOW)[0]
    wish(db, [1], label="praise")
    after = records(db, [1], NOW)[0]
    assert (before["priority"], after["priority"]) == ("normal", "low")
    assert (after["label"], after["points"]) == ("praise", 10)
    assert after["due_at"] > before["due_at"]
    with db.write() as tx:
        judge(tx, {1: label("complaint")}, SETTINGS)
    assert records(db, [1], NOW)[0]["label"] == "praise"
    assert db.value("select label from label where mention_id = 1") == "complaint"


def test_priority_topics_and_need_can_be_corrected(db):
    wish(db, [1], priority="urgent", topics=("delivery", "stock"), needs_answer=False)
    record = records(db, [1], NOW)[0]
    assert (record["priority"], record["topics"]) == ("urgent", ["delivery", "stock"])
    assert record["needs_answer"] is False
    assert record["why"][-1] == {"reason": "set to urgent by hand", "points": 0}
    assert db.value("select count(*) from inbox where id = 1") == 0


def test_an_earlier_complaint_that_was_none_stops_counting(db):
    keep(db, [Judged(mention(0), label("complaint"))])
    points = lambda: db.value("select points from mentions where external_id = '0'")  # noqa: E731
    assert points() == 20 + 25 + 15
    wish(db, [1], label="praise")
    assert points() == 20 + 25


def test_closing_keeps_the_reason_and_stops_the_clock_when_answered(db):
    change(
        db,
        [1],
        Wish(status="closed", reason="answered"),
        SETTINGS,
        NOW,
        actor="mia",
        command="close",
    )
    change(
        db, [2], Wish(status="closed", reason="not-us"), SETTINGS, NOW, actor="mia", command="close"
    )
    rows = db.rows("select status, close_reason, first_answer_at from mentions order by id")
    assert [tuple(row) for row in rows] == [
        ("closed", "answered", "2026-11-21T14:00:00.000Z"),
        ("closed", "not-us", None),
    ]


def test_what_was_filtered_is_brought_back_with_one_command(db):
    keep(db, [Judged(mention(3), label("complaint"), "perhaps not about you")])
    assert db.value("select status from mentions where id = 3") == "filtered"
    wish(db, [3], status="open")
    assert tuple(db.one("select status, filtered_why from mentions where id = 3")) == ("open", None)


def test_a_draft_is_one_per_mention_and_every_version_is_in_the_history(db):
    save_draft(db, 1, Words("Sorry, Mia."), MIA)
    assert save_draft(db, 1, Words("Sorry, Mia."), MIA) is None
    save_draft(db, 1, Words("Sorry, Mia. I am on it."), MIA)
    letter = letter_of(db, 1)
    assert letter is not None
    assert letter.words.body == "Sorry, Mia. I am on it."
    assert records(db, [1], NOW)[0]["reply_state"] == "draft"
    discard_draft(db, 1, MIA)
    assert letter_of(db, 1) is None
    assert [json.loads(row[0]) for row in events(db, "after")] == [
        "Sorry, Mia.",
        "Sorry, Mia. I am on it.",
        None,
    ]


def test_recording_an_answer_stops_the_clock_and_moves_the_state_by_rule(db):
    save_draft(db, 1, Words("Sorry."), MIA)
    record_answer(db, 1, None, "https://mas.to/@acme/9", Settings(), MIA)
    record_answer(db, 2, "Yes, we do.", None, Settings(), MIA)
    rows = db.rows("select status, first_answer_at, reply_state from mentions order by id")
    assert [tuple(row) for row in rows] == [
        ("pending", "2026-11-21T14:00:00.000Z", "sent"),
        ("closed", "2026-11-21T14:00:00.000Z", "sent"),
    ]
    kept = db.rows("select body, url, state from reply order by id")
    assert [tuple(row) for row in kept] == [
        ("Sorry.", "https://mas.to/@acme/9", "sent"),
        ("Yes, we do.", None, "sent"),
    ]


def test_an_answer_that_was_recorded_and_then_seen_is_one(db):
    url = "https://mas.to/@acme/9"
    record_answer(db, 1, "Sorry.", url, Settings(), MIA)
    assert db.value("select count(*) from replies") == 1
    keep(db, [Judged(mention(9, US, role="answer", in_reply_to="1", url=url), None)])
    assert [tuple(r) for r in db.rows("select text, recorded from replies")] == [
        ("text 9", "channel")
    ]
