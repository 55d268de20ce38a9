"""Questions that nobody has an answer for, put together by the words that they share."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from socialcare.snippets.gaps import Question, find_gaps
from tests.benchmarks.snippet_gaps import THINGS, questions, run

ASKED = (
    "Is there a vegan version of the ridge boot?",
    "Are your boots vegan?",
    "Do you have gift cards?",
    "vegan ridge boots please",
    "Where do I buy a gift card for my mother?",
    "What is the meaning of life?",
)


def asked(*texts: str) -> list[Question]:
    return [Question(number, text, "en") for number, text in enumerate(texts, 1)]


def test_they_are_grouped_by_what_they_share() -> None:
    found = find_gaps(asked(*ASKED))
    assert [(gap.words, gap.ids) for gap in found] == [
        (("boots", "vegan"), (1, 2, 4)),
        (("card", "gift"), (3, 5)),
    ]
    assert [(gap.count, gap.text) for gap in found] == [
        (3, "Are your boots vegan?"),
        (2, "Do you have gift cards?"),
    ]


def test_small_groups_are_left_out() -> None:
    assert [gap.count for gap in find_gaps(asked(*ASKED), least=3)] == [3]
    assert find_gaps([]) == []
    assert find_gaps(asked("vegan boots", "gift cards")) == []


def test_one_word_in_common_is_enough_where_nothing_else_is() -> None:
    found = find_gaps(asked("Do you rent helmets?", "My helmet cracked", "Helmets for children?"))
    assert [(gap.words, gap.count) for gap in found] == [(("helmets",), 3)]


def test_the_brand_is_no_word() -> None:
    assert find_gaps(asked("acme helmets", "acme cards"), ignore=frozenset({"acme"})) == []
    assert find_gaps(asked("acme helmets", "acme cards"))[0].words == ("acme",)


@given(st.lists(st.sampled_from([*ASKED, "gift boots", "vegan card", ""]), max_size=30))
def test_every_question_is_in_one_group_at_most(texts) -> None:
    found = find_gaps(asked(*texts))
    ids = [id_ for gap in found for id_ in gap.ids]
    assert len(ids) == len(set(ids))
    assert all(gap.count >= 2 for gap in found)
    assert found == sorted(found, key=lambda gap: (-gap.count, gap.words, gap.ids))


def test_the_order_in_which_they_were_asked_changes_no_group() -> None:
    asked_ = questions(300)
    shuffled = random.Random(2).sample(asked_, len(asked_))
    one, other = ([(g.words, sorted(g.ids)) for g in find_gaps(q)] for q in (asked_, shuffled))
    assert one == other


def test_ten_thousand_questions_fall_into_what_they_are_about() -> None:
    """The benchmark, without looking at its clock."""
    _, found = run()
    assert {frozenset(gap.words) for gap in found} <= {
        frozenset(word for word in thing.split()) for thing in THINGS
    } | {frozenset({"catalogue"}), frozenset({"gift", "card"}), frozenset({"gift", "cards"})}
    assert sum(gap.count for gap in found) > 8_000
