"""How the channels are doing: checkpoints, failures in a row, when to ask again, past runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from socialcare.clock import format_time, parse_time
from socialcare.inbox.database import Database
from socialcare.inbox.tombstones import is_erased
from socialcare.settings.redaction import redacted

LETTERS_KEPT = timedelta(days=30)
LONGEST_WAIT = timedelta(days=1)
LOOK_AGAIN = 40
"""Posts of a channel that one run looks at again."""
LOOK_AGAIN_DAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of one channel ended. ``error`` None is a success."""

    channel: str
    skipped: bool = False
    """It was not its turn: nothing was asked, so nothing is known."""
    error_code: str | None = None
    error: str | None = None
    hint: str | None = None
    not_before: datetime | None = None
    possibly_missed: str | None = None
    brought: bool = False


def checkpoint(db: Database, channel: str, source: str, version: int) -> Mapping[str, Any] | None:
    """The stored checkpoint; None on the first run, or when the channel changed its form."""
    value = db.value(
        "select value from checkpoint where channel = ? and source = ? and version = ?",
        (channel, source, version),
    )
    found: Mapping[str, Any] | None = None if value is None else json.loads(value)
    return found


def failures(db: Database, channel: str) -> int:
    return db.value("select failures from channel_health where channel = ?", (channel,)) or 0


def not_before(db: Database, channel: str, now: datetime) -> datetime | None:
    """Until when the service asked not to be called, if that still lies ahead.

    What lies further ahead than anybody may ask for was stored while our clock was wrong.
    """
    value = db.value("select not_before from channel_health where channel = ?", (channel,))
    moment = parse_time(value) if value else None
    return moment if moment is not None and now < moment <= now + LONGEST_WAIT else None


def worth_another_look(db: Database, source: str, now: datetime) -> list[str]:
    """Posts that wait for an answer: the most urgent first, at most :data:`LOOK_AGAIN`."""
    rows = db.rows(
        """
        select m.external_id from triage t cross join mention m on m.id = t.mention_id
        where t.waits = 1 and m.source = ? and m.gone_at is null
          and m.created_at >= ?
        order by t.priority_rank, t.due_at, t.mention_id limit ?
        """,
        (source, format_time(now - LOOK_AGAIN_DAYS), LOOK_AGAIN),
    )
    return [row[0] for row in rows]


def is_known(db: Database, source: str, external_id: str) -> bool:
    """Whether it would bring nothing new: it is stored, or it was erased."""
    return is_erased(db, source, external_id) or bool(
        db.value(
            "select 1 from mention where source = ? and external_id = ?", (source, external_id)
        )
    )


def save(tx: sqlite3.Connection, outcome: Outcome, now: datetime) -> int:
    """Note how a run ended; return the failures in a row."""
    at = format_time(now)
    tx.execute(
        "insert into channel_health (channel) values (?) on conflict do nothing", (outcome.channel,)
    )
    if not outcome.skipped:
        succeeded = outcome.error is None
        tx.execute(
            """
            update channel_health set last_attempt_at = :at,
              last_success_at = case when :ok then :at else last_success_at end,
              last_item_at = case when :brought then :at else last_item_at end,
              failures = case when :ok then 0 else failures + 1 end,
              error_code = :code, error = :error, hint = :hint, not_before = :not_before,
              possibly_missed = case when :missed is not null then :missed
                when :ok then null else possibly_missed end
            where channel = :channel
            """,
            {
                "at": at,
                "ok": succeeded,
                "brought": outcome.brought,
                "code": outcome.error_code,
                "error": outcome.error and redacted(outcome.error),
                "hint": outcome.hint and redacted(outcome.hint),
                "not_before": format_time(outcome.not_before) if outcome.not_before else None,
                "missed": outcome.possibly_missed,
                "channel": outcome.channel,
            },
        )
    count: int = tx.execute(
        "select failures from channel_health where channel = ?", (outcome.channel,)
    ).fetchone()[0]
    return count


def save_run(
    tx: sqlite3.Connection, started: datetime, ended: datetime, new: int, ok: Sequence[bool]
) -> None:
    tx.execute(
        "insert into run (started_at, ended_at, new, ok, channels) values (?, ?, ?, ?, ?)",
        (format_time(started), format_time(ended), new, sum(ok), len(ok)),
    )


def drop_old_letters(tx: sqlite3.Connection, now: datetime) -> None:
    tx.execute("delete from dead_letter where at < ?", (format_time(now - LETTERS_KEPT),))


def states(db: Database) -> dict[str, dict[str, Any]]:
    """Everything known about each channel's health, by name."""
    rows = db.rows("select * from channel_health order by channel")
    return {row["channel"]: dict(row) for row in rows}


def forget_channel(tx: sqlite3.Connection, channel: str) -> None:
    """Drop health and checkpoint of a channel that was removed; its mentions stay."""
    tx.execute("delete from channel_health where channel = ?", (channel,))
    tx.execute("delete from checkpoint where channel = ?", (channel,))
