"""The visible sum of points."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.inbox.priority import RankFacts, rank
from socialcare.models import LABELS
from socialcare.settings import PriorityWeights, TopicRule

WEIGHTS = PriorityWeights()
FACTS = st.builds(
    RankFacts,
    label=st.sampled_from(LABELS),
    urgent=st.booleans(),
    direct=st.booleans(),
    complained_before=st.booleans(),
    rating=st.one_of(st.none(), st.floats(1, 5)),
    followers=st.one_of(st.none(), st.integers(0, 10**7)),
    reposts=st.one_of(st.none(), st.integers(0, 1000)),
    waited=st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=60))),
)


@pytest.mark.parametrize(
    ("facts", "points", "priority"),
    [
        (RankFacts("other"), 20, "low"),
        (RankFacts("praise"), 10, "low"),
        (RankFacts("unsure"), 25, "normal"),
        (RankFacts("question"), 30, "normal"),
        (RankFacts("complaint"), 45, "normal"),
        (RankFacts("complaint", direct=True), 55, "high"),
        (RankFacts("complaint", urgent=True), 70, "urgent"),
        (RankFacts("complaint", direct=True, complained_before=True, followers=1240), 75, "urgent"),
        (RankFacts("complaint", rating=2), 60, "high"),
        (RankFacts("complaint", rating=3), 45, "normal"),
        (RankFacts("complaint", followers=10_000), 55, "high"),
        (RankFacts("complaint", followers=100_000), 65, "high"),
        (RankFacts("complaint", reposts=4), 45, "normal"),
        (RankFacts("complaint", reposts=5), 50, "high"),
        (RankFacts("complaint", reposts=25), 60, "high"),
        (RankFacts("complaint", waited=timedelta(hours=3)), 45, "normal"),
        (RankFacts("complaint", waited=timedelta(hours=4)), 50, "high"),
        (RankFacts("complaint", waited=timedelta(days=2)), 55, "high"),
    ],
)
def test_points_of_the_table(facts, points, priority):
    result = rank(facts, WEIGHTS, {})
    assert (result.points, result.priority) == (points, priority)


@given(FACTS)
def test_the_working_adds_up(facts):
    result = rank(facts, WEIGHTS, {})
    assert sum(part.points for part in result.why) == result.points


@given(FACTS)
def test_bad_news_never_lowers_a_priority(facts):
    worse = replace(facts, urgent=True, direct=True, complained_before=True)
    assert rank(worse, WEIGHTS, {}).points >= rank(facts, WEIGHTS, {}).points


def test_a_topic_of_the_users_own_sets_a_least_priority():
    topics = {"security": TopicRule(("leak",), "urgent")}
    result = rank(RankFacts("question", topics=("security",)), WEIGHTS, topics)
    assert result.priority == "urgent"
    assert result.why[-1].reason == "topic security is at least urgent"


def test_a_person_decides():
    assert rank(RankFacts("complaint", urgent=True), WEIGHTS, {}, "low").priority == "low"


def test_weights_come_from_the_config():
    weights = PriorityWeights(complaint=60, urgent_from=80)
    assert rank(RankFacts("complaint"), weights, {}).priority == "urgent"
