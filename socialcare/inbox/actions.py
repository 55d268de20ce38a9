"""What people did, action by action: the list that ``undo`` works on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialcare.clock import parse_time
from socialcare.inbox.database import Database
from socialcare.inbox.events import taken_back_by

LARGEST = 2**63 - 1
"""The largest number that an action can have."""
BY_PEOPLE = (
    "a.command not in ('fetch', 'import', 'duty') and a.command not like 'classify%'"
    " and a.command not like 'rule %'"
)
"""A fetch, an import and labelling again say what came, a rule and the duty what the config
wants; none of it is what somebody decided."""
_ACTIONS = "select a.id, a.at, a.actor, a.command, a.undoes from action a"
ERASED_SINCE = """
exists (select 1 from tombstone) and exists (select 1 from event later where later.mention_id = event.mention_id
  and later.field = 'erased' and later.action_id > event.action_id)
"""
"""What was erased is nobody's to change any more: of an event, whether that has happened since."""
_SUMMARY = f"""
select action_id, field, before, after,
  json_group_array(mention_id) as mentions, json_group_array(author_id) as authors
from event where action_id in (select value from json_each(?))
  and (before is not null or after is not null)
  and not ({ERASED_SINCE})
group by action_id, field, after, case when after is null or after = 'null' then before end
order by action_id, min(id)
"""
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an action did, to however many."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Action:
    """``undoes`` is the action that this one takes back, ``taken_back_by`` that which does so to it."""

    id: int
    at: datetime
    actor: str
    command: str
    undoes: int | None
    taken_back_by: int | None
    steps: tuple[Step, ...]
    mentions: tuple[int, ...]
    authors: tuple[int, ...]

    @property
    def stays(self) -> str | None:
        """Why it cannot be taken back, or None."""
        return stays(self.command, self.steps)


def stays(command: str, steps: Sequence[Step]) -> str | None:
    """In one word what cannot be taken back of such an action: ``fetch``, ``answer``, ``erased`` …"""
    word = command.partition(" ")[0]
    if word in ("fetch", "import", "classify", "forget", "rule", "duty"):
        return word
    fields = [step.field for step in steps]
    if "answer" in fields:
        return (
            "sent" if any(_is_on_its_way(step.field, step.before) for step in steps) else "answer"
        )
    if any(
        _is_on_its_way(step.field, step.before) or _is_fate(step.field, step.after)
        for step in steps
    ):
        return "sending"
    return None if fields else "erased"


def _is_on_its_way(field: str, state: Any) -> bool:
    return field == "reply" and state == "sending"


def _is_fate(field: str, state: Any) -> bool:
    """Whether nobody decided it: it is what the service made of an answer."""
    return field == "reply" and state in ("sending", "failed", "unknown")


def find_action(db: Database, number: int) -> Action | None:
    if number > LARGEST:
        return None
    rows = db.rows(f"{_ACTIONS} where a.id = ?", (number,))
    return next(_read(db, rows), None)


def actions(db: Database, *, most: int | None = None) -> Iterator[Action]:
    """What people did, the newest first."""
    before, left = LARGEST, most
    while left is None or left > 0:
        size = _BATCH if left is None else min(left, _BATCH)
        rows = db.rows(
            f"{_ACTIONS} where {BY_PEOPLE} and a.id < ? order by a.id desc limit ?", (before, size)
        )
        yield from _read(db, rows)
        if len(rows) < size:
            return
        before = rows[-1]["id"]
        left = None if left is None else left - len(rows)


def last_of(db: Database, actor: str) -> Iterator[Action]:
    """What somebody did and still counts, the newest first; what was done again is as new as that."""
    seen: set[int] = set()
    for one in _of(db, actor):
        first, again = concern(db, one)
        if again or first.id in seen or first.actor != actor or first.taken_back_by is not None:
            continue
        seen.add(first.id)
        yield first


def _of(db: Database, actor: str) -> Iterator[Action]:
    before = LARGEST
    while True:
        rows = db.rows(
            f"{_ACTIONS} where {BY_PEOPLE} and a.actor = ? and a.id < ?"
            " and exists (select 1 from event e where e.action_id = a.id)"
            " order by a.id desc limit ?",
            (actor, before, _BATCH),
        )
        yield from _read(db, rows)
        if len(rows) < _BATCH:
            return
        before = rows[-1]["id"]


def concern(db: Database, action: Action) -> tuple[Action, bool]:
    """What somebody did in the first place, and whether taking ``action`` back does it again."""
    again = False
    while action.undoes is not None and (before := find_action(db, action.undoes)) is not None:
        action, again = before, not again
    return action, again


def _read(db: Database, rows: Sequence[sqlite3.Row]) -> Iterator[Action]:
    ids = [row["id"] for row in rows]
    taken = taken_back_by(db.conn, ids) if ids else {}
    told: dict[int, list[sqlite3.Row]] = {}
    for row in db.rows(_SUMMARY, (json.dumps(ids),)):
        told.setdefault(row["action_id"], []).append(row)
    for row in rows:
        parts = told.get(row["id"], [])
        yield Action(
            id=row["id"],
            at=parse_time(row["at"]),
            actor=row["actor"],
            command=row["command"],
            undoes=row["undoes"],
            taken_back_by=taken.get(row["id"]),
            steps=tuple(Step(p["field"], _value(p["before"]), _value(p["after"])) for p in parts),
            mentions=_ids(parts, "mentions"),
            authors=_ids(parts, "authors"),
        )


def _ids(parts: Sequence[sqlite3.Row], name: str) -> tuple[int, ...]:
    found = {id_ for part in parts for id_ in json.loads(part[name]) if id_ is not None}
    return tuple(sorted(found))


def _value(stored: str | None) -> Any:
    """A JSON value; what was erased is nothing."""
    return None if stored is None else json.loads(stored)


def handles(db: Database, author_ids: Sequence[int]) -> list[str]:
    """The handles of accounts, in the order of their ids."""
    sql = "select handle from author where id in (select value from json_each(?)) order by id"
    return [row[0] for row in db.rows(sql, (json.dumps(list(author_ids)),))]
