"""The query language, word by word and two by two, against a slow reference in plain Python."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from socialcare.inbox.query import Reader
from socialcare.inbox.search import all_ids, count
from tests.inbox.busy_shop import Shop
from tests.inbox.house import NOW
from tests.inbox.reference import ME, OPEN, TARGETS, WORDS, Row, World, opposite, scope

READ = Reader(NOW)


@pytest.fixture(scope="module")
def world(shop):
    return World(shop)


def found(shop: Shop, *words: str) -> set[int]:
    query = READ.read(words)
    ids = list(all_ids(shop.db, query, NOW, ME, size=37))
    assert len(ids) == len(set(ids)) == count(shop.db, query, NOW, ME)
    return set(ids)


def test_there_is_something_to_tell_apart(world):
    """Every word divides the made inbox: one that finds nothing, or all, would prove nothing."""
    assert len(WORDS) >= 40
    assert len(world.rows) > 290
    for word, test in WORDS.items():
        if word != "is:any":
            assert 0 < len(world.ids(test)) < len(world.rows), word
    assert sum(row.waits for row in world.rows.values()) > 60
    assert any(r.needs and r.status == "open" and not r.waits for r in world.rows.values())


@pytest.mark.parametrize("word", WORDS)
def test_each_word_alone_and_its_opposite(shop, world, word):
    assert found(shop, word) == world.ids(WORDS[word], *scope(word))
    assert found(shop, "not", word) == world.ids(opposite(WORDS[word]), OPEN)
    assert found(shop, "is:any", f"-{word}") == world.ids(opposite(WORDS[word]))


@pytest.mark.parametrize("first", WORDS)
def test_each_word_with_every_other(shop, world, first):
    for second in itertools.islice(WORDS, list(WORDS).index(first) + 1, None):
        one, other = WORDS[first], WORDS[second]
        both = scope(first, second)
        assert found(shop, first, second) == world.ids(one, other, *both), second
        assert found(shop, "not", first, second) == world.ids(opposite(one), other, *scope(second))
        assert found(shop, first, "not", second) == world.ids(one, opposite(other), *scope(first))


def test_the_order_of_words_changes_nothing(shop):
    for first, second in itertools.combinations(list(WORDS)[::3], 2):
        assert found(shop, first, second) == found(shop, second, first)


@pytest.mark.parametrize("sort", ["priority", "due", "new", "old"])
def test_what_waits_comes_in_the_order_asked_for(shop, world, sort):
    keys: dict[str, Callable[[Row], Any]] = {
        "priority": lambda row: (list(TARGETS).index(row.priority), row.due, row.id),
        "due": lambda row: (row.due, row.id),
        "new": lambda row: row.age_order,
        "old": lambda row: row.age_order,
    }
    alone = [row for row in world.rows.values() if row.alone]
    wanted = [row.id for row in sorted(alone, key=keys[sort], reverse=sort == "new")]
    query = READ.read([f"sort:{sort}"])
    ids = all_ids(shop.db, query, NOW, ME, size=7)
    assert [id_ for id_ in ids if world.rows[id_].alone] == wanted
