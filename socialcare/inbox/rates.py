"""How many came when: by quarters of an hour, from a table that is kept with every change."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialcare.clock import format_time, parse_time
from socialcare.inbox.database import Database

WEEKS = 8
_UNSEEN_FROM = timedelta(hours=2)
"""A pause between fetches that is longer may have left hours without anything to be seen."""
_RUNS = WEEKS * 7 * 24 * 12
"""Runs of a fetch every five minutes in that time."""
_COUNTS = """
select quarter, sum(n) as n, sum(complaints) as complaints from rate
where quarter >= ? and quarter < ? and channel in (select value from json_each(?))
group by quarter
"""
_PAUSES = """
select before, started_at from (
  select started_at, lag(ended_at) over (order by id) as before from run
  where id > (select max(id) from run) - ? and ok > 0
) where before is not null and started_at > ?
  and julianday(started_at) - julianday(before) > ?
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of quarters that follow one another."""

    everything: list[int]
    complaints: list[int]


def counts(db: Database, channels: Collection[str], first: int, end: int) -> Counts:
    """Mentions and complaints among them, of the quarters since 1970 from ``first`` to ``end``."""
    found = Counts([0] * (end - first), [0] * (end - first))
    for quarter, n, complaints in db.rows(_COUNTS, (first, end, json.dumps(sorted(channels)))):
        found.everything[quarter - first] = n
        found.complaints[quarter - first] = complaints
    return found


def watched_since(db: Database) -> dict[str, datetime]:
    """When each channel was read for the first time; what it brought then is history."""
    rows = db.rows(
        "select channel, first_success_at as at from channel_health"
        " where first_success_at is not null order by channel"
    )
    return {row["channel"]: parse_time(row["at"]) for row in rows}


def last_look(db: Database) -> datetime | None:
    """When a fetch was last successful: nothing younger could be seen."""
    found = db.value("select ended_at from run where ok > 0 order by id desc limit 1")
    return None if found is None else parse_time(found)


def pauses(db: Database, since: datetime) -> list[tuple[datetime, datetime]]:
    """Spans in which no fetch was successful."""
    rows = db.rows(_PAUSES, (_RUNS, format_time(since), _UNSEEN_FROM / timedelta(days=1)))
    return [(parse_time(row["before"]), parse_time(row["started_at"])) for row in rows]
