"""All that is known about one mention besides its record: thread, past, notes, answers, edits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from socialcare.inbox.database import Database
from socialcare.inbox.orders import orders_of
from socialcare.settings.model import ORDER_PATTERN

POSTS = 50
"""Posts of a thread that are read."""
PAST = 5
"""Earlier mentions of the same person that are read."""
_Rows = Sequence[dict[str, Any]]

_CONVERSATION = """
select a.handle as author, m.text, m.created_at, m.role = 'answer' as ours
from mention m join author a on a.id = m.author_id
where m.source = :source and m.id <> :id and m.role <> 'repost'
  and m.id in (
    select id from mention where source = :source and thread = :thread
    union select id from mention where source = :source and external_id = :in_reply_to
    union select id from mention where source = :source and in_reply_to = :external_id)
order by m.created_at, m.id limit :limit
"""
_BEFORE = """
select m.id, m.created_at, m.text, t.status, t.first_answer_at,
  (select r.author from reply r where r.mention_id = m.id and r.state = 'sent'
    order by r.id limit 1) as answered_by
from mention m join triage t on t.mention_id = m.id
where m.role = 'mention' and m.author_id in (select :author_id union
    select b.id from author a join author b on b.customer_id = a.customer_id
    where a.id = :author_id)
  and (m.created_at, m.id) < (:created_at, :id)
order by m.created_at desc, m.id desc limit :limit
"""
_NOTES = "select author as who, at, text from note where mention_id = :id order by id"
_ANSWERS = """
select author as who, coalesce(sent_at, updated_at) as at, body as text, state, url
from reply where mention_id = :id order by id
"""
_EDITS = """
select a.handle as who, v.replaced_at as at, v.text
from revision v join mention m on m.id = v.mention_id join author a on a.id = m.author_id
where v.mention_id = :id order by v.id
"""
_ROW = """
select m.id, m.source, m.external_id, m.thread, m.in_reply_to, m.author_id, m.created_at,
  l.reasons, t.filtered_why, t.close_reason
from mention m join triage t on t.mention_id = m.id join label l on l.mention_id = m.id
where m.id = ?
"""


@dataclass(frozen=True, slots=True)
class Story:
    """Lists are oldest first, except ``before``. Times are stored text."""

    cues: _Rows
    conversation: _Rows
    before: _Rows
    notes: _Rows
    answers: _Rows
    edits: _Rows
    orders: _Rows
    """Rows of the shop's order file that are named in it: ``number`` and ``data`` by column."""
    filtered_why: str | None
    close_reason: str | None


def story(db: Database, id_: int, order_pattern: str = ORDER_PATTERN) -> Story:
    """What belongs to a mention that is known to be there."""
    row = db.one(_ROW, (id_,))
    assert row is not None, "the id was chosen from this database"
    about = dict(row)
    posts = _listed(db, _CONVERSATION, about | {"limit": POSTS})
    return Story(
        cues=json.loads(row["reasons"]),
        conversation=[post | {"ours": bool(post["ours"])} for post in posts],
        before=_listed(db, _BEFORE, about | {"limit": PAST}),
        notes=_listed(db, _NOTES, about),
        answers=_listed(db, _ANSWERS, about),
        edits=_listed(db, _EDITS, about),
        orders=orders_of(db, id_, order_pattern),
        filtered_why=row["filtered_why"],
        close_reason=row["close_reason"],
    )


def mark_seen(db: Database, id_: int, at: str) -> None:
    """A person looked: it is not new any more. No event: nobody decided anything."""
    with db.write() as tx:
        tx.execute(
            "update triage set seen_at = ? where mention_id = ? and seen_at is null", (at, id_)
        )


def _listed(db: Database, sql: str, about: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[sqlite3.Row] = db.rows(sql, about)
    return [dict(row) for row in rows]
