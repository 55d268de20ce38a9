"""The outbox: replies that may go, each post on record before its request leaves.

A letter is ``approved``, then ``sending`` with its posts, then ``sent``; ``failed`` where the
service said no, ``unknown`` where nobody can tell. Whoever changes it holds the lock of the
outbox, so that a post found ``sending`` was left by a run that is over.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from socialcare.clock import format_time, parse_time
from socialcare.inbox.answering import Answer, answer, put_all
from socialcare.inbox.database import Database
from socialcare.inbox.events import SENT, Change, record
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Letter, standing_letter
from socialcare.inbox.settling import settle
from socialcare.models import Author, Judged, Mention, Posted
from socialcare.settings import Settings

PostState = Literal["queued", "sending", "sent", "failed", "unknown"]

_READY = """
select r.mention_id from reply r join mention m on m.id = r.mention_id
where r.state in ('sending', 'approved') and coalesce(r.not_before, '') <= :now
  and (:ids is null or r.mention_id in (select value from json_each(:ids)))
order by r.state <> 'sending', r.approved_at, r.id
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
    """A letter with what it answers, and its posts once they are made."""

    letter: Letter
    to: Mention
    posts: tuple[Post, ...] = ()


def ready(db: Database, now: datetime, ids: Sequence[int] | None = None) -> list[int]:
    """Mentions whose answers may go, or were left on their way: those first, then by approval."""
    values = {"now": format_time(now), "ids": None if ids is None else json.dumps(list(ids))}
    return [row[0] for row in db.rows(_READY, values)]


def parcel(db: Database, mention_id: int) -> Parcel | None:
    """What waits to be sent on a mention, as it is now."""
    letter = standing_letter(db.conn, mention_id)
    if letter is None:
        return None
    return Parcel(
        letter, addressed(db, mention_id), tuple(map(_post, db.rows(_POSTS, (letter.id,))))
    )


def addressed(db: Database, mention_id: int) -> Mention:
    """The mention that an answer goes to."""
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
    seen = db.value("select seen from reply where id = ?", (letter.id,))
    row = db.one(_SINCE, {"id": letter.mention_id, "seen": seen or 0, "author": letter.author})
    if row is None:
        return None
    if row["field"] == "gone_at":
        return "it was deleted by its author"
    if row["field"] == "text":
        return "it was edited by its author"
    who = row["actor"]
    return "it was answered elsewhere" if who == "fetch" else f"{who} answered it"


def begin(db: Database, letter: Letter, posts: Sequence[tuple[str, bool]], hand: Hand) -> bool:
    """Put a letter on its way: its posts, each text with whether it is private, in their order.

    False where it is not approved any more.
    """
    with db.write() as tx:
        now = standing_letter(tx, letter.mention_id)
        if now is None or now.state != "approved" or now.words != letter.words:
            return False
        for place, (body, private) in enumerate(posts):
            tx.execute(
                "insert into post (reply_id, place, body, private, key, state)"
                " values (?, ?, ?, ?, ?, 'queued')",
                (letter.id, place, body, private, str(uuid.uuid4())),
            )
        _move(tx, letter, "sending", hand)
        return True


def attempt(db: Database, post: Post, now: datetime) -> bool:
    """Write down that a post is being sent, before it is; False where that has begun already."""
    with db.write() as tx:
        changed = tx.execute(
            "update post set state = 'sending', tries = tries + 1, tried_at = :now,"
            " began_at = coalesce(began_at, :now), error = null"
            " where id = :id and state = :state and tries = :tries",
            {"now": format_time(now), "id": post.id, "state": post.state, "tries": post.tries},
        )
        return changed.rowcount == 1


def landed(db: Database, post: Post, posted: Posted, now: datetime) -> None:
    """It is there."""
    at = format_time(posted.at or now)
    with db.write() as tx:
        tx.execute(
            "update post set state = 'sent', external_id = ?, uri = ?, url = ?, sent_at = ?,"
            " error = null where id = ?",
            (posted.external_id, posted.uri, posted.url, at, post.id),
        )


def put_off(db: Database, letter: Letter, why: str, until: datetime | None, hand: Hand) -> None:
    """The attempt made nothing: what is left goes with a later run.

    A post of which an earlier attempt is in doubt stays what it is, with its key.
    """
    with db.write() as tx:
        tx.execute(
            "update post set state = 'queued', tries = 0, began_at = null where reply_id = ?"
            " and state = 'sending' and tries = 1",
            (letter.id,),
        )
        _say(tx, letter, why, until)
        if letter.state == "sending" and not _any_begun(tx, letter):
            tx.execute("delete from post where reply_id = ?", (letter.id,))
            _move(tx, letter, "approved", hand, why)


def give_up(db: Database, letter: Letter, why: str, hand: Hand, settings: Settings) -> None:
    """The service said no, or something happened that a person has to see first.

    What was posted of it already is an answer; the rest is a letter of its own.
    """
    with db.write() as tx:
        if _any_sent(tx, letter):
            rest = _rest(tx, letter)
            _sent(tx, letter, hand, settings)
            _leave(tx, letter, rest, why, hand)
            return
        tx.execute("delete from post where reply_id = ?", (letter.id,))
        _say(tx, letter, why, None)
        _move(tx, letter, "failed", hand, why)


def lose_sight(db: Database, letter: Letter, post: Post, why: str, hand: Hand) -> None:
    """Nobody can tell whether it is there: it is not sent again by itself."""
    with db.write() as tx:
        tx.execute("update post set state = 'unknown', error = ? where id = ?", (why, post.id))
        _say(tx, letter, why, None)
        _move(tx, letter, "unknown", hand, why)


