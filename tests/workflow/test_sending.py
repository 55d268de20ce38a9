"""The outbox: what is approved goes once, whatever breaks; what nobody can tell is not sent again."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcare.cli.reply_sending import delivered
from socialcare.clock import format_time
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Words, save_draft
from socialcare.inbox.store import Incoming, store
from socialcare.workflow.sending import SETTLED
from tests.cli.acme import LATE, NOW, PAST, QUESTION
from tests.workflow.post_office import SOURCE, Killed
from tests.workflow.sender_desk import MIA, QUESTIONER, SETTINGS, make


def test_what_is_approved_is_posted_recorded_and_counted(desk):
    desk.approve(QUESTIONER, "Yes, within 3 days.")
    desk.wait(timedelta(minutes=5))
    (outcome,) = desk.send()
    assert (outcome.state, outcome.url) == ("sent", "https://mas.to/@acme/0")
    assert desk.texts == ["Yes, within 3 days."]
    assert desk.state(QUESTIONER) is None
    assert desk.triage(QUESTIONER, "status") == "closed"
    posted = format_time(NOW + timedelta(minutes=5))
    assert desk.triage(QUESTIONER, "first_answer_at") == posted
    row = desk.db.one("select state, external_id, url, sent_at, approved_by, author from reply")
    assert tuple(row) == ("sent", "own-0", "https://mas.to/@acme/0", posted, "leo", "leo")
    assert desk.send() == []


def test_what_others_have_sent_in_the_meantime_is_told_as_sent(desk):
    """Issue 6: of two people who send the same answer, the second one hears what became of it."""
    desk.approve(MIA, "Sorry, Mia.")
    desk.approve(QUESTIONER, "Yes.")
    desk.send(MIA)
    run = SimpleNamespace(me="ana", clock=desk.clock, write=lambda: desk.db)
    mine, other = delivered(cast("Any", run), cast("Any", desk.shop), [MIA, QUESTIONER])
    assert (mine.state, mine.url, mine.posts) == ("sent", "https://mas.to/@acme/0", 1)
    assert other.state == "sent"
    assert desk.texts == ["Sorry, Mia.", "Yes."]


def test_a_complaint_is_pending_after_its_answer(desk):
    desk.approve(MIA, "Sorry, Mia. I am on it.")
    desk.send()
    assert desk.triage(MIA, "status") == "pending"


def test_a_draft_is_not_sent(desk):
    save_draft(desk.db, MIA, Words("Not yet."), Hand("leo", NOW, "reply"))
    assert desk.send() == []
    assert desk.texts == []


def test_other_words_need_to_be_approved_again(desk):
    desk.approve(MIA, "Sorry.")
    save_draft(desk.db, MIA, Words("Sorry, Mia."), Hand("ana", NOW, "reply"))
    assert desk.state(MIA) == "draft"
    assert desk.send() == []


def test_a_public_answer_and_private_words_after_it_are_two_posts_in_order(desk):
    desk.approve(MIA, "Sorry, I write to you.", follow_up="Which order is it?")
    (outcome,) = desk.send()
    assert [(out.text, out.private) for out, _ in desk.office.posts] == [
        ("Sorry, I write to you.", False),
        ("Which order is it?", True),
    ]
    assert {out.mention.external_id for out, _ in desk.office.posts} == {"101"}
    assert outcome.posts == 2


def test_a_long_text_is_several_posts_only_where_that_was_asked_for(desk):
    long = "Sorry for the wait, Mia. " * 8
    desk.approve(MIA, long)
    (outcome,) = desk.send()
    assert outcome.state == "failed"
    assert "it has 200 of 80 characters" in outcome.error.message
    assert "--split" in outcome.error.hint
    desk.approve(MIA, long, split=True)
    (outcome,) = desk.send()
    assert outcome.state == "sent"
    assert [text[-6:] for text in desk.texts] == [" (1/3)", " (2/3)", " (3/3)"]
    assert all(len(text) <= 80 for text in desk.texts)
    assert " ".join(text[:-6] for text in desk.texts) == long.strip()
    answers = [out.mention.external_id for out, _ in desk.office.posts]
    assert answers == ["101", "own-0", "own-1"]


@pytest.mark.parametrize("keeps_keys", [True, False])
def test_an_answer_that_was_lost_after_the_post_is_found_at_once(template, tmp_path, keeps_keys):
    desk = make(template, tmp_path, keeps_keys=keeps_keys)
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["lost after"]
    (outcome,) = desk.send()
    assert outcome.state == "sent"
    assert len(desk.texts) == 1


def test_an_answer_that_was_lost_before_the_post_goes_with_a_later_run(template, tmp_path):
    desk = make(template, tmp_path, keeps_keys=True)
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["lost before"]
    assert [one.state for one in desk.send()] == ["later"]
    assert [one.state for one in desk.send()] == ["later"], "the request may still arrive"
    assert desk.texts == []
    desk.wait(SETTLED)
    assert [one.state for one in desk.send()] == ["sent"]
    assert desk.texts == ["Sorry."]


def test_where_nothing_tells_it_is_unknown_and_never_sent_again_by_itself(template, tmp_path):
    desk = make(template, tmp_path, shows=False)
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["lost after"]
    assert [one.state for one in desk.send()] == ["later"]
    desk.wait(SETTLED)
    (outcome,) = desk.send()
    assert outcome.state == desk.state(MIA) == "unknown"
    for _ in range(3):
        desk.wait(timedelta(days=1))
        assert desk.send() == desk.settle() == []
    assert desk.texts == ["Sorry."]


def test_a_post_that_shows_late_is_found_and_not_made_again(template, tmp_path):
    desk = make(template, tmp_path, shows_after=timedelta(seconds=90))
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["kill after"]
    with pytest.raises(Killed):
        desk.send()
    assert [one.state for one in desk.settle()] == ["later"]
    desk.wait(timedelta(seconds=95))
    assert [one.state for one in desk.settle()] == ["sent"]
    assert desk.texts == ["Sorry."]


def test_a_killed_run_is_ended_by_the_next_one_a_day_later(template, tmp_path):
    desk = make(template, tmp_path)
    desk.approve(QUESTIONER, "Yes.")
    desk.office.faults = ["kill after"]
    with pytest.raises(Killed):
        desk.send()
    desk.wait(timedelta(days=1, minutes=1))
    (outcome,) = desk.settle()
    assert outcome.state == "sent"
    assert desk.triage(QUESTIONER, "first_answer_at") == format_time(NOW), "when it was posted"


def test_a_bug_after_the_post_doubles_nothing(desk):
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["bug after"]
    (outcome,) = desk.send()
    assert (outcome.state, outcome.error.code) == ("later", "unexpected")
    assert [one.state for one in desk.send()] == ["sent"]
    assert len(desk.texts) == 1


def test_who_is_asked_to_wait_waits_with_all_answers_of_the_channel(desk):
    desk.approve(MIA, "Sorry.")
    desk.approve(QUESTIONER, "Yes.")
    desk.office.faults = ["limit"]
    assert [one.state for one in desk.send()] == ["later", "later"]
    assert desk.state(MIA) == desk.state(QUESTIONER) == "approved"
    desk.wait(timedelta(minutes=14))
    assert desk.send() == []
    desk.wait(timedelta(minutes=2))
    assert [one.state for one in desk.send()] == ["sent", "sent"]


def test_a_service_that_is_down_loses_nothing(desk):
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["down"]
    (outcome,) = desk.send()
    assert (outcome.state, desk.state(MIA)) == ("later", "approved")
    assert [one.state for one in desk.send()] == ["sent"]


def test_a_refusal_is_a_failure_that_says_why_and_keeps_the_text(desk):
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["refuse"]
    (outcome,) = desk.send()
    letter = desk.letter(MIA)
    assert (outcome.state, letter.state, letter.error) == ("failed", "failed", "the post is gone.")
    assert letter.words.body == "Sorry."
    assert desk.send() == []


def test_what_is_refused_after_a_part_went_is_a_letter_of_its_own(desk):
    desk.approve(MIA, "Sorry, I write to you.", follow_up="Which order is it?")
    desk.office.faults = ["", "refuse"]
    (outcome,) = desk.send()
    assert outcome.state == "failed"
    assert desk.triage(MIA, "first_answer_at") is not None
    rest = desk.letter(MIA)
    assert (rest.state, rest.words) == ("failed", Words("Which order is it?", "private"))
    assert desk.db.value(
        "select body || coalesce(follow_up, '') from reply where state = 'sent'"
    ) == ("Sorry, I write to you.")


def test_a_part_that_a_service_was_too_busy_for_is_not_in_doubt(template, tmp_path):
    desk = make(template, tmp_path, shows=False)
    desk.approve(MIA, "Sorry, I write to you.", follow_up="Which order is it?")
    desk.office.faults = ["", "down"]
    desk.send()
    for _ in range(3):
        desk.wait(timedelta(minutes=5))
        desk.office.faults = ["down"]
        assert [one.state for one in desk.send()] == ["later"]
    assert [one.state for one in desk.send()] == ["sent"]
    assert desk.texts == ["Sorry, I write to you.", "Which order is it?"]


def test_what_was_deleted_edited_or_answered_meanwhile_is_stopped(desk):
    desk.approve(MIA, "Sorry.")
    desk.approve(QUESTIONER, "Yes.")
    desk.office.gone = {"101"}
    asked = replace(QUESTION.mention, text="Do you ship to Sweden?", edited_at=NOW)
    desk.office.edited = {"102": asked}
    stopped = {one.mention_id: one.error.message for one in desk.send()}
    assert stopped == {
        MIA: "the answer to 3 was not sent: it was deleted by its author.",
        QUESTIONER: "the answer to 4 was not sent: it was edited by its author.",
    }
    assert desk.texts == []


def test_an_old_approval_is_looked_at_again(desk):
    desk.approve(MIA, "I will call you this afternoon.")
    desk.wait(timedelta(days=1, minutes=1))
    (outcome,) = desk.send()
    assert "approved more than a day ago" in outcome.error.message
    assert desk.state(MIA) == "failed"


def test_in_one_thread_nothing_overtakes_what_went_before(desk):
    desk.approve(MIA, "First.")
    desk.wait(timedelta(seconds=1))
    other = replace(PAST.mention, external_id="107", thread="100", text="And?")
    store(desk.db, Incoming("mastodon", SOURCE, [replace(PAST, mention=other)]), SETTINGS, NOW)
    later = desk.db.value("select id from mention where external_id = '107'")
    desk.approve(later, "Second.")
    desk.office.faults = ["limit"]
    desk.send()
    assert desk.texts == []
    desk.wait(timedelta(minutes=16))
    desk.send()
    assert desk.texts == ["First.", "Second."]


def test_our_own_post_that_a_fetch_brings_is_an_answer_and_no_mention(desk):
    desk.approve(MIA, "Sorry.")
    desk.send()
    own = replace(
        LATE.mention, external_id="own-0", uri="at://own/0", text="Sorry.", in_reply_to="101"
    )
    page = Incoming("mastodon", SOURCE, [replace(LATE, mention=own)])
    stored = store(desk.db, page, SETTINGS, desk.clock.now())
    assert (stored.answers, stored.new_ids) == (1, [])
    assert desk.db.value("select role from mention where external_id = 'own-0'") == "answer"


FAULTS = ["", "", "kill before", "kill after", "lost before", "lost after", "down", "limit"]
STEPS = st.lists(
    st.tuples(st.sampled_from(FAULTS), st.sampled_from([0, 1, 30, 119, 121, 1000])), max_size=8
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, keeps_keys=st.booleans(), shows_after=st.sampled_from([0, 60, 100_000]))
def test_never_two_posts_and_never_a_lost_one(
    template, tmp_path_factory, steps, keeps_keys, shows_after
):
    folder = tmp_path_factory.mktemp("law")
    late = timedelta(seconds=shows_after)
    desk = make(template, folder, keeps_keys=keeps_keys, shows_after=late)
    desk.approve(MIA, "Sorry.", follow_up="Which order is it?")
    for fault, seconds in steps:
        desk.office.faults = [fault]
        with suppress(Killed):
            desk.send()
        desk.wait(timedelta(seconds=seconds))
    desk.office.faults = []
    for _ in range(3):
        desk.wait(timedelta(minutes=20))
        desk.send()
    assert len(set(desk.texts)) == len(desk.texts), "twice"
    if desk.state(MIA) is None:
        assert desk.texts == ["Sorry.", "Which order is it?"], "said to be sent, and lost"
    else:
        assert desk.state(MIA) == "unknown"
        assert not keeps_keys, "a key tells"
    desk.db.close()
    shutil.rmtree(folder)
