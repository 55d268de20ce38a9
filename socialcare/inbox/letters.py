"""The reply that is not sent yet: one a mention, shared by all, from draft to approved."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialcare.clock import format_time, parse_time
from socialcare.errors import BlockedError, NotFoundError
from socialcare.inbox.answering import put_all
from socialcare.inbox.conflicts import refuse_overwriting
from socialcare.inbox.database import Database
from socialcare.inbox.events import Change, record
from socialcare.inbox.fields import Hand, put
from socialcare.inbox.tombstones import refuse_erased
from socialcare.models import ReplyState, Visibility

_LETTER = """
select id, mention_id, state, body, visibility, follow_up, split, author, snippet, approved_by,
  approved_at, coalesce(seen, 0) as seen, error, statement, promised_at
from reply where mention_id = ? and state <> 'sent'
"""
ON_ITS_WAY = ("sending", "unknown")
"""States in which its words cannot be changed: they may be there already."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a reply says, and to whom. ``follow_up`` is said in private after it."""

    body: str
    visibility: Visibility = "public"
    follow_up: str | None = None
    split: bool = False
    """Several posts where it is too long for one."""
    snippet: str | None = None
    """The ready-made answer it was made from."""


@dataclass(frozen=True, slots=True)
class Letter:
    """``author`` is who wrote it, or changed it last."""

    id: int
    mention_id: int
    state: ReplyState
    words: Words
    author: str
    approved_by: str | None = None
    approved_at: datetime | None = None
    seen: int = 0
    """The last event of the mention that they had seen who let it go."""
    error: str | None = None
    """Why it could not be posted, or who gave it back and why, for people."""
    statement: str | None = None
    promised_at: str | None = None


def letter_of(db: Database, mention_id: int) -> Letter | None:
    """What waits to be posted on a mention."""
    return _read(db.one(_LETTER, (mention_id,)))


def standing_letter(tx: sqlite3.Connection, mention_id: int) -> Letter | None:
    """The same within a change."""
    return _read(tx.execute(_LETTER, (mention_id,)).fetchone())


def _read(row: sqlite3.Row | None) -> Letter | None:
    if row is None:
        return None
    words = Words(
        row["body"], row["visibility"], row["follow_up"], bool(row["split"]), row["snippet"]
    )
    return Letter(
        row["id"],
        row["mention_id"],
        row["state"],
        words,
        row["author"],
        row["approved_by"],
        parse_time(row["approved_at"]) if row["approved_at"] else None,
        row["seen"],
        row["error"],
        row["statement"],
        row["promised_at"],
    )


def save_draft(
    db: Database, mention_id: int, words: Words, hand: Hand, *, seen: int | None = None
) -> int | None:
    """Keep a draft. Returns the action; None if it was so already.

    What was waiting or approved is a draft again once its words are others. ``seen`` is the
    last event that the person has seen.

    Raises
    ------
    BlockedError
        Somebody else has changed the draft since, or it is on its way.

    """
    with db.write() as tx:
        refuse_erased(tx, [mention_id])
        unseen(tx, mention_id, ("draft", "reply"), seen, hand)
        letter = standing_letter(tx, mention_id)
        refuse_on_its_way(letter)
        wanted: dict[str, Any] = {
            "draft": words.body,
            "visibility": None if words.visibility == "public" else words.visibility,
            "follow_up": words.follow_up,
        }
        changes = put_all(tx, mention_id, wanted, hand)
        if changes:
            changes += put_all(tx, mention_id, {"reply": None}, hand)
        tx.execute(
            "update reply set split = :split, snippet = :snippet, error = iif(:changed, null, error),"
            # Other words are not those that were approved for many.
            " statement = iif(:changed, null, statement)"
            " where mention_id = :id and state <> 'sent'",
            {
                "split": words.split,
                "snippet": words.snippet,
                "changed": bool(changes),
                "id": mention_id,
            },
        )
        return record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)


def discard_draft(db: Database, mention_id: int, hand: Hand) -> int | None:
    """Throw the draft away; its text stays in the history.

    Raises
    ------
    NotFoundError
        There is none.
    BlockedError
        It is on its way.

    """
    with db.write() as tx:
        letter = standing_letter(tx, mention_id)
        if letter is None:
            raise no_draft(mention_id)
        refuse_on_its_way(letter)
        # The way back makes the draft before it says who may read it.
        wanted = dict.fromkeys(("reply", "follow_up", "visibility", "draft"))
        changes = put_all(tx, mention_id, wanted, hand)
        return record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)


