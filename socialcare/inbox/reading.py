"""Mentions as the flat records of the JSON, and the state of the inbox as a whole."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from socialcare.clock import format_time, parse_time
from socialcare.errors import NotFoundError
from socialcare.inbox.database import Database
from socialcare.inbox.own_posts import own_among
from socialcare.inbox.query import Choice, Query
from socialcare.inbox.search import all_ids, find_ids

Record = dict[str, Any]
COUNTED_LATE = 10_000
"""Late mentions are counted up to here: a neglected inbox must not make every screen slow."""
_RECORD = """
select id, channel, external_id, kind, url, thread, in_reply_to, conversation_id, messages, author, author_name, followers,
  previous_contacts, created_at, fetched_at, edited_at, gone_at, text, lang, likes, reposts,
  replies, rating, media, label, confidence, sentiment, sentiment_score, topics, urgent,
  needs_answer, priority, points, why, status, new, owner, held_by, held_since, tags, snoozed_until,
  waiting, waiting_since, due_at, due_for, promised_at, first_answer_at, answered_by_customer,
  reply_state, held_until
from mentions where id in (select value from json_each(?))
"""


class Header(NamedTuple):
    """What the first line of the inbox says."""

    open: int
    late: int
    late_capped: bool
    last_fetch: datetime | None
    channels_ok: int
    channels: int
    usual_interval: timedelta | None
    demo: bool


def is_demo(db: Database) -> bool:
    return bool(db.value("select value = '1' from meta where key = 'demo'"))


def is_empty(db: Database) -> bool:
    """Whether nothing was ever fetched or imported into it."""
    return db.one("select 1 from triage limit 1") is None


def records(db: Database, ids: Sequence[int], now: datetime) -> list[Record]:
    """The records of these ids, in their order; unknown ids are left out."""
    demo = is_demo(db)
    rows = db.rows(_RECORD, (json.dumps(list(ids)),))
    found = {row["id"]: _record(row, format_time(now), demo=demo) for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def stream(db: Database, ids: Iterable[int], now: datetime, size: int = 500) -> Iterator[Record]:
    """Records one by one, read in batches: memory does not grow with their number."""
    batch: list[int] = []
    for id_ in ids:
        batch.append(id_)
        if len(batch) == size:
            yield from records(db, batch, now)
            batch = []
    yield from records(db, batch, now)


def _record(row: sqlite3.Row, now: str, *, demo: bool) -> Record:
    media = json.loads(row["media"]) if row["media"] else []
    record: Record = {"v": 1}
    for name in row.keys():  # noqa: SIM118 - a sqlite3.Row iterates over values
        record[name] = row[name]
        if name == "media":
            record["media"] = [item["url"] for item in media]
            record["media_alt"] = [item["alt"] for item in media]
        elif name == "due_at":
            record["late"] = bool(row["waiting"]) and row["due_at"] < now
    for name in ("topics", "why", "tags"):
        record[name] = json.loads(record[name])
    for name in ("urgent", "needs_answer", "new", "waiting"):
        record[name] = bool(record[name])
    if (record.pop("held_until") or "") <= now:
        record["held_by"] = record["held_since"] = None
    record["demo"] = demo
    return record


def header(db: Database, now: datetime, channels: Sequence[str] | None = None) -> Header:
    """Counts from the totals, health and rhythm from the last runs.

    ``channels`` are those of the config: one that was taken out of it is not counted any
    more. None counts all that were ever asked.
    """
    open_ = db.value("select sum(n) from total where waits = 1") or 0
    late = db.value(
        "select count(*) from (select 1 from triage where waits = 1 and due_at < ? limit ?)",
        (format_time(now), COUNTED_LATE + 1),
    )
    last, usual = _rhythm(db)
    health = db.one(
        "select count(*) as n, sum(failures = 0) as ok from channel_health"
        " where :all or channel in (select value from json_each(:names))",
        {"all": channels is None, "names": json.dumps(list(channels or ()))},
    )
    return Header(
        open=open_,
        late=min(late, COUNTED_LATE),
        late_capped=late > COUNTED_LATE,
        last_fetch=last,
        channels_ok=(health["ok"] or 0) if health else 0,
        channels=health["n"] if health else 0,
        usual_interval=usual,
        demo=is_demo(db),
    )


def _rhythm(db: Database) -> tuple[datetime | None, timedelta | None]:
    """The end of the last run, and the usual time between runs (median of the last 20)."""
    rows = db.rows("select ended_at from run order by id desc limit 21")
    ends = [parse_time(row[0]) for row in rows]
    gaps = [(later - earlier).total_seconds() for later, earlier in itertools.pairwise(ends)]
    usual = timedelta(seconds=_median(gaps)) if len(gaps) >= 3 else None
    return (ends[0] if ends else None), usual


def _median(numbers: Sequence[float]) -> float:
    """As in ``statistics``, whose import costs more than the whole query."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[~middle]) / 2


def chosen_ids(
    db: Database, choice: Choice, now: datetime, me: str, *, own: bool = False
) -> list[int]:
    """The ids that a choice means, in order, each once; with ``own``, also those of own posts.

    Raises
    ------
    NotFoundError
        One that was named is not there; the hint says which there are.

    """
    if choice.query is not None:
        return list(all_ids(db, choice.query, now, me))
    ids: list[int] = []
    for first, last in choice.ids:
        ids += _in_range(db, first, last, own=own)
    for address in choice.addresses:
        ids += _at_address(db, address)
    if choice.top:
        ids += _top(db, now, me)
    return list(dict.fromkeys(ids))


def _in_range(db: Database, first: int, last: int, *, own: bool) -> list[int]:
    rows = db.rows(
        "select mention_id from triage where mention_id between ? and ? order by mention_id",
        (first, last),
    )
    posts = own_among(db, first, last)
    found = sorted([*(row[0] for row in rows), *(posts if own else ())])
    if not found and posts:
        raise NotFoundError(
            f"{posts[0]} is a post of our own, and no row of the inbox.",
            f"socialcare show {posts[0]}   or: socialcare reply {posts[0]}",
            code="own_post",
        )
    if not found:
        name = str(first) if first == last else f"{first}-{last}"
        raise NotFoundError(f"there is no mention {name}.", _which_ids(db))
    return found


def _which_ids(db: Database) -> str:
    row = db.one("select min(mention_id) as low, max(mention_id) as high from triage")
    if row is None or row["low"] is None:
        return "there are none yet; get some: socialcare fetch"
    return (
        f"ids here run from {row['low']} to {row['high']}; list them with: socialcare inbox is:any"
    )


def _at_address(db: Database, address: str) -> list[int]:
    rows = db.rows(
        "select m.id from mention m join triage t on t.mention_id = m.id"
        " where m.uri = :address or (m.url = :address and m.url is not null)",
        {"address": address},
    )
    if not rows:
        raise NotFoundError(
            f"there is no mention with the address {address[:200]}.",
            "put it into the inbox with: socialcare import --text TEXT --url URL",
        )
    return [row[0] for row in rows]


def _top(db: Database, now: datetime, me: str) -> list[int]:
    ids, _ = find_ids(db, Query(), now, me, limit=1)
    if not ids:
        raise NotFoundError("nothing is waiting for an answer.", "see all: socialcare inbox is:any")
    return ids


def known_channels(db: Database) -> frozenset[str]:
    """Names that mentions came from; a walk over distinct values, not over rows."""
    names: set[str] = set()
    last = ""
    while True:
        row = db.value(
            "select channel from mention where channel > ? order by channel limit 1", (last,)
        )
        if row is None:
            return frozenset(names)
        names.add(row)
        last = row
