"""One post that spreads: how often it was passed on, or copied, within the last hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from socialcare.insight.copies import groups
from socialcare.insight.posts import Post

SPAN = timedelta(hours=1)
COMPLAINT_FROM = 18
"""Times an hour. A complaint that reaches 25 in an hour is told while that hour still runs."""
OTHER_FROM = 60
"""Praise and news that go round are told when they are many."""
_SERIOUS = ("complaint", "unsure")
_USUAL_COPIES = 3.0
"""So many times as many copies as such a span usually brings: what a button writes is no news."""


@dataclass(frozen=True, slots=True)
class Spreading:
    """``post`` was passed on or copied ``count`` times; ``copies`` are the ids of those, it included."""

    post: int
    count: int
    since: datetime
    copies: tuple[int, ...] = ()
    complaint: bool = False


def is_spreading(count: float, label: str) -> bool:
    return count >= (COMPLAINT_FROM if label in _SERIOUS else OTHER_FROM)


def gained(
    created_at: datetime,
    noted: Sequence[tuple[datetime, int]],
    reposts: Sequence[datetime],
    end: datetime,
) -> int:
    """How often it was passed on in the hour before ``end``.

    Counts are known for some moments only; between them, and from nothing when it was written,
    they are taken to have grown evenly. Single reposts have their own times.
    """
    single = sum(end - SPAN < at <= end for at in reposts)
    known = [(created_at, 0), *(pair for pair in noted if pair[0] <= end)]
    latest = known[-1][1]
    return max(single, round(latest - _count_at(known, end - SPAN)))


def _count_at(known: Sequence[tuple[datetime, int]], at: datetime) -> float:
    if at <= known[0][0]:
        return 0.0
    for (first, before), (second, after) in pairwise(known):
        if at < second:
            return before + (after - before) * ((at - first) / (second - first))
    return float(known[-1][1])


def copied(
    posts: Sequence[Post], earlier: Sequence[Post], times_as_many: float, every: int = 1
) -> list[Spreading]:
    """Texts that many wrote, the most first. ``posts`` are one in ``every`` of the last hour.

    Of ``earlier`` posts, ``times_as_many`` would be usual in an hour; each author counts once.
    """
    numbers = groups([post.text for post in (*posts, *earlier)])
    together: dict[int, list[Post]] = defaultdict(list)
    before: dict[int, int] = defaultdict(int)
    for place, (number, post) in enumerate(zip(numbers, (*posts, *earlier), strict=True)):
        if place < len(posts):
            together[number].append(post)
        else:
            before[number] += 1
    found = [
        _copies(same, every)
        for number, same in together.items()
        if len(same) > 1
        and is_spreading(_people(same) * every - 1, same[0].label)
        and _people(same) * every > _USUAL_COPIES * before[number] * times_as_many
    ]
    return sorted(found, key=lambda one: (-one.count, one.post))


def _people(posts: Sequence[Post]) -> int:
    return len({post.author for post in posts})


def _copies(same: Sequence[Post], every: int) -> Spreading:
    ids = tuple(post.id for post in same)
    complaint = same[0].label in _SERIOUS
    return Spreading(same[0].id, _people(same) * every - 1, same[0].created_at, ids, complaint)
