"""Labels and priorities: the one writer of both, and of their copies in the triage row.

Everything here is recomputable from facts, corrections and settings.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from socialcare.clock import format_time, parse_time
from socialcare.inbox.priority import RankFacts, rank
from socialcare.inbox.settling import settle
from socialcare.inbox.sla import ClockEvent, run_clock
from socialcare.inbox.timeline import calendar_for
from socialcare.models import PRIORITIES, Classification
from socialcare.settings import Settings

REPEAT_DAYS = 30
"""How long an earlier complaint of the same person counts."""
_CHUNK = 400
_RULED = "priority set by"
"""Beside the corrected fields: whose word the priority is, where it is nobody's hand."""

_COMPLAINED = "select 1 from mention p join triage t on t.mention_id = p.id"
_LATELY = """and p.role = 'mention' and p.created_at < m.created_at
  and p.created_at >= strftime('%Y-%m-%dT%H:%M:%fZ', m.created_at, :since)
  and t.label = 'complaint' and t.status <> 'filtered'"""
_FACTS = f"""
select m.id, m.created_at, m.direct, m.rating, a.followers,
  max(coalesce(m.reposts, 0),
    (select count(*) from mention r where r.role = 'repost' and r.repost_of in (m.uri, m.external_id))
  ) as reposts,
  case when a.customer_id is null then exists ({_COMPLAINED} where p.author_id = m.author_id {_LATELY})
    else exists ({_COMPLAINED} join author b on b.id = p.author_id
      where b.customer_id = a.customer_id {_LATELY}) end as complained_before,
  (select min(o.created_at) from mention o join label l on l.mention_id = o.id
    join triage t on t.mention_id = o.id
    where o.conversation = m.conversation and o.created_at < m.created_at
      and l.label in ('complaint', 'question', 'unsure') and t.status <> 'filtered'
      and coalesce(t.first_answer_at, '9') > m.created_at) as asked_at
from mention m join author a on a.id = m.author_id
where m.id in (select value from json_each(:ids))
"""
_LABEL = """
insert into label (mention_id, label, confidence, scores, sentiment, sentiment_score, topics,
  urgent, needs_answer, lang, reasons, classifier, priority, points, why, due_at)
values (:id, :label, :confidence, :scores, :sentiment, :sentiment_score, :topics,
  :urgent, :needs_answer, :lang, :reasons, :classifier, :priority, :points, :why, :due_at)
on conflict (mention_id) do update set label = :label, confidence = :confidence,
  scores = :scores, sentiment = :sentiment, sentiment_score = :sentiment_score,
  topics = :topics, urgent = :urgent, needs_answer = :needs_answer, lang = :lang,
  reasons = :reasons, classifier = :classifier, priority = :priority, points = :points,
  why = :why, due_at = :due_at
"""
_TRIAGE = """
insert into triage (mention_id, status, needs_answer, label, priority_rank, due_at, waits, due_for,
  waiting_since)
values (:id, 'open', :effective_needs, :effective_label, :rank, :due_at, :effective_needs,
  case when :effective_needs then :due_for end, case when :effective_needs then :created_at end)
on conflict (mention_id) do update set label = :effective_label where label <> :effective_label
"""


def judge(tx: sqlite3.Connection, labels: Mapping[int, Classification], settings: Settings) -> None:
    """Write the label of each mention id, its priority and due time, and the triage copies.

    A new triage row starts open; an existing one keeps what people decided.
    """
    first = {id_: _stored(label) for id_, label in labels.items()}
    known = _triaged(tx, first)
    for chunk in _chunks(sorted(first), _CHUNK):
        # A complaint does not see the earlier ones of its own page yet: the caller ranks it again.
        _write(tx, {id_: first[id_] for id_ in chunk}, settings)
    settle(tx, known, settings)


def _triaged(tx: sqlite3.Connection, ids: Iterable[int]) -> list[int]:
    rows = tx.execute(
        "select mention_id from triage where mention_id in (select value from json_each(?))",
        (json.dumps(list(ids)),),
    )
    return [row[0] for row in rows]


def rerank(tx: sqlite3.Connection, ids: Iterable[int], settings: Settings) -> None:
    """Work out priority and due time again from the stored labels, facts and corrections."""
    listed = sorted(set(ids))
    for chunk in _chunks(listed, _CHUNK):
        rows = tx.execute(
            """
            select mention_id as id, label, confidence, scores, sentiment, sentiment_score, topics,
              urgent, needs_answer, lang, reasons, classifier
            from label where mention_id in (select value from json_each(?))
            """,
            (json.dumps(chunk),),
        ).fetchall()
        _write(tx, {row["id"]: dict(row) for row in rows}, settings)
    settle(tx, listed, settings)


