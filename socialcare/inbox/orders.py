"""Orders of the shop, kept beside the mentions and found again by their number in a text."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from socialcare.inbox.database import Database
from socialcare.inbox.tombstones import orders_not_erased

Order = tuple[str, Mapping[str, str]]
"""Its number and what else is known of it."""
SEARCHED = 2_000
"""Characters of a text in which a number is looked for."""
MOST = 10
"""Orders that are shown for one mention."""
_TEXTS = """
select text from mention where id = :id or (role = 'mention' and conversation =
  (select conversation from mention where id = :id)) order by id <> :id, created_at desc limit 20
"""


@dataclass(slots=True)
class Kept:
    """``same`` ones were known as they are."""

    new: int = 0
    updated: int = 0
    same: int = 0

    def add(self, other: Kept) -> None:
        self.new += other.new
        self.updated += other.updated
        self.same += other.same


def keep_orders(db: Database, orders: Sequence[Order], now: str) -> Kept:
    """Store orders in one transaction; a later row of the same number takes the place of it."""
    with db.write() as tx:
        kept, rows = _compared(tx, orders)
        tx.executemany(
            "insert into orders values (?, ?, ?) on conflict do update set"
            " data = excluded.data, imported_at = excluded.imported_at",
            [(number, data, now) for number, data in rows],
        )
    return kept


def compare_orders(db: Database, orders: Sequence[Order]) -> Kept:
    """What :func:`keep_orders` would do."""
    return _compared(db.conn, orders)[0]


def _compared(
    tx: sqlite3.Connection, orders: Sequence[Order]
) -> tuple[Kept, list[tuple[str, str]]]:
    """The counts, and the rows that are to be written."""
    told = {
        number.lower(): (number, json.dumps(data, ensure_ascii=False))
        for number, data in orders_not_erased(tx, orders)
    }
    known = {
        row["number"].lower(): row["data"]
        for row in tx.execute(
            "select number, data from orders where number in (select value from json_each(?))",
            (json.dumps([number for number, _ in told.values()]),),
        )
    }
    kept = Kept()
    rows: list[tuple[str, str]] = []
    for key, (number, data) in told.items():
        if known.get(key) == data:
            kept.same += 1
            continue
        kept.new += key not in known
        kept.updated += key in known
        rows.append((number, data))
    return kept, rows


def orders_of(db: Database, id_: int, pattern: str) -> list[dict[str, Any]]:
    """The orders that a mention names, or the rest of its conversation; its own come first.

    Each has ``number``, ``data`` (by column) and ``imported_at``.
    """
    if db.one("select 1 from orders limit 1") is None:
        return []
    texts = [row["text"] for row in db.rows(_TEXTS, {"id": id_})]
    numbers = list(numbers_in(texts, pattern))[:100]
    rows = {
        row["number"].lower(): row
        for row in db.rows(
            "select number, data, imported_at from orders"
            " where number in (select value from json_each(?))",
            (json.dumps(numbers),),
        )
    }
    found = [rows[key] for key in dict.fromkeys(n.lower() for n in numbers) if key in rows]
    return [
        {
            "number": row["number"],
            "data": json.loads(row["data"]),
            "imported_at": row["imported_at"],
        }
        for row in found[:MOST]
    ]


def numbers_in(texts: Iterable[str], pattern: str) -> dict[str, None]:
    """The numbers that a pattern finds, each once, in their order, without a ``#`` before them."""
    looked_for = re.compile(pattern)
    group = 1 if looked_for.groups else 0
    found = (match[group] for text in texts for match in looked_for.finditer(text[:SEARCHED]))
    return dict.fromkeys(number.strip().removeprefix("#").strip() for number in found if number)
