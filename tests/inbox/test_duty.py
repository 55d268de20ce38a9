"""Duty: who gets what nobody has, hour by hour, and what stays with whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from socialcare.clock import format_time
from socialcare.inbox.changes import Wish, change
from socialcare.inbox.duty import assign
from socialcare.inbox.leases import take
from socialcare.inbox.story import mark_seen
from socialcare.models import Judged
from socialcare.settings import AnswerBy, Duty, RoutingRule, Settings
from socialcare.settings.hours import parse_hours
from tests.inbox.house import AUTHORS, keep, label, mention, new_inbox
from tests.inbox.replay import rebuilt, state

MIA = Duty("mia", parse_hours("Mon-Fri 08:00-16:00"), ("delivery",))
LEO = Duty("leo", parse_hours("Mon-Fri 08:00-20:00"))
ALWAYS = (Duty("leo"), Duty("ana"))
UTC_ = AnswerBy(timezone="UTC")
SETTINGS = Settings(answer_by=UTC_, duties=(MIA, LEO))


def monday(hour, minute=0, day=23):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def db(tmp_path):
    made = new_inbox(tmp_path)
    yield made
    made.close()


def came(db, number, at, *topics, settings=SETTINGS, **facts):
    """A question of normal priority: to be answered within four hours."""
    author = facts.pop("author", AUTHORS[0])
    facts = {"thread": str(number)} | facts
    post = mention(number, author, created_at=at, **facts)
    keep(db, [Judged(post, label("question", topics=topics))], settings)
    return db.value("select id from mention where external_id = ?", (str(number),))


def at(db, now, settings=SETTINGS):
    with db.write() as tx:
        return [tuple(one) for one in assign(tx, settings, now)]


def owner(db, id_):
    return db.value("select owner from triage where mention_id = ?", (id_,))


def test_a_day_worked_by_hand(db):
    parcel = came(db, 1, monday(7), "delivery")  # due 11:00, half at 09:00
    hello = came(db, 2, monday(7, 30))  # due 11:30, half at 09:30
    assert at(db, monday(7, 59)) == []
    assert at(db, monday(8)) == [(parcel, "mia"), (hello, "leo")]
    assert at(db, monday(8)) == []
    assert at(db, monday(8, 59)) == []
    assert at(db, monday(9)) == [(parcel, "leo")]
    assert at(db, monday(10)) == []  # once; and nobody else is there for the other
    late = came(db, 3, monday(15), "delivery", "sizing")  # due 19:00, half at 17:00
    assert at(db, monday(15, 30)) == [(late, "mia")]
    assert at(db, monday(16, 59)) == []  # she has gone, but its half has not
    assert at(db, monday(17)) == [(late, "leo")]
    night = came(db, 4, monday(20, 30), "delivery")  # due 00:30
    assert at(db, monday(21)) == []
    assert at(db, monday(8, day=24)) == [(night, "mia")]
    assert at(db, monday(12, day=24)) == []  # half of its time had passed before she got it
    assert [owner(db, each) for each in (parcel, hello, late, night)] == [
        "leo",
        "leo",
        "leo",
        "mia",
    ]


def test_each_step_is_an_event_with_its_reason(db):
    came(db, 1, monday(7), "delivery")
    at(db, monday(8))
    at(db, monday(9))
    rows = db.rows(
        "select a.at, a.actor, a.command, e.before, e.after, e.why from event e"
        " join action a on a.id = e.action_id order by e.id"
    )
    assert [tuple(row) for row in rows] == [
        ("2026-11-23T08:00:00.000Z", "duty", "duty", "null", '"mia"', "on duty"),
        ("2026-11-23T09:00:00.000Z", "duty", "duty", '"mia"', '"leo"', "not touched by mia in half its time"),
    ]  # fmt: skip


def test_half_is_counted_in_open_hours(db):
    policy = replace(UTC_, hours=parse_hours("Mon-Fri 09:00-17:00"))
    settings = Settings(answer_by=policy, duties=ALWAYS)
    friday = monday(16, day=20)
    one = came(db, 1, friday, settings=settings)  # due on Monday at 12:00, half of it at 10:00
    assert at(db, monday(16, 30, day=20), settings) == [(one, "leo")]
    assert at(db, monday(9, 59), settings) == []
    assert at(db, monday(10), settings) == [(one, "ana")]


def test_half_runs_round_the_clock_where_the_time_to_answer_does(db):
    policy = replace(UTC_, hours=parse_hours("Mon-Fri 09:00-17:00"), always=frozenset({"question"}))
    settings = Settings(answer_by=policy, duties=ALWAYS)
    one = came(db, 1, monday(20, day=20), settings=settings)
    assert at(db, monday(20, day=20), settings) == [(one, "leo")]
    assert at(db, monday(22, day=20), settings) == [(one, "ana")]


def test_after_the_last_comes_the_first_again(db):
    last = Duty("eva", topics=("sizing",))
    settings = Settings(answer_by=UTC_, duties=(last, *ALWAYS, Duty("eva")))
    one = came(db, 1, monday(8), "sizing", settings=settings)
    two = came(db, 2, monday(8), settings=replace(settings, duties=()))
    assert at(db, monday(8), settings) == [(one, "eva"), (two, "leo")]
    only = replace(settings, duties=(Duty("eva"), Duty("leo")))
    assert at(db, monday(10), only) == [(one, "leo"), (two, "eva")]


def test_on_a_day_off_only_those_are_there_who_always_are(db):
    settings = Settings(
        answer_by=replace(UTC_, holidays=(date(2026, 11, 23),)), duties=(LEO, Duty("ana"))
    )
    one = came(db, 1, monday(9), settings=settings)
    assert at(db, monday(9), settings) == [(one, "ana")]


def note(db, id_):
    change(db, [id_], Wish(note="called"), SETTINGS, monday(8, 30), actor="leo", command="set")


def look(db, id_):
    mark_seen(db, id_, format_time(monday(8, 30)))


def write(db, id_):
    take(db, id_, "mia", monday(8, 50))


@pytest.mark.parametrize("touch", [note, look, write])
def test_what_somebody_touched_stays_with_its_owner(db, touch):
    one = came(db, 1, monday(7), "delivery")
    at(db, monday(8))
    touch(db, one)
    assert at(db, monday(9)) == []
    assert owner(db, one) == "mia"


def test_a_person_who_let_go_of_it_is_not_overruled(db):
    one = came(db, 1, monday(7), "delivery")
    at(db, monday(8))
    for name in ("ana", ""):
        change(db, [one], Wish(owner=name), SETTINGS, monday(8, 5), actor="ana", command="set")
    assert at(db, monday(8, 10)) == at(db, monday(9, 30)) == []
    assert owner(db, one) is None


def test_what_a_person_took_or_a_rule_gave_stays(db):
    one = came(db, 1, monday(7))
    change(db, [one], Wish(owner="mia"), SETTINGS, monday(7), actor="mia", command="set")
    given = RoutingRule("r", "label:question", owner="mia", line=1)
    two = came(db, 2, monday(7), settings=replace(SETTINGS, rules=(given,), duties=()))
    assert at(db, monday(8)) == at(db, monday(10, 30)) == []
    assert [owner(db, one), owner(db, two)] == ["mia", "mia"]


def test_all_of_a_conversation_goes_along_and_what_is_written_next_stays_with_it(db):
    first = came(db, 1, monday(6), thread="t")
    second = came(db, 2, monday(7), thread="t")
    assert at(db, monday(8)) == [(second, "leo")]
    third = came(db, 3, monday(8, 5), thread="t")
    assert at(db, monday(8, 6)) == []
    assert [owner(db, each) for each in (first, second, third)] == ["leo"] * 3


def test_what_waits_for_nobody_goes_to_nobody(db):
    one = came(db, 1, monday(7))
    change(db, [one], Wish(status="closed"), SETTINGS, monday(7), actor="mia", command="close")
    assert at(db, monday(8)) == []


def test_without_duty_nothing_is_given(db):
    came(db, 1, monday(7))
    assert at(db, monday(8), Settings(answer_by=UTC_)) == []
    assert db.value("select count(*) from action") == 0


def test_the_inbox_rebuilt_from_its_events_is_the_live_one(db, tmp_path):
    for number in range(4):
        came(db, number, monday(7), *(["delivery"] if number % 2 else []))
    at(db, monday(8))
    change(db, [1], Wish(owner="ana"), SETTINGS, monday(8, 5), actor="ana", command="set")
    at(db, monday(10))
    assert rebuilt(tmp_path / "inbox.db", tmp_path, SETTINGS) == state(db)
