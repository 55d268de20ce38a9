"""The answer-by time of a conversation as it stands in the inbox, through pages and changes.

Friday 20 November 2026; the shop is open Monday to Friday 09:00–17:00 UTC, a complaint of
normal priority has 4 hours.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from types import FrameType, MappingProxyType

import pytest

from socialcare.inbox.changes import Wish, change
from socialcare.inbox.fields import Hand
from socialcare.inbox.policy import follow
from socialcare.inbox.query import Reader
from socialcare.inbox.reading import records
from socialcare.inbox.replies import record_answer
from socialcare.inbox.search import all_ids
from socialcare.inbox.settling import clock_of
from socialcare.inbox.sla import run_clock
from socialcare.inbox.store import Incoming, store
from socialcare.models import Judged
from socialcare.settings import AnswerBy, Settings
from tests.inbox.house import AUTHORS, SOURCE, US, label, mention, new_inbox

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WEEK = (((9 * 60, 17 * 60),),) * 5 + ((),) * 2
SHOP = Settings(answer_by=AnswerBy(timezone="UTC", hours=WEEK))
ROUND = Settings()
MIA = "mia"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def db(tmp_path):
    inbox = new_inbox(tmp_path)
    yield inbox
    inbox.close()


def wrote(db, number, when, settings=ROUND, name="complaint", **facts):
    post = mention(number, created_at=when, thread="t", **facts)
    item = Judged(post, None if post.role == "answer" else label(name))
    return store(db, Incoming("mastodon", SOURCE, [item]), settings, when).new_ids


def did(db, ids, when, settings=ROUND, **fields):
    return change(db, ids, Wish(**fields), settings, when, actor=MIA, command="set")


def answered(db, id_, when, settings=ROUND, promised=None):
    record_answer(db, id_, "Sorry.", None, settings, Hand(MIA, when, "reply"), promised)


def stands(db, now):
    """Of each row of the inbox: id, what is due, when."""
    ids = list(all_ids(db, Reader(now).read(["is:open"]), now, MIA))
    return [
        (r["id"], r["due_for"], datetime.fromisoformat(r["due_at"])) for r in records(db, ids, now)
    ]


def found(db, words, now):
    return list(all_ids(db, Reader(now).read(words), now, MIA))


def test_a_question_of_friday_evening_is_due_on_monday(db):
    [id_] = wrote(db, 1, at(20, 16, 45), SHOP)
    # 15 minutes on Friday, 3 h 45 on Monday from 09:00.
    assert stands(db, at(20, 17)) == [(id_, "first", at(23, 12, 45))]


def test_pending_for_a_weekend_moves_it_by_the_open_time_that_was_paused(db):
    [id_] = wrote(db, 1, at(20, 16), SHOP)
    assert stands(db, at(20, 16)) == [(id_, "first", at(23, 12))]
    did(db, [id_], at(20, 16, 30), SHOP, status="pending")
    assert stands(db, at(21, 9)) == []
    did(db, [id_], at(23, 10), SHOP, status="open")
    # Half an hour ran on Friday; 3 h 30 are left from Monday 10:00.
    assert stands(db, at(23, 10)) == [(id_, "first", at(23, 13, 30))]


def test_snoozing_pauses_the_clock_and_an_answer_keeps_what_was_due(db):
    [id_] = wrote(db, 1, at(18, 10))
    did(db, [id_], at(18, 11), status="snoozed", snoozed_until=at(18, 15))
    did(db, [id_], at(18, 13), status="open")
    assert stands(db, at(18, 13)) == [(id_, "first", at(18, 16))]
    answered(db, id_, at(18, 17))
    assert stands(db, at(18, 17)) == []
    assert records(db, [id_], at(18, 17))[0]["due_at"] == "2026-11-18T16:00:00.000Z"


def test_a_snooze_ends_at_its_time_and_not_when_something_runs(db):
    """Issue 4, the clock: a cron job that is dead for a night gives nobody more time."""
    [id_] = wrote(db, 1, at(18, 10))
    did(db, [id_], at(18, 11), status="snoozed", snoozed_until=at(18, 15))
    did(db, [id_], at(19, 8), tag=("awake",))
    assert stands(db, at(19, 8)) == [(id_, "first", at(18, 18))]


def test_what_they_write_after_our_answer_is_a_next_answer(db):
    policy = Settings(answer_by=AnswerBy(next=MappingProxyType({"normal": 2 * HOUR})))
    [first] = wrote(db, 1, at(18, 10), policy)
    answered(db, first, at(18, 11), policy)
    [second] = wrote(db, 2, at(18, 12), policy)
    assert stands(db, at(18, 12)) == [(second, "next", at(18, 14))]
    assert found(db, ["is:pending"], at(18, 12)) == []


def test_reopened_after_close_is_a_first_answer_again(db):
    policy = Settings(answer_by=AnswerBy(next=MappingProxyType({"normal": 2 * HOUR})))
    [first] = wrote(db, 1, at(18, 10), policy, "question")
    did(db, [first], at(18, 11), policy, status="closed", reason="answered")
    [second] = wrote(db, 2, at(19, 8), policy, "question")
    assert stands(db, at(19, 8)) == [(second, "first", at(19, 12))]


def test_opened_again_by_hand_the_question_is_asked_from_then_on(db):
    [id_] = wrote(db, 1, at(18, 10))
    did(db, [id_], at(18, 11), status="closed")
    did(db, [id_], at(19, 8), status="open")
    assert stands(db, at(19, 8)) == [(id_, "first", at(19, 12))]


def test_further_messages_do_not_put_the_first_one_off(db):
    [first] = wrote(db, 1, at(18, 10), name="question")
    [second] = wrote(db, 2, at(18, 13), name="question")
    assert stands(db, at(18, 13)) == [(second, "first", at(18, 14))]
    record = records(db, [second], at(18, 13))[0]
    assert (record["messages"], record["waiting_since"]) == (2, "2026-11-18T10:00:00.000Z")
    assert found(db, ["is:late"], at(18, 15)) == [second]
    assert not records(db, [first], at(18, 15))[0]["late"]


def test_answered_from_the_phone_stops_it(db):
    wrote(db, 1, at(18, 10))
    wrote(db, 2, at(18, 13))
    wrote(db, 3, at(18, 13, 30), author=US, role="answer", in_reply_to="2")
    assert stands(db, at(18, 14)) == []
    assert len(found(db, ["is:pending"], at(18, 14))) == 1


def test_a_promise_is_owed_while_we_wait_for_the_person(db):
    [id_] = wrote(db, 1, at(18, 10))
    answered(db, id_, at(18, 11), promised=at(19, 9))
    assert stands(db, at(18, 12)) == [(id_, "promise", at(19, 9))]
    assert found(db, ["is:pending"], at(18, 12)) == [id_]
    assert found(db, ["is:soon"], at(19, 8, 45)) == [id_]
    assert found(db, ["is:late"], at(19, 10)) == [id_]
    did(db, [id_], at(18, 13), status="snoozed")
    assert stands(db, at(18, 13)) == [(id_, "promise", at(19, 9))]
    did(db, [id_], at(18, 14), status="snoozed", snoozed_until=at(19, 8))
    assert stands(db, at(18, 14)) == []
    did(db, [id_], at(18, 15), status="snoozed", snoozed_until=at(19, 10))
    assert stands(db, at(18, 15)) == [(id_, "promise", at(19, 9))]
    did(db, [id_], at(18, 16), status="pending")
    assert stands(db, at(18, 16)) == [(id_, "promise", at(19, 9))]


@pytest.mark.parametrize("where", ["here", "on the channel"])
def test_a_promise_is_kept_by_the_next_answer(db, where):
    [id_] = wrote(db, 1, at(18, 10))
    answered(db, id_, at(18, 11), promised=at(19, 9))
    if where == "here":
        answered(db, id_, at(18, 20))
    else:
        wrote(db, 2, at(18, 20), author=US, role="answer", in_reply_to="1")
    assert stands(db, at(18, 21)) == []


def test_an_answer_that_is_noted_later_answers_only_what_was_written_by_then(db):
    [first] = wrote(db, 1, at(18, 10), name="question")
    [second] = wrote(db, 2, at(18, 11), name="question")
    hand = Hand(MIA, at(18, 12), "reply")
    record_answer(db, first, "On the phone.", None, ROUND, hand, answered_at=at(18, 10, 30))
    assert records(db, [first], at(18, 12))[0]["first_answer_at"] == "2026-11-18T10:30:00.000Z"
    assert stands(db, at(18, 12)) == [(second, "first", at(18, 15))]


def test_what_came_with_our_answer_to_an_earlier_message_still_waits(db):
    posts = [
        mention(1, created_at=at(18, 10), thread="t"),
        mention(2, created_at=at(18, 10, 30), author=US, role="answer", in_reply_to="1"),
        mention(3, created_at=at(18, 11), thread="t"),
    ]
    page = [Judged(p, None if p.role == "answer" else label("question")) for p in posts]
    store(db, Incoming("mastodon", SOURCE, page), ROUND, at(18, 12))
    [(id_, due_for, due_at)] = stands(db, at(18, 12))
    assert (due_for, due_at) == ("first", at(18, 15))  # a question is closed when answered
    assert records(db, [id_], at(18, 12))[0]["external_id"] == "3"


def test_until_it_is_closed_a_resolution_is_due(db):
    policy = Settings(answer_by=AnswerBy(resolve=MappingProxyType({"complaint": 3 * HOUR})))
    [id_] = wrote(db, 1, at(18, 10), policy)
    assert stands(db, at(18, 10)) == [(id_, "resolve", at(18, 13))]
    did(db, [id_], at(18, 11), policy, status="pending")
    did(db, [id_], at(18, 12), policy, status="open")
    assert stands(db, at(18, 12)) == [(id_, "resolve", at(18, 14))]


def test_the_most_urgent_message_ranks_the_conversation(db):
    [first] = wrote(db, 1, at(18, 10), direct=True, rating=1)
    [second] = wrote(db, 2, at(18, 10, 30), name="question", author=AUTHORS[0])
    record = records(db, [second], at(18, 11))[0]
    assert record["priority"] == records(db, [first], at(18, 11))[0]["priority"] == "urgent"
    assert stands(db, at(18, 11)) == [(second, "first", at(18, 11))]


def test_whoever_writes_again_after_a_day_ranks_higher(db):
    wrote(db, 1, at(18, 10), name="question")
    [second] = wrote(db, 2, at(19, 11), name="question")
    assert {"reason": "had waited 25h00", "points": 10} in records(db, [second], at(19, 11))[0][
        "why"
    ]
    answered(db, second, at(19, 12))
    [third] = wrote(db, 3, at(20, 13), name="question")
    assert not any(
        "waited" in part["reason"] for part in records(db, [third], at(20, 13))[0]["why"]
    )


def test_another_policy_moves_what_waits_and_leaves_what_was_answered(db):
    [done] = wrote(db, 1, at(18, 10), name="question")
    answered(db, done, at(18, 11))
    [waits] = wrote(db, 2, at(20, 16), name="question")
    was_due = records(db, [done], at(18, 12))[0]["due_at"]
    follow(db, ROUND)
    assert follow(db, ROUND) == 0
    stricter = Settings(answer_by=AnswerBy(normal=HOUR, timezone="UTC", hours=WEEK))
    assert follow(db, stricter) == 1
    assert stands(db, at(20, 16)) == [(waits, "first", at(20, 17))]
    assert records(db, [done], at(20, 16))[0]["due_at"] == was_due
    assert follow(db, stricter) == 0


def test_another_holiday_is_another_policy(db, tmp_path):
    [id_] = wrote(db, 1, at(20, 16), SHOP)
    off = AnswerBy(timezone="UTC", hours=WEEK, holidays=(at(23, 0).date(),))
    follow(db, SHOP)
    assert follow(db, Settings(answer_by=off)) == 1
    assert stands(db, at(20, 16)) == [(id_, "first", at(24, 12))]


def test_writing_again_never_puts_off_what_a_message_before_had_due(db):
    """Issue 4, the clock: a complaint runs round the clock, the question after it does not."""
    policy = AnswerBy(timezone="UTC", hours=WEEK, always=frozenset({"complaint"}))
    settings = Settings(answer_by=policy)
    [first] = wrote(db, 1, at(20, 20), settings)
    assert stands(db, at(20, 21)) == [(first, "first", at(21, 0))]
    [second] = wrote(db, 2, at(20, 21), settings, "question")
    assert stands(db, at(20, 21)) == [(second, "first", at(21, 0))]


@pytest.mark.parametrize("how", ["by hand", "by its time"])
def test_what_was_answered_and_is_opened_again_is_due_from_then_on(db, how):
    """Issue 4, the clock: reopening starts a new cycle, so nothing is late at once."""
    [id_] = wrote(db, 1, at(18, 10))
    answered(db, id_, at(18, 11))
    if how == "by hand":
        did(db, [id_], at(20, 9), status="open")
    else:
        did(db, [id_], at(18, 12), status="snoozed", snoozed_until=at(20, 9))
        did(db, [id_], at(20, 9), tag=("awake",))
    assert stands(db, at(20, 9)) == [(id_, "next", at(20, 13))]
    assert records(db, [id_], at(20, 9))[0]["waiting_since"] == "2026-11-20T09:00:00.000Z"
    assert clock_of(db, id_, ROUND).due_at == at(20, 13)


def test_one_answer_to_three_messages_stops_the_clock_in_one_line(db):
    """Issue 4, ``show --clock`` prints its working, each thing that happened once."""
    for number in (1, 2, 3):
        ids = wrote(db, number, at(18, 10, number))
    answered(db, ids[0], at(18, 11), promised=at(18, 15))
    told = [step.what for step in clock_of(db, ids[0], ROUND).steps]
    assert told.count("answered") == 1


def test_a_long_conversation_is_worked_out_once_and_not_for_each_message(db):
    """Issue 4, threads: whoever writes 450 times in one thread blocks nobody."""
    posts = [mention(n, created_at=at(18, 10) + n * MINUTE, thread="t") for n in range(450)]
    page = [Judged(post, label("question")) for post in posts]
    ids = store(db, Incoming("mastodon", SOURCE, page), ROUND, at(18, 20)).new_ids
    clocks: list[int] = []

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is run_clock.__code__:
            clocks.append(1)

    sys.setprofile(count)
    try:
        did(db, ids, at(18, 21), status="snoozed")
    finally:
        sys.setprofile(None)
    assert len(clocks) < 10
    assert stands(db, at(18, 21)) == []
