"""From corrections to rules: found, tested on corrections they were not made from, tried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from socialcare.classify import Classifier
from socialcare.classify.brand import Matcher
from socialcare.classify.mining import Case, Speaks, mine, said
from socialcare.classify.phrases import phrases_of
from socialcare.classify.topic_mining import (
    Names,
    cross_validate_topics,
    is_right,
    mine_ignored,
    mine_topics,
)
from socialcare.classify.trial import Trial, cross_validate, helpful
from socialcare.inbox.corrections import Counts, Standing
from socialcare.models import TOPICS
from socialcare.settings import Settings
from socialcare.settings.learned import LearnedRule, brand_with
from socialcare.workflow.judging import classifier_of
from socialcare.workflow.learn.reading import (
    classified,
    label_cases,
    texts,
    topic_cases,
)

EXAMPLES = 3
MENDED = 1 / 3
"""Share of the corrections that a rule rests on which it must get right."""


@dataclass(frozen=True, slots=True)
class Other:
    """A mention nobody corrected that the rule alone would change."""

    id: int
    before: str
    after: str
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """``support`` are the corrections it rests on; ``now_right`` of them it would get right."""

    rule: LearnedRule
    support: tuple[int, ...]
    now_right: int
    others: int
    examples: tuple[Other, ...]
    new_topic: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    right: int
    of: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the corrections say, and what could be learned from them.

    ``labels`` and ``topics`` count what people corrected or settled; the trials are None
    where no rule of that kind is proposed.
    """

    counts: Counts
    read: int
    labels: Share
    topics: Share
    proposals: tuple[Proposal, ...]
    label_trial: Trial | None = None
    topic_trial: Trial | None = None


def lesson(
    rows: Sequence[Standing], counts: Counts, settings: Settings, known: Sequence[LearnedRule]
) -> Lesson:
    """Propose rules beside the ``known`` ones. Nothing is changed."""
    teacher = _Teacher(rows, settings, known)
    labels, label_trial = teacher.labels()
    topics, topic_trial = teacher.topics()
    return Lesson(
        counts,
        len(rows),
        Share(label_trial.before, label_trial.tested),
        Share(topic_trial.before, topic_trial.tested),
        (*labels, *topics, *teacher.ignored()),
        label_trial if labels else None,
        topic_trial if topics else None,
    )


