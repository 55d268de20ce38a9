"""Answers of our own: drafts, and what was posted by hand and recorded."""

from __future__ import annotations

import json
import sqlite3
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from socialcare.clock import format_time
from socialcare.errors import NotFoundError
from socialcare.inbox.conflicts import refuse_overwriting
from socialcare.inbox.conversations import members
from socialcare.inbox.database import Database
from socialcare.inbox.events import BY_HAND, Change, record
from socialcare.inbox.fields import Hand, put, standing
from socialcare.inbox.leases import held_among, refuse
from socialcare.inbox.settling import settle
from socialcare.inbox.tombstones import refuse_erased
from socialcare.models import Visibility
from socialcare.settings import ReplySettings, Settings


def draft_of(db: Database, mention_id: int) -> str | None:
    """The text that waits to be posted."""
    text: str | None = db.value(
        "select body from reply where mention_id = ? and state = 'draft'", (mention_id,)
    )
    return text


def drafted_by(db: Database, mention_id: int) -> str | None:
    """Who wrote it, or changed it last."""
    author: str | None = db.value(
        "select author from reply where mention_id = ? and state = 'draft'", (mention_id,)
    )
    return author


def save_draft(
    db: Database,
    mention_id: int,
    body: str,
    visibility: Visibility,
    hand: Hand,
    *,
    seen: int | None = None,
) -> int | None:
    """Keep a draft: one per mention, shared by all. Returns the action; None if it was so already.

    ``seen`` is the last event that the person has seen.

    Raises
    ------
    BlockedError
        Somebody else has changed the draft since.

    """
    with db.write() as tx:
        refuse_erased(tx, [mention_id])
        _refuse_overwriting(tx, mention_id, ("draft",), seen, hand)
        wanted = {"draft": body, "visibility": None if visibility == "public" else visibility}
        return _record(tx, _put_all(tx, mention_id, wanted, hand), hand)


def discard_draft(db: Database, mention_id: int, hand: Hand) -> int | None:
    """Throw the draft away; its text stays in the history.

    Raises
    ------
    NotFoundError
        There is none.

    """
    with db.write() as tx:
        if _draft(tx, mention_id) is None:
            raise NotFoundError(
                f"{mention_id} has no draft.",
                f"write one: socialcare reply {mention_id} --body TEXT",
            )
        # The way back makes the draft before it says who may read it.
        wanted = {"visibility": None, "draft": None}
        return _record(tx, _put_all(tx, mention_id, wanted, hand), hand)


def record_answer(
    db: Database,
    mention_id: int,
    body: str | None,
    url: str | None,
    settings: Settings,
    hand: Hand,
    promised: datetime | None = None,
    *,
    answered_at: datetime | None = None,
    seen: int | None = None,
) -> int | None:
    """Note that somebody answered by hand: the draft, or ``body``, is what was said.

    It answers all that the person had written in this conversation: their clocks stop, and
    they are closed or pending by rule. Until ``promised`` we owe them more, and wait for
    them all the same. ``answered_at`` is when it was said, if that was before now. Noting the
    same address a second time changes nothing.

    Raises
    ------
    BlockedError
        Somebody else has answered, or changed the draft, since ``seen``.

    """
    with db.write() as tx:
        refuse_erased(tx, [mention_id])
        if _noted(tx, mention_id, body, url):
            return None
        _refuse_overwriting(tx, mention_id, ("answer", "first_answer_at", "draft"), seen, hand)
        at = format_time(answered_at or hand.now)
        changes = _settle_draft(tx, mention_id, body, url, at, hand)
        changes.append(Change(mention_id, "answer", None, url, BY_HAND))
        until = format_time(promised) if promised else None
        answer = _Answer(at, until, settings.reply)
        for id_ in _answered_with(tx, mention_id, at):
            of = answer if id_ == mention_id else replace(answer, promised=None)
            changes += _answered(tx, id_, of, hand)
        action = _record(tx, changes, hand)
        settle(tx, [mention_id], settings)
        return action


