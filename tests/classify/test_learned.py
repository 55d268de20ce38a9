"""Learned rules in the decision: where they stand, what they weigh, how they are named."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.classify import Classifier
from socialcare.classify.decision import without_slip
from socialcare.settings import Brand, TopicRule
from socialcare.settings.learned import LearnedRule

BRAND = Brand(name="Acme")
PLAIN = Classifier(BRAND, {})
TEXT = "The new tent by Acme is proper pants, I think"


def taught(*rules: LearnedRule) -> Classifier:
    return Classifier(BRAND, {}, rules)


def speaks(phrase: str, weight: float = 1.0, label: str = "complaint") -> LearnedRule:
    return LearnedRule("label", phrase, label, weight)


def log_odds(classifier: Classifier, text: str, label: str) -> float:
    scores = classifier.classify(text).scores
    return math.log(without_slip(scores[label]) / without_slip(scores["other"]))


@given(weight=st.integers(-40, 40).map(lambda tenths: tenths / 10))
def test_a_rule_adds_its_weight_to_the_log_odds(weight):
    with_rule = log_odds(taught(speaks("proper pants", weight)), TEXT, "complaint")
    without = log_odds(PLAIN, TEXT, "complaint")
    assert with_rule - without == pytest.approx(weight, abs=0.001)


def test_a_rule_names_itself_with_the_words_of_the_text():
    result = taught(speaks("proper pants", 3.0)).classify("PROPER   pants from acme, I think")
    (reason,) = [r for r in result.reasons if r.cue.startswith("learned")]
    assert (reason.label, reason.cue, reason.weight) == (
        "complaint",
        'learned: "PROPER pants"',
        3.0,
    )
    assert result.reasons[0] == reason


@pytest.mark.parametrize(
    ("phrase", "text", "there"),
    [
        ("proper pants", "this is proper. Pants", False),
        ("proper pants", "@acme these are proper pants!", True),
        ("proper pants", "proper good pants", False),
        ("refund*", "where are my refunds then", True),
        ("refund*", "the word is fund", False),
        ("proper pant*", "they sell proper pantaloons", True),
        ("proper pant*", "they are proper", False),
        ("acme tent", "my Acme tent is here", True),
        ("don't ask", "please don’t ask me", True),
    ],
)
def test_where_a_phrase_stands(phrase, text, there):
    cues = [reason.cue for reason in taught(speaks(phrase, 4.0)).classify(text).reasons]
    assert any(cue.startswith("learned: ") for cue in cues) is there


def test_a_rule_speaks_once_however_often_its_words_are_there():
    classifier = taught(speaks("pants", 1.0))
    once = log_odds(classifier, TEXT, "complaint") - log_odds(PLAIN, TEXT, "complaint")
    again = f"{TEXT}. Pants and pants"
    twice = log_odds(classifier, again, "complaint") - log_odds(PLAIN, again, "complaint")
    assert once == pytest.approx(twice, abs=0.001)


def test_a_learned_topic_comes_first_and_may_be_new():
    classifier = Classifier(
        BRAND,
        {"colour": TopicRule(("green",))},
        [LearnedRule("topic", "too small", "sizing"), LearnedRule("topic", "muddy", "colour")],
    )
    text = "My parcel is late, the courier lost it, and the green boots are too small"
    assert PLAIN.classify(text).topics[0] == "delivery"
    topics = classifier.classify(text).topics
    assert topics[0] == "sizing"
    assert set(topics) == {"sizing", "colour", "delivery"}
    assert classifier.classify("What a muddy thing").topics == ("colour",)


def test_a_phrase_to_ignore_says_nothing_about_the_label():
    classifier = taught(LearnedRule("ignore", "proper pants"))
    assert classifier.classify(TEXT).scores == PLAIN.classify(TEXT).scores


def test_other_rules_are_another_version():
    versions = [
        taught(*rules).classify(TEXT).classifier
        for rules in (
            (),
            (speaks("pants"),),
            (speaks("pants", 2.0),),
            (speaks("pants"), speaks("tent")),
        )
    ]
    assert len(set(versions)) == 4
    assert versions[0] == PLAIN.classify(TEXT).classifier
    order = taught(speaks("tent"), speaks("pants")).classify(TEXT).classifier
    assert order == versions[3]


def test_words_do_not_decide_what_is_foreign():
    text = "Wo bleibt denn meine Bestellung, das ist wirklich eine Katastrophe"
    assert taught(speaks("katastrophe", 5.0)).classify(text).label == "unsure"
