"""What people can change on a mention, field by field: how it stands, and how it is set.

Commands, ``undo`` and the replay of a history all go this way, so that an event always says
enough to be taken back.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from datetime import datetime
from typing import Any, NamedTuple

from socialcare.clock import format_time
from socialcare.inbox.events import AuthorChange, Change

SCALARS = (
    *("owner", "status", "close_reason", "filtered_why", "snoozed_until"),
    *("first_answer_at", "promised_at"),
)
CORRECTIONS = ("label", "priority", "topics", "needs_answer")
"""Fields on which a person knows better than the classifier; null leaves them to it."""

LETTER = {
    "draft": "body",
    "visibility": "nullif(visibility, 'public')",
    "follow_up": "follow_up",
    "reply": "nullif(state, 'draft')",
}
"""Fields of the reply that is not sent yet, of which a mention has one at most. Null is a public
one, without private words after it, that is still a draft."""
KEPT_APART = ("tag", "note", *LETTER)
"""Fields that lie in tables of their own."""
MENTION_FIELDS = frozenset((*SCALARS, *CORRECTIONS, *KEPT_APART))
"""What :func:`put` can bring back on a mention."""

AUTHOR_FIELDS = {"customer": "customer_id", "muted": "muted_why"}
"""What people can change on an account, and where it is kept."""


class Hand(NamedTuple):
    """Who does it, when, and with which command."""

    actor: str
    now: datetime
    command: str

    @property
    def at(self) -> str:
        return format_time(self.now)


def standing(tx: sqlite3.Connection, id_: int, field: str) -> Any:
    """The value of a field that has one: what an event calls ``before``."""
    if field in SCALARS:
        sql = f"select {field} from triage where mention_id = ?"
        return _value(tx, sql, id_)
    if field in CORRECTIONS:
        stored = _value(
            tx, "select value from correction where mention_id = ? and field = ?", id_, field
        )
        return None if stored is None else json.loads(stored)
    assert field in LETTER, f"{field} has not one value"
    sql = f"select {LETTER[field]} from reply where mention_id = ? and state <> 'sent'"
    return _value(tx, sql, id_)


def stands(tx: sqlite3.Connection, id_: int, field: str, value: Any) -> bool:
    """Whether a field still is as an event left it."""
    if field == "tag":
        sql = "select 1 from tag where mention_id = ? and tag = ?"
        return _value(tx, sql, id_, value) is not None
    if field == "note":
        sql = "select 1 from note where mention_id = ? and text = ?"
        return _value(tx, sql, id_, value) is not None
    return bool(standing(tx, id_, field) == value)


def put(tx: sqlite3.Connection, id_: int, field: str, before: Any, after: Any, hand: Hand) -> None:
    """Bring a field from ``before`` to ``after``; None is nothing."""
    if field in SCALARS:
        tx.execute(f"update triage set {field} = ? where mention_id = ?", (after, id_))
    elif field in CORRECTIONS:
        _correct(tx, id_, field, after, hand)
    elif field == "tag":
        _tag(tx, id_, before, after)
    elif field == "note":
        _note(tx, id_, before, after, hand)
    elif field == "draft":
        _draft(tx, id_, after, hand)
    else:
        assert field in LETTER, f"nobody can change {field}"
        _letter(tx, id_, field, after, hand)


def can_turn(change: Change | AuthorChange) -> bool:
    """Whether an event is of a field that can be brought back."""
    known = AUTHOR_FIELDS if isinstance(change, AuthorChange) else MENTION_FIELDS
    return change.field in known


def is_as_left(tx: sqlite3.Connection, change: Change | AuthorChange) -> bool:
    """Whether a field still is as this event left it."""
    if isinstance(change, AuthorChange):
        return stands_author(tx, change.author_id, change.field, change.after)
    if change.after is None and change.field == "tag":
        return not stands(tx, change.mention_id, "tag", change.before)
    if change.after is None and change.field == "note":
        return True  # another note of the same words takes nothing away from this one
    return stands(tx, change.mention_id, change.field, change.after)


def turn(tx: sqlite3.Connection, change: Change | AuthorChange, hand: Hand) -> None:
    """Bring a field from before to after, whoever it belongs to."""
    if isinstance(change, AuthorChange):
        put_author(tx, change.author_id, change.field, change.before, change.after, hand)
    else:
        put(tx, change.mention_id, change.field, change.before, change.after, hand)


def standing_author(tx: sqlite3.Connection, author_id: int, field: str) -> Any:
    """``customer`` is the id of the customer that an account belongs to, ``muted`` the reason."""
    assert field in AUTHOR_FIELDS, f"nobody can change {field}"
    column = AUTHOR_FIELDS[field]
    return _value(tx, f"select {column} from author where id = ?", author_id)


def stands_author(tx: sqlite3.Connection, author_id: int, field: str, value: Any) -> bool:
    """Whether a field of an account still is as an event left it."""
    return bool(standing_author(tx, author_id, field) == value)


def put_author(
    tx: sqlite3.Connection, author_id: int, field: str, before: Any, after: Any, hand: Hand
) -> None:
    """Bring a field of an account from ``before`` to ``after``; None is nothing.

    The mentions of the person are brought in line by ``people.settle_people``.
    """
    assert field in AUTHOR_FIELDS, f"nobody can change {field}"
    if field == "muted":
        by = (None, None) if after is None else (hand.at, hand.actor)
        tx.execute(
            "update author set muted_why = ?, muted_at = ?, muted_by = ? where id = ?",
            (after, *by, author_id),
        )
        return
    if after is not None:
        tx.execute(
            "insert into customer (id, at) values (?, ?) on conflict do nothing", (after, hand.at)
        )
    tx.execute("update author set customer_id = ? where id = ?", (after, author_id))
    tx.execute(
        "delete from customer where id = ? and not exists"
        " (select 1 from author where customer_id = customer.id)",
        (before,),
    )


def _correct(tx: sqlite3.Connection, id_: int, field: str, value: Any, hand: Hand) -> None:
    if value is None:
        tx.execute("delete from correction where mention_id = ? and field = ?", (id_, field))
        return
    tx.execute(
        "insert into correction values (?, ?, ?, ?, ?) on conflict do update set"
        " value = excluded.value, actor = excluded.actor, at = excluded.at",
        (id_, field, json.dumps(value), hand.actor, hand.at),
    )


def _tag(tx: sqlite3.Connection, id_: int, before: Any, after: Any) -> None:
    if after is not None:
        tx.execute("insert into tag values (?, ?) on conflict do nothing", (id_, after))
    else:
        tx.execute("delete from tag where mention_id = ? and tag = ?", (id_, before))


def _note(tx: sqlite3.Connection, id_: int, before: Any, after: Any, hand: Hand) -> None:
    if after is not None:
        tx.execute(
            "insert into note (mention_id, author, at, text) values (?, ?, ?, ?)",
            (id_, hand.actor, hand.at, after),
        )
    else:
        tx.execute(
            "delete from note where id = (select id from note where mention_id = ? and text = ?"
            " order by author = ? and at = ? desc, id desc limit 1)",
            (id_, before, hand.actor, hand.at),
        )


def _draft(tx: sqlite3.Connection, id_: int, body: Any, hand: Hand) -> None:
    if body is None:
        tx.execute("delete from reply where mention_id = ? and state <> 'sent'", (id_,))
        return
    changed = tx.execute(
        "update reply set body = ?, author = ?, updated_at = ?"
        " where mention_id = ? and state <> 'sent'",
        (body, hand.actor, hand.at, id_),
    )
    if not changed.rowcount:
        tx.execute(
            "insert into reply (mention_id, body, visibility, state, key, author, created_at,"
            " updated_at) values (?, ?, 'public', 'draft', ?, ?, ?, ?)",
            (id_, body, str(uuid.uuid4()), hand.actor, hand.at, hand.at),
        )


def _letter(tx: sqlite3.Connection, id_: int, field: str, after: Any, hand: Hand) -> None:
    of = "where mention_id = ? and state <> 'sent'"
    if field != "reply":
        value = after or "public" if field == "visibility" else after
        tx.execute(f"update reply set {field} = ? {of}", (value, id_))
        return
    tx.execute(f"update reply set state = ?, updated_at = ? {of}", (after or "draft", hand.at, id_))
    if after == "approved":
        tx.execute(
            f"update reply set approved_by = ?, approved_at = ? {of}", (hand.actor, hand.at, id_)
        )


def _value(tx: sqlite3.Connection, sql: str, *parameters: object) -> Any:
    row = tx.execute(sql, parameters).fetchone()
    return None if row is None else row[0]
