"""Which words decide a topic, and which mean somebody else, where people said so.

Both kinds of rule act at once wherever their words stand, so a phrase has to be rare
where nobody asked for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from socialcare.classify.mining import LEAST_SUPPORT
from socialcare.classify.phrases import empty_words
from socialcare.classify.trial import FOLDS, Trial

MOST_PHRASES = 3
"""Phrases of one topic that are proposed at a time."""
_CORRECTION = 3
"""Texts without a word of anybody that one correction outweighs."""


@dataclass(frozen=True, slots=True)
class TopicCase:
    """``right`` is what a person said, or left as it was; None where nobody looked."""

    id: int
    phrases: frozenset[str]
    topics: tuple[str, ...]
    right: tuple[str, ...] | None = None


class Names(NamedTuple):
    """A phrase that names a topic, and the corrections (ids) that it rests on."""

    phrase: str
    topic: str
    support: tuple[int, ...]


def mine_topics(cases: Sequence[TopicCase]) -> list[Names]:
    """Phrases for the topics that people added, topic by topic in the order of their names."""
    wanted = {t for case in cases for t in case.right or () if t not in case.topics}
    return [found for topic in sorted(wanted) for found in _phrases_for(topic, cases)]


def topics_with(case: TopicCase, rules: Iterable[Names]) -> tuple[str, ...]:
    """The topics of a case when the rules are added: what people said comes first."""
    named = [rule.topic for rule in rules if rule.phrase in case.phrases]
    return tuple(dict.fromkeys((*named, *case.topics)))


def is_right(topics: Sequence[str], right: Sequence[str]) -> bool:
    """Whether the first topic, the one that counts most, is among the right ones."""
    return topics[0] in right if topics else not right


def cross_validate_topics(cases: Sequence[TopicCase]) -> Trial:
    """As :func:`socialcare.classify.trial.cross_validate`, for topics."""
    judged = [case for case in cases if case.right is not None]
    before = after = 0
    for number in range(FOLDS):
        held = judged[number::FOLDS]
        ids = {case.id for case in held}
        rules = mine_topics([case for case in cases if case.id not in ids])
        before += sum(is_right(case.topics, case.right or ()) for case in held)
        after += sum(is_right(topics_with(case, rules), case.right or ()) for case in held)
    return Trial(len(judged), before, after)


def mine_ignored(
    not_us: Mapping[int, frozenset[str]],
    ours: Iterable[frozenset[str]],
    brand_words: frozenset[str],
) -> list[tuple[str, tuple[int, ...]]]:
    """Phrases that several mentions of somebody else hold, and none of ours.

    A phrase with the brand's name in it is the surest, then the one that covers most.
    """
    counted: Counter[str] = Counter(phrase for phrases in not_us.values() for phrase in phrases)
    often = {phrase for phrase, number in counted.items() if number >= LEAST_SUPPORT}
    for phrases in ours:
        often -= phrases
    often = {phrase for phrase in often if not brand_words.issuperset(phrase.split())}
    found: list[tuple[str, tuple[int, ...]]] = []
    open_ = dict(not_us)
    while often:
        support = {p: [id_ for id_, phrases in open_.items() if p in phrases] for p in often}
        best = min(often, key=lambda p: (-len(support[p]), *_surest(p, brand_words)))
        if len(support[best]) < LEAST_SUPPORT:
            break
        found.append((best, tuple(sorted(support[best]))))
        for id_ in support[best]:
            del open_[id_]
        often.discard(best)
    return found


def _surest(phrase: str, brand_words: frozenset[str]) -> tuple[bool, int, str]:
    words = phrase.split()
    return brand_words.isdisjoint(words), len(words), phrase


def _phrases_for(topic: str, cases: Sequence[TopicCase]) -> Iterator[Names]:
    wanting = {case.id: case.phrases for case in cases if _is_wanting(case, topic)}
    points = _points(topic, cases, _often(wanting.values()).keys())
    for _ in range(MOST_PHRASES):
        often = {p: number for p, number in _often(wanting.values()).items() if points[p] > 0}
        if not often:
            return
        best = min(often, key=lambda p: (-points[p], -often[p], empty_words(p), -len(p), p))
        support = tuple(id_ for id_, phrases in wanting.items() if best in phrases)
        yield Names(best, topic, support)
        for id_ in support:
            del wanting[id_]


def _often(texts: Iterable[frozenset[str]]) -> dict[str, int]:
    counted = Counter(phrase for phrases in texts for phrase in phrases)
    return {phrase: number for phrase, number in counted.items() if number >= LEAST_SUPPORT}


def _points(topic: str, cases: Iterable[TopicCase], phrases: Collection[str]) -> Counter[str]:
    """How much more a phrase stands where the topic is right than where it is not."""
    points: Counter[str] = Counter()
    for case in cases:
        there = case.phrases.intersection(phrases)
        if case.right is not None and topic in case.right:
            points.update(dict.fromkeys(there, _CORRECTION))
        elif topic not in case.topics:
            points.subtract(dict.fromkeys(there, 1 if case.right is None else _CORRECTION))
    return points


def _is_wanting(case: TopicCase, topic: str) -> bool:
    return case.right is not None and topic in case.right and topic not in case.topics
