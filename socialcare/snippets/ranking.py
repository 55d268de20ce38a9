"""Which ready-made answers fit a mention, the best first, each with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log

from socialcare.snippets.library import Library
from socialcare.snippets.model import Audience, Snippet
from socialcare.snippets.words import content_words

NAMED, WRITTEN = 2.0, 0.4
"""What a shared word counts in the title, the tags and the words of the header; in the text."""
TOPIC = 0.8
OWN_CHANNEL, OTHER_LANGUAGE = 0.3, 2.5
PAST = 2.0
"""What it is worth that all earlier uses worked, against two of three."""
LEAST = 2.0
"""Below this there is too little in common to say so."""
COVERS = 4.0
"""From here on the words alone say that it answers the question."""
IMAGINED = 10
"""Snippets that are thought to be there besides: of one snippet alone, no word would be rare."""
SHOWN_WORDS = 3
_LANGUAGES = {"en": "English", "de": "German"}


@dataclass(frozen=True, slots=True)
class Past:
    """How earlier uses went. Of the last ones nobody knows yet."""

    used: int = 0
    worked: int = 0
    judged: int = 0
    deflected: int = 0
    """Questions that did not come back."""

    @property
    def rate(self) -> float:
        """How often it works, as if two of three uses before the first had."""
        return (self.worked + 2) / (self.judged + 3)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be answered."""

    text: str
    audience: Audience = field(default_factory=Audience)
    topics: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    snippet: Snippet
    score: float
    reasons: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.snippet.name


class Ranking:
    """Built once from a library. ``usual`` is the language of what does not name its own."""

    def __init__(
        self,
        library: Library,
        usual: str = "en",
        past: Mapping[str, Past] | None = None,
        ignore: Collection[str] = (),
    ) -> None:
        self._snippets, self._usual = library.snippets, usual
        self._past = past or {}
        self._ignore = frozenset(word.lower() for name in ignore for word in name.split())

    @cached_property
    def _weights(self) -> Mapping[str, Mapping[int, float]]:
        """For each word, where it stands, and what it counts there."""
        found: dict[str, dict[int, float]] = {}
        for at, snippet in enumerate(self._snippets):
            for word, weight in self._words_of(snippet).items():
                found.setdefault(word, {})[at] = weight
        return {word: self._rarer(places) for word, places in found.items()}

    def _rarer(self, places: Mapping[int, float]) -> Mapping[int, float]:
        rarity = self._rarity(len(places))
        return {at: weight * rarity for at, weight in places.items()}

    def _rarity(self, places: int) -> float:
        """What a word is worth that stands in so many: in a small library, too, a lot."""
        return log((len(self._snippets) + IMAGINED) / places)

    def _words_of(self, snippet: Snippet) -> dict[str, float]:
        words: dict[str, float] = {}
        for variant in snippet.variants:
            header, lang = variant.header, variant.lang or self._usual
            named = " ".join((header.title or "", *header.tags, *header.words))
            text = " ".join(part for part in variant.template if isinstance(part, str))
            for told, weight in ((named, NAMED), (text, WRITTEN)):
                for word in content_words(told, lang, self._ignore):
                    words[word] = max(words.get(word, 0), weight)
        return words

    @cached_property
    def _topics(self) -> Mapping[str, float]:
        counts = Counter(topic for snippet in self._snippets for topic in snippet.topics)
        return {topic: TOPIC * self._rarity(n) for topic, n in counts.items()}

    def suggest(self, asked: Asked, most: int = 3) -> list[Suggestion]:
        """At most so many that fit; none rather than any."""
        shared = self._shared(asked)
        found = [self._judged(at, asked, shared.get(at, {})) for at in range(len(self._snippets))]
        fitting = [one for one in found if one is not None]
        return sorted(fitting, key=lambda one: (-one.score, one.name))[:most]

    def covers(self, asked: Asked) -> bool:
        """Whether the words alone say that one of them answers it."""
        return any(sum(words.values()) >= COVERS for words in self._shared(asked).values())

    def _shared(self, asked: Asked) -> dict[int, dict[str, float]]:
        """For each snippet, the words as they were asked with what each counts."""
        lang = asked.audience.lang or self._usual
        shared: dict[int, dict[str, float]] = {}
        for stem, word in content_words(asked.text, lang, self._ignore).items():
            for at, weight in self._weights.get(stem, {}).items():
                shared.setdefault(at, {})[word] = weight
        return shared

    def _judged(self, at: int, asked: Asked, words: Mapping[str, float]) -> Suggestion | None:
        snippet = self._snippets[at]
        variant = snippet.variant_for(asked.audience)
        if variant is None or not snippet.offered_on(asked.audience):
            return None
        topics = [topic for topic in snippet.topics if topic in asked.topics]
        score = sum(words.values()) + sum(self._topics[topic] for topic in topics)
        if score < LEAST:
            return None
        strongest = sorted(words, key=lambda word: (-words[word], word))[:SHOWN_WORDS]
        reasons = [f"topic {topic}" for topic in topics]
        if strongest:
            reasons.append(", ".join(f'"{word}"' for word in strongest))
        lang = variant.lang or self._usual
        if asked.audience.lang not in (None, lang):
            score -= OTHER_LANGUAGE
            reasons.append(f"written in {_LANGUAGES.get(lang, lang)}")
        elif variant.address.lang:
            reasons.append(f"in {_LANGUAGES.get(lang, lang)}")
        if variant.address.channel:
            score += OWN_CHANNEL
            reasons.append(f"for {variant.address.channel}")
        past = self._past.get(snippet.name, Past())
        score += PAST * (past.rate - Past().rate)
        if past.judged:
            reasons.append(f"worked {past.worked} of {past.judged} times")
        return Suggestion(snippet, round(score, 3), tuple(reasons))
