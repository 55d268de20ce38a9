"""Events: append-only who, when, what, before, after and why. History comes from here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

FETCH_ACTOR = "fetch"
"""Who changes what channels tell of, and brings back what was put off."""
BY_HAND = "answered by hand"
ON_CHANNEL = "answered on the channel"
SENT = "answered from here"
"""Why a state is another one: an answer brought it about, at the time of the answer."""


class Change(NamedTuple):
    """One field of one mention that changed. ``before`` and ``after`` are JSON values."""

    mention_id: int
    field: str
    before: Any
    after: Any
    why: str | None = None


class AuthorChange(NamedTuple):
    """One field of one account that changed: its ``customer``, or that it is ``muted``."""

    author_id: int
    field: str
    before: Any
    after: Any
    why: str | None = None


def record(
    tx: sqlite3.Connection,
    changes: Sequence[Change | AuthorChange],
    *,
    actor: str,
    command: str,
    at: str,
    undoes: int | None = None,
) -> int | None:
    """Write the changes as one action and return its number; None where nothing changed.

    What takes an action back is one also where time has done it already.
    """
    if not changes and undoes is None:
        return None
    action = tx.execute(
        "insert into action (at, actor, command, undoes) values (?, ?, ?, ?)",
        (at, actor, command, undoes),
    ).lastrowid
    tx.executemany(
        "insert into event (action_id, mention_id, author_id, field, before, after, why)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [
            (action, *_whose(c), c.field, json.dumps(c.before), json.dumps(c.after), c.why)
            for c in changes
        ],
    )
    return action


def _whose(change: Change | AuthorChange) -> tuple[int | None, int | None]:
    if isinstance(change, AuthorChange):
        return None, change.author_id
    return change.mention_id, None


def taken_back(tx: sqlite3.Connection, actions: Iterable[int]) -> set[int]:
    """Those of these actions that do not count any more: an action that counts undoes them."""
    return set(taken_back_by(tx, actions))


def taken_back_by(tx: sqlite3.Connection, actions: Iterable[int]) -> dict[int, int]:
    """By action that does not count any more, the one that undoes it."""
    wanted = set(actions)
    undone_by = _undoing(tx, wanted)
    found: dict[int, int] = {}
    for action in sorted(undone_by, reverse=True):  # what undoes is always the later one
        for later in undone_by[action]:
            if later not in found:
                found[action] = later
    return {action: by for action, by in found.items() if action in wanted}


def _undoing(tx: sqlite3.Connection, actions: Iterable[int]) -> dict[int, list[int]]:
    """By action, the later ones that undo it; also what undoes those, and so on."""
    rows = tx.execute(
        """
        with recursive later (of, id) as (
          select undoes, id from action where undoes in (select value from json_each(?))
          union select a.undoes, a.id from later l join action a on a.undoes = l.id)
        select of, id from later
        """,
        (json.dumps(sorted(actions)),),
    )
    found: dict[int, list[int]] = {}
    for of, id_ in rows:
        found.setdefault(of, []).append(id_)
    return found
