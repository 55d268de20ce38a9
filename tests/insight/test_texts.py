"""Copies, what spreads, the word that explains a spike, and the three examples."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialcare.insight.copies import groups
from socialcare.insight.posts import Post
from socialcare.insight.spreading import copied, gained
from socialcare.insight.wording import examples, risen_topic, risen_word
from tests.benchmarks.detection import copies_noticed, spread_noticed

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def post(number: int, text: str = "x", **facts: Any) -> Post:
    made: dict[str, Any] = {
        "created_at": NOW + number * MINUTE,
        "author": f"p{number}",
        "label": "complaint",
    }
    return Post(id=number, text=text, **(made | facts))


@pytest.mark.parametrize(
    "copy",
    [
        "RT @mia@mas.to: The checkout of Acme took my money twice and says nothing",
        "THE CHECKOUT of Acme took my money twice, and says nothing!!! https://t.example/1",
        "The checkout of Acme took my money twice and says nothing wow",
    ],
)
def test_a_copy_is_known_behind_names_links_and_a_word_more(copy):
    text = "The checkout of Acme took my money twice and says nothing"
    assert groups([text, "something quite different was said here today", copy]) == [0, 1, 0]


def test_what_many_say_of_themselves_is_no_copy():
    assert groups(["The checkout is down"] * 3 + [""] * 2) == [0, 1, 2, 3, 4]


def test_known_near_duplicates_are_mostly_found_and_others_kept_apart(shared):
    """Of pairs that a person called the same, and of texts of different groups."""
    rows = [
        json.loads(line)
        for line in (shared / "eval" / "near_duplicates.jsonl").read_text("utf-8").splitlines()
    ]
    key = "group" if "group" in rows[0] else "group_id"
    found = groups([row["text"] for row in rows])
    firsts: dict[int, set[object]] = {}
    for row, number in zip(rows, found, strict=True):
        firsts.setdefault(number, set()).add(row[key])
    assert sum(len(sets) == 1 for sets in firsts.values()) >= 0.97 * len(firsts)


def test_a_complaint_passed_on_25_times_is_told_within_its_hour():
    assert sum(spread_noticed(seed) for seed in range(50)) >= 48
    assert sum(copies_noticed(seed) for seed in range(20)) == 20


def test_what_was_gained_in_an_hour_is_read_between_the_looks():
    day = NOW - timedelta(days=1)
    assert gained(NOW - HOUR / 2, [(NOW, 25)], (), NOW) == 25
    assert gained(day, [(NOW, 48)], (), NOW) == 2
    assert gained(day, [(NOW - 2 * HOUR, 10), (NOW, 50)], (), NOW) == 20
    assert gained(day, [(NOW - HOUR, 10), (NOW, 12)], (), NOW) == 2
    assert gained(day, [], [NOW - n * MINUTE for n in range(90)], NOW) == 60
    assert gained(day, [], (), NOW) == 0


def test_what_a_button_writes_every_day_is_no_news():
    bought = "I just bought these boots at Acme and love them"
    lately = [post(n, bought) for n in range(30)]
    before = [post(-n, bought) for n in range(1, 600)]
    assert copied(lately, [], 0.0)
    assert copied(lately, before, 1 / 40) == []
    assert copied([post(n, bought, author="one person") for n in range(30)], [], 0.0) == []


def test_the_word_that_explains_it():
    before = [
        post(-n, f"the order for me was late {'checkout' if n % 50 == 0 else ''}")
        for n in range(1, 300)
    ]
    now = [
        post(n, f"the checkout {'fails' if n % 2 else 'broke'} for order {n}") for n in range(20)
    ]
    word = risen_word(now, before, ["Acme"])
    assert word is not None
    assert (word.term, word.count) == ("checkout", 20)
    assert word.usual == pytest.approx(0.4, abs=0.1)
    assert risen_word(now, before, ["checkout fails broke"]) is None
    assert risen_word(before[:20], before, []) is None


def test_the_topic_that_explains_it():
    before = [post(-n, topics=("delivery",)) for n in range(1, 100)]
    now = [post(n, topics=("account", "delivery")) for n in range(12)]
    topic = risen_topic(now, before)
    assert topic is not None
    assert (topic.term, topic.count) == ("account", 12)
    assert risen_topic(before[:12], before) is None


def test_three_examples_the_loudest_the_earliest_the_most_typical():
    posts = [
        post(0, "good morning everybody"),
        post(1, "checkout broken card charged twice"),
        post(2, "the checkout is broken and my card was charged twice", reposts=0),
        post(3, "something else entirely about socks", reposts=90),
        post(4, "checkout broken"),
    ]
    assert examples(posts) == (3, 0, 2)
    assert examples(posts[:1]) == (0,)
    assert examples([]) == ()
