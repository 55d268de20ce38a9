"""Who writes to us, as people: the list, newest contact first, and the accounts of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from socialcare.inbox.customers import accounts_named, nobody
from socialcare.inbox.database import Database, told
from socialcare.inbox.people import accounts

Record = dict[str, Any]
_BATCH = 100
_NEWEST_FIRST = """
select a.id from mention m cross join author a on a.id = m.author_id
where m.role = 'mention' and a.is_us = 0 and not exists (
  select 1 from json_each(?) w
  where instr(lower(a.handle || ' ' || coalesce(a.name, '')), lower(w.value)) = 0)
order by m.created_at desc, m.id desc
"""
_MUTED_LAST_FIRST = """
select a.id from author a where a.muted_at is not null and not exists (
  select 1 from json_each(?) w
  where instr(lower(a.handle || ' ' || coalesce(a.name, '')), lower(w.value)) = 0)
order by a.muted_at desc, a.id
"""
_ACCOUNTS = """
select a.id, a.source, a.handle, a.name, a.url, a.followers, a.customer_id as customer,
  a.muted_at, a.muted_by, a.muted_why, count(t.mention_id) as mentions,
  coalesce(sum(t.label = 'complaint'), 0) as complaints, coalesce(sum(t.waits), 0) as open,
  min(m.created_at) as first_seen, max(m.created_at) as last_seen,
  json_group_array(distinct m.channel) as channels
from author a
left join mention m on m.author_id = a.id and m.role = 'mention'
left join triage t on t.mention_id = m.id
where a.id in (select value from json_each(?)) group by a.id
"""
_MENTIONS = """
select m.id from mention m join triage t on t.mention_id = m.id
where m.author_id in (select value from json_each(?)) and m.role = 'mention'
order by m.created_at desc, m.id desc
"""
_MUTE = ("muted_at", "muted_by", "muted_why")


def list_people(
    db: Database, words: Sequence[str] = (), *, only_muted: bool = False
) -> Iterator[Record]:
    """One record for each person, most recent contact first; who was muted last, with that.

    ``words`` all have to be in the handle or name of one account. As many mentions are
    looked at as it takes to find the people that are read.
    """
    sql = _MUTED_LAST_FIRST if only_muted else _NEWEST_FIRST
    with told(db.path):
        rows = db.conn.execute(sql, (json.dumps(list(words)),))
        fresh = _once(row[0] for row in rows)
        seen: set[int] = set()
        while batch := list(islice(fresh, _BATCH)):
            yield from _people(db, batch, seen)


def _once(ids: Iterable[int]) -> Iterator[int]:
    known: set[int] = set()
    for id_ in ids:
        if id_ not in known:
            known.add(id_)
            yield id_


def _people(db: Database, ids: Sequence[int], seen: set[int]) -> Iterator[Record]:
    """The people behind these accounts, in their order; ``seen`` are accounts told already."""
    everybody = accounts(db.conn, ids)
    found = {one["id"]: one for one in _accounts(db, everybody)}
    for id_ in ids:
        if id_ in seen:
            continue
        first = found[id_]
        own = [
            one
            for one in found.values()
            if one is first
            or (first["customer"] is not None and one["customer"] == first["customer"])
        ]
        seen.update(one["id"] for one in own)
        yield _person(first, own)


def _person(first: Record, own: Sequence[Record]) -> Record:
    """``first`` is the account that they were last seen with."""
    inorder = [first, *(one for one in own if one is not first)]
    muted = min((one for one in own if one["muted_at"]), key=_muted_at, default=None)
    return {
        "v": 1,
        "id": first["handle"],
        "handles": [one["handle"] for one in inorder],
        "name": next((one["name"] for one in inorder if one["name"]), None),
        "channels": sorted({name for one in own for name in one["channels"]}),
        "mentions": sum(one["mentions"] for one in own),
        "complaints": sum(one["complaints"] for one in own),
        "open": sum(one["open"] for one in own),
        "first_seen": min((one["first_seen"] for one in own if one["first_seen"]), default=None),
        "last_seen": max((one["last_seen"] for one in own if one["last_seen"]), default=None),
        "customer": first["customer"],
        "muted": muted is not None,
        **{name: muted[name] if muted else None for name in _MUTE},
    }


def _muted_at(account: Record) -> str:
    return str(account["muted_at"])


def _accounts(db: Database, ids: Sequence[int]) -> list[Record]:
    rows = [dict(row) for row in db.rows(_ACCOUNTS, (json.dumps(list(ids)),))]
    for row in rows:
        row["channels"] = [name for name in json.loads(row["channels"]) if name is not None]
    return rows


def accounts_of(db: Database, word: str) -> list[Record]:
    """All accounts of everybody whom a handle may mean.

    Raises
    ------
    NotFoundError
        Nobody is called so.

    """
    named = [one.id for one in accounts_named(db.conn, word)]
    found = _accounts(db, accounts(db.conn, named))
    if not any(one["mentions"] for one in found):
        raise nobody(word)
    return found


def mentions_of_accounts(db: Database, ids: Sequence[int]) -> list[int]:
    """Ids of all that these accounts wrote, newest first."""
    return [row[0] for row in db.rows(_MENTIONS, (json.dumps(list(ids)),))]
