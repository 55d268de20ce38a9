"""What an erasure takes: the mentions of a person, some mentions, or all older ones."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from socialcare.inbox.database import Database

# What waits for an answer, or is only put off, keeps its words however old it is; and so
# does what belongs to it.
_WAITS = """
exists (select 1 from triage w where w.mention_id = {id} and (w.waits = 1 or w.status = 'snoozed'
  or exists (select 1 from mention o join triage x on x.mention_id = o.id
    where o.conversation = {conversation} and (x.waits = 1 or x.status = 'snoozed'))))
"""
_OLD = f"""
select m.id from mention m
where m.created_at < :before and m.erased_at is null and not {
    _WAITS.format(id="m.id", conversation="m.conversation")
} and (m.in_reply_to is null or m.role <> 'answer' or not exists (
  select 1 from mention p where p.source = m.source and p.external_id = m.in_reply_to and {
    _WAITS.format(id="p.id", conversation="p.conversation")
}))
order by m.created_at, m.id limit :limit
"""
# Our own answers to them, and answers to those; and whoever passed their words on.
_BELONGING = """
with recursive doomed (id) as (select value from json_each(:ids)),
known_as (id, source, external_id) as (
  select m.id, m.source, m.external_id from doomed d join mention m on m.id = d.id
  union all select x.mention_id, x.source, x.external_id
  from doomed d join alias x on x.mention_id = d.id),
answered (id, source, external_id) as (
  select a.id, a.source, a.external_id from known_as k join mention a
    on a.source = k.source and a.in_reply_to = k.external_id and a.role = 'answer'
  union
  select a.id, a.source, a.external_id from answered b join mention a
    on a.source = b.source and a.in_reply_to = b.external_id and a.role = 'answer')
select id from answered
union select r.id from known_as k join mention r
  on r.repost_of = k.external_id and r.source = k.source and r.role = 'repost'
union select r.id from doomed d join mention m on m.id = d.id join mention r
  on r.repost_of = m.uri and r.role = 'repost'
"""
_BY_THEM = """
select id from mention where role = 'mention' and erased_at is null
  and author_id in (select value from json_each(?1))
union select id from mention where role <> 'mention' and erased_at is null
  and author_id in (select value from json_each(?1))
"""
_COUNTS = """
select
  (select count(*) from mention where id in (select id from ids) and role = 'mention') as mentions,
  (select count(*) from mention where id in (select id from ids) and role = 'answer')
    + (select count(*) from reply where mention_id in (select id from ids) and state = 'sent'
      and (url is null or url not in (
        select url from mention where id in (select id from ids) and role = 'answer' and url is not null)))
    as answers,
  (select count(*) from mention where id in (select id from ids) and role = 'repost') as reposts,
  (select count(*) from note where mention_id in (select id from ids)) as notes,
  (select count(*) from reply where mention_id in (select id from ids) and state <> 'sent') as drafts
"""


class Account(NamedTuple):
    """One account of a person, as it stands."""

    id: int
    source: str
    handle: str
    name: str | None
    is_us: bool
    external_id: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Doomed:
    """``ids`` are the mentions, with our answers to them and the reposts of them."""

    ids: tuple[int, ...] = ()
    mentions: int = 0
    """How many of them other people wrote."""
    accounts: tuple[Account, ...] = ()
    """Of a person who goes as a whole."""
    already: int = 0
    """Named mentions that were erased before."""


@dataclass(frozen=True, slots=True)
class Counts:
    mentions: int = 0
    answers: int = 0
    reposts: int = 0
    notes: int = 0
    drafts: int = 0
    named_by_others: int = 0
    """Mentions of other people with the handle in their words: those stay."""
    examples: tuple[int, ...] = field(default=())


def accounts_called(db: Database, handle: str) -> list[Account]:
    """Accounts with this handle; where none has exactly it, those it begins."""
    bare = handle.strip().removeprefix("@")
    exact = _accounts(
        db,
        "handle collate nocase in (select value from json_each(?))",
        json.dumps([handle.strip(), bare, f"@{bare}", f"u/{bare}"]),
    )
    return exact or _accounts(
        db,
        "handle collate nocase >= ? and handle collate nocase < ?",
        f"@{bare}@",
        f"@{bare}A",
    )


def same_people(db: Database, accounts: Sequence[Account]) -> list[Account]:
    """These accounts, and the others that somebody joined to the same customers."""
    ids = json.dumps([account.id for account in accounts])
    return _accounts(
        db,
        "id in (select value from json_each(?1)) or customer_id in"
        " (select customer_id from author where id in (select value from json_each(?1)))",
        ids,
    )


def _accounts(db: Database, where: str, *values: str) -> list[Account]:
    rows = db.rows(
        f"select id, source, handle, name, is_us, external_id, url from author where {where}"
        " order by id",
        values,
    )
    return [Account(*row)._replace(is_us=bool(row["is_us"])) for row in rows]


def all_of(db: Database, accounts: Sequence[Account]) -> Doomed:
    """Everything that a person wrote and that we wrote to them."""
    rows = db.rows(_BY_THEM, (json.dumps([account.id for account in accounts]),))
    ids = _with_belonging(db.conn, (row[0] for row in rows))
    return Doomed(ids, _mentions(db, ids), tuple(accounts))


def these(db: Database, ids: Sequence[int]) -> Doomed:
    rows = db.rows(
        "select id from mention where erased_at is null"
        " and id in (select value from json_each(?)) order by id",
        (json.dumps(list(ids)),),
    )
    alive = [row[0] for row in rows]
    doomed = _with_belonging(db.conn, alive)
    return Doomed(doomed, _mentions(db, doomed), already=len(set(ids)) - len(alive))


def older_than(db: Database, before: str, *, limit: int = -1) -> Doomed:
    """What was written before this time, but nothing that waits for an answer."""
    ids = tuple(row[0] for row in db.rows(_OLD, {"before": before, "limit": limit}))
    return Doomed(ids, _mentions(db, ids))


def counts(db: Database, doomed: Doomed) -> Counts:
    sql = f"with ids (id) as (select value from json_each(?)) {_COUNTS}"
    row = db.one(sql, (json.dumps(doomed.ids),))
    assert row is not None, "an aggregate has a row"
    rows = db.rows(
        "select id from mention where role = 'mention' and id in (select value from json_each(?))"
        " order by created_at desc, id desc limit 3",
        (json.dumps(doomed.ids),),
    )
    return Counts(
        **dict(row),
        named_by_others=_named_by_others(db, doomed),
        examples=tuple(row[0] for row in rows),
    )


def _mentions(db: Database, ids: Sequence[int]) -> int:
    return int(
        db.value(
            "select count(*) from mention where role = 'mention'"
            " and id in (select value from json_each(?))",
            (json.dumps(ids),),
        )
    )


def _named_by_others(db: Database, doomed: Doomed) -> int:
    handles = [a.handle.casefold() for a in doomed.accounts if len(a.handle) > 2]
    if not handles:
        return 0
    return int(
        db.value(
            "select count(*) from mention m where m.role = 'mention'"
            " and m.id not in (select value from json_each(?1)) and exists ("
            "  select 1 from json_each(?2) h where instr(lower(m.text), h.value) > 0)",
            (json.dumps(doomed.ids), json.dumps(handles)),
        )
    )


def _with_belonging(conn: sqlite3.Connection, ids: Iterable[int]) -> tuple[int, ...]:
    own = list(ids)
    rows = conn.execute(_BELONGING, {"ids": json.dumps(own)})
    return tuple(sorted({row[0] for row in rows}.union(own)))
