"""Questions that nobody has written an answer for yet, put together by the words they share.

Deterministic: the pair of words that most of the questions share makes the first group, then
that which most of the rest share, and so on. Equal ones go by the alphabet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import combinations

from socialcare.snippets.words import content_words

PAIRED = 12
"""Words of one question that are paired: the ones that most others share."""
TOO_COMMON = 0.3
"""A word in more of them than this says nothing, unless there are few of them."""
FEW = 20

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    id: int
    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """``ids`` are in the order of the questions; ``words`` as most of them write them."""

    words: tuple[str, ...]
    ids: tuple[int, ...]
    text: str
    """Of the shortest question that is one."""

    @property
    def count(self) -> int:
        return len(self.ids)


def find_gaps(
    questions: Sequence[Question], least: int = 2, ignore: Collection[str] = ()
) -> list[Gap]:
    """Groups of at least so many, the largest first. ``ignore`` are words in small letters."""
    worded = [content_words(one.text, one.lang, ignore) for one in questions]
    groups = _groups(_pairs(worded), least)
    found = [_gap(pair, members, questions, worded) for pair, members in groups]
    return sorted(found, key=lambda gap: (-gap.count, gap.words, gap.ids))


def _pairs(worded: Sequence[Mapping[str, str]]) -> dict[Pair, list[int]]:
    """For each pair of words, the questions that hold both, in their order."""
    common = Counter(word for words in worded for word in words)
    most = len(worded) if len(worded) <= FEW else len(worded) * TOO_COMMON
    holders: dict[Pair, list[int]] = {}
    for at, words in enumerate(worded):
        shared = sorted((w for w in words if 1 < common[w] <= most), key=lambda w: (-common[w], w))
        for pair in combinations(sorted(shared[:PAIRED]), 2):
            holders.setdefault(pair, []).append(at)
    return holders


def _groups(holders: Mapping[Pair, list[int]], least: int) -> Iterable[tuple[Pair, list[int]]]:
    """Take the largest, then the largest of the rest: a count in the heap is never too small."""
    heap = [(-len(members), pair) for pair, members in holders.items() if len(members) >= least]
    heapify(heap)
    taken: set[int] = set()
    while heap:
        size, pair = heappop(heap)
        left = [at for at in holders[pair] if at not in taken]
        if len(left) < least:
            continue
        if len(left) < -size:
            heappush(heap, (-len(left), pair))
            continue
        taken.update(left)
        yield pair, left


def _gap(
    pair: Pair,
    members: Sequence[int],
    questions: Sequence[Question],
    worded: Sequence[Mapping[str, str]],
) -> Gap:
    words = tuple(_as_written(stem, members, worded) for stem in pair)
    shortest = min(members, key=lambda at: (len(questions[at].text), at))
    ids = tuple(questions[at].id for at in members)
    return Gap(words, ids, questions[shortest].text)


def _as_written(stem: str, members: Sequence[int], worded: Sequence[Mapping[str, str]]) -> str:
    counts = Counter(worded[at][stem] for at in members)
    return min(counts, key=lambda word: (-counts[word], word))