def _write(tx: sqlite3.Connection, labels: dict[int, dict[str, Any]], settings: Settings) -> None:
    ids = json.dumps(list(labels))
    corrections = corrected(tx, ids)
    facts = tx.execute(_FACTS, {"since": f"-{REPEAT_DAYS} days", "ids": ids}).fetchall()
    rows = [
        _judged(row, labels[row["id"]], corrections.get(row["id"], {}), settings) for row in facts
    ]
    tx.executemany(_LABEL, rows)
    tx.executemany(_TRIAGE, rows)


def corrected(tx: sqlite3.Connection, ids: str) -> dict[int, dict[str, Any]]:
    """What people decided, or rules, by mention id and field. ``ids`` is a JSON list."""
    found: dict[int, dict[str, Any]] = {}
    for row in tx.execute(
        "select mention_id, field, value, actor from correction"
        " where mention_id in (select value from json_each(?))",
        (ids,),
    ):
        fields = found.setdefault(row["mention_id"], {})
        fields[row["field"]] = json.loads(row["value"])
        if row["field"] == "priority" and row["actor"] == "rule":
            fields[_RULED] = "by a rule"
    return found


def _judged(
    facts: sqlite3.Row, stored: dict[str, Any], fixed: dict[str, Any], settings: Settings
) -> dict[str, Any]:
    label = fixed.get("label", stored["label"])
    topics = fixed.get("topics", json.loads(stored["topics"]))
    result = rank(
        RankFacts(
            label=label,
            urgent=bool(stored["urgent"]),
            direct=bool(facts["direct"]),
            complained_before=bool(facts["complained_before"]),
            rating=facts["rating"],
            followers=facts["followers"],
            reposts=facts["reposts"],
            topics=tuple(topics),
            waited=_waited(facts),
        ),
        settings.priority,
        settings.topics,
        fixed.get("priority"),
        by=fixed.get(_RULED, "by hand"),
    )
    asked = ClockEvent(parse_time(facts["created_at"]), "asked")
    policy = settings.answer_by
    clock = run_clock(policy, calendar_for(policy), (asked,), result.priority, label)
    assert clock.due_at is not None, "a question is due"
    return {
        **stored,
        "id": facts["id"],
        "created_at": facts["created_at"],
        "priority": result.priority,
        "points": result.points,
        "why": json.dumps([{"reason": p.reason, "points": p.points} for p in result.why]),
        "due_at": format_time(clock.due_at),
        "due_for": clock.due_for,
        "rank": PRIORITIES.index(result.priority),
        "effective_label": label,
        "effective_needs": int(fixed.get("needs_answer", stored["needs_answer"])),
    }


def _waited(facts: sqlite3.Row) -> timedelta | None:
    """How long they had waited when they wrote again; what happens later changes nothing."""
    if facts["asked_at"] is None:
        return None
    return parse_time(facts["created_at"]) - parse_time(facts["asked_at"])


def _stored(label: Classification) -> dict[str, Any]:
    return {
        "label": label.label,
        "confidence": round(label.confidence, 4),
        "scores": json.dumps({name: round(score, 4) for name, score in label.scores.items()}),
        "sentiment": label.sentiment,
        "sentiment_score": label.sentiment_score,
        "topics": json.dumps(list(label.topics)),
        "urgent": int(label.urgent),
        "needs_answer": int(label.needs_answer),
        "lang": label.lang,
        "reasons": json.dumps(
            [{"label": r.label, "cue": r.cue, "weight": round(r.weight, 2)} for r in label.reasons],
            ensure_ascii=False,
        ),
        "classifier": label.classifier,
    }


def later_of_same_author(tx: sqlite3.Connection, ids: Sequence[int]) -> set[int]:
    """Mentions for which one of ``ids`` is an earlier mention of the same person."""
    rows = tx.execute(
        """
        select distinct later.id from mention c join author a on a.id = c.author_id
        join author b on b.id = a.id or b.customer_id = a.customer_id
        join mention later on later.author_id = b.id and later.created_at > c.created_at
          and later.created_at <= strftime('%Y-%m-%dT%H:%M:%fZ', c.created_at, ?)
        where c.id in (select value from json_each(?)) and later.role = 'mention'
        """,
        (f"+{REPEAT_DAYS} days", json.dumps(list(ids))),
    )
    return {row[0] for row in rows}


def _chunks(ids: Sequence[int], size: int) -> Iterable[list[int]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])
