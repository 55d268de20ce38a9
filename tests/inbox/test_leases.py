"""A conversation has one holder at a time, for 15 minutes, whichever of its messages was named."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcare.errors import BlockedError
from socialcare.inbox.changes import Wish, change
from socialcare.inbox.conflicts import last_event
from socialcare.inbox.database import open_writer
from socialcare.inbox.fields import Hand
from socialcare.inbox.leases import LEASE, HeldError, give_back, holder, take
from socialcare.inbox.letters import Words, save_draft
from socialcare.inbox.reading import records
from socialcare.inbox.replies import record_answer
from socialcare.models import Judged
from tests.inbox.house import AUTHORS, NOW, SETTINGS, US, keep, label, mention, new_inbox

MINUTE = timedelta(minutes=1)


def talk(db):
    """1 and 2 are one conversation, 3 is another person."""
    keep(
        db,
        [
            Judged(mention(1, thread="t"), label("complaint")),
            Judged(mention(2, thread="t"), label("question")),
            Judged(mention(3, AUTHORS[1]), label("question")),
        ],
    )
    ids = dict(db.rows("select external_id, id from mention"))
    return ids["1"], ids["2"], ids["3"]


def who_has(db, id_, now):
    lease = holder(db, id_, now)
    return lease and lease.actor


@pytest.fixture
def db(tmp_path):
    inbox = new_inbox(tmp_path)
    yield inbox
    inbox.close()


def wish(db, ids, now=NOW, actor="mia", **more):
    options = {name: more.pop(name) for name in ("held", "seen") if name in more}
    return change(db, ids, Wish(**more), SETTINGS, now, actor=actor, command="set", **options)


def test_a_lease_covers_the_conversation_and_nothing_else(db):
    one, two, three = talk(db)
    take(db, one, "leo", NOW)
    assert [who_has(db, id_, NOW) for id_ in (one, two, three)] == [
        "leo",
        "leo",
        None,
    ]
    held = {record["id"]: record["held_by"] for record in records(db, [one, two, three], NOW)}
    assert held == {one: "leo", two: "leo", three: None}
    with pytest.raises(BlockedError) as refused:
        take(db, two, "mia", NOW + 3 * MINUTE)
    assert (refused.value.exit_code, refused.value.code) == (6, "held")
    assert refused.value.message == f"leo is writing an answer to {two} (3 min)."
    assert refused.value.hint == (
        "wait, it is free in 12 min at the latest, or take it over with --steal"
    )


def test_it_ends_by_itself_and_taking_again_prolongs_it(db):
    one, two, _ = talk(db)
    take(db, one, "leo", NOW)
    again = take(db, two, "leo", NOW + 10 * MINUTE)
    assert (again.at, again.until) == (NOW, NOW + 10 * MINUTE + LEASE)
    assert records(db, [one], NOW + 24 * MINUTE)[0]["held_since"] == "2026-11-21T14:00:00.000Z"
    assert holder(db, one, NOW + 25 * MINUTE) is None
    assert records(db, [one], NOW + 25 * MINUTE)[0]["held_by"] is None
    late = take(db, one, "mia", NOW + 25 * MINUTE)
    assert (late.actor, late.at) == ("mia", NOW + 25 * MINUTE)


def test_given_back_it_is_free_and_only_by_whoever_has_it(db):
    one, two, _ = talk(db)
    take(db, one, "leo", NOW)
    give_back(db, one, "mia")
    assert who_has(db, one, NOW) == "leo"
    give_back(db, two, "leo")
    assert holder(db, one, NOW) is None


def test_stealing_takes_it_over(db):
    one, two, _ = talk(db)
    take(db, one, "leo", NOW)
    assert take(db, two, "mia", NOW + MINUTE, steal=True).actor == "mia"
    with pytest.raises(BlockedError, match="mia is writing"):
        take(db, one, "leo", NOW + 2 * MINUTE)


def test_two_conversations_that_a_late_post_joins_have_one_holder(db):
    for number in (1, 2):
        keep(db, [Judged(mention(number, in_reply_to="9"), label("question"))])
    take(db, 1, "leo", NOW)
    take(db, 2, "mia", NOW + MINUTE)
    late = mention(9, US, role="answer", in_reply_to="8")
    keep(db, [Judged(late, None), Judged(mention(8), label("question"))])
    assert db.value("select count(distinct conversation_id) from mentions") == 1
    assert {who_has(db, id_, NOW + MINUTE) for id_ in (1, 2)} == {"mia"}
    assert {record["held_by"] for record in records(db, [1, 2], NOW + MINUTE)} == {"mia"}
    with pytest.raises(BlockedError):
        take(db, 1, "leo", NOW + 2 * MINUTE)


@pytest.mark.parametrize(
    "fields",
    [
        {"owner": "mia"},
        {"status": "closed"},
        {"status": "snoozed"},
        {"label": "praise"},
        {"priority": "low"},
        {"topics": ("stock",)},
        {"needs_answer": False},
        {"owner": "mia", "tag": ("vip",)},
    ],
)
def test_decisions_about_what_a_colleague_answers_are_refused(db, fields):
    one, two, three = talk(db)
    take(db, one, "leo", NOW)
    with pytest.raises(HeldError) as refused:
        wish(db, [three, two], **fields)
    assert (refused.value.exit_code, refused.value.code) == (1, "held")
    assert db.value("select count(*) from event") == 0
    assert wish(db, [two], actor="leo", **fields).changed
    done = wish(db, [three], **fields)
    assert done.changed == (three,)


def test_notes_and_tags_are_never_blocked(db):
    one, two, _ = talk(db)
    take(db, one, "leo", NOW)
    assert wish(db, [one, two], tag=("vip",), note="called").changed == (one, two)


def test_among_many_they_are_left_out_and_told(db):
    one, two, three = talk(db)
    take(db, one, "leo", NOW)
    done = wish(db, [one, two, three], owner="mia", held="skip")
    assert (done.changed, done.skipped) == ((three,), (one, two))
    assert [(lease.mention_id, lease.actor) for lease in done.held] == [(one, "leo"), (two, "leo")]
    assert db.value("select count(*) from mentions where owner is not null") == 1


def test_a_change_that_steals_ends_the_lease(db):
    one, two, _ = talk(db)
    take(db, one, "leo", NOW)
    assert wish(db, [two], status="closed", held="steal").changed == (two, one)
    assert holder(db, one, NOW) is None


STEP = st.tuples(
    st.sampled_from(["take", "take", "steal", "give back", "wait"]),
    st.sampled_from([0, 1]),
    st.sampled_from([0, 1, 2]),
    st.integers(0, 16),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, max_size=14))
def test_there_are_never_two_holders(steps):
    """Two people, two connections, against a table of who should have what."""
    with TemporaryDirectory() as folder:
        first = new_inbox(Path(folder))
        people = [("leo", first), ("mia", open_writer(first.path))]
        ids = talk(first)
        now, free = NOW, NOW
        has: dict[int, tuple[str, datetime]] = {}
        for what, who, which, minutes in steps:
            actor, db = people[who]
            talked = which // 2
            name, until = has.get(talked, ("", free))
            held = name not in ("", actor) and until > now
            if what == "wait":
                now += minutes * MINUTE
            elif what == "give back":
                give_back(db, ids[(0, 1, 2)[which]], actor)
                if name == actor:
                    del has[talked]
            elif held and what == "take":
                with pytest.raises(BlockedError):
                    take(db, ids[(0, 2)[talked]], actor, now)
            else:
                take(db, ids[(0, 2)[talked]], actor, now, steal=what == "steal")
                has[talked] = (actor, now + LEASE)
            for number, id_ in ((0, ids[0]), (0, ids[1]), (1, ids[2])):
                name, until = has.get(number, ("", free))
                wanted = name if until > now else None
                seen = [holder(each, id_, now) for _, each in people]
                assert [lease and lease.actor for lease in seen] == [wanted, wanted]
            alive = first.value("select count(*) from lease where until > ?", (_text(now),))
            assert alive == sum(until > now for _, until in has.values())
        for _, db in people:
            db.close()


def _text(now):
    return f"{now:%Y-%m-%dT%H:%M:%S}.000Z"


def test_of_many_who_take_it_at_once_one_gets_it(tmp_path):
    first = new_inbox(tmp_path)
    one, two, _ = talk(first)
    start, got, refused = threading.Barrier(6), [], []

    def take_it(name, id_):
        db = open_writer(first.path)
        start.wait()
        try:
            got.append(take(db, id_, name, NOW).actor)
        except BlockedError as error:
            refused.append(error.message)
        finally:
            db.close()

    threads = [
        threading.Thread(target=take_it, args=(f"p{n}", (one, two)[n % 2])) for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 5)
    assert all(message.startswith(f"{got[0]} is writing an answer") for message in refused)
    assert who_has(first, one, NOW) == got[0]
    first.close()


def test_what_somebody_else_did_since_is_not_written_over(db):
    one, _, three = talk(db)
    seen = {one: last_event(db, one)}
    wish(db, [one], owner="leo", actor="leo")
    for fields in ({"owner": "mia"}, {"owner": "", "tag": ("vip",)}):
        with pytest.raises(BlockedError) as refused:
            wish(db, [three, one], now=NOW + 3 * MINUTE, seen=seen, **fields)
        assert refused.value.message == f"leo set the owner of {one} to leo 3m ago."
        assert refused.value.hint == f"nothing was changed; see it: socialcare show {one}"
        assert (refused.value.code, refused.value.exit_code) == ("changed", 6)
    assert db.value("select owner from mentions where id = ?", (three,)) is None
    assert wish(db, [one], seen=seen, label="praise").changed == (one,)
    assert wish(db, [one], seen=seen, owner="leo").changed == ()
    assert wish(db, [one], seen={one: last_event(db, one)}, owner="mia").changed


def test_what_i_did_myself_and_what_a_fetch_woke_is_no_conflict(db):
    one, _, _ = talk(db)
    seen = {one: last_event(db, one)}
    wish(db, [one], status="snoozed", snoozed_until=NOW + MINUTE)
    wish(db, [one], now=NOW + 2 * MINUTE, owner="leo")
    assert wish(db, [one], now=NOW + 3 * MINUTE, seen=seen, status="closed").changed


@pytest.mark.parametrize(
    ("done", "told"),
    [
        ({"status": "closed", "reason": "spam"}, "leo closed {} 2m ago."),
        ({"status": "snoozed"}, "leo snoozed {} 2m ago."),
    ],
)
def test_who_did_what_when(db, done, told):
    *_, three = talk(db)
    seen = {three: last_event(db, three)}
    wish(db, [three], actor="leo", **done)
    with pytest.raises(BlockedError) as refused:
        wish(db, [three], now=NOW + 2 * MINUTE, seen=seen, status="pending")
    assert refused.value.message == told.format(three)


def test_an_answer_by_a_colleague_is_named_as_that(db):
    *_, three = talk(db)
    seen = {three: last_event(db, three)}
    record_answer(db, three, "Yes.", None, SETTINGS, Hand("leo", NOW, "reply"))
    with pytest.raises(BlockedError, match=f"leo sent an answer to {three} 2m ago"):
        wish(db, [three], now=NOW + 2 * MINUTE, seen=seen, status="open")


def test_an_answer_seen_on_the_channel_is_one_too(db):
    *_, three = talk(db)
    seen = {three: last_event(db, three)}
    ours = mention(20, US, role="answer", in_reply_to="3", created_at=NOW)
    keep(db, [Judged(ours, None)])
    with pytest.raises(BlockedError, match=f"fetch saw an answer on the channel to {three} 2m"):
        wish(db, [three], now=NOW + 2 * MINUTE, seen=seen, status="open")


def test_a_draft_that_somebody_else_changed_is_kept(db):
    *_, three = talk(db)
    seen = last_event(db, three)
    save_draft(db, three, Words("Yes."), Hand("leo", NOW, "reply"))
    mine = Hand("mia", NOW + 2 * MINUTE, "reply")
    with pytest.raises(BlockedError, match=f"leo wrote a draft for {three} 2m ago"):
        save_draft(db, three, Words("No."), mine, seen=seen)
    with pytest.raises(BlockedError, match="leo wrote a draft"):
        record_answer(db, three, None, None, SETTINGS, mine, seen=seen)
    assert db.value("select body || state from reply") == "Yes.draft"
