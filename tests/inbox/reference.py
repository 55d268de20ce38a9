"""A slow reference for the query language, in plain Python.

It knows what the channels told and what the events say was done; which message stands for a
conversation, and since when somebody waits, it works out by itself.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from socialcare.clock import parse_time
from tests.inbox.busy_shop import Sent, Shop
from tests.inbox.house import NOW

ME = "leo"
TARGETS = {"urgent": 1, "high": 2, "normal": 4, "low": 24}
SHORT_THANKS = 80


@dataclass
class Row:
    """One mention as the reference knows it."""

    sent: Sent
    text: str
    status: str = "open"
    owner: str | None = None
    label: str = ""
    topics: tuple[str, ...] = ()
    priority: str = ""
    said: bool | None = None
    answered_at: datetime | None = None
    draft: str | None = None
    new: bool = True
    tags: set[str] = field(default_factory=set)
    replies: set[str] = field(default_factory=set)
    needs: bool = False
    waits: bool = False
    due: datetime | None = None
    alone: bool = False
    """Nothing else of its conversation waits."""

    @property
    def id(self) -> int:
        return self.sent.id

    @property
    def age_order(self) -> tuple[datetime, int]:
        created = self.sent.mention.created_at
        return created.replace(microsecond=created.microsecond // 1000 * 1000), self.id

    @property
    def late(self) -> bool:
        return self.due is not None and self.due < NOW

    @property
    def soon(self) -> bool:
        return self.due is not None and NOW <= self.due <= NOW + timedelta(minutes=30)

    def take(self, name: str, before: Any, after: Any) -> None:
        """One event."""
        match name:
            case "status" | "owner" | "label" | "priority" | "draft":
                setattr(self, name, after)
            case "topics":
                self.topics = tuple(after)
            case "needs_answer":
                self.said = after
            case "first_answer_at":
                self.answered_at = after and parse_time(after)
            case "tag" if after is None:
                self.tags.discard(before)
            case "tag":
                self.tags.add(after)
            case "answer":
                self.draft = None
            case "text":
                self.text = self.sent.mention.text


def reference(shop: Shop) -> dict[int, Row]:
    points = {row[0]: row[1] for row in shop.db.rows("select mention_id, points from label")}
    rows = {}
    for sent in shop.sent():
        row = Row(sent, sent.mention.text, "filtered" if sent.filtered else "open")
        row.label, row.topics = sent.label.label, sent.label.topics
        row.priority = _priority(points[sent.id])
        row.new = sent.id not in shop.seen
        row.replies = {state for state, ids in shop.states.items() if sent.id in ids}
        rows[sent.id] = row
    for event in shop.db.rows("select * from events order by id"):
        before, after = (json.loads(event[name] or "null") for name in ("before", "after"))
        rows[event["mention_id"]].take(event["field"], before, after)
    for talk in conversations(shop, rows):
        settle(talk)
    return rows


def _priority(points: int) -> str:
    return (
        "urgent"
        if points >= 70
        else "high"
        if points >= 50
        else "normal"
        if points >= 25
        else "low"
    )


def conversations(shop: Shop, rows: dict[int, Row]) -> Iterator[list[Row]]:
    """One person in one thread, also through our answers: each one oldest message first."""
    leader = {id_: id_ for id_ in rows}

    def find(id_: int) -> int:
        while leader[id_] != id_:
            id_ = leader[id_]
        return id_

    known = {(r.sent.mention.source, r.sent.mention.external_id): r for r in rows.values()}
    ours = {(answer.source, answer.external_id): answer for answer in shop.answers()}
    for one in rows.values():
        mention = one.sent.mention
        parent = (mention.source, mention.in_reply_to or "")
        while parent in ours:
            parent = (mention.source, ours[parent].in_reply_to or "")
        same = [r for r in rows.values() if _same_thread(one, r)]
        if parent in known and known[parent].sent.mention.author == mention.author:
            same.append(known[parent])
        for other in same:
            leader[find(one.id)] = find(other.id)
    talks = defaultdict(list)
    for row in sorted(rows.values(), key=lambda row: row.age_order):
        talks[find(row.id)].append(row)
    yield from talks.values()


def _same_thread(one: Row, other: Row) -> bool:
    a, b = one.sent.mention, other.sent.mention
    return a.thread is not None and (a.source, a.thread, a.author) == (
        b.source,
        b.thread,
        b.author,
    )


def settle(talk: list[Row]) -> None:
    for row in talk:
        row.needs = _needs(row, talk)
    waiting = [row for row in talk if row.status == "open" and row.needs]
    if not waiting:
        return
    lead = waiting[-1]
    lead.waits, lead.alone = True, len(waiting) == 1
    lead.priority = min((row.priority for row in waiting), key=list(TARGETS).index)
    lead.due = waiting[0].age_order[0] + timedelta(hours=TARGETS[lead.priority])


def _needs(row: Row, talk: list[Row]) -> bool:
    """A short thank-you after our answer asks for none; a person's word is the last one."""
    if row.said is not None:
        return row.said
    answered = any(
        other.answered_at is not None and other.answered_at <= row.sent.mention.created_at
        for other in talk
        if other is not row
    )
    thanks = row.label == "praise" and len(row.text) <= SHORT_THANKS
    return row.sent.label.needs_answer and not (answered and thanks)


