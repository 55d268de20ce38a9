"""Our own posts and other people's reposts, joined to the mentions they concern."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from socialcare.inbox.conversations import members
from socialcare.inbox.events import ON_CHANNEL, Change
from socialcare.models import Mention
from socialcare.settings import ReplySettings


def link(tx: sqlite3.Connection, new: Sequence[int], policy: ReplySettings) -> list[Change]:
    """Stop the clock of mentions that one of our own posts answers; return what changed."""
    changes: list[Change] = []
    for id_, answered_at in _first_answers(tx, new):
        row = tx.execute(
            "select status, label, first_answer_at from triage where mention_id = ?", (id_,)
        ).fetchone()
        before = row["first_answer_at"]
        if before is not None and before <= answered_at:
            continue
        tx.execute("update triage set first_answer_at = ? where mention_id = ?", (answered_at, id_))
        changes.append(Change(id_, "first_answer_at", before, answered_at))
        if row["status"] == "open":
            after = policy.after_question if row["label"] == "question" else policy.after_other
            tx.execute("update triage set status = ? where mention_id = ?", (after, id_))
            changes.append(Change(id_, "status", "open", after, ON_CHANNEL))
    return changes


_CONCERNED = """
with wanted as (select value as id from json_each(:ids))
select m.id from wanted w join mention a on a.id = w.id and a.role = 'answer'
  join mention m on m.source = a.source and m.external_id = a.in_reply_to and m.role = 'mention'
union
select x.mention_id from wanted w join mention a on a.id = w.id and a.role = 'answer'
  join alias x on x.source = a.source and x.external_id = a.in_reply_to
union
select m.id from wanted w join mention m on m.id = w.id and m.role = 'mention'
"""
_ANSWERS = """
with concerned as (select value as id from json_each(:ids))
select m.id, a.created_at as at from concerned c join mention m on m.id = c.id
  join mention a on a.source = m.source and a.in_reply_to = m.external_id and a.role = 'answer'
union all
select x.mention_id, a.created_at from concerned c join alias x on x.mention_id = c.id
  join mention a on a.source = x.source and a.in_reply_to = x.external_id and a.role = 'answer'
"""
_WRITTEN = """
select id, created_at, coalesce(conversation, id) as conversation from mention
where id in (select value from json_each(?)) order by id
"""


def concerned(tx: sqlite3.Connection, ids: Sequence[int]) -> set[int]:
    """The mentions among ``ids``, and those that our own posts among them answer."""
    return {row[0] for row in tx.execute(_CONCERNED, {"ids": json.dumps(list(ids))})}


def _first_answers(tx: sqlite3.Connection, ids: Sequence[int]) -> list[tuple[int, str]]:
    """Mention ids that are answered, with the time of their first answer.

    Both directions: a new answer to a known mention, and a new mention that was answered
    before we ever saw it. Pages may bring them in any order, and through another channel
    than the mention came. An answer is for all that the person had written by then.
    """
    listed = json.dumps(sorted(members(tx, concerned(tx, ids))))
    answers = tx.execute(_ANSWERS, {"ids": listed}).fetchall()
    if not answers:
        return []
    written = tx.execute(_WRITTEN, (listed,)).fetchall()
    talks = {row["id"]: row["conversation"] for row in written}
    found: list[tuple[int, str]] = []
    for row in written:
        times = [
            at
            for id_, at in answers
            if id_ == row["id"] or (talks[id_] == row["conversation"] and at >= row["created_at"])
        ]
        if times:
            found.append((row["id"], min(times)))
    return found


def reposted(tx: sqlite3.Connection, reposts: Sequence[Mention]) -> set[int]:
    """Ids of the mentions that these reposts pass on."""
    targets = json.dumps([r.repost_of for r in reposts if r.repost_of is not None])
    rows = tx.execute(
        """
        select id from mention where role = 'mention'
          and uri in (select value from json_each(:targets))
        union
        select id from mention where role = 'mention' and source in (select value from json_each(:sources))
          and external_id in (select value from json_each(:targets))
        """,
        {"targets": targets, "sources": json.dumps(sorted({r.source for r in reposts}))},
    )
    return {row[0] for row in rows}