def send_again(db: Database, letter: Letter, hand: Hand) -> None:
    """Somebody has looked: it is not there, and may be posted again, under another key."""
    with db.write() as tx:
        for (id_,) in tx.execute(
            "select id from post where reply_id = ? and state = 'unknown'", (letter.id,)
        ).fetchall():
            tx.execute(
                "update post set state = 'queued', key = ? where id = ?", (str(uuid.uuid4()), id_)
            )
        _say(tx, letter, None, None)
        _move(tx, letter, "sending", hand, "sent again on purpose")


def arrived(db: Database, letter: Letter, hand: Hand, settings: Settings) -> int | None:
    """All of it is there: clocks stop, and the mention is closed or pending by rule."""
    with db.write() as tx:
        return _sent(tx, letter, hand, settings)


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


def _sent(tx: sqlite3.Connection, letter: Letter, hand: Hand, settings: Settings) -> int | None:
    id_ = letter.mention_id
    first = tx.execute(
        "select external_id, url, sent_at from post where reply_id = ? and state = 'sent' order by place",
        (letter.id,),
    ).fetchone()
    # Set the letter's fields to nothing in the order in which the way back makes them again.
    changes = [
        *(Change(id_, "reply", "sending", None, SENT),),
        *(_gone(id_, "follow_up", letter.words.follow_up)),
        *(_gone(id_, "visibility", _hidden(letter))),
        Change(id_, "draft", letter.words.body, None, SENT),
        Change(id_, "answer", None, first["url"], SENT),
    ]
    tx.execute(
        "update reply set state = 'sent', external_id = ?, url = ?, sent_at = ?, updated_at = ?,"
        " error = null where id = ?",
        (first["external_id"], first["url"], first["sent_at"], hand.at, letter.id),
    )
    given = Answer(first["sent_at"], letter.promised_at, settings.reply, SENT)
    changes += answer(tx, id_, given, hand)
    # Whoever pressed the button, it is the answer of who wrote it.
    action = record(tx, changes, actor=letter.author, command=hand.command, at=hand.at)
    settle(tx, [id_], settings)
    return action


def _gone(id_: int, field: str, before: Any) -> list[Change]:
    return [] if before is None else [Change(id_, field, before, None, SENT)]


def _hidden(letter: Letter) -> str | None:
    return None if letter.words.visibility == "public" else letter.words.visibility


def _any_sent(tx: sqlite3.Connection, letter: Letter) -> bool:
    sql = "select 1 from post where reply_id = ? and state = 'sent'"
    return tx.execute(sql, (letter.id,)).fetchone() is not None


def _any_begun(tx: sqlite3.Connection, letter: Letter) -> bool:
    """Whether something of it is there, or may be."""
    sql = "select 1 from post where reply_id = ? and (state = 'sent' or tries > 1)"
    return tx.execute(sql, (letter.id,)).fetchone() is not None


def _rest(tx: sqlite3.Connection, letter: Letter) -> list[sqlite3.Row]:
    """The posts that did not go, taken out of the letter."""
    sql = "select body, private from post where reply_id = ? and state <> 'sent' order by place"
    rows = tx.execute(sql, (letter.id,)).fetchall()
    tx.execute("delete from post where reply_id = ? and state <> 'sent'", (letter.id,))
    tx.execute(
        "update reply set follow_up = (select body from post where reply_id = reply.id"
        " and private and place > 0), body = (select group_concat(body, char(10)) from"
        " (select body from post where reply_id = reply.id and (place = 0 or not private)"
        " order by place)) where id = ?",
        (letter.id,),
    )
    return rows


def _leave(
    tx: sqlite3.Connection, letter: Letter, rest: Sequence[sqlite3.Row], why: str, hand: Hand
) -> None:
    words = {
        "draft": "\n\n".join(row["body"] for row in rest),
        "visibility": "private" if any(row["private"] for row in rest) else None,
    }
    as_author = Hand(letter.author, hand.now, hand.command)
    changes = put_all(tx, letter.mention_id, words, as_author, "it did not go with the rest")
    changes += put_all(tx, letter.mention_id, {"reply": "failed"}, as_author, why)
    tx.execute(
        "update reply set error = ? where mention_id = ? and state <> 'sent'",
        (why, letter.mention_id),
    )
    record(tx, changes, actor=letter.author, command=hand.command, at=hand.at)


def _say(tx: sqlite3.Connection, letter: Letter, why: str | None, until: datetime | None) -> None:
    tx.execute(
        "update reply set error = ?, not_before = ? where id = ?",
        (why, format_time(until) if until else None, letter.id),
    )


def _move(
    tx: sqlite3.Connection, letter: Letter, state: str, hand: Hand, why: str | None = None
) -> None:
    # Who approved it stays who approved it.
    tx.execute(
        "update reply set state = ?, updated_at = ? where id = ?", (state, hand.at, letter.id)
    )
    changes = [Change(letter.mention_id, "reply", letter.state, state, why)]
    record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)


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
    author = Author(
        row["author_key"], row["handle"], row["name"], row["author_url"], row["followers"]
    )
    return Mention(
        channel=row["channel"],
        source=row["source"],
        external_id=row["external_id"],
        author=author,
        text=row["text"],
        created_at=parse_time(row["created_at"]),
        kind=row["kind"],
        url=row["url"],
        uri=row["uri"],
        thread=row["thread"],
        in_reply_to=row["in_reply_to"],
        lang=row["lang"],
        direct=bool(row["direct"]),
        rating=row["rating"],
    )