def send_back(db: Database, mention_id: int, why: str, seen: int, hand: Hand) -> int | None:
    """What waits, or is approved, is a draft again; ``why`` is a note, and told with the draft.

    Raises
    ------
    BlockedError
        It is on its way, or somebody else has changed it since ``seen``.

    """
    with db.write() as tx:
        refuse_erased(tx, [mention_id])
        letter = standing_letter(tx, mention_id)
        refuse_on_its_way(letter)
        unseen(tx, mention_id, ("draft", "reply"), seen, hand)
        put(tx, mention_id, "note", None, why, hand)
        changes = [Change(mention_id, "note", None, why)]
        changes += put_all(tx, mention_id, {"reply": None}, hand, why)
        tx.execute(
            "update reply set error = ? where mention_id = ? and state = 'draft'",
            (f"{hand.actor} gave it back: {why}", mention_id),
        )
        return record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)


@dataclass(frozen=True, slots=True)
class Release:
    """How a letter is let go: to wait for an approval, or to be sent with the next run."""

    state: ReplyState
    seen: int
    """The last event of the mention that they have seen who let it go."""
    checks: Sequence[Mapping[str, Any]] = ()
    overrides: Sequence[str] = ()
    promised: datetime | None = None


def release(db: Database, mention_id: int, how: Release, hand: Hand) -> int | None:
    """Let a draft go. Returns the action; None if it was so already.

    Raises
    ------
    NotFoundError
        There is none.
    BlockedError
        It is on its way, or somebody else has changed it or answered since ``how.seen``.

    """
    with db.write() as tx:
        refuse_erased(tx, [mention_id])
        letter = standing_letter(tx, mention_id)
        if letter is None:
            raise no_draft(mention_id)
        refuse_on_its_way(letter)
        unseen(tx, mention_id, ("draft", "reply", "answer", "first_answer_at"), how.seen, hand)
        why = f"in spite of {', '.join(how.overrides)}" if how.overrides else None
        changes = put_all(tx, mention_id, {"reply": how.state}, hand, why)
        action = record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)
        tx.execute(
            "update reply set seen = ?, checks = ?, overrides = ?, promised_at = ?,"
            " statement = null, error = null, not_before = null, send_after = null, pace = null where id = ?",
            (
                how.seen,
                json.dumps(list(how.checks)),
                json.dumps(list(how.overrides)),
                format_time(how.promised) if how.promised else None,
                letter.id,
            ),
        )
        return action


def no_draft(mention_id: int, what_for: str = "") -> NotFoundError:
    return NotFoundError(
        f"{mention_id} has no draft{what_for}.",
        f"write one: socialcare reply {mention_id} --body TEXT",
    )


def lately(db: Database, since: datetime, *, besides: int) -> list[tuple[int, str]]:
    """What was said since then, or is about to be, to the authors of other mentions."""
    rows = db.rows(
        "select m.author_id, r.body from reply r join mention m on m.id = r.mention_id"
        " where m.role <> 'own' and r.updated_at >= ? and r.state in ('waiting', 'approved', 'sending', 'unknown', 'sent')"
        " and m.author_id <> (select author_id from mention where id = ?)",
        (format_time(since), besides),
    )
    return [(row[0], row[1]) for row in rows]


def refuse_on_its_way(letter: Letter | None) -> None:
    """Refuse to touch what may be there already."""
    if letter is None or letter.state not in ON_ITS_WAY:
        return
    id_ = letter.mention_id
    if letter.state == "sending":
        raise BlockedError(
            f"an answer to {id_} by {letter.author} is on its way.",
            f"see what becomes of it: socialcare reply {id_} --send",
            code="sending",
        )
    raise BlockedError(
        f"I cannot tell whether the answer to {id_} went out.",
        f"look there; then: socialcare reply {id_} --record URL   or  --send --again",
        code="unknown_outcome",
    )


def unseen(
    tx: sqlite3.Connection, id_: int, fields: tuple[str, ...], seen: int | None, hand: Hand
) -> None:
    """Refuse where somebody else has changed one of these fields since ``seen``."""
    if seen is not None:
        refuse_overwriting(tx, [(id_, f) for f in fields], {id_: seen}, hand.actor, hand.now)
