"""Nothing that a user types is ever SQL, and nothing ends in more than an error of two lines."""

from __future__ import annotations

import ast
import inspect
import itertools
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcare.errors import NotFoundError, UsageError
from socialcare.inbox import search
from socialcare.inbox.database import Database
from socialcare.inbox.query import FILTERS, STATES, Filter, Query, Reader
from socialcare.inbox.reading import chosen_ids
from socialcare.inbox.search import all_ids, count
from socialcare.text import at_door
from tests.inbox.house import NOW
from tests.inbox.reference import ME, WORDS

READ = Reader(NOW)
TYPED = ("channel", "author", "customer", "topic", "tag", "owner", "text", "since", "before")
"""Filters with any value; all others have words of our own."""


class Recording(sqlite3.Connection):
    """Keeps the text of every statement as it reaches SQLite, before anything is bound."""

    said: list[str]

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        self.said.append(sql)
        return super().execute(sql, *parameters)


@pytest.fixture(scope="module")
def listening(shop):
    conn = sqlite3.connect(shop.db.path, factory=Recording, isolation_level=None)
    conn.row_factory = sqlite3.Row
    conn.said = []
    yield Database(conn, shop.db.path)
    conn.close()


def statements(db: Database, *words: str) -> list[str]:
    return texts_of(db, READ.read(words))


def texts_of(db: Database, query: Query) -> list[str]:
    """The texts of all statements of one query."""
    assert isinstance(db.conn, Recording)
    db.conn.said = []
    list(all_ids(db, query, NOW, ME))
    count(db, query, NOW, ME)
    return db.conn.said


def test_only_states_and_the_order_tell_statements_apart(listening):
    """The words in all pairs: the texts are those of our own pieces, with nothing typed in them."""
    typed = {value for word in WORDS for value in _typed(word)}
    assert {"届", "@mia", "mastodon", "courier", "4411", "parcel"} <= typed
    for first, second in itertools.combinations(WORDS, 2):
        for text in statements(listening, first, "not", second):
            assert not any(value in text for value in typed), (first, second)


def _typed(word: str) -> list[str]:
    name, colon, value = word.partition(":")
    if not colon:
        return [word.strip('"')]
    return value.split(",") if name in TYPED and value not in ("none", "me") else []


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.sampled_from(TYPED), st.text(min_size=1, max_size=40).map(at_door), st.booleans())
def test_whatever_is_typed_the_statement_is_the_same(listening, name, value, negated):
    def texts(value: str) -> list[str]:
        return texts_of(listening, Query((Filter(name, (value,), negated),)))

    assert texts(value) in [texts(example) for example in ("a", "届", "none")]


def test_the_source_puts_nothing_typed_into_a_statement():
    """In search.py, what came from a user stands in an f-string only on its way to ``bind``."""
    tree = ast.parse(inspect.getsource(search))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    from_user = {"value", "values", "handle", "bare", "words", "listed", "me", "after"}
    checked = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in from_user and _formatted(node, parents):
            checked += 1
            assert _is_bound(node, parents), f"line {node.lineno}: {node.id}"
    assert checked > 4


def _above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node


def _formatted(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    return any(
        isinstance(above, ast.FormattedValue | ast.BinOp) or _calls(above, "format")
        for above in _above(node, parents)
    )


def _is_bound(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """A parameter, or the key of one of our own tables of pieces."""
    above = _above(node, parents)
    return any(_calls(one, "bind") or isinstance(one, ast.Subscript) for one in above)


def _calls(node: ast.AST, name: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
    )


# ── whatever is typed ──

PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(sorted(WORDS)),
    st.sampled_from([f"{name}:" for name in FILTERS]),
    st.sampled_from([f"is:{state}" for state in STATES]),
    st.sampled_from(
        ["not", "-", "--", '"', '""', "next", "-is:", "sort:new", "41-44", "999999999999999"]
    ),
    st.sampled_from(["since:9999999999w", "before:0001-01-01", "since:-1d", "http://", "'; --"]),
)
STRINGS = st.lists(st.one_of(PIECES, st.tuples(PIECES, PIECES).map("".join)), max_size=4)


def tried(db: Database, words: list[str]) -> UsageError | NotFoundError | None:
    try:
        chosen_ids(db, READ.choose(words), NOW, ME)
    except (UsageError, NotFoundError) as error:
        return error
    return None


@settings(max_examples=2_500, deadline=None, derandomize=True)
@given(st.lists(STRINGS, min_size=4, max_size=4))
def test_ten_thousand_strings_raise_nothing_but_an_error_of_two_lines(shop, queries):
    for words in queries:
        error = tried(shop.db, words)
        if error is not None:
            assert error.message.strip()
            assert error.hint.strip()


def test_a_record_costs_no_walk_over_other_rows(shop):
    """Whatever a view adds to a record, it is looked up by an index: screens stay quick."""
    plan = shop.db.rows("explain query plan select * from mentions where id = 1")
    walks = [
        row["detail"]
        for row in plan
        if row["detail"].startswith("SCAN ") and "(" not in row["detail"]
    ]
    assert walks == []


@pytest.mark.parametrize("state", ["is:pending", "is:snoozed", "is:closed", "is:filtered"])
def test_what_does_not_wait_is_found_by_its_index(shop, listening, state):
    first = statements(listening, state)[0]
    marks = {f"p{number}": 20 for number in range(9)} | {"now": "", "soon": "", "me": ""}
    plan = shop.db.rows(f"explain query plan {first}", marks)
    assert any("triage_rest (status=?)" in row["detail"] for row in plan)