class World:
    """Everything that a word is held against."""

    def __init__(self, shop: Shop) -> None:
        self.rows = reference(shop)
        self.aside: dict[str, set[int]] = {"pending": set(), "snoozed": set()}
        for talk in conversations(shop, self.rows):
            for status, ids in self.aside.items():
                put_aside = [row.id for row in talk if row.status == status]
                if put_aside and not any(row.waits for row in talk):
                    ids.add(put_aside[-1])

    def ids(self, *tests: Callable[[World, Row], bool]) -> set[int]:
        return {id_ for id_, row in self.rows.items() if all(test(self, row) for test in tests)}


Test = Callable[[World, Row], bool]


def _words_of(text: str) -> list[str]:
    """As a reader would tell them apart: letters and digits, without marks and capitals."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    spaced = "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in plain)
    return spaced.lower().split()


def says(phrase: str) -> Test:
    wanted = _words_of(phrase)

    def test(_world: World, row: Row) -> bool:
        words = _words_of(row.text)
        starts = range(len(words) - len(wanted) + 1)
        return any(words[at : at + len(wanted)] == wanted for at in starts)

    return test


def by(*handles: str) -> Test:
    return lambda _w, r: r.sent.mention.author.handle in handles


def since(span: timedelta) -> Test:
    return lambda _w, r: r.age_order[0] >= NOW - span


WORDS: dict[str, Test] = {
    "is:open": lambda _w, r: r.waits,
    "is:new": lambda _w, r: r.waits and r.new,
    "is:late": lambda _w, r: r.late,
    "is:soon": lambda _w, r: r.soon,
    "is:pending": lambda w, r: r.id in w.aside["pending"],
    "is:snoozed": lambda w, r: r.id in w.aside["snoozed"],
    "is:closed": lambda _w, r: r.status == "closed",
    "is:filtered": lambda _w, r: r.status == "filtered",
    "is:any": lambda _w, _r: True,
    "is:mine": lambda _w, r: r.waits and r.owner == ME,
    "is:draft": lambda _w, r: r.draft is not None,
    "is:waiting": lambda _w, r: "waiting" in r.replies,
    "is:approved": lambda _w, r: "approved" in r.replies,
    "is:failed": lambda _w, r: "failed" in r.replies,
    "is:unknown": lambda _w, r: "unknown" in r.replies,
    "is:late,pending": lambda w, r: r.late or r.id in w.aside["pending"],
    "channel:mastodon": lambda _w, r: r.sent.mention.channel == "mastodon",
    "channel:feeds,bluesky": lambda _w, r: r.sent.mention.channel != "mastodon",
    "author:@mia": by("@mia@mas.to", "@Mia@other.example", "u/mia"),
    "author:KJELL": by("Kjell"),
    "author:@さくら@mas.to": by("@さくら@mas.to"),
    "customer:Outdoor Weekly": by("Kjell", "Outdoor Weekly"),
    "customer:@mia.w": by("@mia@mas.to", "@mia.w@mas.to"),
    "topic:delivery": lambda _w, r: "delivery" in r.topics,
    "topic:refund_billing,account": lambda _w, r: bool({*r.topics} & {"refund_billing", "account"}),
    "tag:vip": lambda _w, r: "vip" in r.tags,
    "tag:courier,Vip": lambda _w, r: bool(r.tags & {"courier", "Vip"}),
    "label:complaint": lambda _w, r: r.label == "complaint",
    "label:question,praise": lambda _w, r: r.label in ("question", "praise"),
    "sentiment:negative": lambda _w, r: r.sent.label.sentiment == "negative",
    "priority:urgent,high": lambda _w, r: r.priority in ("urgent", "high"),
    "priority:low": lambda _w, r: r.priority == "low",
    "owner:me": lambda _w, r: r.owner == ME,
    "owner:none,mia": lambda _w, r: r.owner in (None, "mia"),
    "since:2d": since(timedelta(days=2)),
    "since:90m": since(timedelta(minutes=90)),
    "before:3h": lambda _w, r: r.age_order[0] < NOW - timedelta(hours=3),
    "before:2026-11-20T12:00:00Z": lambda _w, r: (
        r.age_order[0] < parse_time("2026-11-20T12:00:00Z")
    ),
    "parcel": says("parcel"),
    "text:4411": says("4411"),
    '"never again"': says("never again"),
    "CAFE": says("café"),
    "text:届": lambda _w, r: "届" in r.text,
    "😡": lambda _w, r: "😡" in r.text,
}
OPEN = WORDS["is:open"]


def scope(*words: str) -> tuple[Test, ...]:
    """Without an ``is:`` only what waits is meant."""
    return () if any(word.startswith("is:") for word in words) else (OPEN,)


def opposite(test: Test) -> Test:
    return lambda w, r: not test(w, r)
