"""An answer that was given elsewhere stops the clock at its time, and can be taken back."""

from __future__ import annotations

import pytest

from socialcare.clock import format_time
from socialcare.errors import BlockedError
from socialcare.inbox.conflicts import last_event
from socialcare.inbox.database import open_writer
from socialcare.inbox.fields import Hand
from socialcare.inbox.leases import HeldError, take
from socialcare.inbox.replies import answered_elsewhere, record_answer
from socialcare.inbox.settling import clock_of
from socialcare.inbox.undo import take_back
from socialcare.settings import Settings
from tests.cli.acme import ANA, HOUR, MIA, MINUTE, NOW, Acme, judged, mention
from tests.inbox.replay import rebuilt, state

LEO = Hand("leo", NOW, "triage")


@pytest.fixture
def shop(tmp_path):
    made = Acme(tmp_path)
    made.fill(
        [judged(mention(1, MIA, "Where is it?", 3 * HOUR, thread="7"), "complaint")],
        [judged(mention(2, MIA, "Hello?", HOUR, thread="7", in_reply_to="1"), "complaint")],
        [judged(mention(3, ANA, "Do you ship?", 2 * HOUR), "question")],
    )
    return made


@pytest.fixture
def db(shop):
    opened = open_writer(shop.path)
    yield opened
    opened.close()


def times(db):
    sql = "select mention_id, status, close_reason, first_answer_at from triage order by 1"
    return [tuple(row) for row in db.rows(sql)]


def test_it_answers_what_was_written_by_then(db):
    at = NOW - 90 * MINUTE
    assert answered_elsewhere(db, 1, at, Settings(), LEO)
    assert times(db) == [
        (1, "pending", None, format_time(at)),
        (2, "open", None, None),
        (3, "open", None, None),
    ]
    assert db.value("select mention_id from triage where waits = 1 and mention_id < 3") == 2


def test_a_question_is_closed_as_answered(db):
    at = NOW - 20 * MINUTE
    answered_elsewhere(db, 3, at, Settings(), LEO)
    assert times(db)[2] == (3, "closed", "answered", format_time(at))
    assert db.value("select count(*) from reply") == 0
    (cycle,) = clock_of(db, 3, Settings()).cycles
    assert cycle.stopped == at


def test_the_clock_is_that_of_an_answer_that_was_recorded(db, tmp_path):
    other = Acme(tmp_path / "other")
    other.home.mkdir()
    other.fill([judged(mention(3, ANA, "Do you ship?", 2 * HOUR), "question")])
    second = open_writer(other.path)
    at = NOW - 20 * MINUTE
    try:
        answered_elsewhere(db, 3, at, Settings(), LEO)
        record_answer(second, 1, None, None, Settings(), LEO, answered_at=at)
        assert clock_of(db, 3, Settings()) == clock_of(second, 1, Settings())
    finally:
        second.close()


def test_it_can_be_taken_back_and_its_events_tell_all(db, shop):
    before = state(db)
    action = answered_elsewhere(db, 2, NOW, Settings(), LEO)
    assert state(db) == rebuilt(shop.path, shop.home, Settings()) != before
    take_back(db, action, Settings(), NOW, actor="leo")
    assert state(db) == rebuilt(shop.path, shop.home, Settings()) == before


def test_an_earlier_time_wins_and_the_same_changes_nothing(db):
    early, late = NOW - 30 * MINUTE, NOW - 10 * MINUTE
    answered_elsewhere(db, 3, late, Settings(), LEO)
    assert answered_elsewhere(db, 3, late, Settings(), LEO) is None
    answered_elsewhere(db, 3, early, Settings(), LEO)
    assert times(db)[2][3] == format_time(early)
    assert answered_elsewhere(db, 3, late, Settings(), LEO) is None


def test_it_does_not_cut_across_a_colleague(db):
    seen = last_event(db, 3)
    take(db, 3, "mia", NOW)
    with pytest.raises(HeldError, match="mia is writing an answer to 3"):
        answered_elsewhere(db, 3, NOW, Settings(), LEO, seen=seen)
    record_answer(db, 3, "Yes.", None, Settings(), Hand("mia", NOW, "reply"))
    db.conn.execute("delete from lease")
    with pytest.raises(BlockedError, match="mia sent an answer to 3"):
        answered_elsewhere(db, 3, NOW, Settings(), LEO, seen=seen)
    assert times(db)[2][1:3] == ("closed", "answered")
