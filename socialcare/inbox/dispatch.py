"""What becomes of a letter on its way: each change on record before, or after, its request.

Whoever calls this holds the lock of the outbox.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from socialcare.clock import format_time, parse_time
from socialcare.inbox import own_posts
from socialcare.inbox.answering import Answer, answer, put_all
from socialcare.inbox.database import Database
from socialcare.inbox.events import SENT, Change, record
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Letter, standing_letter
from socialcare.inbox.outbox import Post
from socialcare.inbox.settling import settle
from socialcare.models import Posted
from socialcare.settings import Settings


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


def take_back(db: Database, letter: Letter, hand: Hand) -> None:
    """Nothing of it was tried: it is approved, as it was before it was put on its way."""
    with db.write() as tx:
        if _on_its_way(tx, letter):
            tx.execute("delete from post where reply_id = ?", (letter.id,))
            _move(tx, letter, "approved", hand, "it was not tried")


def attempt(db: Database, post: Post, now: datetime) -> datetime | None:
    """Write down that a post is being sent, before it is; return when it was tried first.

    None where somebody else has begun that, or it is not to be sent any more.
    """
    with db.write() as tx:
        row = tx.execute(
            "update post set state = 'sending', tries = tries + 1, tried_at = :now,"
            " began_at = coalesce(began_at, :now), error = null"
            " where id = :id and state = :state and tries = :tries"
            " and reply_id in (select id from reply where state = 'sending') returning began_at",
            {"now": format_time(now), "id": post.id, "state": post.state, "tries": post.tries},
        ).fetchone()
        return parse_time(row["began_at"]) if row else None


def count_anew(db: Database, post: Post, now: datetime) -> None:
    """The clock was put back since it was tried: how long ago that is counts from now."""
    with db.write() as tx:
        tx.execute("update post set tried_at = ? where id = ?", (format_time(now), post.id))


def landed(db: Database, post: Post, posted: Posted, now: datetime) -> None:
    """It is there. Where the service does not say since when, since it was tried."""
    at = format_time(posted.at or post.tried_at or now)
    with db.write() as tx:
        tx.execute(
            "update post set state = 'sent', external_id = ?, uri = ?, url = ?, sent_at = ?,"
            " error = null where id = ? and reply_id in (select r.id from reply r"
            " join mention m on m.id = r.mention_id where m.erased_at is null)",
            (posted.external_id, posted.uri, posted.url, at, post.id),
        )
        own_posts.landed(tx, post.id)


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
        if _on_its_way(tx, letter) and not _any_begun(tx, letter):
            tx.execute("delete from post where reply_id = ?", (letter.id,))
            _move(tx, letter, "approved", hand, why)


def wait(db: Database, letter: Letter, why: str, until: datetime | None) -> None:
    """Nothing could be asked: all that is known of its posts stays as it is."""
    with db.write() as tx:
        _say(tx, letter, why, until)


def give_up(db: Database, letter: Letter, why: str, hand: Hand, settings: Settings) -> None:
    """The service said no, or something happened that a person has to see first.

    What was posted of it already is an answer; the rest is a letter of its own.
    """
    with db.write() as tx:
        if not _stands(tx, letter):
            return
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
        if _on_its_way(tx, letter):
            tx.execute("update post set state = 'unknown', error = ? where id = ?", (why, post.id))
            _say(tx, letter, why, None)
            _move(tx, letter, "unknown", hand, why)


def seen_again(db: Database, letter: Letter, post: Post, posted: Posted, hand: Hand) -> None:
    """What nobody could tell is there after all: what is left of the letter may go on."""
    landed(db, post, posted, hand.now)
    with db.write() as tx:
        if _stands(tx, letter):
            _say(tx, letter, None, None)
            _move(tx, letter, "sending", hand, "it is there")


def send_again(db: Database, letter: Letter, hand: Hand) -> None:
    """Somebody has looked: it is not there, and may be posted again, under another key."""
    with db.write() as tx:
        for (id_,) in tx.execute(
            "select id from post where reply_id = ? and state = 'unknown'", (letter.id,)
        ).fetchall():
            tx.execute(
                "update post set state = 'queued', key = ?, tries = 0, began_at = null,"
                " tried_at = null where id = ?",
                (str(uuid.uuid4()), id_),
            )
        _say(tx, letter, None, None)
        _move(tx, letter, "sending", hand, "sent again on purpose")


def arrived(db: Database, letter: Letter, hand: Hand, settings: Settings) -> int | None:
    """All of it is there: clocks stop, and the mention is closed or pending by rule.

    None where somebody has recorded that meanwhile, or the person was forgotten.
    """
    with db.write() as tx:
        return _sent(tx, letter, hand, settings) if _stands(tx, letter) else None


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


def _stands(tx: sqlite3.Connection, letter: Letter) -> bool:
    """Whether it is still the letter that waits: it may have been recorded, or erased."""
    return _state(tx, letter) not in (None, "sent")


def _on_its_way(tx: sqlite3.Connection, letter: Letter) -> bool:
    return _state(tx, letter) == "sending"


def _state(tx: sqlite3.Connection, letter: Letter) -> str | None:
    row = tx.execute("select state from reply where id = ?", (letter.id,)).fetchone()
    return None if row is None else str(row["state"])


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
    """What did not go is a letter again, with who may read which part of it."""
    public = [_unnumbered(row["body"]) for row in rest if not row["private"]]
    private = [row["body"] for row in rest if row["private"]]
    words = {
        "draft": "\n\n".join(public or private),
        "visibility": None if public else "private",
        "follow_up": "\n\n".join(private) or None if public else None,
    }
    as_author = Hand(letter.author, hand.now, hand.command)
    changes = put_all(tx, letter.mention_id, words, as_author, "it did not go with the rest")
    changes += put_all(tx, letter.mention_id, {"reply": "failed"}, as_author, why)
    tx.execute(
        "update reply set error = ?, split = ?, snippet = ?, statement = ?"
        " where mention_id = ? and state <> 'sent'",
        (why, letter.words.split, letter.words.snippet, letter.statement, letter.mention_id),
    )
    record(tx, changes, actor=letter.author, command=hand.command, at=hand.at)


def _unnumbered(body: str) -> str:
    """Without the number of the part: what is left is numbered anew."""
    return re.sub(r" \(\d{1,2}/\d{1,2}\)$", "", body)


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
