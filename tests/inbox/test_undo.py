"""Undo as a law: whatever people did, taking it all back is as if nothing had been done."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcare.errors import NotFoundError
from socialcare.inbox.actions import actions
from socialcare.inbox.changes import Wish, change
from socialcare.inbox.customers import Register
from socialcare.inbox.events import taken_back
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Words, discard_draft, save_draft
from socialcare.inbox.undo import CannotUndoError, take_back
from socialcare.models import Judged
from tests.inbox.house import AUTHORS, NOW, SETTINGS, keep, label, mention, new_inbox
from tests.inbox.replay import rebuilt, state

LAW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
PEOPLE = ("mia", "leo")
IDS = (1, 2, 3, 4, 5)
HANDLES = [author.handle for author in AUTHORS[:3]]

WISHES = st.one_of(
    st.builds(Wish, owner=st.sampled_from(["", "mia", "leo"])),
    st.builds(Wish, label=st.sampled_from(["complaint", "praise"]), note=st.just("why")),
    st.builds(Wish, priority=st.sampled_from(["urgent", "low"]), needs_answer=st.booleans()),
    st.builds(Wish, tag=st.just(("vip",)), topics=st.just(("stock",))),
    st.builds(Wish, untag=st.just(("vip",)), owner=st.just("ana")),
    st.builds(Wish, status=st.sampled_from(["open", "pending", "snoozed"])),
    st.builds(
        Wish,
        status=st.just("closed"),
        reason=st.sampled_from([None, "answered", "not-us"]),
        note=st.sampled_from([None, "why"]),
    ),
)
CHANGES = st.tuples(
    st.just("change"), st.sampled_from(PEOPLE), st.lists(st.sampled_from(IDS), min_size=1), WISHES
)
DRAFTS = st.tuples(
    st.just("draft"),
    st.sampled_from(PEOPLE),
    st.sampled_from(IDS),
    st.none() | st.tuples(st.sampled_from("ab"), st.sampled_from(["public", "private"])),
)
ACCOUNTS = st.tuples(
    st.sampled_from(["link", "unlink", "mute", "unmute"]),
    st.sampled_from(PEOPLE),
    st.permutations(HANDLES),
)
UNDOES = st.tuples(st.just("undo"), st.sampled_from(PEOPLE), st.none() | st.integers(1, 20))
DEEDS = st.lists(st.one_of(CHANGES, CHANGES, DRAFTS, ACCOUNTS, UNDOES, UNDOES), max_size=14)


def small_inbox(folder):
    """1 and 2 are one conversation, 3 and 4 of one person, 5 was filtered."""
    db = new_inbox(Path(folder))
    db.conn.execute("pragma synchronous = off")
    posts = [
        Judged(mention(9, AUTHORS[0], thread="t"), label("complaint")),
        Judged(mention(8, AUTHORS[0], thread="t"), label("question")),
        Judged(mention(7, AUTHORS[1]), label("complaint")),
        Judged(mention(6, AUTHORS[1]), label("praise")),
        Judged(mention(5, AUTHORS[2]), label("complaint"), "not about you"),
    ]
    for post in posts:
        keep(db, [post])
    return db


def undo(db, actor, number, now):
    return take_back(db, number, SETTINGS, now, actor=actor)


def do(db, deed, now):
    """Do one thing; what is refused is not done."""
    kind, who, *how = deed
    hand = Hand(who, now, kind)
    if kind == "change":
        ids, wish = how
        change(db, list(dict.fromkeys(ids)), wish, SETTINGS, now, actor=who, command="set")
    elif kind == "draft":
        id_, text = how
        with suppress(NotFoundError):
            if text:
                body, visibility = text
                save_draft(db, id_, Words(body, visibility), hand)
            else:
                discard_draft(db, id_, hand)
    elif kind == "undo":
        with suppress(CannotUndoError, NotFoundError):
            undo(db, who, how[0], now)
    else:
        (handles,) = how
        desk = Register(db, SETTINGS, hand)
        desk.link(handles[:2]) if kind == "link" else getattr(desk, kind)(handles[0])


@LAW
@given(DEEDS)
def test_whatever_was_done_undone_in_reverse_is_the_start_and_the_history_says_it_all(deeds):
    with TemporaryDirectory() as folder:
        db = small_inbox(folder)
        start, now = state(db), NOW
        first = db.value("select max(id) from action")
        for deed in deeds:
            now += timedelta(minutes=7)
            do(db, deed, now)
        assert rebuilt(db.path, Path(folder), SETTINGS) == state(db)
        for number in range(db.value("select max(id) from action"), first, -1):
            undo(db, "ana", number, now)
        assert state(db) == start
        assert rebuilt(db.path, Path(folder), SETTINGS) == start
        db.close()


@LAW
@given(st.lists(CHANGES, max_size=10), st.lists(st.integers(1, 14), max_size=4))
def test_one_person_walks_back_to_the_start_also_after_doing_some_again(deeds, again):
    with TemporaryDirectory() as folder:
        db = small_inbox(folder)
        start, now = state(db), NOW
        for _, _, ids, wish in deeds:
            do(db, ("change", "mia", ids, wish), now)
        for number in again:
            do(db, ("undo", "mia", number), now + timedelta(minutes=1))
        seen = []
        while (undone := undo(db, "mia", None, now)) is not None:
            seen.append(undone.taken_back.id)
        assert len(seen) == len(set(seen))
        assert again or seen == sorted(seen, reverse=True)
        assert state(db) == start
        db.close()


@LAW
@given(st.lists(st.integers(0, 8), max_size=9))
def test_what_counts_is_what_an_odd_number_of_times_was_not_taken_back(toggles):
    """An action counts unless one that counts undoes it: checked against the definition."""
    with TemporaryDirectory() as folder:
        db = small_inbox(folder)
        do(db, ("change", "mia", [1], Wish(owner="mia")), NOW)
        for back in toggles:
            ids = [action.id for action in actions(db)]
            do(db, ("undo", "mia", ids[min(back, len(ids) - 1)]), NOW)
        undoes = {action.id: action.undoes for action in actions(db)}

        def counts(number):
            return not any(of == number and counts(by) for by, of in undoes.items())

        assert taken_back(db.conn, undoes) == {n for n in undoes if not counts(n)}
        assert {a.id for a in actions(db) if a.taken_back_by} == taken_back(db.conn, undoes)
        owner = db.value("select owner from triage where mention_id = 1")
        assert (owner == "mia") is counts(min(undoes))
        db.close()


def test_nothing_stays_hidden_for_a_mute_that_was_taken_back_before(tmp_path):
    """Issue 4, undo: the state before was "muted", and nobody is muted any more."""
    db = small_inbox(tmp_path)
    morning = state(db)
    Register(db, SETTINGS, Hand("leo", NOW, "customer mute")).mute(AUTHORS[1].handle)
    change(db, [3], Wish(status="snoozed"), SETTINGS, NOW, actor="mia", command="set")
    for who in PEOPLE[::-1]:
        undo(db, who, None, NOW)
    assert state(db) == morning == rebuilt(db.path, tmp_path, SETTINGS)
    undo(db, "mia", 5, NOW)
    assert db.value("select status from triage where mention_id = 3") == "snoozed"
    db.close()


def test_the_rebuilding_sees_an_event_that_is_missing_or_wrong(tmp_path):
    db = small_inbox(tmp_path)
    do(db, ("change", "mia", [1, 3], Wish(owner="mia", label="praise", tag=("vip",))), NOW)
    lost = "delete from event where id = (select max(id) from event where field = ?)"
    for field in ("tag", "label", "owner"):
        db.conn.execute(lost, (field,))
        assert rebuilt(db.path, tmp_path, SETTINGS) != state(db), field
    do(db, ("change", "mia", [1, 3], Wish(owner="leo")), NOW)
    with pytest.raises(AssertionError):
        rebuilt(db.path, tmp_path, SETTINGS)
    db.close()
