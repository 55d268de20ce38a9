"""Mentions made for the inbox tests, and what an inbox holds as plain data."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from socialcare.inbox.database import Database, open_writer
from socialcare.inbox.export import every_id, export_records
from socialcare.inbox.store import Incoming, Stored, store
from socialcare.models import Author, Classification, Judged, Label, Mention
from socialcare.settings import Settings

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
SOURCE = "mastodon:mas.to"
SETTINGS = Settings()
AUTHORS = [Author(str(n), f"@p{n}@mas.to", f"Person {n}", followers=n * 700) for n in range(4)]
US = Author("us", "@acme@mas.to", is_us=True)
NAMES: tuple[Label, ...] = ("complaint", "complaint", "question", "praise", "other")
SCORES = {"complaint": 0.7, "question": 0.1, "praise": 0.1, "other": 0.1}


def label(name: Label, **marks: Any) -> Classification:
    facts: dict[str, Any] = {"sentiment": "neutral", "sentiment_score": 0.0, "classifier": "test"}
    return Classification(name, 0.7, SCORES, **(facts | marks))


def mention(number: int, author: Author = AUTHORS[0], **facts: Any) -> Mention:
    made: dict[str, Any] = {
        "channel": "mastodon",
        "source": SOURCE,
        "external_id": str(number),
        "author": author,
        "text": f"text {number}",
        "created_at": NOW - timedelta(hours=number),
        "uri": f"https://mas.to/{number}",
    }
    return Mention(**(made | facts))


def keep(
    db: Database, items: Sequence[Judged], settings: Settings = SETTINGS, **page: Any
) -> Stored:
    return store(db, Incoming("mastodon", SOURCE, items, **page), settings, NOW)


@functools.cache
def _empty() -> bytes:
    """An empty inbox, made once: a law needs hundreds."""
    with TemporaryDirectory() as folder:
        open_writer(Path(folder) / "empty.db").close()
        return (Path(folder) / "empty.db").read_bytes()


def new_inbox(folder: Path, name: str = "inbox.db") -> Database:
    (folder / name).write_bytes(_empty())
    return open_writer(folder / name)


def contents(db: Database) -> dict[tuple[str, str], dict[str, Any]]:
    """Everything an inbox holds, by identity; our own ids and the moment of storing aside."""
    rows = {}
    for found in export_records(db, every_id(db), NOW):
        record = dict(found)
        for name in ("id", "fetched_at"):
            del record[name]
        # History says the same things, but in which action depends on the page.
        # Of two answers the later one may have come first, and then both were the first for a while.
        record["history"] = sorted(
            (str(e["field"]), str(e["after"]), str(e["why"]))
            for e in record["history"]
            if e["field"] != "first_answer_at" or e["after"] == record["first_answer_at"]
        )
        rows[record["source"], record["external_id"]] = record
    talks: dict[int, list[str]] = {}
    for key in sorted(rows):
        talks.setdefault(rows[key]["conversation_id"], []).append(key[1])
    for record in rows.values():
        record["conversation_id"] = talks[record["conversation_id"]]
    return rows


@st.composite
def judged_mentions(draw: st.DrawFn, most: int = 12) -> list[Judged]:
    """Mentions of a few people, with answers, reposts, threads and filtered ones among them.

    One person often writes several times in one thread, or in a chain of replies through
    our answers.
    """
    items: list[Judged] = []
    people = AUTHORS[: draw(st.integers(1, len(AUTHORS)))]
    for number in range(draw(st.integers(1, most))):
        role = draw(st.sampled_from(["mention"] * 4 + ["answer", "repost"]))
        chained = st.just(max(0, number - 1))
        parent = draw(st.one_of(st.none(), st.integers(0, most), chained))
        made = mention(
            number,
            US if role == "answer" else draw(st.sampled_from(people)),
            role=role,
            thread=draw(st.sampled_from([None, None, "t1", "t2"])),
            in_reply_to=None if parent is None else str(parent),
            repost_of=f"https://mas.to/{draw(st.integers(0, most))}" if role == "repost" else None,
            created_at=NOW - timedelta(minutes=draw(st.integers(0, 5))),
            direct=draw(st.booleans()),
            reposts=draw(st.sampled_from([None, 0, 4])),
        )
        if role != "mention":
            items.append(Judged(made, None))
            continue
        named: Label = draw(st.sampled_from(NAMES))
        filtered = draw(st.sampled_from([None, None, None, "not about you"]))
        items.append(Judged(made, label(named, needs_answer=named != "other"), filtered))
    return items
