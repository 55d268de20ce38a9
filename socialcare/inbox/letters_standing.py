"""Replies that somebody has to look after: they wait for an approval, or did not go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from socialcare.clock import parse_time
from socialcare.inbox.database import Database

_STANDING = """
select mention_id, state, author, updated_at from reply
where state <> 'sent' and state in ('waiting', 'failed', 'unknown') order by updated_at, mention_id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One reply; ``since`` is when it came to stand so."""

    mention_id: int
    state: str
    author: str
    since: datetime


def standing_letters(db: Database) -> Sequence[Standing]:
    """The oldest first."""
    return [
        Standing(row["mention_id"], row["state"], row["author"], parse_time(row["updated_at"]))
        for row in db.rows(_STANDING)
    ]
