"""An inbox made again from its facts, its labels and its events: it must be the live one."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from socialcare.clock import parse_time
from socialcare.inbox.actions import concern, find_action
from socialcare.inbox.database import Database, open_writer
from socialcare.inbox.events import Change
from socialcare.inbox.fields import CORRECTIONS, SCALARS, Hand, can_turn, standing, turn
from socialcare.inbox.judgement import rerank
from socialcare.inbox.settling import settle
from socialcare.inbox.undo import change_of, origin
from socialcare.settings import Settings

TABLES = {
    "triage": "select mention_id, status, needs_answer, label, priority_rank, due_at, owner,"
    " snoozed_until, first_answer_at, filtered_why, close_reason, waits, due_for, waiting_since,"
    " promised_at from triage order by 1",
    "rank": "select mention_id, priority, points, why, due_at from label order by 1",
    "correction": "select mention_id, field, value, actor, at from correction order by 1, 2",
    "tag": "select mention_id, tag from tag order by 1, 2",
    "note": "select mention_id, author, at, text from note order by 1, 3, 4, 2",
    "draft": "select mention_id, body, visibility, follow_up, state, author from reply"
    " where state <> 'sent' order by 1",
    "account": "select id, customer_id, muted_why, muted_by, muted_at from author order by 1",
    "total": "select status, waits, label, n from total where n <> 0 order by 1, 2, 3",
}
"""Everything that people can change or that follows from it; who looked at what is not of that."""
_ANEW = (
    "update triage set status = 'open'",
    *(f"update triage set {field} = null" for field in SCALARS if field != "status"),
    "delete from correction",
    "delete from tag",
    "delete from note",
    "delete from reply where state <> 'sent'",
    "update author set customer_id = null, muted_why = null, muted_by = null, muted_at = null",
    "delete from customer",
)
_EVENTS = """
select e.*, a.actor, a.at, a.command, a.undoes from event e join action a on a.id = e.action_id order by e.id
"""


def state(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    return {name: [tuple(row) for row in db.rows(sql)] for name, sql in TABLES.items()}


def rebuilt(path: Path, folder: Path, settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """The state that the events of an inbox lead to, worked out in a copy of the file."""
    copy = folder / "rebuilt.db"
    with sqlite3.connect(path) as live, sqlite3.connect(copy) as target:
        live.backup(target)
    live.close()
    target.close()
    db = open_writer(copy)
    try:
        with db.write() as tx:
            _replay(db, tx, settings)
        return state(db)
    finally:
        db.close()
        copy.unlink()


def _replay(db: Database, tx: sqlite3.Connection, settings: Settings) -> None:
    for statement in _ANEW:
        tx.execute(statement)
    for row in tx.execute(_EVENTS).fetchall():
        change = change_of(row)
        if can_turn(change):
            hand = Hand(row["actor"], parse_time(row["at"]), row["command"])
            _begins_there(tx, change, row["command"])
            turn(tx, change, _origin(db, tx, row, change) or hand)
            _filtered(tx, change, row["command"])
    ids = [id_ for (id_,) in tx.execute("select mention_id from triage order by 1")]
    rerank(tx, ids, settings)
    settle(tx, ids, settings)


def _origin(db: Database, tx: sqlite3.Connection, row: sqlite3.Row, change: Any) -> Hand | None:
    undone = find_action(db, row["undoes"]) if row["undoes"] is not None else None
    return None if undone is None else origin(tx, *concern(db, undone), change)


def _begins_there(tx: sqlite3.Connection, change: Any, command: str) -> None:
    """An event says how the field stood: that is what makes a history complete."""
    if change.field not in (*SCALARS, *CORRECTIONS, "draft", "visibility"):
        return
    if command in ("fetch", "import") and change.before is None and change.field == "status":
        return  # it was not there before
    stood = standing(tx, change.mention_id, change.field)
    assert stood == change.before, (dict(change._asdict()), json.dumps(stood), command)


def _filtered(tx: sqlite3.Connection, change: Any, command: str) -> None:
    """What a page filters or brings back says why in the same event."""
    if command not in ("fetch", "import") or not isinstance(change, Change):
        return
    if change.field == "status" and "filtered" in (change.before, change.after):
        why = change.why if change.after == "filtered" else None
        tx.execute(
            "update triage set filtered_why = ? where mention_id = ?", (why, change.mention_id)
        )
