"""A checked query as SQL with parameters, and the pages of ids it finds.

SQL is put together from the fixed pieces below only; whatever a user typed is a parameter.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialcare.clock import format_time
from socialcare.inbox.database import Database
from socialcare.inbox.query import Filter, Query
from socialcare.vocabulary import PRIORITIES

SOON = timedelta(minutes=30)
_OPEN = "t.waits = 1"
ASKING = "t.status = 'open' and t.needs_answer = 1"
"""Each open message that needs an answer, where a conversation has only one that ``is:open``."""


def _not_open(status: str) -> str:
    """Said in the words of the partial index, which SQLite does not conclude by itself."""
    return f"t.status = '{status}' and t.status <> 'open'"


def _put_aside(status: str) -> str:
    """Its newest message stands for a conversation, unless the person wrote again."""
    return (
        f"{_not_open(status)} and not exists (select 1 from mention o join triage w"
        " on w.mention_id = o.id where o.conversation = m.conversation and o.id <> m.id and"
        f" (w.waits = 1 or (w.status = '{status}'"
        " and (o.created_at, o.id) > (m.created_at, m.id))))"
    )


def _reply(state: str) -> str:
    return f"exists (select 1 from reply r where r.mention_id = m.id and r.state = '{state}')"


_STATES = {
    "open": _OPEN,
    "new": f"{_OPEN} and t.seen_at is null",
    "late": f"{_OPEN} and t.due_at < :now",
    "soon": f"{_OPEN} and t.due_at >= :now and t.due_at <= :soon",
    "pending": _put_aside("pending"),
    "snoozed": _put_aside("snoozed"),
    "closed": _not_open("closed"),
    "filtered": _not_open("filtered"),
    "any": "1",
    "mine": f"{_OPEN} and t.owner = :me",
    **{state: _reply(state) for state in ("draft", "waiting", "approved", "failed", "unknown")},
}
_ORDER = {
    "priority": ("t.priority_rank", "t.due_at", "m.id"),
    "due": ("t.due_at", "m.id"),
    "old": ("m.created_at", "m.id"),
    "new": ("m.created_at", "m.id"),
}
_ONE_OF = {
    "channel": "m.channel in (select value from json_each({}))",
    "label": "t.label in (select value from json_each({}))",
    "priority": "t.priority_rank in (select value from json_each({}))",
    "sentiment": "m.id in (select mention_id from label where mention_id = m.id"
    " and sentiment in (select value from json_each({})))",
    "tag": "exists (select 1 from tag g where g.mention_id = m.id"
    " and g.tag in (select value from json_each({})))",
    "topic": "exists (select 1 from json_each(coalesce((select value from correction c"
    " where c.mention_id = m.id and c.field = 'topics'),"
    " (select topics from label where mention_id = m.id))) j"
    " where j.value in (select value from json_each({})))",
}
Cursor = tuple[str | int, ...]
"""The sort key of the last row of a page: where the next page begins."""


@dataclass
class Compiled:
    """``where`` and ``order`` are our own pieces; ``parameters`` hold what the user typed."""

    where: list[str] = field(default_factory=list)
    parameters: dict[str, object] = field(default_factory=dict)
    uses_index: bool = True
    span: tuple[int, int] | None = None
    """The lowest and the highest id that is asked about; None is any."""

    def bind(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"


def compile_query(
    query: Query,
    now: datetime,
    me: str,
    *,
    scope: str = _OPEN,
    span: tuple[int, int] | None = None,
) -> Compiled:
    """Turn a checked query into conditions. ``me`` is who ``is:mine`` and ``owner:me`` mean.

    ``scope`` is what is meant where the query does not say which states.
    """
    compiled = Compiled(
        parameters={"now": format_time(now), "soon": format_time(now + SOON), "me": me}, span=span
    )
    if not query.scoped:
        compiled.where.append(scope)
    for condition in query.filters:
        sql = _condition(compiled, condition, me)
        # What is null, as the owner where nobody is, is not so: "not" finds it.
        compiled.where.append(f"({sql}) is not true" if condition.negated else f"({sql})")
    return compiled


def _condition(compiled: Compiled, wanted: Filter, me: str) -> str:
    name, values = wanted.name, wanted.values
    if name == "is":
        return " or ".join(f"({_STATES[value]})" for value in values)
    if name in ("since", "before"):
        sign = ">=" if name == "since" else "<"
        return " or ".join(f"m.created_at {sign} {compiled.bind(value)}" for value in values)
    if name == "author":
        return f"m.author_id in ({accounts_called(compiled, values[0])})"
    if name == "customer":
        return _customer(compiled, values[0])
    if name == "owner":
        return _owner(compiled, values, me)
    if name == "text":
        return _text(compiled, values[0])
    listed: list[str] | list[int] = list(values)
    if name == "priority":
        listed = [PRIORITIES.index(v) for v in PRIORITIES if v in values]
    return _ONE_OF[name].format(compiled.bind(json.dumps(listed)))


def accounts_called(compiled: Compiled, handle: str) -> str:
    """Ids by handle with or without its ``@``; ``@mia`` also finds ``@mia@mas.to``."""
    bare = handle.strip().removeprefix("@")
    names = compiled.bind(json.dumps([handle.strip(), bare, f"@{bare}", f"u/{bare}"]))
    low, high = compiled.bind(f"@{bare}@"), compiled.bind(f"@{bare}A")
    return (
        "select id from author where handle collate nocase in"
        f" (select value from json_each({names}))"
        f" or (handle collate nocase >= {low} and handle collate nocase < {high})"
    )


def _customer(compiled: Compiled, handle: str) -> str:
    """All accounts of the person to whom one of that handle belongs."""
    called = accounts_called(compiled, handle)
    return (
        f"m.author_id in ({called} union select id from author where customer_id in"
        f" (select customer_id from author where id in ({called})))"
    )


def _owner(compiled: Compiled, values: tuple[str, ...], me: str) -> str:
    parts = ["t.owner is null"] if "none" in values else []
    names = [me if value == "me" else value for value in values if value != "none"]
    if names:
        parts.append(
            f"t.owner in (select value from json_each({compiled.bind(json.dumps(names))}))"
        )
    return " or ".join(parts)


def _text(compiled: Compiled, words: str) -> str:
    compiled.uses_index = False
    if _has_plain_words(words):
        match = compiled.bind('"{}"'.format(words.replace('"', '""')))
        near = ""
        if compiled.span is not None:  # else every text that has the words would be looked up
            low, high = map(compiled.bind, compiled.span)
            near = f" and rowid between {low} and {high}"
        return f"m.id in (select rowid from mention_fts where mention_fts match {match}{near})"
    # Emoji, and scripts without spaces, are no words to the index: look into the text.
    return f"instr(m.text, {compiled.bind(words)}) > 0"


def _has_plain_words(words: str) -> bool:
    letters = [char for char in words if unicodedata.category(char)[0] in "LN"]
    return bool(letters) and not any(
        "\u0e00" <= char <= "\u0eff" or char >= "\u2e80" for char in words
    )


def find_ids(
    db: Database,
    query: Query,
    now: datetime,
    me: str,
    *,
    limit: int,
    after: Cursor | None = None,
) -> tuple[list[int], Cursor | None]:
    """One page of ids in the order of the query, and where the next page begins."""
    compiled = compile_query(query, now, me)
    order = _ORDER[query.sort]
    downward = query.sort == "new"
    if after is not None:
        marks = ", ".join(compiled.bind(value) for value in after)
        compiled.where.append(f"({', '.join(order)}) {'<' if downward else '>'} ({marks})")
    rows = db.rows(
        f"""
        select m.id, {", ".join(order)} from {_tables(query, compiled)}
        where {" and ".join(compiled.where) or "1"}
        order by {", ".join(f"{o} desc" if downward else o for o in order)}
        limit {compiled.bind(limit)}
        """,
        compiled.parameters,
    )
    cursor = tuple(rows[-1])[1:] if len(rows) == limit and rows else None
    return [row[0] for row in rows], cursor


def _tables(query: Query, compiled: Compiled) -> str:
    """A cross join keeps its order: the table whose index gives the sort order comes first."""
    if not compiled.uses_index:
        return "triage t join mention m on m.id = t.mention_id"
    if query.sort in ("new", "old"):
        return "mention m cross join triage t on t.mention_id = m.id"
    return "triage t cross join mention m on m.id = t.mention_id"


def all_ids(db: Database, query: Query, now: datetime, me: str, size: int = 500) -> Iterator[int]:
    """Every id of a query, page by page, without a limit."""
    after: Cursor | None = None
    while True:
        ids, after = find_ids(db, query, now, me, limit=size, after=after)
        yield from ids
        if after is None:
            return


def find_among(
    tx: sqlite3.Connection, query: Query, ids: Sequence[int], now: datetime
) -> list[int]:
    """Those of ``ids`` that a query means, by id; what was filtered is never among them."""
    if not ids:
        return []
    compiled = compile_query(query, now, "", scope=ASKING, span=(min(ids), max(ids)))
    compiled.where.append("t.status <> 'filtered'")
    rows = tx.execute(
        f"""
        select m.id from json_each({compiled.bind(json.dumps(list(ids)))}) j
        cross join mention m on m.id = j.value cross join triage t on t.mention_id = m.id
        where {" and ".join(compiled.where)} order by m.id
        """,
        compiled.parameters,
    )
    return [row[0] for row in rows]


def count(db: Database, query: Query, now: datetime, me: str) -> int:
    compiled = compile_query(query, now, me)
    return int(
        db.value(
            f"select count(*) from triage t join mention m on m.id = t.mention_id"
            f" where {' and '.join(compiled.where) or '1'}",
            compiled.parameters,
        )
    )
