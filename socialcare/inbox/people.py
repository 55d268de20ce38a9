"""People behind accounts: which accounts are one person, and whose mentions nobody wants to see.

A person is an account, or the accounts that somebody joined to a customer. Whoever is muted
with one account is muted with all of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from socialcare.inbox.events import Change
from socialcare.inbox.facts import mentions_of
from socialcare.inbox.judgement import rerank
from socialcare.settings import Settings

MUTED = "muted"
"""How the reason begins for which the mentions of a muted person are filtered."""

_ACCOUNTS = """
select b.id from author a join author b on b.customer_id = a.customer_id
where a.id in (select value from json_each(:ids))
union select id from author where id in (select value from json_each(:ids))
"""
# Its own reason comes before that of another account of the same person.
_REASON = """
case when a.muted_at is not null then a.muted_why else (
  select b.muted_why from author b where b.muted_at is not null and b.customer_id = a.customer_id
  order by b.muted_at, b.id limit 1) end
"""
_MUTED = f"""
select a.id, {_REASON} as why from author a where a.id in (select value from json_each(?))
"""
_MENTIONS = f"""
select m.id, {_REASON} as why from mention m join author a on a.id = m.author_id
where m.role = 'mention' and m.id in (select value from json_each(?))
"""
_UNSEEN = f"""
t.status = 'filtered' and (t.filtered_why = '{MUTED}' or t.filtered_why like '{MUTED}: %')
"""
_CONCERNED = f"""
select m.id, m.author_id, m.fetched_at as came, t.status, t.filtered_why
from mention m join triage t on t.mention_id = m.id
where m.role = 'mention' and m.author_id in (select value from json_each(?))
  and (t.status = 'open' or ({_UNSEEN}))
order by m.id
"""
_FILTERED = f"""
select t.mention_id as id, t.status, t.filtered_why from triage t
where t.mention_id in (select value from json_each(?)) and {_UNSEEN}
"""


def accounts(tx: sqlite3.Connection, author_ids: Iterable[int]) -> list[int]:
    """These accounts and all others of the same people."""
    rows = tx.execute(_ACCOUNTS, {"ids": json.dumps(list(author_ids))})
    return sorted(row[0] for row in rows)


def muted(tx: sqlite3.Connection, author_ids: Iterable[int]) -> dict[int, str | None]:
    """Why each of these accounts is muted, by itself or with its person; None where it is not."""
    rows = tx.execute(_MUTED, (json.dumps(list(author_ids)),))
    return {row["id"]: None if row["why"] is None else _told(row["why"]) for row in rows}


def muted_mentions(tx: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    """Those of these mentions that a muted person wrote, with the reason to filter them."""
    if tx.execute("select 1 from author where muted_at is not null limit 1").fetchone() is None:
        return {}
    rows = tx.execute(_MENTIONS, (json.dumps(list(ids)),))
    return {row["id"]: _told(row["why"]) for row in rows if row["why"] is not None}


def settle_people(
    tx: sqlite3.Connection,
    was: Mapping[int, str | None],
    settings: Settings,
    *,
    since: str | None = None,
) -> list[Change]:
    """Bring the mentions of people in line after their accounts were joined, parted or muted.

    ``was`` is what :func:`muted` said before of all their accounts. What is muted now goes to
    the filtered pile, what was there for that reason only comes back; and the earlier
    contacts of a person count for the priority of the later ones. With ``since``, only what
    came later is muted: where the earlier mentions stand was decided before.
    """
    everybody = sorted({*was, *accounts(tx, was)})
    now = muted(tx, everybody)
    moved = [id_ for id_ in everybody if now.get(id_) != was.get(id_)]
    changes: list[Change] = []
    for row in tx.execute(_CONCERNED, (json.dumps(moved),)).fetchall():
        why = now.get(row["author_id"])
        if why is None or since is None or row["status"] == "filtered" or row["came"] > since:
            changes += _moved(tx, row, why)
    rerank(tx, mentions_of(tx, everybody), settings)
    return changes


def let_go(tx: sqlite3.Connection, ids: Iterable[int]) -> list[Change]:
    """Open those of these mentions that are filtered as of somebody muted who is not any more."""
    rows = tx.execute(_FILTERED, (json.dumps(list(ids)),)).fetchall()
    still = muted_mentions(tx, [row["id"] for row in rows])
    return [c for row in rows if row["id"] not in still for c in _moved(tx, row, None)]


def _moved(tx: sqlite3.Connection, row: sqlite3.Row, why: str | None) -> Iterator[Change]:
    after = "open" if why is None else "filtered"
    if (row["status"], row["filtered_why"]) == (after, why):
        return
    tx.execute(
        "update triage set status = ?, filtered_why = ? where mention_id = ?",
        (after, why, row["id"]),
    )
    if row["status"] != after:
        yield Change(row["id"], "status", row["status"], after, why or "not muted any more")
    yield Change(row["id"], "filtered_why", row["filtered_why"], why)


def _told(reason: str) -> str:
    return f"{MUTED}: {reason}" if reason else MUTED
