"""Priority: a visible sum of points that does not depend on the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from socialcare.models import PRIORITIES, Label, Points, Priority, Rank
from socialcare.settings import PriorityWeights, TopicRule
from socialcare.settings.duration import format_span


@dataclass(frozen=True, slots=True)
class RankFacts:
    """All that a priority is made of."""

    label: Label
    urgent: bool = False
    direct: bool = False
    complained_before: bool = False
    rating: float | None = None
    followers: int | None = None
    reposts: int | None = None
    topics: tuple[str, ...] = ()
    waited: timedelta | None = None
    """They wrote again, and had waited so long for an answer."""


def rank(
    facts: RankFacts,
    weights: PriorityWeights,
    topics: Mapping[str, TopicRule],
    corrected: Priority | None = None,
    *,
    by: str = "by hand",
) -> Rank:
    """Add up the points and turn them into a priority.

    A topic of the user's own may set a least priority; a person's correction decides,
    or that of a rule: ``by`` says which.
    """
    why = tuple(part for part in _parts(facts, weights) if part.points)
    points = sum(part.points for part in why)
    priority = _from_points(points, weights)
    for topic in facts.topics:
        rule = topics.get(topic)
        if rule and rule.priority and _order(rule.priority) < _order(priority):
            priority = rule.priority
            why = (*why, Points(f"topic {topic} is at least {priority}", 0))
    if corrected and corrected != priority:
        priority = corrected
        why = (*why, Points(f"set to {corrected} {by}", 0))
    return Rank(priority, points, why)


def _parts(facts: RankFacts, weights: PriorityWeights) -> Iterator[Points]:
    yield Points("base", weights.base)
    if facts.label != "other":
        yield Points(facts.label, getattr(weights, facts.label))
    if facts.urgent:
        yield Points("urgent words", weights.urgent)
    if facts.direct:
        yield Points("speaks to you directly", weights.direct)
    if facts.complained_before:
        yield Points("complained before", weights.repeated)
    yield from _waiting(facts, weights)
    if facts.rating is not None and facts.rating <= 2:
        yield Points(f"{facts.rating:g} of 5 stars", weights.bad_rating)
    yield from _reach(facts, weights)


def _waiting(facts: RankFacts, weights: PriorityWeights) -> Iterator[Points]:
    for hours in (24, 4):
        if facts.waited is not None and facts.waited >= timedelta(hours=hours):
            points = getattr(weights, f"waited_{hours}")
            yield Points(f"had waited {format_span(facts.waited)}", points)
            break


def _reach(facts: RankFacts, weights: PriorityWeights) -> Iterator[Points]:
    followers = facts.followers or 0
    for limit in (100_000, 10_000, 1_000):
        if followers >= limit:
            yield Points(f"{followers:,} followers", getattr(weights, f"followers_{limit}"))
            break
    reposts = facts.reposts or 0
    for limit in (25, 5):
        if reposts >= limit:
            yield Points(f"{reposts} reposts", getattr(weights, f"reposts_{limit}"))
            break


def _from_points(points: int, weights: PriorityWeights) -> Priority:
    if points >= weights.urgent_from:
        return "urgent"
    if points >= weights.high_from:
        return "high"
    if points >= weights.normal_from:
        return "normal"
    return "low"


def _order(priority: Priority) -> int:
    return PRIORITIES.index(priority)
