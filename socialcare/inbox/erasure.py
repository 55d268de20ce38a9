"""Erasing: the words, names and addresses go for good; labels, times and counts stay.

All of it happens in the caller's transaction. What the file still holds afterwards in its
index of words and its free pages is the business of ``compaction``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from socialcare.inbox import remains
from socialcare.inbox.conversations import members
from socialcare.inbox.doomed import Account, Doomed
from socialcare.inbox.events import Change, record
from socialcare.inbox.fields import CORRECTIONS, SCALARS, Hand
from socialcare.inbox.settling import settle
from socialcare.inbox.tombstones import (
    LEAST_SAID,
    Identity,
    Tombstones,
    folded,
    said,
)
from socialcare.settings import Settings

FIELD = "erased"
"""The field of the event that says so."""
KEPT_PAYLOADS = (*SCALARS, *CORRECTIONS, "gone_at", "classified")
"""Fields whose events keep before and after: times and words of ours, which the report needs."""
_FREE_TEXT = ("filtered_why",)
_CHUNK = 500
_WHAT = """
select m.id, m.source, m.external_id, m.uri, m.url, m.text, m.role, a.handle, a.name
from mention m join author a on a.id = m.author_id
where m.id in (select value from json_each(?)) order by m.id
"""
_NAMES = """
select source, external_id from mention where id = :id
union all select source, external_id from alias where mention_id = :id
"""
_KEPT = (*(name for name in KEPT_PAYLOADS if name not in _FREE_TEXT), "tag", FIELD)
_REPLIES = """
update reply set body = '', follow_up = null, checks = null, error = null, url = stand_in(url),
  external_id = stand_in(external_id)
where mention_id in ids
"""
# What did not leave must not leave any more; what may be there counts as said, without words.
_UNSAID = (
    """delete from post where state = 'queued'
    and reply_id in (select id from reply where mention_id in ids)""",
    """delete from reply where mention_id in ids and state <> 'sent'
    and not exists (select 1 from post where reply_id = reply.id)""",
)
_SAID = """
update reply set state = 'sent', sent_at = (select min(coalesce(p.sent_at, p.tried_at)) from post p
  where p.reply_id = reply.id)
where mention_id in ids and state <> 'sent'
"""
_POSTS = """
update post set body = '', error = null, uri = null, url = stand_in(url),
  external_id = stand_in(external_id)
where reply_id in (select id from reply where mention_id in ids)
"""
_EVENTS = (
    f"update event set before = null, after = null where mention_id in ids and field not in {_KEPT}"
)
# An address may hold the handle; the number of a post alone says nothing about its author.
_MENTIONS = """
update mention set text = '', uri = null, media = null, erased_at = :at,
  url = case when role = 'answer' then stand_in(url) end,
  external_id = stand_in(source || ' ' || external_id),
  thread = case when thread like '%/%' then stand_in(source || ' ' || thread) else thread end,
  in_reply_to = case when in_reply_to like '%/%' then stand_in(source || ' ' || in_reply_to)
    else in_reply_to end
