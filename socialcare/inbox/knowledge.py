"""How ready-made answers fared, and what the inbox holds that could become one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialcare.clock import EARLIEST, LATEST, format_time
from socialcare.inbox.database import Database
from socialcare.vocabulary import Visibility

SILENCE = timedelta(days=7)
"""Who has not written again for so long after an answer was helped by it."""
# Thanks and the like need no answer: they do not say that the answer was of no use.
_USES = """
select r.snippet, r.sent_at <= :settled as settled, t.label = 'question' as asked, exists (
    select 1 from mention n join triage w on w.mention_id = n.id
    where n.conversation = m.conversation and n.role = 'mention' and w.needs_answer
      and w.status <> 'filtered' and n.created_at > r.sent_at
      and n.created_at <= strftime('%Y-%m-%dT%H:%M:%fZ', r.sent_at, :silence)) as again
from reply r join mention m on m.id = r.mention_id join triage t on t.mention_id = m.id
where r.state = 'sent' and r.snippet <> '' and r.sent_at >= :since and r.sent_at < :until
order by r.updated_at desc limit :most
"""
_SENT = """
select r.body, r.author as who, r.visibility, coalesce(r.sent_at, r.updated_at) as at from reply r
where r.mention_id = :id and r.state = 'sent' and r.body <> ''
union all
select a.text, null, 'public', a.created_at from mention m
  join mention a on a.source = m.source and a.in_reply_to = m.external_id and a.role = 'answer'
where m.id = :id and a.text <> ''
order by at desc limit 1
"""
# Somebody else's post under the one of a customer, or in a thread that a customer began.
_OTHER = """
select m.text, a.handle as who, m.url, p.id as asked
from mention m join author a on a.id = m.author_id
  join mention p on p.source = m.source and p.role = 'mention' and p.author_id <> m.author_id
    and (p.external_id = m.in_reply_to or (p.thread = m.thread and p.created_at < m.created_at))
where m.id = ? and m.role = 'mention' and m.erased_at is null and m.text <> ''
order by p.external_id is not m.in_reply_to, p.created_at, p.id limit 1
"""
_TEXTS = """
select id = :id as own, text from mention where id = :id or (role = 'mention' and conversation =
  (select conversation from mention where id = :id)) order by id <> :id, created_at desc limit 20
"""
_QUESTIONS = """
select m.id, m.text, m.channel, coalesce(l.lang, m.lang) as lang, l.topics
from mention m join triage t on t.mention_id = m.id join label l on l.mention_id = m.id
where m.role = 'mention' and m.created_at >= ? and t.label = 'question'
  and t.status <> 'filtered' and m.text <> '' order by m.created_at, m.id
"""


@dataclass(slots=True)
class Uses:
    """``judged``: of how many uses it is known whether the person wrote again."""

    used: int = 0
    worked: int = 0
    judged: int = 0
    deflected: int = 0
    """Questions that did not come back."""


def uses(
    db: Database,
    now: datetime,
    most: int = -1,
    *,
    sent: tuple[datetime, datetime] = (EARLIEST, LATEST),
) -> dict[str, Uses]:
    """By the name of the ready-made answer, over all that was ``sent`` in a time, or the last
    ``most`` of it. The end of that time is not part of it.

    It worked where the person did not write again within a week; while that week lasts, nobody
    knows yet. Thanks do not count as writing again.
    """
    found: dict[str, Uses] = {}
    bounds = {
        "settled": format_time(now - SILENCE),
        "silence": f"+{SILENCE.total_seconds():.0f} seconds",
        "most": most,
        "since": format_time(sent[0]),
        "until": format_time(sent[1]),
    }
    for row in db.rows(_USES, bounds):
        for name in dict.fromkeys(part.strip() for part in row["snippet"].split(",")):
            _count(found.setdefault(name, Uses()), row)
    found.pop("", None)
    return found


def _count(uses: Uses, row: sqlite3.Row) -> None:
    worked = bool(row["settled"]) and not row["again"]
    uses.used += 1
    uses.judged += worked or bool(row["again"])
    uses.worked += worked
    uses.deflected += worked and bool(row["asked"])


@dataclass(frozen=True, slots=True)
class Sent:
    """Our own answer. ``who`` is None where it was given on the channel itself."""

    body: str
    who: str | None
    visibility: Visibility


def last_sent(db: Database, mention_id: int) -> Sent | None:
    """What was answered to a mention last."""
    row = db.one(_SENT, {"id": mention_id})
    return None if row is None else Sent(row["body"], row["who"], row["visibility"])


@dataclass(frozen=True, slots=True)
class ByCustomer:
    """What somebody who is not one of us answered to ``asked``, a mention."""

    text: str
    who: str
    url: str | None
    asked: int


def by_customer(db: Database, mention_id: int) -> ByCustomer | None:
    """A mention as an answer to another one; None where it stands alone."""
    row = db.one(_OTHER, (mention_id,))
    return None if row is None else ByCustomer(row["text"], row["who"], row["url"], row["asked"])


def texts_of(db: Database, mention_id: int) -> tuple[list[str], list[str]]:
    """A mention's own text, and those of the rest of its conversation, the newest first."""
    rows = db.rows(_TEXTS, {"id": mention_id})
    return [row["text"] for row in rows if row["own"]], [
        row["text"] for row in rows if not row["own"]
    ]


@dataclass(frozen=True, slots=True)
class Question:
    id: int
    text: str
    channel: str
    lang: str | None
    topics: tuple[str, ...]


def questions(db: Database, since: datetime) -> Iterator[Question]:
    """What was asked since then, oldest first."""
    for row in db.rows(_QUESTIONS, (format_time(since),)):
        yield Question(
            row["id"], row["text"], row["channel"], row["lang"], tuple(json.loads(row["topics"]))
        )
