"""What people said about mentions, beside what the classifier says: the ground for learning.

What a rule of the config set is nobody's word.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from socialcare.inbox.database import Database
from socialcare.models import LABELS, Kind, Label

MOST_CORRECTED = 2_000
"""The newest corrections are read; what was said before counts no more."""
MOST_READ = 10_000
"""The newest mentions beside them: a rule is tried on these."""

_COUNTS = """
select
  (select count(*) from triage where status <> 'filtered') as mentions,
  (select count(*) from (
    select mention_id from correction
      where field in ('label', 'topics', 'priority') and actor <> 'rule'
    union select mention_id from triage where status = 'closed' and close_reason = 'not-us'
  )) as corrected
"""
_CORRECTED = """
select mention_id from correction
  where field in ('label', 'topics', 'priority') and actor <> 'rule'
union select mention_id from triage where status = 'closed' and close_reason = 'not-us'
order by mention_id desc limit ?
"""
_NEWEST = (
    "select mention_id from triage where status <> 'filtered' order by mention_id desc limit ?"
)
_ROWS = """
select m.id, m.text, m.url, m.rating, m.media is not null as has_media, m.lang, m.kind,
  m.automated, m.direct, a.handle, l.label, l.topics, t.status, t.close_reason, t.first_answer_at,
  (select json_group_object(field, json(value)) from correction c
    where c.mention_id = m.id and c.actor <> 'rule') as said
from mention m
join author a on a.id = m.author_id
join label l on l.mention_id = m.id
join triage t on t.mention_id = m.id
where m.id in (select value from json_each(?)) and m.erased_at is null order by m.id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A mention and how people left it.

    ``settled``: answered, or closed as one of ours, without a word against its label.
    """

    id: int
    text: str
    author: str
    url: str | None
    rating: float | None
    has_media: bool
    lang: str | None
    kind: Kind
    automated: bool
    direct: bool
    label: Label
    """What the classifier said when it was stored."""
    topics: tuple[str, ...]
    said_label: Label | None
    said_topics: tuple[str, ...] | None
    not_us: bool
    settled: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """``corrected`` of ``mentions``: a label, topic or priority, or closed as not about us."""

    corrected: int
    mentions: int


def counts(db: Database) -> Counts:
    row = db.one(_COUNTS)
    assert row is not None, "an aggregate has a row"
    return Counts(row["corrected"], row["mentions"])


def standing(db: Database) -> list[Standing]:
    """The newest mentions and the newest corrections, in the order of their ids."""
    ids: set[int] = set()
    for sql, most in ((_CORRECTED, MOST_CORRECTED), (_NEWEST, MOST_READ)):
        ids.update(row[0] for row in db.rows(sql, (most,)))
    return [_standing(row) for row in db.rows(_ROWS, (json.dumps(sorted(ids)),))]


def _standing(row: sqlite3.Row) -> Standing:
    said: dict[str, Any] = json.loads(row["said"])
    topics = said.get("topics")
    return Standing(
        id=row["id"],
        text=row["text"],
        author=row["handle"],
        url=row["url"],
        rating=row["rating"],
        has_media=bool(row["has_media"]),
        lang=row["lang"],
        kind=row["kind"],
        automated=bool(row["automated"]),
        direct=bool(row["direct"]),
        label=row["label"],
        topics=_words(json.loads(row["topics"])),
        said_label=next((label for label in LABELS if label == said.get("label")), None),
        said_topics=None if topics is None else _words(topics),
        not_us=row["status"] == "closed" and row["close_reason"] == "not-us",
        settled=_is_settled(row),
    )


def _is_settled(row: sqlite3.Row) -> bool:
    if row["status"] == "closed":
        return row["close_reason"] not in ("not-us", "spam", "double")
    return row["status"] == "pending" or row["first_answer_at"] is not None


def _words(topics: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(topic) for topic in topics)
