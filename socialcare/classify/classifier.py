"""The decision: what one text asks of us, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from socialcare.classify import language, lexicon
from socialcare.classify.answer import why_needs_answer
from socialcare.classify.cues import Match, Matcher, hidden_words
from socialcare.classify.decision import DECIDED, Decision, decide, doubt, with_precedence
from socialcare.classify.plain import Plain, Reader
from socialcare.classify.signals import BAD_STARS, GOOD_STARS, signals
from socialcare.classify.vader import compound
from socialcare.models import TOPICS, Classification, Kind, Label, Mention, Reason, Role, Sentiment
from socialcare.settings import Brand, TopicRule

VERSION = "cues-1"
_NAMED = 2
"""Points from which a topic is named beside others."""
_MAY_BE_URGENT = frozenset({"complaint", "question", "unsure"})
_WRITTEN_TO_US = frozenset({"dm", "review"})
_LABELS: Mapping[str, Label] = {label: label for label in DECIDED}


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
        self._gate = language.Gate(self._lexicon.certain)
        names = (*TOPICS, *(name for name in topics if name not in TOPICS))
        self._topic_order = {name: place for place, name in enumerate(names)}
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
        hint = _short_code(lang_hint)
        lang = self._gate.language_of(plain.raw, hint)
        decision = self._undecidable(plain, lang, rating, has_media) or decide(
            self._lexicon.bias,
            self._reasons(plain, matches, sentiment, rating, to_us=kind in _WRITTEN_TO_US),
        )
        return Classification(
            label=decision.label,
            confidence=decision.confidence,
            scores=decision.scores,
            sentiment=_sentiment(sentiment),
            sentiment_score=sentiment,
            topics=self._topics(plain, matches),
            urgent=decision.label in _MAY_BE_URGENT
            and any(match.cue.target == "urgent" for match in matches),
            needs_answer=why_needs_answer(decision.label, plain, matches, kind, role, automated)[0],
            lang=lang or hint,
            reasons=decision.reasons,
            classifier=VERSION,
        )

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
        speaks = any(word[0].isalpha() for word in plain.words) or plain.emoji
        starred = rating is not None and (rating <= BAD_STARS or rating >= GOOD_STARS)
        if not (speaks or starred):
            return doubt("pictures without words" if has_media else "no words to judge by")
        return None

    def _reasons(
        self,
        plain: Plain,
        matches: Iterable[Match],
        sentiment: float,
        rating: float | None,
        *,
        to_us: bool,
    ) -> list[Reason]:
        reasons = list(_from_cues(plain, matches))
        rule = self._lexicon.precedence
        complained = any(
            reason.label == "complaint" and reason.weight >= rule["complaint_from"]
            for reason in reasons
        )
        for signal in signals(plain, sentiment, rating, self._lexicon.shape, to_us=to_us):
            for target, weight in self._lexicon.signals[signal.name].items():
                reasons.append(Reason(_LABELS[target], signal.shown, weight * signal.strength))
        if complained:
            return with_precedence(reasons, rule["question_beside_complaint"])
        return reasons

    def _topics(self, plain: Plain, matches: Iterable[Match]) -> tuple[str, ...]:
        """What it is about, the topic that most speaks for first."""
        points: Counter[str] = Counter()
        for match in (*matches, *self._own_topics.find(plain.named)):
            if match.cue.topic:
                points[match.cue.name] += int(match.cue.weight)
        ranked = sorted(points, key=lambda topic: (-points[topic], self._topic_order[topic]))
        return tuple(topic for topic in ranked if points[topic] >= _NAMED) or tuple(ranked[:1])

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


def _from_cues(plain: Plain, matches: Iterable[Match]) -> Iterator[Reason]:
    for cue, start, end in matches:
        label = _LABELS.get(cue.target)
        if label and cue.weight:
            yield Reason(label, f'{cue.name} "{plain.shown(start, end)}"', cue.weight)


def _sentiment(score: float) -> Sentiment:
    return "negative" if score <= -0.05 else "positive" if score >= 0.05 else "neutral"


def _short_code(lang_hint: str | None) -> str | None:
    """``pt`` for ``pt-BR``; None for what is no language code."""
    code = (lang_hint or "").replace("_", "-").split("-")[0].lower()
    return code if code.isascii() and code.isalpha() and len(code) in {2, 3} else None
