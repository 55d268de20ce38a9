"""Statements that may go to many in the same words: who approved which, who got one, and at what pace."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialcare.clock import format_time, parse_time
from socialcare.errors import SocialcareError
from socialcare.inbox.answering import put_all
from socialcare.inbox.database import Database
from socialcare.inbox.events import Change, record
from socialcare.inbox.fields import Hand
from socialcare.inbox.letters import Letter, standing_letter, unseen
from socialcare.inbox.tombstones import refuse_erased

_OVERTAKES = ("draft", "reply", "answer", "first_answer_at")
_LET_GO = """
update reply set snippet = :name, statement = :name, approved_by = :approved_by, seen = :seen,
  checks = :checks, promised_at = :promised_at, send_after = :send_after, pace = :pace
where mention_id = :id and state <> 'sent'
"""
HOUR = timedelta(hours=1)
GOING = "('waiting', 'approved', 'sending', 'unknown', 'sent')"
"""States of a letter that is on its way to somebody, or was."""

_STANDING = """
select name, digest, approved_by, approved_at, until, withdrawn_by, withdrawn_at from statement
"""
# Whoever of a customer got it has got it; a person without one is the account.
_GOT = f"""
select wanted.id, got.mention_id from mention wanted join author a on a.id = wanted.author_id
join author b on b.id = a.id or b.customer_id = a.customer_id
join mention m on m.author_id = b.id
join reply got on got.mention_id = m.id and got.statement = :name and got.state in {GOING}
where wanted.id in (select value from json_each(:ids)) order by got.id
"""
_PEOPLE = """
select m.id, coalesce(a.customer_id, -a.id) as person from mention m
join author a on a.id = m.author_id where m.id in (select value from json_each(?))
"""
_LAST_SLOT = f"""
select m.channel, max(coalesce(r.send_after, r.updated_at)) as at from reply r
join mention m on m.id = r.mention_id
where r.statement is not null and r.updated_at >= ? and r.state in {GOING} group by 1
"""
_LEFT = """
select m.channel, count(*) as n from post p join reply r on r.id = p.reply_id
join mention m on m.id = r.mention_id
where r.statement is not null and p.place = 0 and p.tried_at > ? group by 1
"""
_PACED = """
select r.mention_id, m.channel, r.pace, r.state from reply r join mention m on m.id = r.mention_id
where r.state in ('approved', 'sending') and r.pace is not null
  and r.mention_id in (select value from json_each(?))