def answered_elsewhere(
    db: Database,
    mention_id: int,
    at: datetime,
    settings: Settings,
    hand: Hand,
    *,
    seen: int | None = None,
) -> int | None:
    """Note that somebody answered at ``at``: by phone, in person, in the app of the channel.

    The clocks of all that the person had written by then stop, as with an answer that is
    recorded. Nothing is kept of its words, so that it can be taken back.

    Raises
    ------
    HeldError
        A colleague is writing an answer.
    BlockedError
        Somebody else has answered, or changed the state, since ``seen``.

    """
    with db.write() as tx:
        refuse(held_among(tx, [mention_id], hand.actor, hand.now), hand.now)
        _refuse_overwriting(tx, mention_id, ("answer", "first_answer_at", "status"), seen, hand)
        answer = _Answer(format_time(at), None, settings.reply)
        changes: list[Change] = []
        for id_ in _answered_with(tx, mention_id, answer.at):
            changes += _answered(tx, id_, answer, hand)
        action = _record(tx, changes, hand)
        settle(tx, [mention_id], settings)
        return action


def _refuse_overwriting(
    tx: sqlite3.Connection, id_: int, fields: tuple[str, ...], seen: int | None, hand: Hand
) -> None:
    if seen is not None:
        refuse_overwriting(tx, [(id_, f) for f in fields], {id_: seen}, hand.actor, hand.now)


def _answered_with(tx: sqlite3.Connection, mention_id: int, at: str) -> list[int]:
    """The mention, and what else of its conversation waited by then."""
    rows = tx.execute(
        "select mention_id from triage join mention m on m.id = mention_id"
        " where (status in ('open', 'snoozed') or promised_at is not null) and created_at <= ?"
        " and mention_id in (select value from json_each(?))",
        (at, json.dumps(sorted(members(tx, [mention_id])))),
    )
    return sorted({mention_id}.union(row[0] for row in rows))


@dataclass(frozen=True, slots=True)
class _Answer:
    """When it was said and what was promised, as stored; what becomes of the mention by rule."""

    at: str
    promised: str | None
    policy: ReplySettings


def _answered(tx: sqlite3.Connection, id_: int, answer: _Answer, hand: Hand) -> list[Change]:
    label = tx.execute("select label from triage where mention_id = ?", (id_,)).fetchone()[0]
    status = answer.policy.after_question if label == "question" else answer.policy.after_other
    if answer.promised is not None:
        status = "pending"  # what is closed is owed nothing
    first = standing(tx, id_, "first_answer_at")
    wanted = {
        "first_answer_at": answer.at if first is None else min(first, answer.at),
        "status": status,
        "close_reason": "answered" if status == "closed" else None,
        "filtered_why": None,
        "snoozed_until": None,
        "promised_at": answer.promised,
    }
    return _put_all(tx, id_, wanted, hand, BY_HAND)


def _put_all(
    tx: sqlite3.Connection, id_: int, wanted: dict[str, Any], hand: Hand, why: str | None = None
) -> list[Change]:
    """Set these fields in their order; return what is different."""
    changes: list[Change] = []
    for field, after in wanted.items():
        before = standing(tx, id_, field)
        if before != after:
            put(tx, id_, field, before, after, hand)
            changes.append(Change(id_, field, before, after, why))
    return changes


def _noted(tx: sqlite3.Connection, mention_id: int, body: str | None, url: str | None) -> bool:
    if url is None or body is not None or _draft(tx, mention_id) is not None:
        return False
    sql = "select 1 from reply where mention_id = ? and url = ? and state = 'sent'"
    return tx.execute(sql, (mention_id, url)).fetchone() is not None


def _settle_draft(
    tx: sqlite3.Connection, mention_id: int, body: str | None, url: str | None, at: str, hand: Hand
) -> list[Change]:
    """Keep what was said; return what became of the draft."""
    draft = _draft(tx, mention_id)
    if draft is None:
        tx.execute(
            "insert into reply (mention_id, body, visibility, state, key, url, author, created_at,"
            " updated_at, sent_at) values (?, ?, 'public', 'sent', ?, ?, ?, ?, ?, ?)",
            (mention_id, body or "", str(uuid.uuid4()), url, hand.actor, hand.at, hand.at, at),
        )
        return []
    shown = standing(tx, mention_id, "visibility")
    tx.execute(
        "update reply set state = 'sent', body = ?, url = ?, updated_at = ?, sent_at = ? where id = ?",
        (body if body is not None else draft["body"], url, hand.at, at, draft["id"]),
    )
    gone = [Change(mention_id, "draft", draft["body"], None, "recorded as an answer")]
    return [*gone, *([Change(mention_id, "visibility", shown, None)] if shown else [])]


def _draft(tx: sqlite3.Connection, mention_id: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = tx.execute(
        "select id, body, visibility from reply where mention_id = ? and state = 'draft'",
        (mention_id,),
    ).fetchone()
    return row


def _record(tx: sqlite3.Connection, changes: list[Change], hand: Hand) -> int | None:
    return record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)
