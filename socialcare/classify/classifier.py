"""The decision: what one text asks of us, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from socialcare.classify import language, lexicon
from socialcare.classify.answer import why_needs_answer
from socialcare.classify.cues import hidden_words
from socialcare.classify.decision import Decision, doubt
from socialcare.classify.language_file import no_file
from socialcare.classify.plain import Plain
from socialcare.classify.signals import BAD_STARS, GOOD_STARS
from socialcare.classify.spoken import Spoken
from socialcare.classify.vader import compound_of_bare
from socialcare.models import Classification, Kind, Label, Mention, Role, Sentiment
from socialcare.settings import Brand, TopicRule
from socialcare.settings.learned import LearnedRule

VERSION = "model-2"
_MAY_BE_URGENT = frozenset({"complaint", "question", "unsure"})
_WRITTEN_TO_US = frozenset({"dm", "review"})


class Classifier:
    """Labels texts for one brand. Deterministic, offline, the same for every order of texts.

    ``own_languages`` is the folder of the user's language files.

    Raises
    ------
    ConfigError
        A language of the brand has no file, or the user's is wrong.

    """

    version = VERSION

    def __init__(
        self,
        brand: Brand,
        topics: Mapping[str, TopicRule],
        learned: Iterable[LearnedRule] = (),
        own_languages: Path | None = None,
    ) -> None:
        rules = tuple(learned)
        english = lexicon.spoken(lexicon.ENGLISH, own_languages) or lexicon.load(lexicon.ENGLISH)
        others = list(_others(brand, own_languages))
        self._english = Spoken(english, brand, topics, rules)
        self._others = {known.code: Spoken(known, brand, topics, rules) for known in others}
        self._gate = language.Gate(
            english.certain, language.profile_with({one.code: one.common for one in others})
        )
        self._none_of_ours = "not " + " or ".join(["English", *(one.name for one in others)])

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
        spoken = self._english
        plain = spoken.reader.read(text)
        hint = _short_code(lang_hint) if lang_hint else None
        lang = self._gate.language_of(plain.raw, hint)
        if lang in self._others:
            spoken = self._others[lang]
            plain = spoken.reader.read(text)
        matches = spoken.find(plain.words)
        # VADER knows English only: what it says of another language would be made up.
        heard = spoken is self._english
        sentiment = compound_of_bare(plain.for_vader(hidden_words(matches))) if heard else 0.0
        decision = self._undecidable(plain, lang, rating, has_media) or spoken.decide(
            plain, matches, sentiment, rating, to_us=kind in _WRITTEN_TO_US
        )
        return Classification(
            label=decision.label,
            confidence=decision.confidence,
            scores=decision.scores,
            sentiment=_sentiment(sentiment),
            sentiment_score=sentiment,
            topics=spoken.topics(plain, matches),
            urgent=decision.label in _MAY_BE_URGENT
            and "urgent" in [cue.target for cue, _, _ in matches],
            needs_answer=why_needs_answer(decision.label, plain, matches, kind, role, automated)[0],
            lang=lang or hint,
            reasons=decision.reasons,
            classifier=VERSION + spoken.mark,
        )

    def read(self, text: str) -> Plain:
        """The words of a text as it is judged by them."""
        return self._heard(text)[1]

    def why_needs_answer(self, mention: Mention, label: Label) -> tuple[bool, str]:
        """Whether a mention with this label waits for an answer, and the reason in words."""
        spoken, plain = self._heard(mention.text, mention.lang)
        matches = spoken.find(plain.words)
        return why_needs_answer(
            label, plain, matches, mention.kind, mention.role, mention.automated
        )

    def _heard(self, text: str, lang_hint: str | None = None) -> tuple[Spoken, Plain]:
        """The language that a text is judged in, and its words in that language."""
        plain = self._english.reader.read(text)
        if self._others:
            other = self._others.get(
                self._gate.language_of(plain.raw, _short_code(lang_hint)) or ""
            )
            if other:
                return other, other.reader.read(text)
        return self._english, plain

    def _undecidable(
        self, plain: Plain, lang: str | None, rating: float | None, has_media: bool
    ) -> Decision | None:
        """``unsure``, where words cannot tell: none are there, or we do not speak the language."""
        if lang not in {None, lexicon.ENGLISH} and lang not in self._others:
            return doubt(f"{self._none_of_ours}: {language.name_of(lang or '')}")
        speaks = plain.spoken or plain.emoji
        starred = rating is not None and (rating <= BAD_STARS or rating >= GOOD_STARS)
        if not (speaks or starred):
            return doubt("pictures without words" if has_media else "no words to judge by")
        return None


def _others(brand: Brand, own: Path | None) -> Iterator[lexicon.Lexicon]:
    """What is spoken beside English. A language that no list asks for may lack a file."""
    for code in brand.languages or (brand.language,):
        if code == lexicon.ENGLISH:
            continue
        known = lexicon.spoken(code, own)
        if known:
            yield known
        elif brand.languages:
            raise no_file(code, own)


def _sentiment(score: float) -> Sentiment:
    return "negative" if score <= -0.05 else "positive" if score >= 0.05 else "neutral"


def _short_code(lang_hint: str | None) -> str | None:
    """``pt`` for ``pt-BR``; None for what is no language code."""
    code = (lang_hint or "").replace("_", "-").split("-")[0].lower()
    return code if code.isascii() and code.isalpha() and len(code) in {2, 3} else None
