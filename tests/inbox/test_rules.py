"""Rules of the config on new mentions: first to last, each application an action of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.inbox import corrections, rules, undo
from socialcare.inbox.changes import Wish, change
from socialcare.inbox.undo import CannotUndoError
from socialcare.models import Judged
from socialcare.settings import RoutingRule, SavedQuery, Settings
from tests.inbox.house import AUTHORS, NOW, SETTINGS, keep, label, mention, new_inbox
from tests.inbox.replay import rebuilt, state

PARCEL = RoutingRule("parcel", "topic:delivery", owner="mia", tags=("courier",), line=2)
URGENT = RoutingRule("urgent", "owner:mia label:complaint", priority="urgent", line=5)
REST = RoutingRule("rest", "owner:none", owner="leo", topics=("other",), line=8)


def routed(*found, **more):
    return replace(SETTINGS, path=Path("config.toml"), rules=found, **more)


ROUTED = routed(PARCEL, URGENT, REST)


@pytest.fixture
def db(tmp_path):
    made = new_inbox(tmp_path)
    yield made
    made.close()


def late(number, name="complaint", **facts):
    author = facts.pop("author", AUTHORS[number % 4])
    return Judged(mention(number, author, **facts), label(name, topics=("delivery",)))


def plain(number, name="question", **facts):
    return Judged(mention(number, AUTHORS[number % 4], **facts), label(name))


def row(db, number):
    found = db.one(
        "select owner, priority, tags, topics from mentions where external_id = ?", (str(number),)
    )
    return (*found[:2], json.loads(found["tags"]), json.loads(found["topics"]))


def events(db):
    return [
        tuple(found)
        for found in db.rows(
            "select a.actor, a.command, m.external_id, e.field, e.before, e.after, e.why from event e"
            " join action a on a.id = e.action_id join mention m on m.id = e.mention_id order by e.id"
        )
    ]


def test_rules_run_first_to_last_and_see_what_the_earlier_ones_did(db):
    keep(db, [late(1), plain(2)], ROUTED)
    assert row(db, 1) == ("mia", "urgent", ["courier"], ["delivery"])
    assert row(db, 2) == ("leo", "normal", [], ["other"])
    was = "rule urgent; it was normal"
    assert events(db) == [
        ("rule", "rule parcel", "1", "owner", "null", '"mia"', "rule parcel"),
        ("rule", "rule parcel", "1", "tag", "null", '"courier"', "rule parcel"),
        ("rule", "rule urgent", "1", "priority", "null", '"urgent"', was),
        ("rule", "rule rest", "2", "owner", "null", '"leo"', "rule rest"),
        ("rule", "rule rest", "2", "topics", "null", '["other"]', "rule rest; it was none"),
    ]
    assert db.value("select count(*) from action") == 3


def test_a_priority_that_a_rule_set_counts_at_once(db):
    stored = keep(db, [late(1), plain(2)], ROUTED)
    assert stored.urgent == 1
    due = db.value("select due_at from triage where priority_rank = 0")
    assert due == "2026-11-21T14:00:00.000Z"  # an hour after it was written
    why = json.loads(db.value("select why from mentions where external_id = '1'"))
    assert why[-1] == {"reason": "set to urgent by a rule", "points": 0}


def test_what_does_not_wait_is_meant_only_where_the_rule_says_so(db):
    praise = RoutingRule("fans", "label:praise", tags=("fan",), line=1)
    everything = RoutingRule("all", "label:praise is:any", tags=("seen",), line=2)
    item = Judged(mention(1), label("praise", needs_answer=False))
    off = Judged(mention(2), label("praise"), filtered="perhaps not about you")
    keep(db, [item, off], routed(praise, everything))
    assert row(db, 1)[2] == ["seen"]
    assert row(db, 2)[2] == []


def test_only_new_mentions_are_routed(db):
    keep(db, [late(1)])
    keep(db, [late(1, text="edited: still no parcel"), late(2)], ROUTED)
    assert [row(db, 1)[0], row(db, 2)[0]] == [None, "mia"]


def test_what_a_person_decided_of_a_conversation_stays(db):
    keep(db, [late(1, thread="t", author=AUTHORS[0]), late(2, thread="u", author=AUTHORS[1])])
    ids = [one[0] for one in db.rows("select id from mention order by external_id")]
    change(db, [ids[0]], Wish(owner="ana"), SETTINGS, NOW, actor="ana", command="set")
    change(db, [ids[1]], Wish(owner="ana"), SETTINGS, NOW, actor="ana", command="set")
    change(db, [ids[1]], Wish(owner=""), SETTINGS, NOW, actor="ana", command="set")
    later = [
        late(n, thread=t, author=AUTHORS[n - 3], created_at=NOW) for n, t in ((3, "t"), (4, "u"))
    ]
    keep(db, later, ROUTED)
    assert row(db, 3)[::2] == ("ana", ["courier"])
    assert row(db, 4)[::2] == (None, ["courier"])
    assert "owner" not in {e[3] for e in events(db) if e[0] == "rule"}


def test_the_owner_is_set_for_the_whole_conversation(db):
    keep(db, [plain(1, thread="t")])
    second = late(2, thread="t", author=AUTHORS[1], created_at=NOW)
    keep(db, [second], ROUTED)
    assert [row(db, 1)[0], row(db, 2)[0]] == ["mia", "mia"]
    assert row(db, 1)[2] == []


def test_a_broken_rule_is_told_and_the_others_work(db):
    wrong = RoutingRule("wrong", "topc:delivery", owner="x", line=4)
    mine = RoutingRule("mine", "is:mine", owner="x", line=7)
    settings = routed(wrong, mine, PARCEL)
    keep(db, [late(1)], settings)
    assert row(db, 1)[0] == "mia"
    ready, broken = rules.read_rules(settings, NOW)
    assert [each.rule.name for each in ready] == ["parcel"]
    assert [each.message for each in broken] == [
        'config.toml line 4: rule wrong: I do not know the filter "topc:".',
        "config.toml line 7: rule mine: a rule has no me.",
    ]
    assert broken[0].hint.startswith("did you mean topic:delivery ?")


def test_a_rule_may_use_a_saved_query(db):
    rule = RoutingRule("saved", "@late", owner="mia", line=1)
    keep(db, [late(1), plain(2)], routed(rule, queries={"late": SavedQuery("topic:delivery")}))
    assert [row(db, 1)[0], row(db, 2)[0]] == ["mia", None]


def test_words_of_the_text_are_looked_for_among_the_new_ones_only(db):
    keep(db, [plain(1, text="a parcel")])
    keep(db, [plain(2, text="the parcel")], routed(RoutingRule("w", "parcel", owner="mia", line=1)))
    assert [row(db, 1)[0], row(db, 2)[0]] == [None, "mia"]


def test_a_persons_word_wins_and_what_a_rule_said_is_not_learned_from(db):
    keep(db, [late(1), plain(2)], ROUTED)
    assert corrections.counts(db).corrected == 0
    assert [each.said_topics for each in corrections.standing(db)] == [None, None]
    ids = [one[0] for one in db.rows("select id from mention order by external_id")]
    change(db, ids[:1], Wish(priority="low"), ROUTED, NOW, actor="ana", command="set")
    keep(db, [late(1, text="edited"), plain(3)], ROUTED)
    assert row(db, 1)[1] == "low"
    assert corrections.counts(db).corrected == 1


def test_what_a_rule_did_is_not_taken_back(db):
    keep(db, [late(1)], ROUTED)
    with pytest.raises(CannotUndoError) as caught:
        undo.take_back(db, 1, ROUTED, NOW, actor="ana")
    assert caught.value.action.stays == "rule"
    assert undo.take_back(db, None, ROUTED, NOW, actor="rule") is None


def test_a_change_by_a_person_on_top_is_taken_back_to_what_the_rule_said(db):
    keep(db, [late(1)], ROUTED)
    done = change(db, [1], Wish(owner="ana"), ROUTED, NOW, actor="ana", command="set")
    undo.take_back(db, done.action, ROUTED, NOW, actor="ana")
    assert row(db, 1)[0] == "mia"


def test_the_inbox_rebuilt_from_its_events_is_the_live_one(db, tmp_path):
    keep(db, [late(1), plain(2), late(3, thread="t"), plain(7, thread="t")], ROUTED)
    change(db, [1], Wish(owner="ana", label="praise"), ROUTED, NOW, actor="ana", command="set")
    assert rebuilt(tmp_path / "inbox.db", tmp_path, ROUTED) == state(db)


numbers = st.lists(st.integers(0, 30), min_size=1, max_size=8, unique=True)


def _made(number):
    return late(number) if number % 2 else plain(number)


def _after(*pages):
    with TemporaryDirectory() as folder:
        db = new_inbox(Path(folder))
        try:
            for page in pages:
                keep(db, page, ROUTED)
            return {
                one["external_id"]: tuple(one)
                for one in db.rows(
                    "select external_id, owner, priority, tags, topics from mentions"
                )
            }
        finally:
            db.close()


@given(numbers, st.data())
def test_the_split_into_pages_and_their_order_and_a_second_time_change_nothing(found, data):
    items = [_made(number) for number in found]
    shuffled = data.draw(st.permutations(items))
    cut = data.draw(st.integers(0, len(items)))
    whole = _after(items)
    assert _after(shuffled[:cut], shuffled[cut:]) == whole
    assert _after(items, items) == whole


# ── what they would have done ──


def test_a_trial_shows_what_rules_would_have_done_and_changes_nothing(db):
    keep(db, [late(1), plain(2), late(3), late(900)])
    change(db, [1], Wish(owner="ana", label="praise", tag=("courier",)), SETTINGS, NOW, actor="ana", command="set")  # fmt: skip
    change(db, [2], Wish(status="closed"), SETTINGS, NOW, actor="ana", command="close")
    before = state(db)
    trial = rules.try_rules(db, ROUTED, NOW - timedelta(days=30), NOW, {"mastodon"})
    found = {each.rule.name: (each.mentions, len(each.examples)) for each in trial.rules}
    assert found == {"parcel": (2, 2), "urgent": (2, 2), "rest": (1, 1)}
    assert (trial.mentions, trial.capped) == (3, False)
    assert state(db) == before
    assert db.value("select count(*) from action where actor = 'rule'") == 0


def test_a_trial_does_what_the_rules_then_do(db, tmp_path):
    items = [_made(number) for number in range(12)]
    keep(db, items)
    trial = rules.try_rules(db, ROUTED, NOW - timedelta(days=30), NOW, ())
    (tmp_path / "other").mkdir()
    other = new_inbox(tmp_path / "other")
    keep(other, items, ROUTED)
    done = other.rows(
        "select a.command, count(distinct e.mention_id) from event e"
        " join action a on a.id = e.action_id where a.actor = 'rule' group by 1"
    )
    other.close()
    assert {f"rule {each.rule.name}": each.mentions for each in trial.rules} == dict(
        map(tuple, done)
    )


def test_without_rules_there_is_nothing_to_do(db):
    assert rules.read_rules(Settings(), NOW) == ([], [])
