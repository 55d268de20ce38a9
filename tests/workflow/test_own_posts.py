"""Posts of our own: the same outbox, once, and one row from the draft to what a fetch brings."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from socialcare.clock import format_time
from socialcare.inbox import own_posts
from socialcare.inbox.fields import Hand
from socialcare.inbox.store import Incoming, store
from socialcare.inbox.story import story
from socialcare.models import Author, Judged, Mention
from socialcare.workflow.sending import SETTLED
from tests.cli.acme import NOW, judged
from tests.workflow.post_office import SOURCE, Killed
from tests.workflow.sender_desk import QUESTIONER, SETTINGS

LATE = "The courier is late today. We write again at 18:00."
US = Author("99", "@acme@mas.to", "Acme", is_us=True)
THERE = Mention(
    channel="mastodon",
    source=SOURCE,
    external_id="own-0",
    author=US,
    text=LATE,
    created_at=NOW,
    role="answer",
    url="https://mas.to/@acme/0",
    uri="at://own/0",
    thread="t0",
    lang="en",
)
STRANGER = replace(THERE, role="mention", author=replace(US, is_us=False))


def write(desk, body: str = LATE, **more) -> int:
    id_ = own_posts.start(desk.db, "mastodon", "@acme@mas.to", Hand("leo", NOW, "reply"))
    desk.approve(id_, body, **more)
    return id_


def fetch(desk, *mentions: Mention) -> int:
    """How many new ones there were."""
    items = [
        judged(one, "other") if one.role == "mention" else Judged(one, None) for one in mentions
    ]
    page = Incoming("mastodon", SOURCE, items)
    result = store(desk.db, page, SETTINGS, desk.clock.now())
    return len(result.new_ids) + result.answers


def row(desk, id_: int) -> tuple[object, ...]:
    sql = "select source, external_id, uri, url, text, role from mention where id = ?"
    return tuple(desk.db.one(sql, (id_,)))


def there(body: str = LATE) -> tuple[object, ...]:
    return (SOURCE, "own-0", "at://own/0", "https://mas.to/@acme/0", body, "own")


def sound(desk) -> None:
    """The full text index holds what the rows hold, and the rows what they refer to."""
    desk.db.conn.execute(
        "insert into mention_fts (mention_fts, rank) values ('integrity-check', 1)"
    )
    assert desk.db.rows("pragma foreign_key_check") == []


def test_it_is_no_row_of_the_inbox_and_answers_nobody(desk):
    before = desk.db.value("select count(*) from mentions")
    id_ = write(desk)
    (outcome,) = desk.send()
    assert (outcome.mention_id, outcome.state) == (id_, "sent")
    assert [(out.to, out.text, out.private) for out, _ in desk.office.posts] == [
        (None, LATE, False)
    ]
    assert desk.db.value("select count(*) from mentions") == before
    assert desk.db.value("select count(*) from triage where first_answer_at is not null") == 0
    assert desk.db.rows("select * from replies where mention_id = ?", (id_,)) == []


def test_its_number_is_of_the_same_numbering_and_never_given_again(desk):
    last = desk.db.value("select max(id) from mention")
    hand = Hand("leo", NOW, "reply")
    assert own_posts.start(desk.db, "mastodon", "@acme", hand) == last + 1
    own_posts.forget_unwritten(desk.db, last + 1)
    assert own_posts.start(desk.db, "mastodon", "@acme", hand) == last + 2
    sound(desk)


def test_what_was_written_is_not_forgotten(desk):
    id_ = write(desk)
    own_posts.forget_unwritten(desk.db, id_)
    assert desk.state(id_) == "approved"


def test_without_words_until_it_is_sent_and_then_what_is_there(desk):
    id_ = write(desk)
    assert row(desk, id_)[4] == ""
    desk.wait(timedelta(minutes=5))
    desk.send()
    assert row(desk, id_) == there()
    created = desk.db.value("select created_at from mention where id = ?", (id_,))
    assert created == format_time(NOW + timedelta(minutes=5))
    assert desk.db.value("select count(*) from mention_fts where mention_fts match 'courier'") == 1
    sound(desk)


@pytest.mark.parametrize("brought", [THERE, STRANGER, replace(THERE, text="The courier is late.")])
def test_fetched_later_it_is_the_same_row(desk, brought):
    id_ = write(desk)
    desk.send()
    assert fetch(desk, brought) == 0
    assert fetch(desk, brought) == 0
    assert row(desk, id_) == there(brought.text)
    facts = desk.db.one(
        "select a.external_id, m.thread, m.lang from mention m join author a on a.id = m.author_id"
        " where m.id = ?",
        (id_,),
    )
    assert tuple(facts) == ("99", "t0", "en")
    assert desk.db.rows("select * from revision") == []
    sound(desk)


def test_an_edit_on_the_channel_is_one(desk):
    id_ = write(desk)
    desk.send()
    later = NOW + timedelta(hours=1)
    fetch(desk, replace(THERE, text="It came.", edited_at=later))
    assert row(desk, id_) == there("It came.")
    assert desk.db.value("select text from revision") == LATE


@pytest.mark.parametrize("brought", [THERE, STRANGER])
def test_what_a_fetch_brings_before_we_know_of_it_becomes_the_same_row(desk, brought):
    desk.office.faults = ["lost after"]
    desk.office.shows_after = timedelta(minutes=1)
    id_ = write(desk)
    (outcome,) = desk.send()
    assert outcome.state == "later"
    assert fetch(desk, brought) == 1
    desk.wait(SETTLED)
    (outcome,) = desk.settle()
    assert outcome.state == "sent"
    assert row(desk, id_) == there()
    assert desk.db.value("select count(*) from mention where text = ?", (LATE,)) == 1
    assert desk.db.value("select count(*) from inbox where text = ?", (LATE,)) == 0
    assert fetch(desk, brought) == 0
    assert len(desk.office.posts) == 1
    sound(desk)


@pytest.mark.parametrize("fault", ["kill before", "kill after", "lost before", "lost after"])
@pytest.mark.parametrize("keeps_keys", [True, False])
def test_it_is_never_there_twice(desk, fault, keeps_keys):
    desk.office.keeps_keys = keeps_keys
    desk.office.faults = [fault]
    id_ = write(desk)
    with suppress(Killed):
        desk.send()
    desk.wait(SETTLED)
    desk.settle()
    desk.send()
    if fault.endswith("before") and not keeps_keys:
        assert desk.state(id_) == "unknown"
        assert desk.texts == []
    else:
        assert desk.state(id_) is None
        assert desk.texts == [LATE]


def test_the_same_words_of_yesterday_are_not_taken_for_it(desk):
    write(desk)
    desk.send()
    desk.wait(timedelta(hours=20))
    desk.office.faults = ["lost before"]
    again = write(desk)
    desk.send()
    desk.wait(SETTLED)
    desk.settle()
    assert desk.state(again) == "unknown"
    assert row(desk, again)[4] == ""


def test_a_long_one_is_a_thread_below_itself(desk):
    long = "The courier is late today. " * 6
    id_ = write(desk, long, split=True)
    (outcome,) = desk.send()
    assert (outcome.state, outcome.posts) == ("sent", 3)
    above = [out.to and (out.to.external_id, out.to.author.handle) for out, _ in desk.office.posts]
    assert above == [None, ("own-0", ""), ("own-1", "")]
    assert row(desk, id_)[1] == "own-0"


def test_what_is_left_of_a_broken_thread_goes_on_below_it(desk):
    desk.office.faults = ["", "refuse"]
    id_ = write(desk, "The courier is late today. " * 6, split=True)
    (outcome,) = desk.send()
    assert outcome.state == "failed"
    assert row(desk, id_)[1] == "own-0"
    desk.approve(id_, desk.letter(id_).words.body, split=True)
    (outcome,) = desk.send()
    assert outcome.state == "sent"
    assert [out.to and out.to.external_id for out, _ in desk.office.posts][1] == "own-0"


def test_answers_to_it_are_mentions_and_show_it(desk):
    write(desk)
    desk.send()
    mia = replace(
        THERE,
        external_id="300",
        uri=None,
        url=None,
        author=Author("7", "@mia@mas.to"),
        text="Thanks!",
        role="mention",
        in_reply_to="own-0",
        created_at=NOW + timedelta(hours=1),
    )
    page = Incoming("mastodon", SOURCE, [judged(mia, "praise")])
    (id_,) = store(desk.db, page, SETTINGS, desk.clock.now()).new_ids
    told = story(desk.db, id_).conversation
    assert [(post["text"], post["ours"]) for post in told] == [(LATE, True)]
    assert desk.triage(id_, "first_answer_at") is None


def test_a_mention_that_is_answered_beside_it_keeps_its_own_clock(desk):
    write(desk)
    desk.approve(QUESTIONER, "Yes, within 3 days.")
    assert {one.state for one in desk.send()} == {"sent"}
    assert desk.triage(QUESTIONER, "first_answer_at") is not None