class _Teacher:
    def __init__(
        self, rows: Sequence[Standing], settings: Settings, known: Sequence[LearnedRule]
    ) -> None:
        self._settings, self._known = settings, tuple(known)
        self._classifier = self._with(())
        self.read = texts(self._classifier, rows)
        self._by_id = {text.standing.id: text for text in self.read}

    def _with(self, rules: Sequence[LearnedRule]) -> Classifier:
        return classifier_of(self._settings, (*self._known, *rules))

    # ── labels ──

    def labels(self) -> tuple[list[Proposal], Trial]:
        cases = label_cases(self.read)
        known = {(rule.phrase, rule.target) for rule in self._known}
        judged = {
            case.id
            for case in cases
            if case.corrected or self._by_id[case.id].right_label is not None
        }
        found = _that_mend(helpful(cases, judged, mine(cases, known)), cases)
        trial = cross_validate(cases, judged, known)
        if not trial.helps:
            return [], trial
        rules = [
            LearnedRule("label", one.phrase, one.label, one.weight, len(one.support))
            for one in found
        ]
        together = self._with(rules)
        return [
            self._label_proposal(rule, one, together)
            for rule, one in zip(rules, found, strict=True)
        ], trial

    def _label_proposal(self, rule: LearnedRule, one: Speaks, together: Classifier) -> Proposal:
        alone = self._with([rule])
        others: list[Other] = []
        for text in self.read:
            row = text.standing
            if rule.phrase in text.phrases and row.said_label is None and not row.not_us:
                after = classified(alone, row).label
                if after != text.said.label:
                    others.append(Other(row.id, text.said.label, after, row.text))
        supporting = [self._by_id[id_].standing for id_ in one.support]
        now_right = sum(classified(together, row).label == one.label for row in supporting)
        return _proposal(rule, one.support, now_right, others)

    # ── topics ──

    def topics(self) -> tuple[list[Proposal], Trial]:
        cases = topic_cases(self.read)
        trial = cross_validate_topics(cases)
        found = mine_topics(cases) if trial.helps else []
        return [self._topic_proposal(one) for one in found], trial

    def _topic_proposal(self, one: Names) -> Proposal:
        rule = LearnedRule("topic", one.phrase, one.topic, corrections=len(one.support))
        classifier = self._with([rule])
        others: list[Other] = []
        for text in self.read:
            row = text.standing
            if one.phrase in text.phrases and row.said_topics is None and not row.not_us:
                after = classified(classifier, row).topics
                if after != text.said.topics:
                    before, now = (", ".join(t) or "none" for t in (text.said.topics, after))
                    others.append(Other(row.id, before, now, row.text))
        now_right = sum(
            is_right(classified(classifier, row).topics, row.said_topics or ())
            for row in (self._by_id[id_].standing for id_ in one.support)
        )
        new = one.topic not in (*TOPICS, *self._settings.topics)
        return _proposal(rule, one.support, now_right, others, new_topic=new)

    # ── somebody else ──

    def ignored(self) -> list[Proposal]:
        brand = self._settings.brand
        if not brand.terms:
            return []
        before = Matcher(brand_with(brand, self._known))
        not_us: dict[int, frozenset[str]] = {}
        ours: list[frozenset[str]] = []
        for text in self.read:
            named = phrases_of(self._classifier.read(text.standing.text).named)
            if not text.standing.not_us:
                ours.append(named)
            elif _is_ours(before, text.standing):
                not_us[text.standing.id] = named
        words = frozenset(word for term in brand.terms for word in term.casefold().split())
        proposals = []
        for phrase, support in mine_ignored(not_us, ours, words):
            proposal = self._ignore_proposal(phrase, support, before)
            if proposal.now_right > 1 and not proposal.others:
                proposals.append(proposal)
        return proposals

    def _ignore_proposal(self, phrase: str, support: tuple[int, ...], before: Matcher) -> Proposal:
        rule = LearnedRule("ignore", phrase, corrections=len(support))
        after = Matcher(brand_with(self._settings.brand, (*self._known, rule)))
        first = phrase.split(maxsplit=1)[0]
        others = [
            Other(text.standing.id, "about you", "not about you", text.standing.text)
            for text in self.read
            if not text.standing.not_us
            and first in text.standing.text.casefold()
            and _is_ours(before, text.standing)
            and not _is_ours(after, text.standing)
        ]
        now = sum(not _is_ours(after, self._by_id[id_].standing) for id_ in support)
        return _proposal(rule, support, now, others)


def _is_ours(matcher: Matcher, row: Standing) -> bool:
    about = matcher.match(row.text, author=row.author, url=row.url, direct=row.direct)
    return about.verdict == "ours"


def _that_mend(rules: Sequence[Speaks], cases: Sequence[Case]) -> Sequence[Speaks]:
    """Without the rules under which too few of their own corrections would be right."""
    by_id = {case.id: case for case in cases}
    kept = [rule for rule in rules if _mended(rule, rules, by_id) >= MENDED * len(rule.support)]
    return rules if len(kept) == len(rules) else _that_mend(kept, cases)


def _mended(rule: Speaks, rules: Sequence[Speaks], cases: Mapping[int, Case]) -> int:
    return sum(said(cases[id_], rules) == rule.label for id_ in rule.support)


def _proposal(
    rule: LearnedRule,
    support: tuple[int, ...],
    now_right: int,
    others: Sequence[Other],
    *,
    new_topic: bool = False,
) -> Proposal:
    return Proposal(rule, support, now_right, len(others), tuple(others[:EXAMPLES]), new_topic)
