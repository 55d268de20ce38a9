"""One language as it is spoken with one brand: it reads texts and decides what they ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from socialcare.classify import lexicon
from socialcare.classify.cues import Match, Matcher
from socialcare.classify.decision import DECIDED, Decision, decide
from socialcare.classify.evidence import Evidence
from socialcare.classify.learned import TOPIC_POINTS, Learned
from socialcare.classify.lexicon import Lexicon
from socialcare.classify.plain import Plain, Reader
from socialcare.classify.signals import COMPLAINED, PLAINLY_TOPICAL, TOPICAL, Signal, signals
from socialcare.models import TOPICS
from socialcare.settings import Brand, TopicRule
from socialcare.settings.learned import LearnedRule

_NAMED = 2
"""Points from which a topic is named beside others."""
_COMPLAINT = DECIDED.index("complaint")


def topical(matches: Sequence[Match]) -> Sequence[Signal]:
    """That a topic is spoken of: who names goods or service rarely just chats."""
    points = [cue.weight for cue, _, _ in matches if cue.topic]
    if not points:
        return ()
    return (TOPICAL, PLAINLY_TOPICAL) if max(points) >= _NAMED else (TOPICAL,)


class Spoken:
    """A lexicon with the words of the brand, its own topics and what was learned."""

    def __init__(
        self,
        known: Lexicon,
        brand: Brand,
        topics: Mapping[str, TopicRule],
        rules: Iterable[LearnedRule],
    ) -> None:
        self.lexicon = known
        self.reader = Reader(
            brand_terms=brand.terms,
            vocabulary=known.matcher.vocabulary,
            spelling=known.spelling,
            silent=known.silent,
            emoji=lexicon.emoji(),
        )
        self.find = known.matcher.find
        self._learned = Learned(rules, self.reader.phrase)
        self.mark = known.mark + self._learned.mark
        names = dict.fromkeys((*TOPICS, *topics, *self._learned.topics))
        self._topic_order = {name: place for place, name in enumerate(names)}
        self._has_own_topics = bool(topics)
        self._own_topics = self._matcher_of(topics)

    def decide(
        self,
        plain: Plain,
        matches: Sequence[Match],
        sentiment: float,
        rating: float | None,
        *,
        to_us: bool,
    ) -> Decision:
        known = self.lexicon
        least = known.complaint_from
        complained = bool(
            [cue for cue, _, _ in matches if cue.label == _COMPLAINT and cue.weight >= least]
        )
        found = signals(plain, sentiment, rating, known.shape, to_us=to_us)
        found += topical(matches)
        evidence = Evidence()
        if complained:
            found.append(COMPLAINED)
            evidence.beside = known.question_beside_complaint
        evidence.add_cues(plain, matches)
        evidence.add_signals(found, known.signals_beside if complained else known.signals)
        evidence.add_words(known.words, plain)
        if self._learned.mark:
            evidence.add_learned(plain, self._learned.labels(plain.named))
        return decide(*evidence.complete(known.bias))

    def topics(self, plain: Plain, matches: Sequence[Match]) -> tuple[str, ...]:
        """What it is about, the topic that most speaks for first."""
        named = [cue for cue, _, _ in matches if cue.topic]
        if self._has_own_topics:
            named += [cue for cue, _, _ in self._own_topics.find(plain.named) if cue.topic]
        points: dict[str, int] = {}
        for cue in named:
            points[cue.name] = points.get(cue.name, 0) + int(cue.weight)
        for topic in self._learned.named(plain.named) if self._learned.mark else ():
            points[topic] = points.get(topic, 0) + TOPIC_POINTS
        if len(points) <= 1:
            return tuple(points)
        ranked = sorted(points, key=lambda topic: (-points[topic], self._topic_order[topic]))
        return tuple([topic for topic in ranked if points[topic] >= _NAMED] or ranked[:1])

    def _matcher_of(self, topics: Mapping[str, TopicRule]) -> Matcher:
        """What finds the words that the user gave for topics."""
        matcher = Matcher()
        for name, rule in topics.items():
            phrases = [phrase for word in rule.words if (phrase := self._topic_phrase(word))]
            matcher.add(lexicon.topic_cue(name), phrases, {})
        return matcher

    def _topic_phrase(self, words: str) -> str:
        phrase = " ".join(self.reader.phrase(words))
        return f"{phrase}*" if phrase and words.rstrip().endswith("*") else phrase
