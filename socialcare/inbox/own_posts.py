"""Posts of our own that answer nobody: written here, sent like an answer, no row of the inbox.

Until it is sent such a post is a row without words, known by a name that no service gives.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from socialcare.clock import format_time
from socialcare.inbox.database import Database
from socialcare.inbox.facts import last_id, save_aliases
from socialcare.inbox.fields import Hand
from socialcare.models import Judged, Mention

UNSENT = "unsent:"
"""How the name of one begins that no service knows yet."""
HERE = "own"
"""Where it comes from until it is known where it goes."""

_INSERT = """
insert into mention (id, source, external_id, channel, kind, role, author_id, text, created_at,
  fetched_at) values (?, ?, ?, ?, 'post', 'own', ?, '', ?, ?)
"""
_RECORD = """
select m.id, m.channel, m.kind, m.role, m.url, m.text, m.lang, m.created_at, m.edited_at, m.gone_at,
  m.likes, m.reposts, m.replies, m.external_id not like 'unsent:%' or m.url is not null as there
from mention m where m.id = ? and m.role = 'own'
"""
_STANDING = """
select m.id, m.channel, r.state, r.author, r.body as text, r.updated_at, r.error from mention m
join reply r on r.mention_id = m.id and r.state <> 'sent' where m.role = 'own' order by m.id
"""
_LETTER = """
select state, author, body, approved_by, updated_at, sent_at, error from reply
where mention_id = ? order by id desc limit 1
"""
_ANSWERS = """
select a.id from mention m join mention a on a.source = m.source and a.in_reply_to = m.external_id
where m.id = ? and a.role = 'mention' order by a.id
"""
_MATCHES = """
with given as (select key as nth, value ->> 0 as source, value ->> 1 as external_id,
  value ->> 2 as uri, value ->> 3 as url from json_each(?))
select nth, m.id, m.external_id from given g join mention m on m.role = 'own' and (
  (m.source = g.source and m.external_id = g.external_id) or m.uri = g.uri
  or (m.url = g.url and m.external_id like 'unsent:%'))
"""
_TWINS = """
select * from mention where id <> :id and (uri = :uri
  or (source = :source and external_id = :external_id))
"""
_OTHERS = """
select p.external_id from mention m join reply r on r.mention_id = m.id
  join post p on p.reply_id = r.id and p.external_id is not null
where m.role = 'own' and m.source = ?1
union select external_id from mention
where role in ('own', 'answer') and role <> 'mention' and source = ?1 and in_reply_to is null
  and external_id not like 'unsent:%' and fetched_at < ?2
"""
_SEEN = """
update mention set author_id = ?, created_at = ?, thread = coalesce(thread, ?),
  lang = coalesce(lang, ?) where id = ? and role = 'own'
