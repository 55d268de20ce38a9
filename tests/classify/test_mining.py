"""From corrected texts to phrases: what is found, what is left alone, and that it is tested."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcare.classify import Classifier
from socialcare.classify.decision import DECIDED
from socialcare.classify.mining import Case, Speaks, mine, refit, said, scores_with
from socialcare.classify.phrases import phrases_of
from socialcare.classify.topic_mining import (
    Names,
    TopicCase,
    cross_validate_topics,
    is_right,
    mine_ignored,
    mine_topics,
    topics_with,
)
from socialcare.classify.trial import Trial, cross_validate, helpful
from socialcare.models import Label
from socialcare.settings import Brand
from socialcare.settings.learned import LearnedRule

CLASSIFIER = Classifier(Brand(name="Acme"), {})
NEARLY = {"complaint": 0.25, "question": 0.08, "praise": 0.07, "other": 0.6}
FILLERS = ("tent", "boots", "stove", "bottle", "rope", "lamp", "map", "kettle", "glove", "scarf")


def case(
    id_: int,
    words: str,
    label: Label,
    *,
    corrected: bool = False,
    scores: dict[str, float] = NEARLY,
) -> Case:
    return Case(id_, phrases_of(words.split()), scores, label, corrected)


def month(number: int = 8) -> list[Case]:
    """Corrections that share "proper pants", among texts that nobody objected to."""
    wrong = [
        case(n, f"the {FILLERS[n]} is proper pants", "complaint", corrected=True)
        for n in range(number)
    ]
    right = [case(100 + n, f"the {word} is here", "other") for n, word in enumerate(FILLERS * 3)]
    return [*wrong, *right]


# ── phrases ──


def test_phrases_are_runs_of_up_to_three_words():
    assert phrases_of(["^", "@", "boots", "too", "small", ".", "#", "pants"]) == {
        "boots",
        "boots too",
        "boots too small",
        "too small",
        "small",
        "pants",
    }


@given(
    st.lists(
        st.sampled_from(["^", ".", "@", "#", "~", ":anger:", "the", "is", "boots", "zip", "don't"]),
        max_size=9,
    )
)
def test_no_sign_and_no_small_words_alone(words):
    for phrase in phrases_of(words):
        assert set(phrase.split()) & {"boots", "zip"}
        assert not set(phrase) & set("^.@#~:")
        assert phrase in " ".join(words)


# ── labels ──


def test_what_corrections_share_is_found():
    found = mine(month())
    assert [(one.label, one.support) for one in found] == [("complaint", tuple(range(8)))]
    assert set(found[0].phrase.split()) <= {"proper", "pants"}
    assert all(said(one, found) == "complaint" for one in month()[:8])
    assert all(said(one, found) == said(one) for one in month()[8:])


def test_the_order_of_the_texts_does_not_matter():
    mixed = random.Random(1).sample(month(), len(month()))
    expected = [(one.phrase, one.label, one.weight) for one in mine(month())]
    assert [(one.phrase, one.label, one.weight) for one in mine(mixed)] == expected


def test_one_correction_is_no_rule():
    assert mine(month(1)) == []


def test_a_word_that_everybody_uses_is_no_rule():
    wrong = [case(n, "my tent", "complaint", corrected=True) for n in range(3)]
    right = [case(100 + n, "my tent", "other") for n in range(200)]
    assert mine([*wrong, *right]) == []


def test_corrections_that_disagree_make_no_rule():
    labels: tuple[Label, ...] = ("complaint", "praise", "question")
    mixed = [case(n, f"{FILLERS[n]} pants", labels[n % 3], corrected=True) for n in range(9)]
    assert mine([*mixed, *month()[8:]]) == []


def test_what_is_known_already_is_left_out():
    (found,) = mine(month())
    again = {(one.phrase, one.label) for one in mine(month(), {(found.phrase, found.label)})}
    assert (found.phrase, found.label) not in again


def test_two_rules_never_count_one_word_twice():
    found = mine(month())
    words = [word for one in found if one.label == "complaint" for word in one.phrase.split()]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "text",
    [
        "The new tent by Acme is proper pants",
        "where is my parcel",
        "Acme at the fair in Oslo with a new lamp",
        "thank you for the lovely boots",
        "Acme shares up 3% after earnings",
        "hm, proper pants, that lamp",
    ],
)
@pytest.mark.parametrize("weight", [0.3, 0.8, 2.0])
def test_a_case_is_labelled_as_the_classifier_would(text, weight):
    rules = [
        Speaks("proper pants", "complaint", weight, ()),
        Speaks("lamp", "other", weight, ()),
        Speaks("lovely", "question", weight, ()),
    ]
    learned = [LearnedRule("label", one.phrase, one.label, one.weight) for one in rules]
    before = CLASSIFIER.classify(text)
    words = CLASSIFIER.read(text).words
    one = Case(1, phrases_of(words), before.scores, "other")
    after = Classifier(Brand(name="Acme"), {}, learned).classify(text)
    assert said(one) == before.label
    assert said(one, rules) == after.label
    assert scores_with(one, rules) == pytest.approx(dict(after.scores), abs=1e-6)


def test_of_phrases_that_say_the_same_the_fullest_is_taken():
    assert [one.phrase for one in mine(month())] == ["proper pants"]


def test_a_rule_that_helps_on_held_out_corrections_is_kept():
    cases = month()
    judged = [one.id for one in cases]
    rules = mine(cases)
    trial = cross_validate(cases, judged)
    assert (trial.tested, trial.before, trial.after) == (38, 30, 38)
    assert helpful(cases, judged, rules) == rules


def test_a_rule_that_only_fits_its_own_corrections_is_not():
    """What 1 and 2 share by chance speaks against itself on the texts people let stand."""
    chance = Speaks("scarf", "complaint", 2.0, (1, 2))
    cases = [
        case(1, "scarf one", "complaint", corrected=True),
        case(2, "scarf two", "complaint", corrected=True),
        *(case(n, "scarf again", "other") for n in range(10, 30)),
    ]
    assert helpful(cases, [one.id for one in cases], [chance]) == []


@pytest.mark.parametrize(
    ("tested", "before", "after", "helps"),
    [
        (0, 0, 0, False),
        (50, 0, 0, False),
        (50, 0, 1, True),
        (300, 96, 98, False),
        (300, 96, 99, True),
        (50, 9, 8, False),
    ],
)
def test_less_than_a_point_is_no_help(tested, before, after, helps):
    assert Trial(tested, before, after).helps is helps


def test_weights_come_from_what_is_learned_from():
    (rule,) = mine(month())
    (same,) = refit(month(), [rule])
    (less,) = refit(month(3), [rule])
    assert same == rule
    assert less.weight < rule.weight
    assert refit(month()[8:], [rule])[0].weight == 0.0


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(FILLERS[:5]), min_size=1, max_size=3),
            st.sampled_from(DECIDED),
            st.booleans(),
        ),
        max_size=25,
    )
)
def test_every_rule_rests_on_two_corrections_that_it_speaks_for(rows):
    cases = [
        case(n, " ".join(words), label, corrected=fixed)
        for n, (words, label, fixed) in enumerate(rows)
    ]
    by_id = {one.id: one for one in cases}
    for rule in mine(cases):
        assert len(rule.support) >= 2
        assert 0.3 <= rule.weight <= 3.0
        for id_ in rule.support:
            assert by_id[id_].corrected
            assert rule.phrase in by_id[id_].phrases
            assert by_id[id_].label == rule.label


# ── topics ──


def topic_case(
    id_: int, words: str, right: tuple[str, ...] | None, topics: tuple[str, ...] = ()
) -> TopicCase:
    return TopicCase(id_, phrases_of(words.split()), topics, right)


SIZES = [
    topic_case(1, "the boots come up too small", ("sizing",)),
    topic_case(2, "mine are too small", ("sizing",), ("delivery",)),
    topic_case(3, "jackets run too small", ("sizing",)),
    topic_case(4, "a small parcel", ("delivery",), ("delivery",)),
    topic_case(5, "one small question", None),
    topic_case(6, "another small thing", None),
]


def test_what_the_texts_of_a_topic_share_names_it():
    (found,) = mine_topics(SIZES)
    assert found == Names("too small", "sizing", (1, 2, 3))
    assert topics_with(SIZES[1], [found]) == ("sizing", "delivery")
    trial = cross_validate_topics(SIZES)
    assert (trial.tested, trial.before, trial.after) == (4, 1, 4)


def test_a_topic_with_one_text_is_not_learned():
    assert mine_topics(SIZES[:1]) == []


def test_the_first_topic_must_be_right():
    assert is_right(("sizing", "delivery"), ("sizing",))
    assert not is_right(("delivery", "sizing"), ("sizing",))
    assert is_right((), ())
    assert not is_right((), ("sizing",))


# ── somebody else ──


def test_what_others_share_and_ours_never_say_is_ignored():
    not_us = {n: phrases_of(f"acme corp opens {FILLERS[n]}".split()) for n in range(3)}
    ours = [phrases_of(["my", "acme", "tent"]), phrases_of(["acme", "opens", "late"])]
    assert mine_ignored(not_us, ours, frozenset({"acme"})) == [("acme corp", (0, 1, 2))]
    ours.append(phrases_of(["is", "acme", "corp", "you"]))
    assert "acme corp" not in [phrase for phrase, _ in mine_ignored(not_us, ours, frozenset())]


def test_the_name_alone_is_never_ignored():
    not_us = {n: phrases_of(["acme"]) for n in range(5)}
    assert mine_ignored(not_us, [], frozenset({"acme"})) == []
