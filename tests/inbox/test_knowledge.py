"""How ready-made answers fared, and what in the inbox could become one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from socialcare.inbox import knowledge
from socialcare.inbox.changes import Wish, change
from socialcare.inbox.fields import Hand
from socialcare.inbox.knowledge import Uses
from socialcare.inbox.letters import Words, save_draft
from socialcare.inbox.replies import record_answer
from socialcare.models import Judged
from tests.inbox.house import AUTHORS, NOW, SETTINGS, US, keep, label, mention, new_inbox

MIA, TOM = AUTHORS[:2]
DAY = timedelta(days=1)


@pytest.fixture
def db(tmp_path):
    made = new_inbox(tmp_path)
    yield made
    made.close()


def post(number, days, name="question", author=MIA, thread=None, **facts):
    marks = {key: facts.pop(key) for key in ("needs_answer", "topics") if key in facts}
    made = mention(number, author, created_at=NOW - days * DAY, thread=thread, **facts)
    return Judged(made, label(name, **marks))


def answered(db, id_, days, snippet="delay", body="Sorry, Mia."):
    """A draft from a snippet, sent so many days ago."""
    hand = Hand("leo", NOW - days * DAY, "reply")
    save_draft(db, id_, Words(body, snippet=snippet), hand)
    record_answer(db, id_, None, None, SETTINGS, hand)


def uses(db):
    return knowledge.uses(db, NOW)


def test_silence_for_a_week_is_what_it_takes(db) -> None:
    keep(db, [post(1, 20)])
    answered(db, 1, 7)
    assert uses(db) == {"delay": Uses(used=1, worked=1, judged=1, deflected=1)}


def test_before_the_week_is_over_nobody_knows(db) -> None:
    keep(db, [post(1, 20)])
    answered(db, 1, 6.99)
    assert uses(db) == {"delay": Uses(used=1)}


@pytest.mark.parametrize(
    ("days", "worked"), [(9.9, False), (3.001, False), (2.999, True), (10.1, True)]
)
def test_who_writes_again_within_the_week_was_not_helped(db, days, worked) -> None:
    keep(db, [post(1, 20, "complaint", thread="t")])
    answered(db, 1, 10)
    keep(db, [post(2, days, "complaint", thread="t")])
    assert uses(db) == {"delay": Uses(1, int(worked), 1)}


def test_a_new_message_decides_at_once(db) -> None:
    keep(db, [post(1, 5, thread="t")])
    answered(db, 1, 4)
    keep(db, [post(2, 3, thread="t")])
    assert uses(db) == {"delay": Uses(1, 0, 1)}


def test_thanks_and_other_people_are_no_second_question(db) -> None:
    keep(db, [post(1, 20, thread="t")])
    answered(db, 1, 15)
    keep(db, [post(2, 14, "praise", thread="t", needs_answer=False)])
    keep(db, [post(3, 14, author=TOM, thread="t")])
    keep(db, [post(4, 14)])
    assert uses(db)["delay"].worked == 1


def test_only_questions_are_deflected(db) -> None:
    keep(db, [post(1, 20), post(2, 20, "complaint"), post(3, 20, "praise")])
    for id_ in (1, 2, 3):
        answered(db, id_, 15)
    assert uses(db) == {"delay": Uses(used=3, worked=3, judged=3, deflected=1)}
    change(db, [2], Wish(label="question"), SETTINGS, NOW, actor="leo", command="set")
    assert uses(db)["delay"].deflected == 2


def test_each_of_several_names_is_counted_once(db) -> None:
    keep(db, [post(1, 20), post(2, 20)])
    answered(db, 1, 15, "delay, refund,delay")
    answered(db, 2, 15, "refund")
    assert {name: one.used for name, one in uses(db).items()} == {"delay": 1, "refund": 2}


def test_only_the_last_ones_are_counted_where_that_is_wanted(db) -> None:
    keep(db, [post(1, 20), post(2, 20), post(3, 20)])
    for id_, days, name in ((1, 10, "delay"), (2, 12, "refund"), (3, 9, "delay")):
        answered(db, id_, days, name)
    found = knowledge.uses(db, NOW, most=2)
    assert {name: one.used for name, one in found.items()} == {"delay": 2}


def test_drafts_and_answers_of_ones_own_are_no_uses(db) -> None:
    keep(db, [post(1, 20), post(2, 20)])
    save_draft(db, 1, Words("Sorry.", snippet="delay"), Hand("leo", NOW, "reply"))
    answered(db, 2, 15, snippet=None)
    assert uses(db) == {}


def test_the_last_answer_that_was_sent_is_found(db) -> None:
    keep(db, [post(1, 20), post(2, 20)])
    assert knowledge.last_sent(db, 1) is None
    answered(db, 1, 15, body="First.")
    assert knowledge.last_sent(db, 1) == knowledge.Sent("First.", "leo", "public")
    ours = mention(
        9, US, role="answer", created_at=NOW - DAY, in_reply_to="1", text="On the channel."
    )
    keep(db, [Judged(ours, None)])
    found = knowledge.last_sent(db, 1)
    assert found is not None
    assert (found.body, found.who) == ("On the channel.", None)
    assert knowledge.last_sent(db, 2) is None


def test_an_answer_of_another_customer_is_found(db) -> None:
    keep(db, [post(1, 20, thread="t"), post(2, 19, "other", TOM, in_reply_to="1", text="Wax it.")])
    keep(db, [post(3, 18, "other", TOM, thread="t", text="Or oil.")])
    keep(db, [post(4, 17), post(5, 16, in_reply_to="1"), post(6, 15, "other", TOM, thread="u")])
    found = knowledge.by_customer(db, 2)
    assert found is not None
    assert (found.text, found.who, found.asked) == ("Wax it.", TOM.handle, 1)
    third = knowledge.by_customer(db, 3)
    assert third is not None
    assert third.asked == 1
    assert [knowledge.by_customer(db, id_) for id_ in (1, 4, 5, 6)] == [None] * 4


def test_the_texts_of_a_conversation_are_told_apart(db) -> None:
    keep(db, [post(1, 5, thread="t", text="one"), post(2, 4, thread="t", text="two")])
    keep(db, [post(3, 3, thread="t", text="three"), post(4, 2, text="else")])
    assert knowledge.texts_of(db, 2) == (["two"], ["three", "one"])
    assert knowledge.texts_of(db, 4) == (["else"], [])


def test_questions_are_those_that_were_asked_since(db) -> None:
    keep(db, [post(1, 9), post(2, 6, topics=("stock",), text="Red?"), post(3, 5, "complaint")])
    keep(db, [Judged(post(4, 4).mention, label("question"), "not about you"), post(5, 3)])
    change(db, [5], Wish(status="closed"), SETTINGS, NOW, actor="leo", command="close")
    found = list(knowledge.questions(db, NOW - 7 * DAY))
    assert [one.id for one in found] == [2, 5]
    assert (found[0].text, found[0].topics) == ("Red?", ("stock",))