"""


def start(db: Database, channel: str, handle: str, hand: Hand) -> int:
    """Make room for an own post; return its id, which is of the same numbering as those of mentions."""
    with db.write() as tx:
        id_ = last_id(tx) + 1
        author = _author(tx, channel, handle)
        name = f"{UNSENT}{uuid.uuid4()}"
        tx.execute(_INSERT, (id_, HERE, name, channel, author, hand.at, hand.at))
        # The index is told of every row, so that it can be told when its words come.
        tx.execute("insert into mention_fts (rowid, text) values (?, '')", (id_,))
        return id_


def _author(tx: sqlite3.Connection, channel: str, handle: str) -> int:
    tx.execute(
        "insert into author (source, external_id, handle, is_us) values (?, ?, ?, 1)"
        " on conflict (source, external_id) do update set handle = excluded.handle",
        (HERE, channel, handle),
    )
    sql = "select id from author where source = ? and external_id = ?"
    return int(tx.execute(sql, (HERE, channel)).fetchone()[0])


def forget_unwritten(db: Database, id_: int) -> None:
    """Nothing was written after all."""
    with db.write() as tx:
        tx.execute(
            "delete from mention where id = ?1 and role = 'own' and external_id like 'unsent:%'"
            " and not exists (select 1 from reply where mention_id = ?1)"
            " and not exists (select 1 from event where mention_id = ?1)",
            (id_,),
        )


def own_post(db: Database, id_: int) -> dict[str, Any] | None:
    """One as a flat record; None where that is no own post."""
    row = db.one(_RECORD, (id_,))
    if row is None:
        return None
    nobody = dict.fromkeys(("author", "author_name", "label"))
    return {"v": 1, **dict(row), "there": bool(row["there"]), **nobody, "topics": []}


def story_of(db: Database, id_: int) -> dict[str, Any]:
    """Its newest letter, and the mentions that answer it."""
    names = ("state", "author", "body", "approved_by", "updated_at", "sent_at", "error")
    row = db.one(_LETTER, (id_,))
    letter = dict.fromkeys(names) if row is None else dict(row)
    return letter | {"answers": [each[0] for each in db.rows(_ANSWERS, (id_,))]}


def own_among(db: Database, first: int, last: int) -> list[int]:
    """Ids of own posts in a range."""
    sql = "select id from mention where role = 'own' and id between ? and ? order by id"
    return [row[0] for row in db.rows(sql, (first, last))]


def standing(db: Database) -> list[dict[str, Any]]:
    """Those that are drafts, wait for an approval, or are on their way."""
    return [dict(row) for row in db.rows(_STANDING)]


def place(db: Database, id_: int, source: str) -> None:
    """Say where it is going, before it leaves: what a fetch brings is told by that."""
    with db.write() as tx:
        tx.execute(
            "update mention set source = ? where id = ? and role = 'own'"
            " and external_id like 'unsent:%'",
            (source, id_),
        )


def answered(to: Mention) -> Mention | None:
    """What is answered; None where that is an own post itself. What goes on from one that is
    there already answers that one.
    """
    return None if to.role == "own" and to.external_id.startswith(UNSENT) else to


def known(db: Database, source: str, began: datetime | None) -> frozenset[str]:
    """Posts of ours that another one is not, although it may say the same."""
    rows = db.rows(_OTHERS, (source, format_time(began) if began else ""))
    return frozenset(row[0] for row in rows)


def landed(tx: sqlite3.Connection, post_id: int) -> None:
    """The first post of a letter is there: the row is that post from now on."""
    row = tx.execute(
        "select m.id, m.source, p.external_id, p.uri, p.url, p.body, p.sent_at from post p"
        " join reply r on r.id = p.reply_id join mention m on m.id = r.mention_id"
        " where p.id = ? and m.role = 'own' and m.external_id like 'unsent:%'"
        " and p.external_id is not null",
        (post_id,),
    ).fetchone()
    if row is None:
        return
    _take_over(tx, dict(row))
    tx.execute(
        "update mention set external_id = ?, uri = ?, url = ?, text = ?, created_at = ?,"
        " fetched_at = ? where id = ?",
        tuple(row[n] for n in ("external_id", "uri", "url", "body", "sent_at", "sent_at", "id")),
    )


def recorded(tx: sqlite3.Connection, id_: int) -> None:
    """Somebody posted it by hand: a fetch tells it by its address."""
    tx.execute(
        "update mention set url = r.url, text = r.body, created_at = r.sent_at from"
        " (select url, body, sent_at from reply where mention_id = ?1 and state = 'sent'"
        " order by id desc limit 1) r where id = ?1 and role = 'own' and external_id like 'unsent:%'",
        (id_,),
    )


def claim(tx: sqlite3.Connection, judged: Sequence[Judged]) -> list[Judged]:
    """The same, with what was written here told as that, whoever brought it."""
    if tx.execute("select 1 from mention where role = 'own' limit 1").fetchone() is None:
        return list(judged)
    keys = [(m.source, m.external_id, m.uri, m.url) for m in (one.mention for one in judged)]
    found = {row["nth"]: row for row in tx.execute(_MATCHES, (json.dumps(keys),)).fetchall()}
    for nth, row in found.items():
        if row["external_id"].startswith(UNSENT):
            source, external_id, uri, _ = keys[nth]
            _take_over(
                tx, {"id": row["id"], "source": source, "external_id": external_id, "uri": uri}
            )
            tx.execute(
                "update mention set source = ?, external_id = ?, uri = ? where id = ?",
                (source, external_id, uri, row["id"]),
            )
    return [
        Judged(replace(one.mention, role="own"), None) if nth in found else one
        for nth, one in enumerate(judged)
    ]


def seen_again(
    tx: sqlite3.Connection,
    seen: Sequence[tuple[sqlite3.Row, Judged]],
    authors: Mapping[tuple[str, str], int],
) -> None:
    """What the channel says of one, and we did not know when it went: by which account, where."""
    rows = [
        (
            authors[m.source, m.author.external_id],
            *(format_time(m.created_at), m.thread, m.lang, row["id"]),
        )
        for row, item in seen
        if (m := item.mention).role == "own"
    ]
    tx.executemany(_SEEN, rows)


def _take_over(tx: sqlite3.Connection, own: Mapping[str, Any]) -> None:
    """A fetch may bring the post before we know that it is there: it becomes the same row."""
    for twin in tx.execute(_TWINS, dict(own)).fetchall():
        values = (own["id"], twin["id"])
        for table in ("alias", "revision", "note", "event"):
            tx.execute(f"update {table} set mention_id = ? where mention_id = ?", values)
        for table in ("tag", "reply"):
            tx.execute(f"update or ignore {table} set mention_id = ? where mention_id = ?", values)
        tx.execute("delete from mention where id = ?", (twin["id"],))
        tx.execute(
            "update mention set author_id = ?, thread = ?, lang = ?, likes = ?, reposts = ?,"
            " replies = ? where id = ?",
            (
                *(twin[n] for n in ("author_id", "thread", "lang", "likes", "reposts", "replies")),
                own["id"],
            ),
        )
        other = (twin["source"], twin["external_id"])
        if other != (own["source"], own["external_id"]):
            save_aliases(tx, {other: own["id"]})
