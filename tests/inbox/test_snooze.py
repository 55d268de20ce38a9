"""What was put off comes back at its time, or when the person writes again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from socialcare.clock import format_time
from socialcare.inbox.changes import Wish, change
from socialcare.inbox.conversations import wake
from socialcare.inbox.customers import Register
from socialcare.inbox.fields import Hand
from socialcare.inbox.store import Incoming, store
from socialcare.inbox.when import parse_until
from socialcare.models import Judged
from tests.inbox.house import AUTHORS, NOW, SETTINGS, SOURCE, US, keep, label, mention, new_inbox

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def db(tmp_path):
    inbox = new_inbox(tmp_path)
    keep(inbox, [Judged(mention(1), label("complaint"))])
    yield inbox
    inbox.close()


def snooze(db, id_=1, until=None, at=NOW):
    wish = Wish(status="snoozed", snoozed_until=until)
    return change(db, [id_], wish, SETTINGS, at, actor="mia", command="set")


def deliver(db, number, at, author=AUTHORS[0], filtered=None, later=HOUR, **facts):
    """A post that was written at one time and came at another."""
    post = Judged(mention(number, author, created_at=at, **facts), label("question"), filtered)
    store(db, Incoming("mastodon", SOURCE, [post]), SETTINGS, NOW + later)


def status(db, number=1):
    sql = "select status || ' ' || waiting || ' ' || ifnull(snoozed_until, '-') from mentions"
    return db.value(f"{sql} where external_id = ?", (str(number),))


def woken(db, at):
    with db.write() as tx:
        return wake(tx, format_time(at), SETTINGS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", "2026-11-21T16:00"),
        ("90m", "2026-11-21T15:30"),
        ("tomorrow", "2026-11-22T08:00"),
        ("Monday", "2026-11-23T08:00"),
        ("sat", "2026-11-28T08:00"),
        ("2026-12-01", "2026-12-01T08:00"),
        ("2026-12-01 09:30", "2026-12-01T08:30"),
        ("2026-12-01T09:30", "2026-12-01T08:30"),
        ("2026-12-01T09:30:00Z", "2026-12-01T09:30"),
        ("2026-12-01T09:30+05:00", "2026-12-01T04:30"),
        ("2027-07-01", "2027-07-01T07:00"),
        # 02:30 does not exist in this night: the clocks go from 02:00 to 03:00.
        ("2027-03-28 02:30", "2027-03-28T01:30"),
    ],
)
def test_times_ahead_are_those_of_the_zone(text, expected):
    moment = datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert parse_until(text, NOW, OSLO) == moment


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2", "h", "mo", "-2h", "2026-13-01", "2026-12-01 25:00", "9999-12-31T23:59-10:00"],
)
def test_nonsense_is_no_time(text):
    with pytest.raises(ValueError, match=r"\S"):
        parse_until(text, NOW, OSLO)


def test_a_snoozed_one_leaves_the_inbox_and_comes_back_at_its_time(db):
    snooze(db, until=NOW + 2 * HOUR)
    assert status(db) == "snoozed 0 2026-11-21T16:00:00.000Z"
    assert woken(db, NOW + 2 * HOUR - MINUTE) == []
    assert woken(db, NOW + 2 * HOUR) == [1]
    assert status(db) == "open 1 -"
    assert woken(db, NOW + 3 * HOUR) == []
    told = db.rows("select actor, field, before, after, why from events order by id desc limit 2")
    assert [tuple(row) for row in reversed(told)] == [
        ("fetch", "status", '"snoozed"', '"open"', "its time has come"),
        ("fetch", "snoozed_until", '"2026-11-21T16:00:00.000Z"', "null", None),
    ]


def test_without_a_time_only_the_person_ends_it(db):
    snooze(db)
    assert woken(db, NOW + 9000 * HOUR) == []
    deliver(db, 2, NOW + MINUTE)
    assert status(db) == "open 1 -"


def test_it_ends_early_when_the_person_writes_again_anywhere(db):
    snooze(db, until=NOW + 40 * HOUR)
    deliver(db, 2, NOW + MINUTE, thread="another")
    assert status(db) == "open 1 -"
    assert db.value("select why from events where field = 'status' order by id desc") == (
        "they wrote again"
    )


@pytest.mark.parametrize(
    "post",
    [
        {"at": NOW - 5 * HOUR},
        {"at": NOW - MINUTE},
        {"at": NOW + MINUTE, "author": AUTHORS[1]},
        {"at": NOW + MINUTE, "filtered": "not about you"},
    ],
    ids=["older than what was snoozed", "before it was snoozed", "somebody else", "not about us"],
)
def test_what_is_no_sign_of_life_does_not_wake(db, post):
    snooze(db, until=NOW + 40 * HOUR)
    deliver(db, 2, **post)
    assert status(db).startswith("snoozed 0 ")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_old_and_new_posts_in_any_order_wake_once(db, order):
    snooze(db)
    posts = [(2, NOW - 3 * HOUR), (3, NOW - MINUTE), (4, NOW + MINUTE)]
    for number in order:
        deliver(db, *posts[number])
    assert status(db) == "open 1 -"
    assert db.value("select count(*) from events where why = 'they wrote again'") == 1


def test_an_answer_of_ours_does_not_wake(db):
    snooze(db)
    ours = mention(9, US, role="answer", in_reply_to="1", created_at=NOW + MINUTE)
    keep(db, [Judged(ours, None)])
    assert status(db).startswith("snoozed 0 ")


def test_snoozing_again_counts_from_then_on(db):
    snooze(db)
    snooze(db, until=NOW + 40 * HOUR, at=NOW + 2 * HOUR)
    deliver(db, 2, NOW + HOUR, later=3 * HOUR)
    assert status(db) == "snoozed 0 2026-11-23T06:00:00.000Z"


def test_a_change_finds_awake_what_no_fetch_woke(db):
    snooze(db, until=NOW + HOUR)
    keep(db, [Judged(mention(2, AUTHORS[1]), label("question"))])
    wish = Wish(owner="leo")
    change(db, [2], wish, SETTINGS, NOW + 2 * HOUR, actor="mia", command="set")
    assert status(db) == "open 1 -"


def test_a_conversation_sleeps_and_wakes_as_a_whole(db):
    deliver(db, 2, NOW - 30 * MINUTE, thread="t", in_reply_to="1")
    snooze(db, 2, until=NOW + HOUR)
    assert {status(db, n) for n in (1, 2)} == {"snoozed 0 2026-11-21T15:00:00.000Z"}
    assert woken(db, NOW + HOUR) == [2]
    assert [status(db, n) for n in (1, 2)] == ["open 0 -", "open 1 -"]


def test_what_was_answered_and_only_slept_along_waits_for_the_person_again(db):
    ours = mention(9, US, role="answer", in_reply_to="1", created_at=NOW - 50 * MINUTE)
    keep(db, [Judged(ours, None)])
    deliver(db, 2, NOW - 30 * MINUTE, in_reply_to="9")
    id_ = db.value("select id from mentions where external_id = '2'")
    assert [status(db, n) for n in (1, 2)] == ["pending 0 -", "open 1 -"]
    snooze(db, id_, until=NOW + HOUR)
    woken(db, NOW + HOUR)
    assert [status(db, n) for n in (1, 2)] == ["pending 0 -", "open 1 -"]


def test_a_pending_one_that_was_put_off_itself_comes_back_to_us(db):
    ours = mention(9, US, role="answer", in_reply_to="1", created_at=NOW - 50 * MINUTE)
    keep(db, [Judged(ours, None)])
    snooze(db, until=NOW + HOUR)
    woken(db, NOW + HOUR)
    assert status(db) == "open 1 -"
    snooze(db, at=NOW + HOUR)
    deliver(db, 2, NOW + 2 * HOUR, in_reply_to="9", later=2 * HOUR)
    assert [status(db, n) for n in (1, 2)] == ["open 0 -", "open 1 -"]


def test_of_a_muted_person_nothing_comes_back(db):
    """Issue 4, mute: whoever nobody wants to hear from is not woken into the inbox."""
    snooze(db, until=NOW + HOUR)
    hand = Hand("leo", NOW, "customer")
    Register(db, SETTINGS, hand).mute(AUTHORS[0].handle, "rude")
    assert woken(db, NOW + HOUR) == []
    assert status(db) == "filtered 0 -"
    Register(db, SETTINGS, hand).unmute(AUTHORS[0].handle)
    assert status(db) == "open 1 -"
