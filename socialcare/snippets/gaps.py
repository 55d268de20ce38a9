"""Questions that nobody has written an answer for yet, put together by the words they share.

Deterministic: the pair of words that most of the questions share makes the first group, then
that which most of the rest share, and so on; what is left goes by single words in the same way.
Equal ones go by the alphabet. A pair counts where the rarer of its words mostly stands beside the
other: "snow shoes", and not "sell helmets" where helmets are also bought, lent and lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import combinations

from socialcare.snippets.words import content_words

PAIRED = 12
"""Words of one question that are paired: the ones that most others share."""
TOO_COMMON = 0.3
"""A word in more of them than this says nothing, unless there are few of them."""
FEW = 20

COHERENT = 0.5
"""Of the questions with the rarer word of a pair, at least so many hold both."""

Words = tuple[str, ...]


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
    taken: set[int] = set()
    groups = [
        group
        for holders in (_pairs(worded), _singles(worded))
        for group in _groups(holders, least, taken)
    ]
    found = [_gap(words, members, questions, worded) for words, members in groups]
    return sorted(found, key=lambda gap: (-gap.count, gap.words, gap.ids))


def _shared(worded: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """For each question, its words that others have too, those of most others first."""
    common = Counter(word for words in worded for word in words)
    most = len(worded) if len(worded) <= FEW else len(worded) * TOO_COMMON
    return [
        sorted((w for w in words if 1 < common[w] <= most), key=lambda w: (-common[w], w))
        for words in worded
    ]


def _singles(worded: Sequence[Mapping[str, str]]) -> dict[Words, list[int]]:
    """For each word, the questions that hold it, in their order."""
    holders: dict[Words, list[int]] = {}
    for at, words in enumerate(_shared(worded)):
        for word in words:
            holders.setdefault((word,), []).append(at)
    return holders


def _pairs(worded: Sequence[Mapping[str, str]]) -> dict[Words, list[int]]:
    """The same for pairs of words that belong together."""
    holders: dict[Words, list[int]] = {}
    for at, words in enumerate(_shared(worded)):
        for pair in combinations(sorted(words[:PAIRED]), 2):
            holders.setdefault(pair, []).append(at)
    common = Counter(word for words in worded for word in words)
    return {
        pair: members
        for pair, members in holders.items()
        if len(members) >= COHERENT * min(common[word] for word in pair)
    }


def _groups(
    holders: Mapping[Words, list[int]], least: int, taken: set[int]
) -> Iterator[tuple[Words, list[int]]]:
    """Take the largest, then the largest of the rest: a count in the heap is never too small."""
    heap = [(-len(members), words) for words, members in holders.items() if len(members) >= least]
    heapify(heap)
    while heap:
        size, words = heappop(heap)
        left = [at for at in holders[words] if at not in taken]
        if len(left) < least:
            continue
        if len(left) < -size:
            heappush(heap, (-len(left), words))
            continue
        taken.update(left)
        yield words, left


def _gap(
    stems: Words,
    members: Sequence[int],
    questions: Sequence[Question],
    worded: Sequence[Mapping[str, str]],
) -> Gap:
    words = tuple(_as_written(stem, members, worded) for stem in stems)
    shortest = min(members, key=lambda at: (len(questions[at].text), at))
    ids = tuple(questions[at].id for at in members)
    return Gap(words, ids, questions[shortest].text)


def _as_written(stem: str, members: Sequence[int], worded: Sequence[Mapping[str, str]]) -> str:
    counts = Counter(worded[at][stem] for at in members)
    return min(counts, key=lambda word: (-counts[word], word))