where id in ids
"""
_STATEMENTS = (
    "delete from revision where mention_id in ids",
    "delete from note where mention_id in ids",
    "delete from lease where mention_id in ids",
    "delete from alias where mention_id in ids",
    *_UNSAID,
    _SAID,
    _REPLIES,
    _POSTS,
    "update label set reasons = '[]' where mention_id in ids",
    "update triage set filtered_why = null, snoozed_until = null where mention_id in ids",
    "update event set why = null where mention_id in ids",
    _EVENTS,
    _MENTIONS,
)
_REFERENCES = (
    "update mention set in_reply_to = :new where source = :source and in_reply_to = :old",
    "update mention set thread = :new where source = :source and thread = :old",
    "update mention set repost_of = :new where repost_of = :old and source = :source",
)


def erase(tx: sqlite3.Connection, doomed: Doomed, settings: Settings, hand: Hand) -> int | None:
    """Erase, and return the number of the action; None where there was nothing."""
    stones = Tombstones(tx)
    tx.create_function("stand_in", 1, lambda v: None if v is None else stones.stand_in(v))
    people = {account.id for account in doomed.accounts}
    changes: list[Change] = []
    for start in range(0, len(doomed.ids), _CHUNK):
        ids = doomed.ids[start : start + _CHUNK]
        rows = tx.execute(_WHAT, (json.dumps(ids),)).fetchall()
        changes += _closed(tx, ids)
        if people:
            remains.clear_orders(tx, stones, ids, settings.order_pattern, hand.at)
        stones.bury(_posts(tx, rows), hand.at)
        remains.clear_letters(tx, stones, _found_in_letters(rows), hand.at)
        writers = {(row["handle"], row["name"]) for row in rows if row["role"] == "mention"}
        remains.clear_tags(tx, ids, writers)
        _rename(tx, rows, stones)
        remains.leave_author(tx, ids, people)
        _blank(tx, ids, hand.at)
        changes += [Change(i, FIELD, None, hand.at) for i in _with_triage(tx, ids)]
    stones.bury(_people(doomed.accounts), hand.at)
    for account in doomed.accounts:
        remains.clear_letters(tx, stones, _words_of(account), hand.at)
        _rename_addresses(tx, account)
        remains.blank_author(tx, account.id)
    action = record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)
    settle(tx, members(tx, doomed.ids), settings)
    return action


def _closed(tx: sqlite3.Connection, ids: Sequence[int]) -> Iterator[Change]:
    """Nobody can answer what has no words any more."""
    rows = tx.execute(
        "select mention_id, status, snoozed_until from triage where mention_id in"
        " (select value from json_each(?)) and status in ('open', 'pending', 'snoozed')",
        (json.dumps(ids),),
    ).fetchall()
    for row in rows:
        tx.execute("update triage set status = 'closed' where mention_id = ?", (row["mention_id"],))
        yield Change(row["mention_id"], "status", row["status"], "closed", "erased")
        if row["snoozed_until"] is not None:
            yield Change(row["mention_id"], "snoozed_until", row["snoozed_until"], None)


def _posts(tx: sqlite3.Connection, rows: Iterable[sqlite3.Row]) -> Iterator[Identity]:
    for row in rows:
        for name in tx.execute(_NAMES, {"id": row["id"]}).fetchall():
            yield "post", (name["source"], name["external_id"])
        if row["uri"] is not None:
            yield "uri", (row["uri"],)
        if row["role"] == "mention" and len(row["text"]) >= LEAST_SAID:
            yield "said", said(row["handle"], row["text"])


def _people(accounts: Iterable[Account]) -> Iterator[Identity]:
    for account in accounts:
        yield "person", (account.source, account.external_id)
        yield "handle", (folded(account.handle),)


def _rename(tx: sqlite3.Connection, rows: Iterable[sqlite3.Row], stones: Tombstones) -> None:
    """What answers them, or stands in their thread, goes on doing so under the other name."""
    for row in rows:
        names = tx.execute(_NAMES, {"id": row["id"]}).fetchall()
        for name in names:
            new = stones.stand_in(f"{name['source']} {name['external_id']}")
            for sql in _REFERENCES:
                tx.execute(sql, {"source": name["source"], "old": name["external_id"], "new": new})
        if row["uri"] is not None:
            tx.execute(
                "update mention set repost_of = ? where repost_of = ?",
                (stones.stand_in(row["uri"]), row["uri"]),
            )


def _rename_addresses(tx: sqlite3.Connection, account: Account) -> None:
    """Other people's posts may name, as what they answer, an address with the handle in it."""
    words = [w for w in (folded(account.handle), (account.url or "").casefold()) if len(w) > 2]
    for column in ("thread", "in_reply_to", "repost_of"):
        tx.execute(
            f"update mention set {column} = stand_in(source || ' ' || {column})"
            f" where {column} is not null and exists (select 1 from json_each(?) w"
            f" where instr(lower({column}), w.value) > 0)",
            (json.dumps(words),),
        )


def _blank(tx: sqlite3.Connection, ids: Sequence[int], at: str) -> None:
    named: dict[str, Any] = {"ids": json.dumps(ids), "at": at}
    for sql in _STATEMENTS:
        tx.execute(sql.replace("in ids", "in (select value from json_each(:ids))"), named)


def _with_triage(tx: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    rows = tx.execute(
        "select mention_id from triage where mention_id in (select value from json_each(?))"
        " order by mention_id",
        (json.dumps(ids),),
    )
    return [row[0] for row in rows]


def _found_in_letters(rows: Iterable[sqlite3.Row]) -> set[str]:
    """By what an unreadable item is known to be the same thing."""
    words: set[str] = set()
    for row in rows:
        if len(row["text"]) >= LEAST_SAID:
            words.add(row["text"][:200])
        words.update(w for w in (row["external_id"], row["uri"], row["url"]) if w and len(w) > 5)
    return words


def _words_of(account: Account) -> set[str]:
    found = (folded(account.handle), account.url, account.name, account.external_id)
    return {word for word in found if word and len(word) > 2}
