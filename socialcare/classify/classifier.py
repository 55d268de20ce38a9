"""The decision: what one text asks of us, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from socialcare.classify import language, lexicon
from socialcare.classify.answer import why_needs_answer
from socialcare.classify.cues import Match, Matcher, hidden_words
from socialcare.classify.decision import DECIDED, Decision, decide, doubt
from socialcare.classify.evidence import Evidence
from socialcare.classify.learned import TOPIC_POINTS, Learned
from socialcare.classify.plain import Plain, Reader
from socialcare.classify.signals import BAD_STARS, COMPLAINED, GOOD_STARS, signals
from socialcare.classify.vader import compound
from socialcare.models import TOPICS, Classification, Kind, Label, Mention, Role, Sentiment
from socialcare.settings import Brand, TopicRule
from socialcare.settings.learned import LearnedRule

VERSION = "model-1"
_NAMED = 2
"""Points from which a topic is named beside others."""
_MAY_BE_URGENT = frozenset({"complaint", "question", "unsure"})
_WRITTEN_TO_US = frozenset({"dm", "review"})
_COMPLAINT = DECIDED.index("complaint")


class Classifier:
    """Labels texts for one brand. Deterministic, offline, the same for every order of texts."""

    version = VERSION

    def __init__(
        self,
        brand: Brand,
        topics: Mapping[str, TopicRule],
        learned: Iterable[LearnedRule] = (),
    ) -> None:
        self._lexicon = lexicon.load("en")
        self._reader = Reader(
            brand_terms=brand.terms,
            vocabulary=self._lexicon.matcher.vocabulary,
            spelling=self._lexicon.spelling,
            silent=self._lexicon.silent,
            emoji=lexicon.emoji(),
        )
        self._gate = language.Gate(self._lexicon.certain)
        self._learned = Learned(learned, self._reader.phrase)
        names = dict.fromkeys((*TOPICS, *topics, *self._learned.topics))
        self._topic_order = {name: place for place, name in enumerate(names)}
        self._has_own_topics = bool(topics)
        self._own_topics = self._matcher_of(topics)

    def classify_mention(self, mention: Mention) -> Classification:
        return self.classify(
            mention.text,
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
        """Label one text.

        ``rating`` is in stars, 1 to 5. ``lang_hint`` is what the channel says: it tips the
        scales where the text is too short to tell, and loses against a clear one.
        """
        plain = self._reader.read(text)
        matches = self._lexicon.matcher.find(plain.words)
        sentiment = compound(plain.for_vader(hidden_words(matches)))
        hint = _short_code(lang_hint) if lang_hint else None
        lang = self._gate.language_of(plain.raw, hint)
        decision = self._undecidable(plain, lang, rating, has_media) or self._decide(
            plain, matches, sentiment, rating, to_us=kind in _WRITTEN_TO_US
        )
        return Classification(
            label=decision.label,
            confidence=decision.confidence,
            scores=decision.scores,
            sentiment=_sentiment(sentiment),
            sentiment_score=sentiment,
            topics=self._topics(plain, matches),
            urgent=decision.label in _MAY_BE_URGENT
            and "urgent" in [cue.target for cue, _, _ in matches],
            needs_answer=why_needs_answer(decision.label, plain, matches, kind, role, automated)[0],
            lang=lang or hint,
            reasons=decision.reasons,
            classifier=VERSION + self._learned.mark,
        )

    def read(self, text: str) -> Plain:
        """The words of a text as it is judged by them."""
        return self._reader.read(text)

    def why_needs_answer(self, mention: Mention, label: Label) -> tuple[bool, str]:
        """Whether a mention with this label waits for an answer, and the reason in words."""
        plain = self._reader.read(mention.text)
        matches = self._lexicon.matcher.find(plain.words)
        return why_needs_answer(
            label, plain, matches, mention.kind, mention.role, mention.automated
        )

    def _undecidable(
        self, plain: Plain, lang: str | None, rating: float | None, has_media: bool
    ) -> Decision | None:
        """``unsure``, where words cannot tell: none are there, or they are not English."""
        if lang not in {None, self._lexicon.code}:
            return doubt(f"not English: {language.name_of(lang or '')}")
        speaks = plain.spoken or plain.emoji
        starred = rating is not None and (rating <= BAD_STARS or rating >= GOOD_STARS)
        if not (speaks or starred):
            return doubt("pictures without words" if has_media else "no words to judge by")
        return None

    def _decide(
        self,
        plain: Plain,
        matches: Sequence[Match],
        sentiment: float,
        rating: float | None,
        *,
        to_us: bool,
    ) -> Decision:
        known = self._lexicon
        least = known.complaint_from
        complained = bool(
            [cue for cue, _, _ in matches if cue.label == _COMPLAINT and cue.weight >= least]
        )
        found = signals(plain, sentiment, rating, known.shape, to_us=to_us)
        evidence = Evidence()
        if complained:
            found.append(COMPLAINED)
            evidence.beside = known.question_beside_complaint
        evidence.add_cues(plain, matches)
        evidence.add_signals(found, known.signals_beside if complained else known.signals)
        evidence.add_words(known.words, plain.words)
        if self._learned.mark:
            evidence.add_learned(plain, self._learned.labels(plain.named))
        return decide(*evidence.complete(known.bias))

    def _topics(self, plain: Plain, matches: Sequence[Match]) -> tuple[str, ...]:
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
        phrase = " ".join(self._reader.phrase(words))
        return f"{phrase}*" if phrase and words.rstrip().endswith("*") else phrase


def _sentiment(score: float) -> Sentiment:
    return "negative" if score <= -0.05 else "positive" if score >= 0.05 else "neutral"


def _short_code(lang_hint: str | None) -> str | None:
    """``pt`` for ``pt-BR``; None for what is no language code."""
    code = (lang_hint or "").replace("_", "-").split("-")[0].lower()
    return code if code.isascii() and code.isalpha() and len(code) in {2, 3} else None
