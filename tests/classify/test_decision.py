"""Reasons add up to the scores; doubt is said; the same text always comes out the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.classify import Classifier, lexicon
from socialcare.classify.decision import (
    DECIDED,
    DOUBT,
    Decision,
    decide,
    doubt,
    with_slip,
    without_slip,
)
from socialcare.models import Classification, Reason
from socialcare.settings import Brand
from tests.classify.test_sentences import BRAND, CASES

CLASSIFIER = Classifier(BRAND, {})
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from([text for text, _ in CASES]), min_size=1, max_size=4).map(" ".join),
)


def decided(*reasons: Reason) -> Decision:
    """What follows from ``reasons`` alone."""
    log_odds = [0, 0, 0, 0]
    for reason in reasons:
        log_odds[DECIDED.index(reason.label)] += round(reason.weight * 1000)
    return decide(log_odds, reasons)


def check(result: Classification) -> None:
    assert set(result.scores) == set(DECIDED)
    assert math.isclose(sum(result.scores.values()), 1, abs_tol=1e-8)
    assert 0 <= result.confidence <= 1
    assert -1 <= result.sentiment_score <= 1
    assert result.confidence == pytest.approx(max(result.scores.values()))
    assert result.label in {"unsure", max(DECIDED, key=lambda label: result.scores[label])}
    assert result.classifier == Classifier.version


@given(TEXTS)
def test_every_text_gets_a_sound_label(text: str):
    check(CLASSIFIER.classify(text))


@given(TEXTS)
def test_reasons_are_the_true_contributions(text: str):
    result = CLASSIFIER.classify(text)
    if result.scores == doubt("no words").scores:
        return
    log_odds = dict(zip(DECIDED, lexicon.load("en").bias, strict=True))
    for reason in result.reasons:
        if reason.label != "unsure":
            log_odds[reason.label] += round(reason.weight * 1000)
    whole = sum(math.exp(value / 1000) for value in log_odds.values())
    for label in DECIDED:
        expected = with_slip(math.exp(log_odds[label] / 1000) / whole)
        assert result.scores[label] == pytest.approx(expected, abs=1e-8)


@given(st.lists(TEXTS, min_size=2, max_size=5))
def test_order_and_company_change_nothing(texts: list[str]):
    alone = [Classifier(BRAND, {}).classify(text) for text in texts]
    assert [CLASSIFIER.classify(text) for text in reversed(texts)] == alone[::-1]


@given(TEXTS)
def test_the_strongest_reason_comes_first(text: str):
    found = [reason for reason in CLASSIFIER.classify(text).reasons if reason.label != "unsure"]
    strengths = [abs(reason.weight) for reason in found]
    assert strengths == sorted(strengths, reverse=True)


def test_little_evidence_is_unsure_and_says_what_was_closest():
    decision = decided(Reason("praise", "nice", 0.1))
    assert decision.label == "unsure"
    assert decision.confidence < DOUBT
    assert "praise" in decision.reasons[0].cue


def test_enough_evidence_is_no_doubt():
    decision = decided(Reason("praise", "great", 3.0))
    assert (decision.label, decision.reasons[0].cue) == ("praise", "great")


def test_a_tie_is_too_close_to_call_and_leans_to_the_label_that_asks_more_of_us():
    decision = decided(*(Reason(label, "x", 4.0) for label in ("praise", "complaint")))
    assert decision.label == "unsure"
    assert decision.reasons[0].cue.startswith("too close to call: complaint")


def asking(text: str) -> float:
    """How much everything together speaks for a question."""
    found = CLASSIFIER.classify(text).reasons
    return sum(reason.weight for reason in found if reason.label == "question")


def test_what_asks_counts_less_beside_a_complaint():
    assert asking("It arrived broken. How do I print?") < asking("How do I print?")
    assert CLASSIFIER.classify("It arrived broken. How do I print?").label == "complaint"


def test_what_nobody_can_read_is_unsure_and_most_likely_asks_nothing():
    decision = doubt("no words")
    assert decision.label == "unsure"
    assert max(decision.scores, key=lambda label: decision.scores[label]) == "other"
    assert decision.confidence < DOUBT


def test_nothing_is_surer_than_two_readers_agree():
    decision = decided(Reason("praise", "great", 30.0))
    assert decision.confidence == pytest.approx(0.94)
    assert sum(decision.scores.values()) == pytest.approx(1)


@given(st.floats(0, 1))
def test_what_the_words_say_is_told_from_a_score(share: float):
    assert without_slip(with_slip(share)) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize(
    ("rating", "label"), [(1, "complaint"), (2, "complaint"), (4, "praise"), (5.0, "praise")]
)
def test_stars_speak_where_words_say_little(rating: float, label: str):
    for text in ("", "ok", "As described."):
        result = Classifier(Brand(), {}).classify(text, rating=rating, kind="review")
        assert result.label == label, text


@pytest.mark.parametrize("rating", [3, None, float("nan")])
def test_middling_stars_alone_say_nothing(rating: float | None):
    assert CLASSIFIER.classify("", rating=rating).label == "unsure"


def test_pictures_without_text_are_unsure_and_never_other():
    result = CLASSIFIER.classify("", has_media=True)
    assert result.label == "unsure"
    assert result.needs_answer
    assert "pictures" in result.reasons[0].cue


def test_brand_names_and_handles_carry_no_feeling():
    plain = Classifier(Brand(), {}).classify("@united")
    assert plain.sentiment_score == 0
    joyful = Classifier(Brand(name="Joy", watch=("Happy Days",)), {})
    assert joyful.classify("Joy and happy days").sentiment_score == 0
    assert joyful.classify("What a joyous morning").sentiment_score > 0
