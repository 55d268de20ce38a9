"""Which word or topic rose, and which three mentions stand for it all."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from socialcare.insight.copies import words_of
from socialcare.insight.posts import Post

_LEAST = 3
"""Mentions that a word must stand in."""
_LEAST_PART = 0.25
"""Of the mentions: a word that explains a spike stands in many of them."""
_NATS = 6.0
_LEAST_LETTERS = 3
Terms = Callable[[Post], Collection[str]]


@dataclass(frozen=True, slots=True)
class Rise:
    """A word or topic that ``count`` of the posts have; ``usual`` of as many earlier ones had."""

    term: str
    count: int
    usual: float
    score: float
    """Nats by which its own share explains what came better than the one of before."""


def risen_word(
    posts: Sequence[Post], earlier: Sequence[Post], ignore: Collection[str]
) -> Rise | None:
    """The word that explains best what is new in ``posts``. ``ignore``: names of the brand."""
    left_out = frozenset(word for name in ignore for word in words_of(name))
    return _risen(posts, earlier, lambda post: _words(post) - left_out)


def risen_topic(posts: Sequence[Post], earlier: Sequence[Post]) -> Rise | None:
    return _risen(posts, earlier, lambda post: post.topics)


def _words(post: Post) -> frozenset[str]:
    return frozenset(
        word for word in words_of(post.text) if len(word) >= _LEAST_LETTERS and not word.isdigit()
    )


def _risen(posts: Sequence[Post], earlier: Sequence[Post], terms: Terms) -> Rise | None:
    now = Counter(term for post in posts for term in terms(post))
    before = Counter(term for post in earlier for term in terms(post) if term in now)
    least = max(_LEAST, _LEAST_PART * len(posts))
    rises = [
        _rise(term, count, len(posts), before[term], len(earlier))
        for term, count in now.items()
        if count >= least
    ]
    best = max(rises, key=lambda rise: (rise.score, len(rise.term), rise.term), default=None)
    return best if best is not None and best.score >= _NATS else None


def _rise(term: str, count: int, posts: int, before: int, earlier: int) -> Rise:
    """By the likelihood ratio of two shares against one (Dunning's G, halved)."""
    together = (count + before) / (posts + earlier)
    share_before = (before + 0.5) / (earlier + 1)
    score = _log(count, posts, count / posts) + _log(before, earlier, before / max(1, earlier))
    score -= _log(count, posts, together) + _log(before, earlier, together)
    return Rise(term, count, share_before * posts, score if count / posts > share_before else 0.0)


def _log(count: int, of: int, share: float) -> float:
    if not 0 < share < 1:
        return 0.0
    return count * math.log(share) + (of - count) * math.log(1 - share)


def examples(posts: Sequence[Post], term: str | None = None) -> tuple[int, ...]:
    """Ids of three: the one that reaches most, the earliest, the most typical."""
    if not posts:
        return ()
    earliest = min(posts, key=lambda post: (post.created_at, post.id))
    reaching = max(posts, key=lambda post: (post.reposts, post.followers, -post.id))
    chosen = [reaching.id, earliest.id]
    typical = _typical([post for post in posts if post.id not in chosen], posts, term)
    return tuple(dict.fromkeys([*chosen, *typical]))[:3]


def _typical(candidates: Iterable[Post], posts: Sequence[Post], term: str | None) -> list[int]:
    """By how many of the others its words are shared, in texts of ordinary length."""
    spread = Counter(word for post in posts for word in _words(post))
    return [
        post.id
        for post in sorted(
            candidates, key=lambda post: (-_centrality(post, spread, term), post.id)
        )[:3]
    ]


def _centrality(post: Post, spread: Counter[str], term: str | None) -> float:
    words = _words(post)
    if not words:
        return 0.0
    typical = sum(spread[word] for word in words) / math.sqrt(max(len(words), 6))
    return typical * (1.5 if term in words or term in post.topics else 1.0)
