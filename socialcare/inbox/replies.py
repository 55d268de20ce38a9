"""Answers that were given by hand: posted in a browser, by phone, in person."""

from __future__ import annotations

import sqlite3
import uuid
from datetime import datetime

from socialcare.clock import format_time
from socialcare.inbox import own_posts
from socialcare.inbox.answering import Answer, answer
from socialcare.inbox.database import Database
from socialcare.inbox.events import BY_HAND, Change, record
from socialcare.inbox.fields import Hand, standing
from socialcare.inbox.leases import held_among, refuse
from socialcare.inbox.letters import standing_letter, unseen
from socialcare.inbox.settling import settle
from socialcare.inbox.tombstones import refuse_erased
from socialcare.settings import Settings


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
        unseen(tx, mention_id, ("answer", "first_answer_at", "draft", "reply"), seen, hand)
        at = format_time(answered_at or hand.now)
        changes = _settle_letter(tx, mention_id, body, url, at, hand)
        changes.append(Change(mention_id, "answer", None, url, BY_HAND))
        until = format_time(promised) if promised else None
        given = Answer(at, until, settings.reply, BY_HAND)
        changes += answer(tx, mention_id, given, hand)
        own_posts.recorded(tx, mention_id)
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
        unseen(tx, mention_id, ("answer", "first_answer_at", "status"), seen, hand)
        given = Answer(format_time(at), None, settings.reply, BY_HAND)
        changes = answer(tx, mention_id, given, hand)
        action = _record(tx, changes, hand)
        settle(tx, [mention_id], settings)
        return action


def _noted(tx: sqlite3.Connection, mention_id: int, body: str | None, url: str | None) -> bool:
    if url is None or body is not None or standing_letter(tx, mention_id) is not None:
        return False
    sql = "select 1 from reply where mention_id = ? and url = ? and state = 'sent'"
    return tx.execute(sql, (mention_id, url)).fetchone() is not None


def _settle_letter(
    tx: sqlite3.Connection, mention_id: int, body: str | None, url: str | None, at: str, hand: Hand
) -> list[Change]:
    """Keep what was said; return what became of the letter."""
    letter = standing_letter(tx, mention_id)
    if letter is None:
        tx.execute(
            "insert into reply (mention_id, body, visibility, state, key, url, author, created_at,"
            " updated_at, sent_at) values (?, ?, 'public', 'sent', ?, ?, ?, ?, ?, ?)",
            (mention_id, body or "", str(uuid.uuid4()), url, hand.actor, hand.at, hand.at, at),
        )
        return []
    changes = [
        Change(mention_id, field, before, None, "recorded as an answer")
        for field in ("reply", "follow_up", "visibility", "draft")
        if (before := standing(tx, mention_id, field)) is not None
    ]
    tx.execute(
        "update reply set state = 'sent', body = ?, url = ?, updated_at = ?, sent_at = ? where id = ?",
        (body if body is not None else letter.words.body, url, hand.at, at, letter.id),
    )
    tx.execute(
        "update post set state = 'sent', url = ?, sent_at = ? where reply_id = ?"
        " and state in ('sending', 'unknown')",
        (url, at, letter.id),
    )
    return changes


def _record(tx: sqlite3.Connection, changes: list[Change], hand: Hand) -> int | None:
    return record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)
