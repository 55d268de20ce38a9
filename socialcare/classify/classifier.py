"""The decision: what one text asks of us, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from socialcare.classify import language, lexicon
from socialcare.classify.cues import Cue, Match, Matcher, hidden_words
from socialcare.classify.decision import DECIDED, decide, ordered, softmax, summed
from socialcare.classify.plain import Plain, Reader
from socialcare.classify.vader import compound
from socialcare.models import (
    TOPICS,
    Classification,
    Kind,
    Label,
    Mention,
    Reason,
    Role,
    Sentiment,
)
from socialcare.settings import Brand, TopicRule

VERSION = "cues-1"
_EVEN: Mapping[str, float] = {"complaint": 0.25, "question": 0.25, "praise": 0.25, "other": 0.25}
_NEEDS_NO_ANSWER = frozenset({"news", "marketing"})


class Classifier:
    """Labels texts for one brand. Deterministic, offline, the same for every order of texts."""

    version = VERSION

    def __init__(self, brand: Brand, topics: Mapping[str, TopicRule]) -> None:
        self._lexicon = lexicon.load("en")
        self._reader = Reader(
            brand_terms=brand.terms,
            vocabulary=self._lexicon.matcher.vocabulary,
            spelling=self._lexicon.spelling,
            silent=self._lexicon.silent,
            emoji=lexicon.emoji(),
        )
        self._topic_order = (*TOPICS, *(name for name in topics if name not in TOPICS))
        self._own_topics = self._own(topics)

    def _own(self, topics: Mapping[str, TopicRule]) -> Matcher:
        matcher = Matcher()
        for name, rule in topics.items():
            words = [phrase for word in rule.words if (phrase := self._topic_phrase(word))]
            matcher.add(Cue(name, "topic"), words, {})
        return matcher

    def _topic_phrase(self, word: str) -> str:
        phrase = " ".join(self._reader.phrase(word))
        return f"{phrase}*" if phrase and word.rstrip().endswith("*") else phrase

    def classify_mention(self, mention: Mention) -> Classification:
        text = mention.text
        return self.classify(
            text,
            rating=mention.rating,
            has_media=bool(mention.media),
            lang_hint=mention.lang,
            kind=mention.kind,
            role=mention.role,
            automated=mention.automated,
        )

    def classify(
        self,
        text: str,
        *,
        rating: float | None = None,
        has_media: bool = False,
        lang_hint: str | None = None,
        kind: Kind = "post",
        role: Role = "mention",
        automated: bool = False,
    ) -> Classification:
        plain = self._reader.read(text)
        matches = self._lexicon.matcher.find(plain.words)
        sentiment = compound(plain.for_vader(hidden_words(matches)))
        topics = self._topics(plain, matches)
        lang = language.script_language(plain.text) or language.latin_language(plain.raw)
        reasons = [*_from_cues(plain, matches), *self._signals(plain, sentiment, rating)]
        if lang != "en":
            label, confidence, scores = "unsure", 0.25, _EVEN
            reasons = [Reason("unsure", f"language {lang}", 0.0)]
        else:
            scores = softmax(summed(self._lexicon.bias, reasons))
            label, confidence = decide(scores)
        speaking = {match.cue.name for match in matches}
        return Classification(
            label=label,
            confidence=confidence,
            scores=scores,
            sentiment=_sentiment(sentiment),
            sentiment_score=sentiment,
            topics=topics,
            urgent=any(match.cue.target == "urgent" for match in matches),
            needs_answer=role == "mention"
            and not automated
            and not (label == "other" and speaking & _NEEDS_NO_ANSWER),
            lang=lang,
            reasons=ordered(reasons),
            classifier=VERSION,
        )

    def _topics(self, plain: Plain, matches: Iterable[Match]) -> tuple[str, ...]:
        found = {match.cue.name for match in matches if match.cue.target == "topic"}
        found.update(match.cue.name for match in self._own_topics.find(plain.words))
        return tuple(topic for topic in self._topic_order if topic in found)

    def _signals(self, plain: Plain, sentiment: float, rating: float | None) -> Iterator[Reason]:
        """What the form of a text says, beside its words."""
        weights = self._lexicon.signals
        for name, strength, shown in _form(plain, sentiment, rating):
            for label, weight in weights[name].items():
                yield Reason(_label(label), shown, weight * strength)


def _label(name: str) -> Label:
    return next(label for label in DECIDED if label == name)


def _from_cues(plain: Plain, matches: Iterable[Match]) -> Iterator[Reason]:
    for cue, start, end in matches:
        if cue.target in DECIDED:
            yield Reason(_label(cue.target), f'{cue.name} "{plain.shown(start, end)}"', cue.weight)


def _form(plain: Plain, sentiment: float, rating: float | None) -> Iterator[tuple[str, float, str]]:
    words = plain.words
    if "?" in words:
        yield "question_mark", 1.0, "question mark"
    if sentiment <= -0.05:
        yield "negative", -sentiment, f"VADER compound {sentiment:+.2f}"
    elif sentiment >= 0.05:
        yield "positive", sentiment, f"VADER compound {sentiment:+.2f}"
    if plain.links:
        yield "link", 1.0, "link"
    if plain.retweet:
        yield "retweet", 1.0, "passed on"
    if plain.handles:
        yield "addressed", 1.0, "speaks to somebody"
    if rating is not None and rating <= 2:
        yield "bad_rating", 1.0, f"rating {rating:g}"
    elif rating is not None and rating >= 4:
        yield "good_rating", 1.0, f"rating {rating:g}"


def _sentiment(score: float) -> Sentiment:
    return "negative" if score <= -0.05 else "positive" if score >= 0.05 else "neutral"
