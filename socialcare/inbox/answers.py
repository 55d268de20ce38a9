"""Our own posts and other people's reposts, joined to the mentions they concern."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from socialcare.inbox.events import Change
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
            changes.append(Change(id_, "status", "open", after, "answered on the channel"))
    return changes


def _first_answers(tx: sqlite3.Connection, new: Sequence[int]) -> list[tuple[int, str]]:
    """Mention ids that are answered, with the time of their first answer.

    Both directions: a new answer to a known mention, and a new mention that was answered
    before we ever saw it. Pages may bring them in any order.
    """
    concerned = tx.execute(
        """
        select m.id from mention a
        join mention m on m.source = a.source and m.external_id = a.in_reply_to
        where a.role = 'answer' and m.role = 'mention' and a.id in (select value from json_each(:new))
        union
        select m.id from mention m
        where m.role = 'mention' and m.id in (select value from json_each(:new))
          and exists (select 1 from mention a where a.source = m.source
            and a.in_reply_to = m.external_id and a.role = 'answer')
        """,
        {"new": json.dumps(list(new))},
    ).fetchall()
    rows = tx.execute(
        """
        select m.id, min(a.created_at) from mention m
        join mention a on a.source = m.source and a.in_reply_to = m.external_id and a.role = 'answer'
        where m.id in (select value from json_each(?)) group by m.id
        """,
        (json.dumps([row[0] for row in concerned]),),
    )
    return [(row[0], row[1]) for row in rows]


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
