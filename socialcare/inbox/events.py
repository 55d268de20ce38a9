"""Events: append-only who, when, what, before, after and why. History comes from here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple


class Change(NamedTuple):
    """One field of one mention that changed. ``before`` and ``after`` are JSON values."""

    mention_id: int
    field: str
    before: Any
    after: Any
    why: str | None = None


def record(
    tx: sqlite3.Connection, changes: Sequence[Change], *, actor: str, command: str, at: str
) -> int | None:
    """Write the changes as one action and return its number; None where nothing changed."""
    if not changes:
        return None
    action = tx.execute(
        "insert into action (at, actor, command) values (?, ?, ?)", (at, actor, command)
    ).lastrowid
    tx.executemany(
        "insert into event (action_id, mention_id, field, before, after, why)"
        " values (?, ?, ?, ?, ?, ?)",
        [
            (action, c.mention_id, c.field, json.dumps(c.before), json.dumps(c.after), c.why)
            for c in changes
        ],
    )
    return action
