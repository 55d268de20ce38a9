"""The outbox: replies that may go, each post on record before its request leaves.

A letter is ``approved``, then ``sending`` with its posts, then ``sent``; ``failed`` where the
service said no, ``unknown`` where nobody can tell. Whoever changes it (``dispatch.py``) holds the
lock of the outbox, so that a post found ``sending`` was left by a run that is over.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from socialcare.clock import format_time, parse_time
from socialcare.inbox import own_posts, statements
from socialcare.inbox.database import Database
from socialcare.inbox.letters import Letter, standing_letter
from socialcare.models import Author, Judged, Mention, Posted, ReplyState

LOOKED_FOR = timedelta(days=1)
"""So long a post that a service did not show may still turn up there."""
PostState = Literal["queued", "sending", "sent", "failed", "unknown"]

# A service that asked to be left alone is not asked for the other answers either; and in one
# thread what was approved earlier goes first, also where only the later one was named.
_READY = """
with going as (
  select r.id, r.mention_id, r.state <> 'sending' as fresh, coalesce(r.approved_at, '') as at,
    coalesce(r.not_before, '') as not_before, m.channel, m.source,
    coalesce(m.thread, m.external_id) as thread
  from reply r join mention m on m.id = r.mention_id
  where r.state <> 'sent' and (r.state = 'sending'
    or (r.state = 'approved' and coalesce(r.send_after, '') <= :now))
)
select g.mention_id from going g
where not exists (select 1 from going w where w.channel = g.channel and w.not_before > :now)
  and (:ids is null or exists (
    select 1 from going w where w.mention_id in (select value from json_each(:ids))
      and (w.source, w.thread) = (g.source, g.thread)
      and (w.id = g.id or (g.fresh, g.at, g.id) < (w.fresh, w.at, w.id))))
order by g.fresh, g.at, g.id
"""
_LOST = """
select mention_id from reply r
where r.state <> 'sent' and r.state = 'unknown' and coalesce(r.not_before, '') <= :now and exists (
  select 1 from post p where p.reply_id = r.id and p.state = 'unknown' and p.tried_at > :since)
order by r.id
"""
_KNOWN = """
select p.external_id from post p join reply r on r.id = p.reply_id join mention m on m.id = r.mention_id
where m.source = :source and p.id <> :post and p.external_id is not null
  and m.author_id = (select author_id from mention where id = :mention)
union
select a.external_id from mention a
where a.source = :source and a.in_reply_to = :external_id and a.role = 'answer'
  and a.fetched_at < :began
"""
_LAST = """
select r.state, r.url, r.error,
  (select count(*) from post p where p.reply_id = r.id and p.state = 'sent') as posts
from reply r where r.mention_id = ? order by r.state = 'sent', r.id desc limit 1
"""
_MENTION = """
select m.*, a.external_id as author_key, a.handle, a.name, a.url as author_url, a.followers
from mention m join author a on a.id = m.author_id where m.id = ?
"""
_POSTS = "select * from post where reply_id = ? order by place"
_SINCE = """
select e.field, e.after, a.actor from event e join action a on a.id = e.action_id
where e.mention_id = :id and e.id > :seen and e.after is not null
  and e.field in ('text', 'gone_at', 'answer', 'first_answer_at') and a.actor <> :author
order by e.field <> 'gone_at', e.id desc
"""
_OURS = """
with given as (select key as nth, value ->> 0 as source, value ->> 1 as external_id,
  value ->> 2 as uri from json_each(?))
select nth from given g join post p on p.external_id = g.external_id
  join reply r on r.id = p.reply_id join mention m on m.id = r.mention_id and m.source = g.source
