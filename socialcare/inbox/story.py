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
"""Posts of a thread that are read: first ours and the person's, then the newest."""
PAST = 5
"""Earlier mentions of the same person that are read."""
_MARKS = ("ours", "same_person", "unanswered")
_Rows = Sequence[dict[str, Any]]

_CONVERSATION = """
with recursive member as (
  select id, source, external_id, thread, in_reply_to, author_id from mention
  where id = :id or conversation = :conversation
), name as (
  select id, source, external_id from member
  union select x.mention_id, x.source, x.external_id from alias x join member m on m.id = x.mention_id
), below (id, source, external_id, role) as (
  select id, source, external_id, 'answer' from name
  union
  select c.id, c.source, c.external_id, c.role from below b
    join mention c on c.source = b.source and c.in_reply_to = b.external_id
  where b.role = 'answer'
), around (id) as (
  select id from below
  union select o.id from member m join mention o on o.source = m.source and o.thread = m.thread
  union select o.id from member m
    join mention o on o.source = m.source and o.external_id = m.in_reply_to
  union select x.mention_id from member m
    join alias x on x.source = m.source and x.external_id = m.in_reply_to
), post as (
  select m.id, a.handle as author, m.text, m.created_at, m.role in ('answer', 'own') as ours,
    m.role = 'mention' and (m.author_id = :author_id or a.customer_id =
      (select customer_id from author where id = :author_id)) as same_person,
    coalesce(t.needs_answer and t.first_answer_at is null
      and t.status in ('open', 'pending', 'snoozed'), 0) as unanswered
  from around n join mention m on m.id = n.id join author a on a.id = m.author_id
    left join triage t on t.mention_id = m.id
  where m.id <> :id and m.role <> 'repost'
  union all
  select null, r.author, r.body, coalesce(r.sent_at, r.updated_at), 1, 0, 0
  from reply r join member m on m.id = r.mention_id
  -- What was sent or recorded, and then seen on its channel, is one answer.
  where r.state = 'sent' and not exists (
    select 1 from mention a where a.url = r.url and a.role = 'answer')
  and not exists (select 1 from mention a where a.external_id = r.external_id
    and a.source = m.source and a.role = 'answer')
)
select * from (
  select * from post order by ours or same_person desc, created_at desc, id desc limit :limit
) order by created_at, id is null, id
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
select author as who, coalesce(sent_at, updated_at) as at, body as text, state, url,
  visibility = 'private' as private, follow_up, approved_by, approved_at,
  coalesce(overrides, '[]') as overrides, error, statement
from reply where mention_id = :id order by id
"""
_EDITS = """
select a.handle as who, v.replaced_at as at, v.text
from revision v join mention m on m.id = v.mention_id join author a on a.id = m.author_id
where v.mention_id = :id order by v.id
"""
_ROW = """
select m.id, m.conversation, m.author_id, m.created_at,
  l.reasons, t.filtered_why, t.close_reason, m.erased_at is not null as erased
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
    erased: bool


def story(db: Database, id_: int, order_pattern: str = ORDER_PATTERN) -> Story:
    """What belongs to a mention that is known to be there."""
    row = db.one(_ROW, (id_,))
    assert row is not None, "the id was chosen from this database"
    about = dict(row)
    posts = _listed(db, _CONVERSATION, about | {"limit": POSTS})
    return Story(
        cues=json.loads(row["reasons"]),
        conversation=[post | {name: bool(post[name]) for name in _MARKS} for post in posts],
        before=_listed(db, _BEFORE, about | {"limit": PAST}),
        notes=_listed(db, _NOTES, about),
        answers=[_answer(row) for row in _listed(db, _ANSWERS, about)],
        edits=_listed(db, _EDITS, about),
        orders=orders_of(db, id_, order_pattern),
        filtered_why=row["filtered_why"],
        close_reason=row["close_reason"],
        erased=bool(row["erased"]),
    )


def mark_seen(db: Database, id_: int, at: str) -> None:
    """A person looked: it is not new any more. No event: nobody decided anything."""
    with db.write() as tx:
        tx.execute(
            "update triage set seen_at = ? where mention_id = ? and seen_at is null", (at, id_)
        )


def _answer(row: dict[str, Any]) -> dict[str, Any]:
    """``approved_by`` stays behind when the words are changed: it is told while it counts."""
    counts = row["state"] not in ("draft", "waiting")
    approved = {name: row[name] if counts else None for name in ("approved_by", "approved_at")}
    overrides = json.loads(row["overrides"]) if row["state"] != "draft" else []
    return row | approved | {"private": bool(row["private"]), "overrides": overrides}


def _listed(db: Database, sql: str, about: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[sqlite3.Row] = db.rows(sql, about)
    return [dict(row) for row in rows]
