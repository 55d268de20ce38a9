"""The outbox when the world around it changes: an answer in doubt stays in doubt until it is asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from socialcare.clock import format_time
from socialcare.errors import (
    AuthError,
    BusyError,
    DatabaseError,
    GoneError,
    RateLimitError,
    UnavailableError,
)
from socialcare.inbox.database import open_writer
from socialcare.inbox.dispatch import begin, send_again
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Words
from socialcare.inbox.replies import record_answer
from socialcare.inbox.store import Incoming, store
from socialcare.workflow.sending import SETTLED
from tests.cli.acme import NOW, PAST, QUESTION
from tests.workflow.post_office import SOURCE, Killed
from tests.workflow.post_office import settings as office_settings
from tests.workflow.sender_desk import MIA, QUESTIONER, SETTINGS, make

DAY = timedelta(days=1, minutes=1)


def killed_after(desk, *ids):
    """Answers that are there, and of which nobody here knows."""
    for id_ in ids:
        desk.office.faults = ["kill after"]
        with suppress(Killed):
            desk.send(id_)


@pytest.mark.parametrize(
    "settings",
    [
        office_settings("other", source="mastodon:elsewhere.example"),
        office_settings(broken=True),
        office_settings(by_hand=True),
        office_settings(source="mastodon:elsewhere.example"),
    ],
    ids=["removed", "broken", "by hand", "another server"],
)
def test_an_answer_in_doubt_outlives_a_config_that_lost_its_channel(desk, settings):
    desk.approve(MIA, "Sorry.")
    killed_after(desk, MIA)
    desk.shop.settings = settings
    for _ in range(2):
        desk.wait(SETTLED)
        assert [one.state for one in desk.settle()] == ["later"]
        assert desk.state(MIA) == "sending"
    desk.shop.settings = SETTINGS
    assert [one.state for one in desk.send()] == ["sent"]
    assert desk.texts == ["Sorry."]


def test_a_channel_that_has_another_name_now_is_the_same_channel(desk):
    desk.approve(MIA, "Sorry.")
    killed_after(desk, MIA)
    desk.approve(QUESTIONER, "Yes.")
    desk.shop.settings = office_settings("fedi")
    assert [one.state for one in desk.send()] == ["sent", "sent"]
    assert desk.texts == ["Sorry.", "Yes."]


def test_what_came_from_another_server_is_not_answered_on_this_one(desk):
    desk.approve(MIA, "Sorry.")
    desk.shop.settings = office_settings(source="mastodon:elsewhere.example")
    (outcome,) = desk.send()
    assert (outcome.state, desk.state(MIA), desk.texts) == ("later", "approved", [])
    assert 'no channel in the config is "mastodon" of mastodon:mas.to' in outcome.error.message


@pytest.mark.parametrize(
    "error",
    [RateLimitError("slow", "wait", not_before=NOW + timedelta(minutes=10)), AuthError("no", "in")],
)
def test_an_answer_in_doubt_behind_one_that_has_to_wait_is_not_begun_anew(desk, error):
    desk.approve(MIA, "Sorry.")
    desk.approve(QUESTIONER, "Yes.")
    killed_after(desk, MIA, QUESTIONER)
    desk.office.unseen = [error]
    assert [one.state for one in desk.settle()] == ["later", "later"]
    desk.wait(timedelta(minutes=11))
    assert [one.state for one in desk.settle()] == ["sent", "sent"]
    assert desk.texts == ["Sorry.", "Yes."]


def test_the_other_answers_of_a_channel_wait_as_long_as_it_wants(desk):
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["limit"]
    desk.send()
    desk.approve(QUESTIONER, "Yes.")
    assert desk.send() == []
    desk.wait(timedelta(minutes=16))
    assert [one.state for one in desk.send()] == ["sent", "sent"]
    assert desk.texts == ["Sorry.", "Yes."]


def test_whoever_sends_a_later_answer_sends_what_goes_before_it_in_its_thread(desk):
    desk.approve(MIA, "First.")
    desk.approve(QUESTIONER, "Not named.")
    desk.wait(timedelta(seconds=1))
    other = replace(PAST.mention, external_id="107", thread="100", text="And?")
    store(desk.db, Incoming("mastodon", SOURCE, [replace(PAST, mention=other)]), SETTINGS, NOW)
    later = desk.db.value("select id from mention where external_id = '107'")
    desk.approve(later, "Second.")
    desk.send(later)
    assert desk.texts == ["First.", "Second."]
    assert desk.state(QUESTIONER) == "approved"


def begun_and_not_tried(desk, id_):
    """As a run leaves it that is killed between the two."""
    assert begin(desk.db, desk.letter(id_), [("Sorry.", False)], Hand("fetch", NOW, "fetch"))


def test_what_was_begun_and_never_tried_is_looked_at_again(desk):
    desk.approve(MIA, "Sorry.")
    begun_and_not_tried(desk, MIA)
    desk.office.gone = {"101"}
    (outcome,) = desk.settle()
    assert outcome.error is not None
    assert "it was deleted by its author" in outcome.error.message
    assert (desk.state(MIA), desk.texts) == ("failed", [])


def test_what_was_begun_and_never_tried_goes_on(desk):
    desk.approve(MIA, "Sorry.")
    begun_and_not_tried(desk, MIA)
    assert [one.state for one in desk.settle()] == ["sent"]
    assert desk.texts == ["Sorry."]


@pytest.mark.parametrize("tried", [False, True])
def test_a_day_later_nothing_is_sent_that_did_not_go_the_day_before(template, tmp_path, tried):
    desk = make(template, tmp_path, keeps_keys=True)
    desk.approve(MIA, "I will call you this afternoon.")
    if tried:
        desk.office.faults = ["kill before"]
        with suppress(Killed):
            desk.send()
    else:
        begun_and_not_tried(desk, MIA)
    desk.wait(DAY)
    (outcome,) = desk.settle()
    assert outcome.error is not None
    assert "approved more than a day ago" in outcome.error.message
    assert (desk.state(MIA), desk.texts) == ("failed", [])


def test_what_is_not_there_is_not_sent_again_to_a_post_that_is_gone(template, tmp_path):
    desk = make(template, tmp_path, keeps_keys=True)
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["kill before"]
    with suppress(Killed):
        desk.send()
    desk.wait(SETTLED)
    desk.office.gone = {"101"}
    (outcome,) = desk.settle()
    assert (outcome.state, desk.texts) == ("failed", [])


@pytest.mark.parametrize("first", ["here", "elsewhere", "long ago"])
def test_the_same_words_said_before_are_not_taken_for_it(template, tmp_path, first):
    desk = make(template, tmp_path, keeps_keys=True)
    if first == "here":
        desk.approve(MIA, "Sorry.")
        desk.send()
    else:
        desk.approve(MIA, "Sorry.")
        killed_after(desk, MIA)
        desk.db.conn.execute("delete from reply")  # as if somebody had written it in the app
        fetched_own(desk) if first == "elsewhere" else desk.wait(timedelta(hours=1))
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["lost before"]
    assert [one.state for one in desk.send()] == ["later"]
    desk.wait(SETTLED)
    assert [one.state for one in desk.send()] == ["sent"]
    assert desk.texts == ["Sorry.", "Sorry."]


def fetched_own(desk):
    own = replace(QUESTION.mention, external_id="own-0", in_reply_to="101", role="answer")
    page = Incoming("mastodon", SOURCE, [replace(QUESTION, mention=own)])
    store(desk.db, page, SETTINGS, desk.clock.now())
    desk.wait(timedelta(seconds=1))


def test_a_clock_that_is_put_back_neither_doubles_nor_forgets(desk):
    desk.wait(timedelta(hours=2))
    desk.approve(MIA, "Sorry.")
    killed_after(desk, MIA)
    desk.office.posts = [(out, NOW) for out, _ in desk.office.posts]  # its own clock was right
    desk.wait(timedelta(hours=-2))
    assert [one.state for one in desk.settle()] == ["later"]
    desk.wait(SETTLED)
    assert [one.state for one in desk.settle()] == ["sent"]
    assert desk.texts == ["Sorry."]


def test_a_full_disk_after_the_post_is_told_and_the_next_run_finds_it(template, tmp_path):
    desk = make(template, tmp_path)
    desk.approve(MIA, "Sorry.")
    desk.office.url = "https://mas.to/@acme/" + "x" * 20_000
    desk.office.on_post = lambda: desk.db.conn.execute("pragma max_page_count = 1")
    with pytest.raises(DatabaseError, match=r"disk of .* is full"):
        desk.send()
    desk.db.close()
    desk.db = open_writer(desk.path)
    desk.office.on_post = lambda: None
    assert [one.state for one in desk.settle()] == ["sent"]
    assert desk.texts == ["Sorry."]


def test_somebody_who_keeps_the_database_busy_hides_no_post(template, tmp_path):
    desk = make(template, tmp_path)
    desk.approve(MIA, "Sorry.")
    other = open_writer(desk.path)
    desk.db.conn.execute("pragma busy_timeout = 10")
    desk.office.on_post = lambda: other.conn.execute("begin immediate")
    (outcome,) = desk.send()
    assert (outcome.state, type(outcome.error)) == ("later", BusyError)
    other.conn.execute("rollback")
    desk.office.on_post = lambda: None
    assert [one.state for one in desk.settle()] == ["sent"]
    assert desk.texts == ["Sorry."]
    other.close()


def test_what_turns_up_late_is_known_by_itself(template, tmp_path):
    desk = make(template, tmp_path, shows_after=timedelta(hours=3))
    desk.approve(MIA, "Sorry, I write to you.", follow_up="Which order is it?")
    desk.office.faults = ["lost after"]
    desk.send()
    desk.wait(SETTLED)
    assert [one.state for one in desk.settle()] == ["unknown"]
    desk.wait(timedelta(hours=1))
    assert desk.settle() == []
    assert desk.state(MIA) == "unknown"
    desk.wait(timedelta(hours=3))
    assert [one.state for one in desk.settle()] == ["sent"]
    assert desk.texts == ["Sorry, I write to you.", "Which order is it?"]
    assert desk.triage(MIA, "first_answer_at") == format_time(NOW)


def test_what_stays_unknown_is_looked_for_less_and_less_often(template, tmp_path):
    desk = make(template, tmp_path, shows=False)
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["lost after"]
    desk.send()
    looks = 0
    for _ in range(3 * 24 * 12):
        desk.wait(timedelta(minutes=5))
        desk.office.unseen = (
            [UnavailableError("down", "later")] if desk.state(MIA) == "unknown" else []
        )
        desk.settle()
        looks += desk.state(MIA) == "unknown" and not desk.office.unseen
    assert desk.state(MIA) == "unknown"
    assert 5 < looks < 15


def test_where_the_post_itself_is_gone_a_lost_answer_is_unknown_and_not_later_for_ever(desk):
    desk.approve(MIA, "Sorry.")
    killed_after(desk, MIA)
    desk.wait(SETTLED)
    desk.office.unseen = [GoneError("the topic is gone.", "look")]
    assert [one.state for one in desk.settle()] == ["unknown"]


def test_the_rest_of_several_posts_keeps_who_may_read_it(desk):
    body = "Sorry for the wait, Mia. " * 8
    desk.approve(MIA, body, split=True, follow_up="Which order is it?")
    desk.office.faults = ["", "refuse"]
    desk.send()
    (first,) = desk.texts
    rest = desk.letter(MIA)
    left = body.removeprefix(first.removesuffix(" (1/3)")).strip()
    assert " ".join(rest.words.body.split()) == left
    assert rest.words == Words(rest.words.body, "public", "Which order is it?", split=True)


def test_several_posts_that_were_interrupted_in_the_middle_go_on_where_they_were(desk):
    desk.approve(MIA, "Sorry for the wait, Mia. " * 8, split=True, follow_up="Which order is it?")
    for fault in ("kill after", "kill before", "kill after"):
        desk.office.faults = [*[""] * (fault == "kill before"), fault]
        with suppress(Killed):
            desk.send()
        desk.wait(DAY)
        desk.office.unseen = []
    with suppress(Killed):
        desk.send()
    assert len(desk.texts) == len(set(desk.texts))
    assert desk.state(MIA) in (None, "unknown")


def test_what_a_person_sends_again_is_not_in_doubt_for_the_time_before(template, tmp_path):
    desk = make(template, tmp_path, shows=False)
    desk.approve(MIA, "Sorry.")
    desk.office.faults = ["lost before"]
    desk.send()
    desk.wait(SETTLED)
    desk.send()
    send_again(desk.db, desk.letter(MIA), Hand("leo", desk.clock.now(), "reply"))
    desk.office.faults = ["down"]
    assert [one.state for one in desk.send()] == ["later"]
    assert [one.state for one in desk.send()] == ["sent"]
    assert desk.texts == ["Sorry."]


def test_what_somebody_records_while_it_is_on_its_way_is_recorded_once(template, tmp_path):
    desk = make(template, tmp_path)
    desk.approve(MIA, "Sorry.")
    other = open_writer(desk.path)
    hand = Hand("ana", NOW, "reply")
    url = "https://mas.to/@acme/9"
    desk.office.on_post = lambda: record_answer(other, MIA, None, url, SETTINGS, hand)
    desk.send()
    rows = desk.db.rows("select state, url from reply")
    assert [tuple(row) for row in rows] == [("sent", url)]
    assert desk.db.value("select count(*) from event where field = 'answer'") == 1
    assert desk.texts == ["Sorry."]
    other.close()
