"""Counts by the quarter of an hour: whatever happens to mentions, they are those of the tables."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.clock import format_time
from socialcare.inbox import rates
from socialcare.inbox.health import Outcome, save, save_run
from socialcare.inbox.reach import note, rising
from tests.inbox.history import Said, add, watched
from tests.inbox.house import NOW, keep, label, mention, new_inbox

QUARTER = timedelta(minutes=15)
_COUNTED = """
select cast(strftime('%s', m.created_at) as integer) / 900 as quarter, m.channel, count(*) as n,
  sum(t.label = 'complaint') as complaints
from mention m join triage t on t.mention_id = m.id
where t.status <> 'filtered' and m.automated = 0 group by 1, 2 order by 1, 2
"""
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["filter", "open", "close", "complaint", "praise", "delete"]),
        st.integers(1, 6),
    ),
    max_size=12,
)


@pytest.fixture
def db(tmp_path):
    db = new_inbox(tmp_path)
    yield db
    db.close()


def kept(db):
    return [tuple(row) for row in db.rows("select * from rate where n <> 0 order by 1, 2")]


@given(ACTIONS)
@settings(max_examples=40, deadline=None)
def test_they_always_agree_with_a_count_of_all_rows(actions):
    with TemporaryDirectory() as folder, closing(new_inbox(Path(folder))) as db:
        add(
            db,
            [
                Said(
                    NOW - QUARTER * (n // 2), "x", ("complaint", "praise")[n % 2], automated=n == 5
                )
                for n in range(6)
            ],
        )
        for action, id_ in actions:
            if action == "delete":
                db.conn.execute("delete from mention where id = ?", (id_,))
            elif action in ("complaint", "praise"):
                db.conn.execute("update triage set label = ? where mention_id = ?", (action, id_))
            else:
                status = {"filter": "filtered", "open": "open", "close": "closed"}[action]
                db.conn.execute("update triage set status = ? where mention_id = ?", (status, id_))
        assert kept(db) == [tuple(row) for row in db.rows(_COUNTED)]


def test_a_fetch_counts_what_it_stores(db):
    from socialcare.models import Judged

    items = [Judged(mention(n), label("complaint" if n else "praise")) for n in range(3)]
    keep(db, items)
    keep(db, items)
    assert [row[2:] for row in kept(db)] == [(1, 1), (1, 1), (1, 0)]


def test_counts_are_of_the_wanted_channels_and_quarters(db):
    add(db, [Said(NOW, "a"), Said(NOW, "b", channel="other"), Said(NOW - QUARTER, "c", "praise")])
    end = int(NOW.timestamp()) // 900 + 1
    counts = rates.counts(db, ["mastodon"], end - 3, end)
    assert (counts.everything, counts.complaints) == ([0, 1, 1], [0, 0, 1])
    assert rates.counts(db, ["mastodon", "other"], end - 1, end).everything == [2]


def test_counting_walks_an_index_and_no_table_of_mentions(db):
    plan = " ".join(
        row["detail"] for row in db.rows(f"explain query plan {rates._COUNTS}", (0, 1, "[]"))
    )
    assert "SEARCH rate USING PRIMARY KEY" in plan
    assert "mention" not in plan


def test_the_first_success_of_a_channel_is_kept(db):
    for hours in (0, 1, 2):
        with db.write() as tx:
            error = "it was refused" if hours == 0 else None
            save(tx, Outcome("mastodon", error=error), NOW + timedelta(hours=hours))
    assert rates.watched_since(db) == {"mastodon": NOW + timedelta(hours=1)}


def test_pauses_are_spans_without_a_successful_fetch(db):
    for minutes, ok in ((0, True), (5, True), (200, False), (305, True), (310, True)):
        at = NOW + timedelta(minutes=minutes)
        with db.write() as tx:
            save_run(tx, at, at, 0, [ok])
    assert rates.pauses(db, NOW) == [
        (NOW + timedelta(minutes=5), NOW + timedelta(minutes=305)),
    ]
    assert rates.last_look(db) == NOW + timedelta(minutes=310)


def test_what_came_before_the_counts_were_kept_is_counted(tmp_path):
    """The migration fills them, and takes the first mention of a channel for its first reading."""
    from socialcare.inbox.schema_insight import RATES, WATCHING

    db = new_inbox(tmp_path)
    add(db, [Said(NOW - QUARTER * n, "x") for n in range(5)])
    watched(db, NOW, NOW)
    before = kept(db)
    db.conn.execute("delete from rate")
    db.conn.execute(RATES[1])
    assert kept(db) == before
    db.conn.execute(WATCHING[1])
    assert rates.watched_since(db) == {"mastodon": NOW - QUARTER * 4}
    db.close()


def test_reach_is_noted_when_it_grows_and_forgotten_after_two_days(db):
    (id_,) = add(db, [Said(NOW, "x", reposts=2)])
    moments = []
    for hours, reposts in ((1, 2), (2, 5), (3, 5), (4, 9)):
        at = NOW + timedelta(hours=hours)
        with db.write() as tx:
            tx.execute("update mention set reposts = ?", (reposts,))
            note(tx, [id_], format_time(at))
        moments.append([count for post in rising(db, NOW, at) for _, count in post.noted])
    assert moments == [[], [5], [5], [5, 9]]
    with db.write() as tx:
        note(tx, [], format_time(NOW + timedelta(days=3)))
    assert db.value("select count(*) from reach") == 0