union select nth from given g join post p on p.uri = g.uri
"""


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a letter. ``key`` is the same at every attempt."""

    id: int
    place: int
    body: str
    private: bool
    key: str
    state: PostState
    tries: int
    began_at: datetime | None
    """When it was tried first: what is older is not this one."""
    tried_at: datetime | None
    """When it was tried last."""
    posted: Posted | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter with what it answers, and its posts once they are made.

    An own post, which answers nothing, stands there for itself: see ``own_posts.answered``.
    """

    letter: Letter
    to: Mention
    posts: tuple[Post, ...] = ()

    @property
    def begun(self) -> bool:
        """Whether something of it is there, or may be."""
        return any(post.state != "queued" for post in self.posts)

    @property
    def sent(self) -> bool:
        """Whether something of it is there."""
        return any(post.state == "sent" for post in self.posts)


@dataclass(frozen=True, slots=True)
class Last:
    """How an answer stands. ``posts`` counts those that are there."""

    state: ReplyState
    url: str | None
    error: str | None
    posts: int


def ready(db: Database, now: datetime, ids: Sequence[int] | None = None) -> list[int]:
    """Mentions whose answers may go, or were left on their way: those first, then by approval."""
    values = {"now": format_time(now), "ids": None if ids is None else json.dumps(list(ids))}
    return statements.within_pace(db, [row[0] for row in db.rows(_READY, values)], now)


def lost(db: Database, now: datetime) -> list[int]:
    """Mentions whose answers nobody could tell the fate of, and that may still turn up."""
    values = {"now": format_time(now), "since": format_time(now - LOOKED_FOR)}
    return [row[0] for row in db.rows(_LOST, values)]


def known(db: Database, parcel: Parcel, post: Post, now: datetime) -> frozenset[str]:
    """Posts of ours to the same person that this one is not, whatever they say.

    What was sent from here is known by its own row, what somebody wrote elsewhere by having
    been fetched before this one was tried.
    """
    if own_posts.answered(parcel.to) is None:
        return own_posts.known(db, parcel.to.source, post.began_at)
    began = post.began_at or now
    values = {
        "source": parcel.to.source,
        "external_id": parcel.to.external_id,
        "mention": parcel.letter.mention_id,
        "post": post.id,
        # A clock that was put back since says nothing about what was there before.
        "began": format_time(began) if began <= now else "",
    }
    return frozenset(row[0] for row in db.rows(_KNOWN, values))


def last(db: Database, mention_id: int) -> Last | None:
    """How the last answer to a mention stands, whoever saw to it."""
    row = db.one(_LAST, (mention_id,))
    return None if row is None else Last(*row)


def parcel(db: Database, mention_id: int) -> Parcel | None:
    """What waits to be sent on a mention, as it is now."""
    letter = standing_letter(db.conn, mention_id)
    if letter is None:
        return None
    return Parcel(
        letter, addressed(db, mention_id), tuple(map(_post, db.rows(_POSTS, (letter.id,))))
    )


def addressed(db: Database, mention_id: int) -> Mention:
    """The mention that an answer goes to, or the own post."""
    row = db.one(_MENTION, (mention_id,))
    assert row is not None, "it is there: somebody answers it"
    return _mention(row)


def answered_since(db: Database, mention_id: int, seen: int, me: str) -> str | None:
    """Who else has answered a mention since an event that ``me`` has seen."""
    row = db.one(
        "select a.actor from event e join action a on a.id = e.action_id where e.mention_id = ?"
        " and e.id > ? and e.field in ('answer', 'first_answer_at') and e.after is not null"
        " and a.actor <> ? order by e.id desc",
        (mention_id, seen, me),
    )
    return None if row is None else str(row["actor"])


def overtaken(db: Database, letter: Letter) -> str | None:
    """What happened to the mention since somebody let its answer go, for people; None: nothing."""
    row = db.one(_SINCE, {"id": letter.mention_id, "seen": letter.seen, "author": letter.author})
    if row is None:
        return None
    if row["field"] == "gone_at":
        return "it was deleted by its author"
    if row["field"] == "text":
        return "it was edited by its author"
    who = row["actor"]
    return "it was answered elsewhere" if who == "fetch" else f"{who} answered it"


def ours(tx: sqlite3.Connection, judged: Sequence[Judged]) -> list[Judged]:
    """The same, with what was sent from here told as an answer, whoever brought it."""
    if tx.execute("select 1 from post limit 1").fetchone() is None:
        return list(judged)
    keys = [(j.mention.source, j.mention.external_id, j.mention.uri) for j in judged]
    found = {row[0] for row in tx.execute(_OURS, (json.dumps(keys),))}
    return [
        Judged(replace(one.mention, role="answer"), None) if place in found else one
        for place, one in enumerate(judged)
    ]


def _post(row: sqlite3.Row) -> Post:
    began, tried = (
        parse_time(row[name]) if row[name] else None for name in ("began_at", "tried_at")
    )
    posted = None
    if row["state"] == "sent" and row["external_id"] is not None:
        posted = Posted(row["external_id"], row["url"], row["uri"], parse_time(row["sent_at"]))
    return Post(
        *(row["id"], row["place"], row["body"], bool(row["private"]), row["key"], row["state"]),
        *(row["tries"], began, tried, posted),
    )


def _mention(row: sqlite3.Row) -> Mention:
    own = row["role"] == "own"
    author = Author(
        row["author_key"],
        "" if own else row["handle"],  # nobody speaks to himself by his name
        row["name"],
        row["author_url"],
        row["followers"],
        is_us=own,
    )
    return Mention(
        channel=row["channel"],
        source=row["source"],
        external_id=row["external_id"],
        author=author,
        text=row["text"],
        created_at=parse_time(row["created_at"]),
        kind=row["kind"],
        role=row["role"],
        url=row["url"],
        uri=row["uri"],
        thread=row["thread"],
        in_reply_to=row["in_reply_to"],
        lang=row["lang"],
        direct=own or bool(row["direct"]),
        rating=row["rating"],
    )
