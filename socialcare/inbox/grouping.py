"""What the figures of a report can be told apart by. Each mention is in one group, or in none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from socialcare.errors import UsageError
from socialcare.inbox.database import Database
from socialcare.inbox.orders import numbers_in
from socialcare.text import at_door

TIMES = ("day", "hour")
"""Told by when a mention was written, which needs no look at it."""
NAMES = ("channel", "label", "topic", "owner", "person", *TIMES)
_HINT = f"by one of: {', '.join(NAMES)}, tag:vip, customer:vip, order.country"
_TOPICS = """coalesce((select value from correction c where c.mention_id = m.id
  and c.field = 'topics'), l.topics)"""
# Who gave the first answer that stands; what an import brought was given on the channel.
_PERSON = """case when t.first_answer_at is not null then (
  select case when a.command = 'import' then 'fetch' else a.actor end
  from event e join action a on a.id = e.action_id
  where e.mention_id = m.id and e.field = 'first_answer_at' and e.after <> 'null'
  order by e.id desc limit 1) end"""
_COLUMNS = {
    "channel": "m.channel",
    "label": "t.label",
    "topic": f"json_extract({_TOPICS}, '$[0]')",
    "owner": "t.owner",
    "person": _PERSON,
}
_TAG = "exists (select 1 from tag g where g.mention_id = m.id and g.tag = {0})"
_CUSTOMER = """m.author_id in (
  select o.author_id from tag g join mention o on o.id = g.mention_id where g.tag = {0}
  union select one.id from author one join author other on other.customer_id = one.customer_id
    join mention o on o.author_id = other.id join tag g on g.mention_id = o.id where g.tag = {0})"""
_TAGGED = {"tag": _TAG, "customer": _CUSTOMER}
_ORDERS = """
select o.number, j.value from orders o join json_each(o.data) j on lower(j.key) = ?2
where o.number in (select value from json_each(?1))
"""
_ORDER_COLUMNS = "select distinct j.key from orders o join json_each(o.data) j order by 1"
_MOST_TAGS = 20
_FIELD = 100
"""Characters of a value of an order that make a group."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """``column`` is SQL over ``m``, ``t`` and ``l``: our own pieces, with ``parameters``."""

    name: str
    column: str = "null"
    parameters: Mapping[str, str] = field(default_factory=dict)
    order: str | None = None
    """The column of the orders file."""


def read_grouping(text: str) -> Grouping:
    """Read the value of ``--by``.

    Raises
    ------
    UsageError
        There is no such grouping.

    """
    name = at_door(text, limit=200).strip()
    kind, colon, rest = name.partition(":")
    if kind in _TAGGED and colon:
        return _by_tags(name, kind, [tag.strip() for tag in rest.split(",") if tag.strip()])
    if name.startswith("order.") and len(name) > len("order."):
        return Grouping(name, order=name.removeprefix("order."))
    if name in NAMES:
        return Grouping(name, _COLUMNS.get(name, "null"))
    raise UsageError(f'--by cannot be "{name[:60]}".', _HINT)


def _by_tags(name: str, kind: str, tags: Sequence[str]) -> Grouping:
    """Of several tags that one mention has, the one that is named first counts."""
    if not tags or len(tags) > _MOST_TAGS:
        raise UsageError(f"--by {kind}: takes 1 to {_MOST_TAGS} tags.", f"--by {kind}:vip,courier")
    parameters = {f"by{place}": tag for place, tag in enumerate(tags)}
    cases = " ".join(f"when {_TAGGED[kind].format(f':{key}')} then :{key}" for key in parameters)
    return Grouping(name, f"case {cases} end", parameters)


def order_values(
    db: Database, texts: Iterable[tuple[int, int, str]], column: str, pattern: str
) -> dict[int, str]:
    """By mention, what the first order it names has in a column of the orders file.

    ``texts`` are (mention, conversation, text), oldest first. A mention that names no order
    that is known is about the one that the rest of its conversation names.

    Raises
    ------
    UsageError
        No order has such a column.

    """
    named: dict[int, list[str]] = {}
    members: list[tuple[int, int]] = []
    for id_, talk, text in texts:
        members.append((id_, talk))
        if numbers := [number.lower() for number in numbers_in([text], pattern)]:
            named[id_] = numbers
    known = _orders(db, {number for numbers in named.values() for number in numbers}, column)
    own: dict[int, str] = {}
    talks: dict[int, str] = {}
    for id_, talk in members:
        value = next((known[number] for number in named.get(id_, ()) if number in known), None)
        if value is not None:
            own[id_] = talks[talk] = value
    return {id_: own.get(id_, talks[talk]) for id_, talk in members if talk in talks}


def _orders(db: Database, numbers: set[str], column: str) -> dict[str, str]:
    """What each of these orders has in the column, where there is something."""
    wanted = column.strip().lower()
    rows = db.rows(_ORDERS, (json.dumps(sorted(numbers)), wanted))
    if not rows:
        _check_column(db, wanted)
    return {row[0].lower(): str(row[1])[:_FIELD] for row in rows if row[1] not in (None, "")}


def _check_column(db: Database, wanted: str) -> None:
    columns = [row[0] for row in db.rows(_ORDER_COLUMNS)]
    if not columns:
        raise UsageError("no orders are known yet.", "socialcare import --orders FILE")
    if wanted not in {name.lower() for name in columns}:
        raise UsageError(
            f'the orders have no column "{wanted[:60]}".',
            f"they have: {', '.join(columns[:20])[:200]}",
        )
