"""What we know about one person: the answer to a request for access."""

from __future__ import annotations

import json
from collections.abc import Sequence

from socialcare.inbox.database import Database
from socialcare.inbox.doomed import Account, Doomed
from socialcare.inbox.reading import Record
from socialcare.inbox.remains import order_numbers

_ACCOUNTS = """
select source, external_id, handle, name, url, followers, muted_at, muted_why from author
where id in (select value from json_each(?)) order by id
"""
_ORDERS = """
select number, data, imported_at from orders
where number in (select value from json_each(?)) order by number
"""
_HISTORY = """
select a.at, a.actor, a.command, e.field, e.before, e.after, e.why
from event e join action a on a.id = e.action_id
where e.author_id in (select value from json_each(?)) order by e.id
"""


def person_record(
    db: Database, accounts: Sequence[Account], theirs: Doomed, order_pattern: str
) -> Record:
    """Their accounts, the orders that they named, and what was done to the accounts."""
    ids = json.dumps([account.id for account in accounts])
    numbers = json.dumps(order_numbers(db.conn, theirs.ids, order_pattern))
    return {
        "v": 1,
        "record": "person",
        "accounts": [dict(row) for row in db.rows(_ACCOUNTS, (ids,))],
        "orders": [
            {**dict(row), "data": json.loads(row["data"])} for row in db.rows(_ORDERS, (numbers,))
        ],
        "history": [_event(dict(row)) for row in db.rows(_HISTORY, (ids,))],
    }


def _event(event: Record) -> Record:
    for name in ("before", "after"):
        event[name] = None if event[name] is None else json.loads(event[name])
    return event
