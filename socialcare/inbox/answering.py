"""What an answer of ours does to what it answers: clocks stop, and it is closed or pending by rule."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from socialcare.inbox.conversations import members
from socialcare.inbox.events import Change
from socialcare.inbox.fields import Hand, put, standing
from socialcare.settings import ReplySettings


@dataclass(frozen=True, slots=True)
class Answer:
    """When it was said and what was promised, as stored; what becomes of the mention by rule."""

    at: str
    promised: str | None
    policy: ReplySettings
    why: str


def answer(tx: sqlite3.Connection, mention_id: int, given: Answer, hand: Hand) -> list[Change]:
    """It answers all that the person had written in this conversation by then.

    An own post answers nothing. Until ``promised`` we owe them more, on the mention alone that
    was answered.
    """
    changes: list[Change] = []
    if not _in_inbox(tx, mention_id):
        return changes
    for id_ in _answered_with(tx, mention_id, given.at):
        of = given if id_ == mention_id else replace(given, promised=None)
        changes += _answered(tx, id_, of, hand)
    return changes


def _in_inbox(tx: sqlite3.Connection, mention_id: int) -> bool:
    sql = "select 1 from triage where mention_id = ?"
    return tx.execute(sql, (mention_id,)).fetchone() is not None


def _answered_with(tx: sqlite3.Connection, mention_id: int, at: str) -> list[int]:
    """The mention, and what else of its conversation waited by then."""
    rows = tx.execute(
        "select mention_id from triage join mention m on m.id = mention_id"
        " where (status in ('open', 'snoozed') or promised_at is not null) and created_at <= ?"
        " and mention_id in (select value from json_each(?))",
        (at, json.dumps(sorted(members(tx, [mention_id])))),
    )
    return sorted({mention_id}.union(row[0] for row in rows))


def _answered(tx: sqlite3.Connection, id_: int, given: Answer, hand: Hand) -> list[Change]:
    label = tx.execute("select label from triage where mention_id = ?", (id_,)).fetchone()[0]
    status = given.policy.after_question if label == "question" else given.policy.after_other
    if given.promised is not None:
        status = "pending"  # what is closed is owed nothing
    first = standing(tx, id_, "first_answer_at")
    wanted = {
        "first_answer_at": given.at if first is None else min(first, given.at),
        "status": status,
        "close_reason": "answered" if status == "closed" else None,
        "filtered_why": None,
        "snoozed_until": None,
        "promised_at": given.promised,
    }
    return put_all(tx, id_, wanted, hand, given.why)


def put_all(
    tx: sqlite3.Connection, id_: int, wanted: Mapping[str, Any], hand: Hand, why: str | None = None
) -> list[Change]:
    """Set these fields in their order; return what is different."""
    changes: list[Change] = []
    for field, after in wanted.items():
        before = standing(tx, id_, field)
        if before != after:
            put(tx, id_, field, before, after, hand)
            changes.append(Change(id_, field, before, after, why))
    return changes
