"""Weeks of mentions in an inbox, written straight into its tables: a store of each takes too long."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialcare.clock import format_time
from socialcare.inbox.database import Database

WORDS = [
    "parcel",
    "late",
    "order",
    "boots",
    "jacket",
    "tent",
    "zip",
    "broken",
    "refund",
    "love",
    "great",
    "shop",
    "support",
    "waiting",
    "email",
    "answer",
    "nobody",
    "size",
    "wrong",
    "colour",
    "thanks",
    "quick",
    "delivery",
    "courier",
    "again",
    "week",
    "today",
    "still",
    "missing",
]


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    text: str
    label: str = "complaint"
    reposts: int | None = None
    followers: int = 10
    author: str | None = None
    channel: str = "mastodon"
    status: str = "open"
    automated: bool = False


def add(db: Database, said: Iterable[Said]) -> list[int]:
    """Write them, each by another person unless an author is named; return their ids."""
    ids = []
    with db.write() as tx:
        last = tx.execute("select coalesce(max(id), 0) from mention").fetchone()[0]
        for id_, one in enumerate(said, last + 1):
            name, at = one.author or f"p{id_}", format_time(one.at)
            tx.execute(
                "insert into author (source, external_id, handle, followers)"
                " values ('mastodon:mas.to', ?, ?, ?) on conflict do nothing",
                (name, f"@{name}", one.followers),
            )
            tx.execute(
                "insert into mention (id, source, external_id, uri, channel, kind, role, author_id,"
                " text, created_at, fetched_at, reposts, automated)"
                " select ?, 'mastodon:mas.to', ?, ?, ?, 'post', 'mention', id, ?, ?, ?, ?, ?"
                " from author where source = 'mastodon:mas.to' and external_id = ?",
                (
                    *(id_, f"s{id_}", f"https://mas.to/s{id_}", one.channel, one.text, at, at),
                    *(one.reposts, int(one.automated), name),
                ),
            )
            tx.execute(
                "insert into label values (?, ?, 0.9, '{}', 'neutral', 0, '[]', 0, 1, null, '[]',"
                " 't', 'normal', 0, '[]', ?)",
                (id_, one.label, at),
            )
            tx.execute(
                "insert into triage (mention_id, status, needs_answer, label, priority_rank, due_at)"
                " values (?, ?, 1, ?, 2, ?)",
                (id_, one.status, one.label, at),
            )
            tx.execute("insert into mention_fts (rowid, text) values (?, ?)", (id_, one.text))
            ids.append(id_)
    return ids


def ordinary(until: datetime, days: int, a_day: float, seed: int = 1) -> Iterator[Said]:
    """So many days as they usually are, a third of it complaints."""
    rng = random.Random(seed)
    ages = sorted((rng.random() * days for _ in range(round(days * a_day))), reverse=True)
    for age in ages:
        label = rng.choices(("complaint", "question", "praise"), (2, 2, 2))[0]
        yield Said(until - timedelta(days=age), " ".join(rng.choices(WORDS, k=9)), label)


def watched(db: Database, since: datetime, last: datetime, channel: str = "mastodon") -> None:
    """A channel that was read first at one time, and last at another."""
    with db.write() as tx:
        tx.execute("insert into channel_health (channel) values (?)", (channel,))
        for at in (since, last):
            tx.execute(
                "update channel_health set last_success_at = ? where channel = ?",
                (format_time(at), channel),
            )
        tx.execute(
            "insert into run (started_at, ended_at, new, ok, channels) values (?, ?, 0, 1, 1)",
            (format_time(last), format_time(last)),
        )