"""


@dataclass(frozen=True, slots=True)
class Approved:
    """An approval of a statement, for as long as its words are those of ``digest``."""

    name: str
    digest: str
    approved_by: str
    approved_at: datetime
    until: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None


def approve(db: Database, name: str, digest: str, until: datetime | None, hand: Hand) -> bool:
    """Let a statement go to many; other words that were approved under that name end.

    False where that was so already.
    """
    with db.write() as tx:
        ends = format_time(until) if until else None
        now = _newest(tx, name)
        if (
            now is not None
            and now.withdrawn_at is None
            and (now.digest, now.until) == (digest, until)
        ):
            return False
        _end(tx, name, hand)
        tx.execute(
            "insert into statement (name, digest, approved_by, approved_at, until)"
            " values (?, ?, ?, ?, ?)",
            (name, digest, hand.actor, hand.at, ends),
        )
        return True


def withdraw(db: Database, name: str, hand: Hand) -> bool:
    """End the approval; what is still on its way is not sent. False where there is none."""
    with db.write() as tx:
        return _end(tx, name, hand)


def _end(tx: sqlite3.Connection, name: str, hand: Hand) -> bool:
    ended = tx.execute(
        "update statement set withdrawn_by = ?, withdrawn_at = ?"
        " where name = ? and withdrawn_at is null",
        (hand.actor, hand.at, name),
    )
    return ended.rowcount > 0


def newest(db: Database, name: str) -> Approved | None:
    """The last approval of a statement, whether it still stands or not."""
    return _newest(db.conn, name)


def _newest(tx: sqlite3.Connection, name: str, before: str | None = None) -> Approved | None:
    sql = f"{_STANDING} where name = ? and (? is null or approved_at <= ?) order by id desc limit 1"
    row = tx.execute(sql, (name, before, before)).fetchone()
    if row is None:
        return None
    times = (parse_time(row[n]) if row[n] else None for n in ("until", "withdrawn_at"))
    until, withdrawn_at = times
    return Approved(
        *(row["name"], row["digest"], row["approved_by"], parse_time(row["approved_at"])),
        *(until, row["withdrawn_by"], withdrawn_at),
    )


def ended(db: Database, letter: Letter, now: datetime) -> str | None:
    """Why a letter with a statement does not go any more, for people; None: it may."""
    assert letter.statement is not None, "it holds one"
    at = format_time(letter.approved_at) if letter.approved_at else None
    found = _newest(db.conn, letter.statement, at)
    if found is None:
        return f"the statement {letter.statement} is not approved"
    if found.withdrawn_at is not None:
        return f"{found.withdrawn_by} withdrew the statement {letter.statement}, or changed it"
    if found.until is not None and found.until <= now:
        return f"the statement {letter.statement} is over"
    return None


def people(db: Database, ids: Sequence[int]) -> Mapping[int, int]:
    """By mention who wrote it: the same number is the same person."""
    return {row[0]: row[1] for row in db.rows(_PEOPLE, (json.dumps(list(ids)),))}


def got_already(db: Database, name: str, ids: Sequence[int]) -> Mapping[int, int]:
    """Of these mentions those whose authors get this statement, with where."""
    rows = db.rows(_GOT, {"name": name, "ids": json.dumps(list(ids))})
    return {row[0]: row[1] for row in reversed(rows)}


def last_slots(db: Database, now: datetime) -> Mapping[str, datetime]:
    """By channel when the last statement that is on its way leaves, or left."""
    rows = db.rows(_LAST_SLOT, (format_time(now - timedelta(days=7)),))
    return {row[0]: parse_time(row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class Copy:
    """A statement for one person: its words, when it leaves at the earliest, what it promises."""

    mention_id: int
    body: str
    private: bool
    send_after: datetime
    promised: datetime | None
    seen: int
    """The last event of the mention that was looked at."""
    checks: Sequence[Mapping[str, str]] = ()


def let_go(
    db: Database, copies: Sequence[Copy], approved: Approved, pace: int, hand: Hand
) -> list[int]:
    """Make letters of them, as one action; return the mentions.

    Where somebody has begun an answer meanwhile, or has given one, there is none.
    """
    changes: list[Change] = []
    made: list[int] = []
    with db.write() as tx:
        for copy in copies:
            id_ = copy.mention_id
            try:
                refuse_erased(tx, [id_])
                unseen(tx, id_, _OVERTAKES, copy.seen, hand)
            except SocialcareError:
                continue
            if standing_letter(tx, id_) is not None:
                continue
            visibility = "private" if copy.private else None
            wanted = {"draft": copy.body, "visibility": visibility, "reply": "approved"}
            changes += put_all(tx, id_, wanted, hand, f"statement {approved.name}")
            tx.execute(_LET_GO, _values(copy, approved, pace))
            made.append(id_)
        record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)
    return made


def _values(copy: Copy, approved: Approved, pace: int) -> dict[str, object]:
    return {
        "id": copy.mention_id,
        "name": approved.name,
        "approved_by": approved.approved_by,
        "seen": copy.seen,
        "checks": json.dumps(list(copy.checks)),
        "promised_at": format_time(copy.promised) if copy.promised else None,
        "send_after": format_time(copy.send_after),
        "pace": pace,
    }


def within_pace(db: Database, ids: Sequence[int], now: datetime) -> list[int]:
    """The same without those for which too many have left in this hour; a fetch that comes late
    sends no heap of them.
    """
    paced = {row["mention_id"]: row for row in db.rows(_PACED, (json.dumps(list(ids)),))}
    if not paced:
        return list(ids)
    left = {row[0]: row[1] for row in db.rows(_LEFT, (format_time(now - HOUR),))}
    kept = []
    for id_ in ids:
        row = paced.get(id_)
        if row is not None and row["state"] == "approved":
            if left.get(row["channel"], 0) >= row["pace"]:
                continue
            left[row["channel"]] = left.get(row["channel"], 0) + 1
        kept.append(id_)
    return kept
