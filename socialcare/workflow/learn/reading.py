"""Mentions as learning sees them: what people said, what the classifier says, and the phrases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from socialcare.classify import Classifier
from socialcare.classify.decision import DECIDED
from socialcare.classify.mining import Case
from socialcare.classify.phrases import phrases_of
from socialcare.classify.topic_mining import TopicCase
from socialcare.inbox.corrections import Standing
from socialcare.models import Classification, Label

MOST_UNCORRECTED = 2_000
"""Uncorrected mentions that are learned from: the settled ones first, then the newest."""


@dataclass(frozen=True, slots=True)
class Text:
    standing: Standing
    said: Classification
    """What the classifier says now, with the rules that count already."""
    phrases: frozenset[str]

    @property
    def decidable(self) -> bool:
        """Whether words decided: not for a foreign text, or one without words."""
        return len(set(self.said.scores.values())) > 1

    @property
    def right_label(self) -> Label | None:
        """What a person said or let stand; None where nobody looked."""
        if self.standing.said_label is not None:
            return self.standing.said_label
        settled = self.standing.settled and self.standing.label != "unsure"
        return self.standing.label if settled else None

    @property
    def right_topics(self) -> tuple[str, ...] | None:
        if self.standing.said_topics is not None:
            return self.standing.said_topics
        return self.standing.topics if self.standing.settled else None


def classified(classifier: Classifier, standing: Standing) -> Classification:
    return classifier.classify(
        standing.text,
        rating=standing.rating,
        has_media=standing.has_media,
        lang_hint=standing.lang,
        kind=standing.kind,
        automated=standing.automated,
    )


def texts(classifier: Classifier, rows: Iterable[Standing]) -> list[Text]:
    return [
        Text(row, classified(classifier, row), phrases_of(classifier.read(row.text).words))
        for row in rows
    ]


def label_cases(read: Sequence[Text]) -> list[Case]:
    """What is learned from for labels, in the order of the ids."""
    ours = [text for text in read if text.decidable and not text.standing.not_us]
    said = [text for text in ours if text.standing.said_label in DECIDED]
    rest = [text for text in ours if text.standing.said_label is None]
    rest.sort(key=lambda text: (not text.standing.settled, -text.standing.id))
    cases = [_case(text, corrected=True) for text in said]
    cases += [_case(text, corrected=False) for text in rest[:MOST_UNCORRECTED]]
    return sorted(cases, key=lambda case: case.id)


def _case(text: Text, *, corrected: bool) -> Case:
    scores = text.said.scores
    right = text.right_label
    label = right if right in DECIDED else max(DECIDED, key=lambda label: scores[label])
    return Case(text.standing.id, text.phrases, scores, label, corrected)


def topic_cases(read: Sequence[Text]) -> list[TopicCase]:
    return [
        TopicCase(text.standing.id, text.phrases, text.said.topics, text.right_topics)
        for text in read
        if not text.standing.not_us
    ]
