"""The short way to what became of a question agrees with the clock that ``show --clock`` prints."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from socialcare.clock import format_time
from socialcare.inbox.changes import Wish, change
from socialcare.inbox.fields import Hand
from socialcare.inbox.figures import Wanted, _Gathering, facts
from socialcare.inbox.grouping import read_grouping
from socialcare.inbox.query import Filter, Query
from socialcare.inbox.replies import record_answer
from socialcare.inbox.settling import clock_of
from socialcare.inbox.undo import take_back
from socialcare.models import Judged
from socialcare.settings import AnswerBy, Settings
from socialcare.settings.hours import parse_hours
from tests.inbox.busy_shop import LATER
from tests.inbox.house import AUTHORS, NOW, US, keep, label, mention, new_inbox

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
POLICIES = {
    "always": AnswerBy(timezone="UTC"),
    "hours": AnswerBy(
        timezone="UTC",
        hours=parse_hours("Mon-Fri 09:00-17:00"),
        labels={"complaint": 2 * HOUR},
        next={"urgent": HOUR / 2},
        always=frozenset({"urgent"}),
    ),
}


def wanted(query: Query = Query(), now=NOW, by: str = "channel") -> Wanted:  # noqa: B008
    times = (now - 400 * DAY, now - 8 * DAY), (now - 8 * DAY, now + DAY)
    return Wanted(query, times[1], times[0], now, "mia", read_grouping(by))


def by_the_book(db, settings, **how):
    """The same with every conversation on the long way."""
    gathering = _Gathering(db, wanted(**how), settings)
    gathering.messages()
    gathering.odd = set(gathering.known)
    gathering.alone, gathering.talks = [], set()
    gathering.clocks()
    return gathering.found


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("later", [timedelta(0), 30 * HOUR])
def test_both_ways_lead_to_the_same(shop, policy, later):
    settings = Settings(answer_by=policy)
    short = facts(shop.db, wanted(now=LATER + later), settings)
    long = by_the_book(shop.db, settings, now=LATER + later)
    assert Counter(short.questions) == Counter(long.questions)
    assert Counter(short.resolutions) == Counter(long.resolutions)
    kinds = Counter((q.kind, q.took is not None, q.in_time) for q in short.questions)
    assert len(kinds) >= 6
    assert len(short.resolutions) > 20


def test_the_figures_are_those_of_show_clock(shop):
    settings = Settings(answer_by=POLICIES["hours"])
    found = facts(shop.db, wanted(), settings)
    took = Counter(q.took for q in found.questions if q.took is not None)
    shown: Counter[float] = Counter()
    left_out = "t.status = 'filtered' or t.close_reason in ('not-us', 'spam', 'double')"
    talks = shop.db.rows(
        f"""select min(m.id) from mention m join triage t on t.mention_id = m.id
        group by coalesce(m.conversation, m.id) having sum({left_out}) is not 1 or count(*) > 1"""
    )
    for (id_,) in talks:
        clock = clock_of(shop.db, id_, settings)
        for mark in clock.marks:
            if mark.what == "answered" and mark.span is not None:
                shown[mark.span.total_seconds()] += 1
    assert took
    # What is told of a question that a mention left out had asked is in the clock alone.
    assert not took - shown
    assert sum((shown - took).values()) <= 3


@pytest.fixture
def db(tmp_path):
    db = new_inbox(tmp_path)
    yield db
    db.close()


def ask(db, number, age, *, author=AUTHORS[0], **facts_):
    post = mention(number, author, created_at=NOW - age, **facts_)
    keep(db, [Judged(post, label("complaint"))])
    return db.value("select max(id) from mention")


def told(db, now=NOW):
    return facts(db, wanted(now=now), Settings())


def test_an_answer_first_and_next_and_the_end(db):
    first = ask(db, 1, 5 * HOUR, thread="t")
    record_answer(db, first, "x", None, Settings(), Hand("leo", NOW - 3 * HOUR, "reply"))
    again = ask(db, 2, 2 * HOUR, thread="t")
    record_answer(db, again, "y", None, Settings(), Hand("leo", NOW - HOUR, "reply"))
    change(db, [again], Wish(status="closed"), Settings(), NOW, actor="leo", command="close")
    found = told(db)
    assert [(q.kind, q.took) for q in found.questions] == [("first", 7200), ("next", 3600)]
    assert [r.took for r in found.resolutions] == [5 * 3600]


def test_what_was_taken_back_did_not_happen(db):
    id_ = ask(db, 1, 5 * HOUR)
    done = change(db, [id_], Wish(status="closed"), Settings(), NOW, actor="leo", command="close")
    assert len(told(db).resolutions) == 1
    take_back(db, done.action, Settings(), NOW, actor="leo")
    found = told(db)
    assert found.resolutions == []
    assert [q.took for q in found.questions] == [None]


def test_closed_without_an_answer_is_neither_in_time_nor_late(db):
    id_ = ask(db, 1, 9 * HOUR)
    assert [q.in_time for q in told(db).questions] == [False]
    change(db, [id_], Wish(status="closed"), Settings(), NOW, actor="leo", command="close")
    assert [q.in_time for q in told(db).questions] == [None]


def test_a_query_narrows_everything(db):
    ask(db, 1, HOUR)
    ask(db, 2, HOUR, author=AUTHORS[1])
    query = Query((Filter("author", ("@p1",)),))
    found = facts(db, wanted(query), Settings())
    assert (len(found.messages), len(found.questions), len(found.waiting)) == (1, 1, 1)


def test_bots_and_the_demo_are_counted_apart(db):
    ask(db, 1, HOUR, automated=True)
    ask(db, 2, HOUR, uri="tag:acme.example:113001")
    ask(db, 3, HOUR)
    found = told(db)
    assert len(found.messages) == 1
    assert {why: n for why, n in found.left_out.items() if n} == {"automated": 1, "demo": 1}


def test_questions_that_only_another_customer_answered(db):
    asked = mention(1, AUTHORS[0], created_at=NOW - 2 * HOUR)
    own = mention(2, AUTHORS[0], created_at=NOW - HOUR, in_reply_to="1")
    keep(db, [Judged(asked, label("question")), Judged(own, label("other", needs_answer=False))])
    assert told(db).by_customers == {}
    other = mention(3, AUTHORS[1], created_at=NOW - HOUR, in_reply_to="1")
    keep(db, [Judged(other, label("other", needs_answer=False))])
    assert told(db).by_customers == {"mastodon": 1}
    ours = mention(4, US, created_at=NOW, in_reply_to="1", role="answer")
    keep(db, [Judged(ours, None)])
    assert told(db).by_customers == {}


def test_who_answered_is_told_apart_from_who_has_it(db):
    one, two, three = (ask(db, n, n * HOUR, author=AUTHORS[n]) for n in (1, 2, 3))
    record_answer(db, one, "x", None, Settings(), Hand("leo", NOW, "reply"))
    keep(db, [Judged(mention(9, US, created_at=NOW, in_reply_to="2", role="answer"), None)])
    change(db, [three], Wish(owner="mia"), Settings(), NOW, actor="mia", command="set")
    assert two
    for by, groups in (("person", {"leo", "fetch", None}), ("owner", {"mia", None})):
        found = facts(db, wanted(by=by), Settings())
        assert {m.group for m in found.messages} == groups


def test_a_customer_is_all_of_their_accounts(db):
    ids = [ask(db, n, HOUR, author=AUTHORS[n - 1]) for n in (1, 2, 3)]
    change(db, ids[:1], Wish(tag=("vip",)), Settings(), NOW, actor="mia", command="set")
    with db.write() as tx:
        tx.execute("insert into customer (id, at) values (1, '')")
        tx.execute("update author set customer_id = 1 where handle in ('@p0@mas.to', '@p1@mas.to')")
    groups = {}
    for by in ("tag:vip", "customer:vip"):
        groups[by] = [m.group for m in facts(db, wanted(by=by), Settings()).messages]
    assert groups == {"tag:vip": ["vip", None, None], "customer:vip": ["vip", "vip", None]}


def test_an_order_is_found_in_the_rest_of_the_conversation(db):
    with db.write() as tx:
        tx.executemany(
            "insert into orders values (?, ?, '')",
            [("4411", '{"Country": "NO"}'), ("4412", '{"Country": ""}')],
        )
    ask(db, 1, 3 * HOUR, thread="t", text="Where is #4411?")
    ask(db, 2, HOUR, thread="t", text="And?")
    ask(db, 3, HOUR, author=AUTHORS[1], text="Where is #4412?")
    found = facts(db, wanted(by="order.country"), Settings())
    assert [m.group for m in found.messages] == ["NO", "NO", None]
    assert [w.group for w in found.waiting] == ["NO", None]


def test_opened_again_by_hand_is_asked_anew(db):
    id_ = ask(db, 1, 9 * HOUR)
    change(db, [id_], Wish(status="closed"), Settings(), NOW - HOUR, actor="leo", command="close")
    change(db, [id_], Wish(status="open"), Settings(), NOW, actor="leo", command="set")
    record_answer(db, id_, "x", None, Settings(), Hand("leo", NOW + HOUR, "reply"))
    found = told(db, NOW + 2 * HOUR)
    assert [(q.kind, q.took) for q in found.questions] == [("first", None), ("first", 3600)]
    assert len(found.resolutions) == 1


def test_the_end_of_a_period_belongs_to_the_next(db):
    ask(db, 1, HOUR)
    at = NOW - HOUR
    for period, number in (((at, NOW), 1), ((at - HOUR, at), 0)):
        one = replace(wanted(), period=period, before=(at - 9 * DAY, at - 8 * DAY))
        assert len(facts(db, one, Settings()).messages) == number, format_time(period[0])
