"""What is delivered twice is stored once, in whatever order and split it comes."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcare.inbox.query import Query
from socialcare.inbox.search import compile_query, count
from socialcare.inbox.store import DeadLetter
from socialcare.models import Judged, Media
from tests.inbox.house import (
    AUTHORS,
    NOW,
    SOURCE,
    US,
    contents,
    judged_mentions,
    keep,
    label,
    mention,
    new_inbox,
)

LAW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def db(tmp_path):
    inbox = new_inbox(tmp_path)
    yield inbox
    inbox.close()


def stored_in_pages(folder, items, cuts, times=1):
    inbox = new_inbox(Path(folder), f"{len(list(Path(folder).iterdir()))}.db")
    try:
        for _ in range(times):
            edges = [0, *sorted(cuts), len(items)]
            for start, end in itertools.pairwise(edges):
                keep(inbox, items[start:end])
        totals = inbox.rows("select status, waits, label, n from total where n > 0")
        return contents(inbox), sorted(tuple(row) for row in totals)
    finally:
        inbox.close()


@LAW
@given(judged_mentions(), st.data())
def test_pages_in_any_split_and_order_give_the_same_inbox(items, data):
    cuts = data.draw(st.lists(st.integers(0, len(items)), max_size=4))
    order = data.draw(st.permutations(items))
    with TemporaryDirectory() as folder:
        whole = stored_in_pages(folder, items, [])
        assert stored_in_pages(folder, order, cuts) == whole


@LAW
@given(judged_mentions(), st.lists(st.integers(0, 12), max_size=3))
def test_storing_twice_is_storing_once(items, cuts):
    cuts = [min(cut, len(items)) for cut in cuts]
    with TemporaryDirectory() as folder:
        once = stored_in_pages(folder, items, cuts)
        assert stored_in_pages(folder, items, cuts, times=2) == once


@LAW
@given(judged_mentions())
def test_totals_are_what_counting_gives(items):
    with TemporaryDirectory() as folder:
        inbox = new_inbox(Path(folder))
        keep(inbox, items)
        counted = inbox.rows("select status, waits, label, count(*) from triage group by 1, 2, 3")
        totals = inbox.rows(
            "select status, waits, label, n from total where n > 0 order by 1, 2, 3"
        )
        assert [tuple(r) for r in totals] == [tuple(r) for r in counted]
        inbox.close()


def test_a_second_delivery_is_nothing_new_and_no_event(db):
    item = Judged(mention(1), label("complaint"))
    assert keep(db, [item]).new == 1
    again = keep(db, [item])
    assert (again.new, again.updated) == (0, 0)
    assert db.value("select count(*) from event") == 0


def test_ids_are_never_used_twice(db):
    keep(db, [Judged(mention(1), label("other"))])
    with db.write() as tx:
        tx.execute("delete from mention")
    keep(db, [Judged(mention(2), label("other"))])
    assert db.value("select id from mention") == 2


def test_an_edit_keeps_the_old_words_and_labels_the_new_ones(db):
    keep(db, [Judged(mention(1, text="all fine"), label("praise"))])
    edited = mention(1, text="it broke", edited_at=NOW)
    result = keep(db, [Judged(edited, label("complaint"))])
    assert result.updated == 1
    assert db.value("select text from revision") == "all fine"
    assert tuple(db.one("select label, text from mentions")) == ("complaint", "it broke")
    assert db.value("select count(*) from mention_fts where mention_fts match 'broke'") == 1
    assert db.value("select count(*) from mention_fts where mention_fts match 'fine'") == 0


def test_an_older_copy_never_takes_an_edit_back(db):
    edited = mention(1, text="it broke", edited_at=NOW)
    keep(db, [Judged(edited, label("complaint"))])
    keep(db, [Judged(mention(1, text="all fine"), label("praise"))])
    assert db.value("select text from mentions") == "it broke"


def test_a_channel_that_never_tells_of_edits_is_believed(db):
    keep(db, [Judged(mention(1, text="all fine"), label("praise"))])
    keep(db, [Judged(mention(1, text="it broke"), label("complaint"))])
    keep(db, [Judged(mention(1, text="it is repaired"), label("praise"))])
    assert db.value("select text from mentions") == "it is repaired"
    assert [row[0] for row in db.rows("select text from revision order by id")] == [
        "all fine",
        "it broke",
    ]
    assert db.value("select edited_at from mentions") is not None


def test_counts_are_refreshed_without_event_or_revision(db):
    keep(db, [Judged(mention(1, likes=1, reposts=0), label("complaint"))])
    keep(db, [Judged(mention(1, likes=7, reposts=30), label("complaint"))])
    assert tuple(db.one("select likes, reposts, points from mentions")) == (7, 30, 20 + 25 + 15)
    assert db.value("select (select count(*) from event) + (select count(*) from revision)") == 0


def test_a_deletion_is_marked_and_a_return_too(db):
    keep(db, [Judged(mention(1), label("complaint"))])
    assert keep(db, [], gone=["1", "unknown"]).gone == 1
    assert db.value("select gone_at from mentions") is not None
    keep(db, [Judged(mention(1), label("complaint"))])
    assert db.value("select gone_at from mentions") is None
    assert [row[0] for row in db.rows("select why from events order by id")] == [
        "deleted by its author",
        "it is back",
    ]


def test_the_same_post_through_two_channels_is_one_row_and_direct_if_one_says_so(db):
    keep(db, [Judged(mention(1), label("question"))])
    other = mention(9, source="mastodon:other.example", uri="https://mas.to/1", direct=True)
    assert keep(db, [Judged(other, label("question"))]).new == 0
    assert tuple(db.one("select count(*), max(direct) from mentions")) == (1, 1)


def test_our_answer_stops_the_clock_of_what_it_answers(db):
    keep(db, [Judged(mention(1), label("question")), Judged(mention(2), label("complaint"))])
    answers = [
        Judged(mention(n, US, role="answer", in_reply_to=str(n - 10), created_at=NOW), None)
        for n in (11, 12)
    ]
    assert keep(db, answers).answers == 2
    assert [
        tuple(r)
        for r in db.rows("select status, first_answer_at from mentions order by external_id")
    ] == [
        ("closed", "2026-11-21T14:00:00.000Z"),
        ("pending", "2026-11-21T14:00:00.000Z"),
    ]


def test_reposts_are_amplification_and_no_rows(db):
    keep(db, [Judged(mention(1), label("complaint"))])
    reposts = [
        Judged(mention(n, AUTHORS[1], role="repost", repost_of="https://mas.to/1"), None)
        for n in range(10, 15)
    ]
    result = keep(db, reposts)
    assert (result.new, result.reposts) == (0, 5)
    assert "5 reposts" in db.value("select why from mentions")
    assert count(db, Query(), NOW, "me") == 1


def test_the_second_complaint_of_a_person_weighs_more(db):
    later = Judged(mention(1), label("complaint"))
    earlier = Judged(mention(2), label("complaint"))
    keep(db, [later])
    keep(db, [earlier])
    points = dict(db.rows("select external_id, points from mentions"))
    assert points == {"1": 20 + 25 + 15, "2": 20 + 25}


def test_what_is_filtered_comes_back_when_it_is_about_us_after_all(db):
    keep(db, [Judged(mention(1), label("complaint"), "not about you")])
    assert db.value("select status from mentions") == "filtered"
    keep(db, [Judged(replace(mention(1), direct=True), label("complaint"))])
    assert db.value("select status from mentions") == "open"


def test_what_a_person_filtered_stays_filtered(db):
    keep(db, [Judged(mention(1), label("complaint"))])
    with db.write() as tx:
        tx.execute("update triage set status = 'filtered'")
        tx.execute("insert into action (at, actor, command) values ('x', 'mia', 'set')")
        tx.execute(
            "insert into event (action_id, mention_id, field, after) values (1, 1, 'status', '\"filtered\"')"
        )
    keep(db, [Judged(mention(1), label("complaint"))])
    assert db.value("select status from mentions") == "filtered"


def test_page_and_checkpoint_and_dead_letters_are_one_transaction(db):
    with pytest.raises(TypeError):
        keep(db, [Judged(mention(1), label("other"))], checkpoint={"a": object()})
    assert db.value("select count(*) from mention") == 0
    assert db.value("select count(*) from checkpoint") == 0
    keep(
        db,
        [Judged(mention(1), label("other"))],
        checkpoint={"a": 1},
        dead=[DeadLetter("$[1]", "no id", b"{}")],
    )
    assert json.loads(db.value("select value from checkpoint")) == {"a": 1}
    assert tuple(db.one("select place, reason, raw from dead_letter")) == ("$[1]", "no id", b"{}")


def test_media_and_alt_text_are_kept(db):
    media = (Media("image", "https://a.example/1.png", "a torn boot"), Media("image", None, None))
    keep(db, [Judged(mention(1, media=media), label("unsure"))])
    record = contents(db)[SOURCE, "1"]
    assert record["media"] == ["https://a.example/1.png", None]
    assert record["media_alt"] == ["a torn boot", None]


def test_one_page_may_hold_a_post_twice_the_newest_version_wins(db):
    first = Judged(mention(1, text="old", edited_at=NOW - timedelta(hours=1)), label("other"))
    second = Judged(mention(1, text="new", edited_at=NOW), label("other"))
    keep(db, [second, first])
    assert db.value("select text from mentions") == "new"


def test_nothing_of_a_query_reaches_sql_as_text():
    compiled = compile_query(Query(), NOW, "'; drop table mention; --")
    assert "drop" not in " ".join(compiled.where)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_an_answer_through_another_server_stops_the_clock_in_any_order(tmp_path, order):
    far = "mastodon:far.example"
    pages = [
        [Judged(mention(1), label("question"))],
        [Judged(mention(77, source=far, uri="https://mas.to/1"), label("question"))],
        [Judged(mention(78, US, source=far, role="answer", in_reply_to="77", uri=None), None)],
    ]
    inbox = new_inbox(tmp_path)
    for number in order:
        keep(inbox, pages[number])
    rows = inbox.rows("select status, first_answer_at is not null from mentions")
    assert [tuple(row) for row in rows] == [("closed", 1)]
    inbox.close()


def test_reach_counts_for_what_somebody_wrote_before_it_grew(db):
    star = replace(AUTHORS[0], followers=12_000)
    keep(db, [Judged(mention(2), label("complaint"))])
    keep(db, [Judged(mention(1, star), label("complaint"))])
    points = dict(db.rows("select external_id, points from mentions"))
    assert points == {"2": 20 + 25 + 10, "1": 20 + 25 + 10 + 15}


def test_a_complaint_that_comes_back_counts_for_the_later_ones(db):
    keep(db, [Judged(mention(2), label("complaint"), "not about you")])
    keep(db, [Judged(mention(1), label("question"))])
    keep(db, [Judged(replace(mention(2), direct=True), label("complaint"))])
    points = dict(db.rows("select external_id, points from mentions"))
    assert points["1"] == 20 + 10 + 15


def test_nobody_rewrites_what_another_person_said(tmp_path):
    """A mail is known by an id that its sender chose: a forged one may carry anybody's."""
    db = new_inbox(tmp_path)
    keep(db, [Judged(mention(1, AUTHORS[1], kind="dm"), label("question"))])
    forged = mention(1, AUTHORS[2], kind="dm", text="I take it all back")
    assert keep(db, [Judged(forged, label("praise"))]).updated == 0
    assert db.value("select text from mention") == "text 1"
    assert db.value("select label from label") == "question"
    db.close()
