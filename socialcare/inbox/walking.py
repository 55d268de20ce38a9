"""What somebody who goes through the inbox card by card has to ask it."""

from __future__ import annotations

from collections.abc import Iterator

from socialcare.inbox.actions import Action, last_of
from socialcare.inbox.database import Database

_STANDS = """
select w.mention_id from mention m join mention o on o.conversation = m.conversation
  join triage w on w.mention_id = o.id and w.waits = 1
where m.id = ?
"""


def stands_for(db: Database, id_: int) -> int:
    """The message that waits now in the conversation of a mention; else the mention itself."""
    waiting: int | None = db.value(_STANDS, (id_,))
    return id_ if waiting is None else waiting


def last_action(db: Database) -> int:
    """The number of the newest action, 0 before the first."""
    return db.value("select max(id) from action") or 0


def own_since(db: Database, actor: str, number: int) -> Iterator[Action]:
    """What somebody did after an action and still counts, the newest first."""
    for action in last_of(db, actor):
        if action.id <= number:
            return
        yield action
