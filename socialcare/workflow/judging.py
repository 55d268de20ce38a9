"""What is made of a mention before it is stored: whose it is, whether it is about us, its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from socialcare.classify import Classifier
from socialcare.classify.brand import Matcher
from socialcare.models import Classification, Judged, Mention, Reason
from socialcare.settings import Settings
from socialcare.settings.learned import LearnedRule, brand_with, learned_rules


def classifier_of(settings: Settings, rules: Sequence[LearnedRule] | None = None) -> Classifier:
    """The classifier of this brand, with what was learned, or with these ``rules`` instead.

    Raises
    ------
    ConfigError
        The file of the learned rules or of a language is wrong, or a language has none.

    """
    return Classifier(
        settings.brand,
        settings.topics,
        learned_rules(settings) if rules is None else rules,
        settings.path.parent / "languages" if settings.path else None,
    )


def matcher_of(settings: Settings) -> Matcher:
    """What tells whether a text is about this brand, with what was learned."""
    return Matcher(brand_with(settings.brand, learned_rules(settings)))


class Judge:
    """Built once per run; calls nothing but pure functions, so threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self._classifier = classifier_of(settings)
        self._matcher = matcher_of(settings)
        self._matches = bool(settings.brand.terms)
        self._handles = frozenset(_bare(handle) for handle in settings.brand.handles)

    def judge(self, mention: Mention, *, match: bool) -> Judged:
        """Label one mention. With ``match``, one that is not about the brand is filtered."""
        mention = self._whose(mention)
        if mention.role != "mention":
            return Judged(mention, None)
        return Judged(
            mention,
            self._labelled(mention),
            self._not_about_us(mention) if match and self._matches else None,
        )

    def _labelled(self, mention: Mention) -> Classification:
        """A text that trips the classifier must not stop its channel for ever: it is unsure."""
        try:
            return self._classifier.classify_mention(mention)
        except Exception as error:  # noqa: BLE001
            return Classification(
                label="unsure",
                confidence=0.0,
                scores=dict.fromkeys(("complaint", "question", "praise", "other"), 0.25),
                sentiment="neutral",
                sentiment_score=0.0,
                lang=mention.lang,
                reasons=(Reason("unsure", f"could not be judged ({type(error).__name__})", 0.0),),
                classifier=self._classifier.version,
            )

    def _whose(self, mention: Mention) -> Mention:
        """Our own posts are answers, never rows of the inbox."""
        if mention.role == "mention" and (
            mention.author.is_us or _bare(mention.author.handle) in self._handles
        ):
            return replace(mention, role="answer", author=replace(mention.author, is_us=True))
        return mention

    def _not_about_us(self, mention: Mention) -> str | None:
        about = self._matcher.match(
            mention.text, author=mention.author.handle, url=mention.url, direct=mention.direct
        )
        if about.verdict == "ours":
            return None
        doubt = "perhaps not about you" if about.verdict == "doubtful" else "not about you"
        return f"{doubt}: {'; '.join(about.reasons)}"


def _bare(handle: str) -> str:
    return handle.strip().removeprefix("@").casefold()
