"""Who has a conversation before him, so that two people do not answer the same one.

A lease lasts 15 minutes and covers the whole conversation, whichever message it was taken
on: two conversations that a late post joins are one from then on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from socialcare.clock import format_time, parse_time
from socialcare.errors import BlockedError, SocialcareError
from socialcare.inbox.database import Database

LEASE = timedelta(minutes=15)

_HELD = """
  select h.actor, h.at, h.until from mention m
    cross join lease h join mention w on w.id = h.mention_id
  where m.id = {id} and coalesce(w.conversation, w.id) = coalesce(m.conversation, m.id)
  order by h.until desc, h.mention_id desc limit 1
"""
_TAKE = f"""
insert into lease (mention_id, actor, at, until)
select coalesce(conversation, id), :actor, :now, :until from mention where id = :id
  and not exists (select 1 from ({_HELD.format(id=":id")}) where until > :now and actor <> :actor)
on conflict (mention_id) do update set until = excluded.until, actor = excluded.actor,
  at = case when actor = excluded.actor and until > :now then at else excluded.at end
"""
_OF_CONVERSATION = """
mention_id in (select o.id from mention m join mention o
  on o.id = m.id or o.conversation = m.conversation where m.id = :id)
"""
_HELD_AMONG = f"""
select value as id, (select json_array(actor, at, until) from ({_HELD.format(id="value")})) as lease
from json_each(:ids) where exists (select 1 from lease where until > :now and actor <> :actor)
"""


class Lease(NamedTuple):
    """``actor`` has the conversation of a mention since ``at``, at most until ``until``."""

    mention_id: int
    actor: str
    at: datetime
    until: datetime


class HeldError(SocialcareError):
    """A colleague is writing an answer: nothing was changed."""

    code = "held"


def take(db: Database, mention_id: int, actor: str, now: datetime, *, steal: bool = False) -> Lease:
    """Take the conversation, or keep it for another 15 minutes; ``steal`` takes it away.

    Raises
    ------
    BlockedError
        A colleague has it.

    """
    values = {
        "id": mention_id,
        "actor": actor,
        "now": format_time(now),
        "until": format_time(now + LEASE),
    }
    with db.write() as tx:
        tx.execute("delete from lease where until <= :now", values)
        if steal:
            take_away(tx, [mention_id], actor)
        tx.execute(_TAKE, values)
        lease = _holder(tx, mention_id, now)
    assert lease is not None, "it was taken, or somebody else has it"
    if lease.actor != actor:
        raise BlockedError(_told(lease, now), _way_out(lease, now), code="held")
    return lease


def give_back(db: Database, mention_id: int, actor: str) -> None:
    """The answer is written, or the card is left."""
    with db.write() as tx:
        tx.execute(
            f"delete from lease where actor = :actor and {_OF_CONVERSATION}",
            {"id": mention_id, "actor": actor},
        )


def holder(db: Database, mention_id: int, now: datetime) -> Lease | None:
    """Who has the conversation of a mention now."""
    return _holder(db.conn, mention_id, now)


def take_away(tx: sqlite3.Connection, ids: Iterable[int], actor: str) -> None:
    """End what others have of these conversations."""
    tx.executemany(
        f"delete from lease where actor <> :actor and {_OF_CONVERSATION}",
        [{"id": id_, "actor": actor} for id_ in ids],
    )


def held_among(
    tx: sqlite3.Connection, ids: Iterable[int], actor: str, now: datetime
) -> dict[int, Lease]:
    """Those of these mentions that a colleague has."""
    at = format_time(now)
    rows = tx.execute(_HELD_AMONG, {"ids": json.dumps(list(ids)), "now": at, "actor": actor})
    found = {row["id"]: json.loads(row["lease"]) for row in rows if row["lease"] is not None}
    return {
        id_: _lease(id_, *lease)
        for id_, lease in found.items()
        if lease[0] != actor and lease[2] > at
    }


def refuse(held: Mapping[int, Lease], now: datetime) -> None:
    """Raise HeldError where one of these is held."""
    for lease in held.values():
        raise HeldError(_told(lease, now), _way_out(lease, now))


def _holder(tx: sqlite3.Connection, mention_id: int, now: datetime) -> Lease | None:
    row = tx.execute(_HELD.format(id="?"), (mention_id,)).fetchone()
    lease = None if row is None else _lease(mention_id, *row)
    return lease if lease is not None and lease.until > now else None


def _lease(mention_id: int, actor: str, at: str, until: str) -> Lease:
    return Lease(mention_id, actor, parse_time(at), parse_time(until))


def _told(lease: Lease, now: datetime) -> str:
    minutes = max(0, int((now - lease.at).total_seconds())) // 60
    return f"{lease.actor} is writing an answer to {lease.mention_id} ({minutes} min)."


def _way_out(lease: Lease, now: datetime) -> str:
    minutes = -(-(lease.until - now) // timedelta(minutes=1))
    return f"wait, it is free in {minutes} min at the latest, or take it over with --steal"
