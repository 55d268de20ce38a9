"""Laws of customers: what was joined can be parted, what was muted can be heard again."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.inbox.customers import Register
from socialcare.inbox.fields import Hand
from socialcare.inbox.undo import take_back
from socialcare.models import Author, Judged
from tests.inbox.house import (
    AUTHORS,
    NOW,
    SETTINGS,
    contents,
    judged_mentions,
    keep,
    label,
    mention,
    new_inbox,
)

HANDLES = [author.handle for author in AUTHORS]
QUICK = settings(max_examples=15, deadline=None)
PAIRS = st.lists(st.sampled_from(HANDLES), min_size=2, max_size=2, unique=True)


def clerk(db):
    return Register(db, SETTINGS, Hand("leo", NOW, "customer"))


def everybody(db):
    """A mention by everyone, so that every handle is known."""
    items = [
        Judged(mention(100 + n, author), label("other", needs_answer=False))
        for n, author in enumerate(AUTHORS)
    ]
    keep(db, items)


def state(db):
    """Mentions as they stand now; what happened on the way is another matter."""
    found = contents(db)
    for record in found.values():
        del record["history"]
    people = db.rows("select handle, customer_id, muted_why, muted_by from author order by id")
    waiting = db.rows("select mention_id, waits, priority_rank, due_at from triage order by 1")
    return found, [tuple(row) for row in people], [tuple(row) for row in waiting]


def groups(db):
    """Who is together with whom, whatever number the customer has."""
    rows = db.rows("select handle, customer_id from author where customer_id is not null")
    found: dict[int, set[str]] = {}
    for handle, customer in rows:
        found.setdefault(customer, set()).add(handle)
    return sorted(map(sorted, found.values()))


@QUICK
@given(items=judged_mentions(), pair=PAIRS)
def test_link_and_unlink_is_as_before(items, pair):
    with tempfile.TemporaryDirectory() as folder:
        db = new_inbox(Path(folder))
        everybody(db)
        keep(db, items)
        before = state(db)
        clerk(db).link(pair)
        clerk(db).unlink(pair[0])
        assert state(db) == before
        db.close()


@QUICK
@given(items=judged_mentions(), pair=PAIRS, muted=st.sampled_from(HANDLES))
def test_mute_and_unmute_is_as_before(items, pair, muted):
    with tempfile.TemporaryDirectory() as folder:
        db = new_inbox(Path(folder))
        everybody(db)
        keep(db, items)
        clerk(db).link(pair)
        before = state(db)
        done = clerk(db).mute(muted, "rude")
        assert not set(done.back)
        assert set(clerk(db).unmute(muted).back) == set(done.filtered)
        assert state(db) == before
        db.close()


@QUICK
@given(items=judged_mentions(6), pairs=st.lists(PAIRS, min_size=1, max_size=3), data=st.data())
def test_the_order_of_linking_and_muting_does_not_matter(items, pairs, data):
    muted = data.draw(st.lists(st.sampled_from(HANDLES), max_size=1))
    deeds = [("link", pair) for pair in pairs] + [("mute", handle) for handle in muted]
    found = []
    for order in (deeds, data.draw(st.permutations(deeds))):
        with tempfile.TemporaryDirectory() as folder:
            db = new_inbox(Path(folder))
            everybody(db)
            keep(db, items)
            for deed, words in order:
                getattr(clerk(db), deed)(words)
            mentions, _, waiting = state(db)
            for record in mentions.values():
                record.pop("customer", None)
            found.append((groups(db), waiting, {key: r["status"] for key, r in mentions.items()}))
            db.close()
    assert found[0] == found[1]


@QUICK
@given(items=judged_mentions(), pairs=st.lists(PAIRS, min_size=1, max_size=3))
def test_all_of_it_taken_back_in_reverse_order_is_as_before(items, pairs):
    with tempfile.TemporaryDirectory() as folder:
        db = new_inbox(Path(folder))
        everybody(db)
        keep(db, items)
        before = state(db)
        done = [clerk(db).link(pair).action for pair in pairs]
        done.append(clerk(db).mute(pairs[0][0], "rude").action)
        done.append(clerk(db).unlink(pairs[0][1]).action)
        for action in reversed([action for action in done if action is not None]):
            take_back(db, action, SETTINGS, NOW, actor="leo")
        assert state(db) == before
        db.close()


@QUICK
@given(items=judged_mentions(8), data=st.data())
def test_pages_of_a_muted_person_in_any_order_give_the_same_inbox(items, data):
    found = []
    for order in (items, data.draw(st.permutations(items))):
        with tempfile.TemporaryDirectory() as folder:
            db = new_inbox(Path(folder))
            everybody(db)
            clerk(db).link(HANDLES[:2])
            clerk(db).mute(HANDLES[0], "rude")
            for item in order:
                keep(db, [item])
            rows = db.rows(
                "select external_id, status, filtered_why, waiting from mentions"
                " where author in (select value from json_each(?)) order by 1",
                (f'["{HANDLES[0]}", "{HANDLES[1]}"]',),
            )
            assert {row["status"] for row in rows if row["filtered_why"]} <= {"filtered"}
            assert not any(row["waiting"] for row in rows)
            found.append([tuple(row) for row in rows])
            db.close()
    assert found[0] == found[1]


def test_what_was_not_about_us_stays_away_when_the_mute_ends(tmp_path):
    db = new_inbox(tmp_path)
    everybody(db)
    clerk(db).mute(HANDLES[0], "rude")
    plain = Judged(mention(1), label("complaint"))
    doubt = Judged(mention(2), label("complaint"), "not about you")
    keep(db, [plain, doubt])
    both = [Judged(mention(3), label("complaint"), why) for why in ("not about you", None)]
    for item in both:
        keep(db, [item])
    why = dict(map(tuple, db.rows("select external_id, filtered_why from mentions where id > 4")))
    assert why == {"1": "muted: rude", "2": "not about you", "3": "muted: rude"}
    clerk(db).unmute(HANDLES[0])
    left = db.rows("select external_id from mentions where status = 'filtered'")
    assert [row[0] for row in left] == ["2"]
    db.close()


def test_nobody_is_waited_for_longer_because_of_accounts_that_are_no_customer(tmp_path):
    """A record costs one way into an index, however many customers there are."""
    db = new_inbox(tmp_path)
    others = [Author(f"x{n}", f"@x{n}@mas.to") for n in range(60)]
    keep(db, [Judged(mention(500 + n, who), label("other")) for n, who in enumerate(others)])
    for one, other in itertools.pairwise(others[:30]):
        clerk(db).link([one.handle, other.handle])
    plan = " | ".join(
        row["detail"]
        for row in db.rows("explain query plan select previous_contacts from mentions where id = 1")
    )
    assert "author_customer" in plan
    assert "SCAN b" not in plan
    assert "SCAN p" not in plan
    db.close()
