"""A year's worth of mentions put straight into the tables, and the truth of each beside them.

What is in the tables is what the page writer would have settled; how it came about is
written down as :class:`Talk`, from which a test can work out every figure by itself.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialcare.clock import format_time
from socialcare.inbox.database import Database

CHANNELS = ("mastodon", "bluesky", "reddit", "reviews")
TOPICS = ("delivery", "refund_billing", "account", "product_fault", None)
OWNERS = ("mia", "leo", None)
PEOPLE = ("mia", "leo", "fetch")
TARGETS = {"urgent": 1, "high": 2, "normal": 4, "low": 24}
"""Hours until the first answer is due, as in the defaults."""
RANKS = tuple(TARGETS)
COUNTRIES = ("NO", "DE", "SE")
_NAMES = ("complaint", "complaint", "question", "question", "praise", "other", "unsure")


@dataclass
class Talk:
    """One conversation as it really was. Times are aware; ``asked`` are those of its messages.

    ``put_off``: from when until when it was snoozed before anybody answered.
    """

    channel: str
    label: str
    topic: str | None
    owner: str | None
    priority: str
    asked: list[datetime]
    needs: bool
    answered: datetime | None = None
    by: str | None = None
    closed: datetime | None = None
    reason: str | None = None
    put_off: tuple[datetime, datetime] | None = None
    status: str = "open"
    automated: bool = False
    tag: str | None = None
    country: str | None = None
    ids: list[int] = field(default_factory=list)

    @property
    def left_out(self) -> bool:
        return self.status == "filtered" or self.automated or self.reason in ("not-us", "spam")


def talks(seed: int, number: int, now: datetime, days: float) -> Iterator[Talk]:
    """So many conversations within the days before now, of one to three messages."""
    dice = random.Random(seed)
    for _ in range(number):
        begun = now - timedelta(seconds=dice.uniform(60, days * 86_400))
        begun = begun.replace(microsecond=begun.microsecond // 1000 * 1000)
        talk = _asked(dice, begun)
        _filed(dice, talk, now)
        yield talk


def _asked(dice: random.Random, begun: datetime) -> Talk:
    label = dice.choice(_NAMES)
    asked = [begun]
    for _ in range(dice.choice((0, 0, 0, 0, 0, 1, 2))):
        asked.append(asked[-1] + timedelta(seconds=dice.randint(1, 20 * 60)))
    return Talk(
        dice.choice(CHANNELS),
        label,
        dice.choice(TOPICS),
        dice.choice(OWNERS),
        dice.choice(RANKS),
        asked,
        label in ("complaint", "question", "unsure"),
        automated=dice.random() < 0.02,
        tag=dice.choice((None, None, "vip", "courier")),
        country=dice.choice((None, *COUNTRIES)),
    )


def _filed(dice: random.Random, talk: Talk, now: datetime) -> None:
    """What became of it, all of it after its last message and before now."""
    last = talk.asked[-1]
    if dice.random() < 0.04:
        talk.status = "filtered"
        return
    at = last + timedelta(seconds=round(dice.lognormvariate(8.6, 1.4), 3))
    if not talk.needs or dice.random() < 0.2:
        if dice.random() < 0.3 and at < now:
            talk.status, talk.closed = "closed", at
            talk.reason = dice.choice((None, "no-answer-needed", "not-us", "spam"))
        return
    if dice.random() < 0.1 and len(talk.asked) == 1:
        since = last + timedelta(seconds=30)
        talk.put_off = (since, since + timedelta(hours=dice.randint(1, 30)))
        at += talk.put_off[1] - last
    if at >= now:
        if talk.put_off and talk.put_off[1] >= now:
            talk.put_off = None
        return
    talk.answered, talk.by = at, dice.choice(PEOPLE)
    if talk.label == "question":
        talk.status, talk.closed, talk.reason = "closed", at, "answered"
    else:
        talk.status = "pending"
        later = at + timedelta(seconds=round(dice.expovariate(1 / 40_000), 3))
        if dice.random() < 0.5 and later < now:
            talk.status, talk.closed = "closed", later


def put(db: Database, made: list[Talk]) -> None:
    """Store them; each gets the ids of its messages."""
    with db.write() as tx:
        tx.executemany(
            "insert into orders values (?, ?, '')",
            [
                (str(10_000 + n), json.dumps({"country": c, "size": "m"}))
                for n, c in enumerate(COUNTRIES)
            ],
        )
        rows = _Rows(made)
        for sql, values in rows.tables():
            tx.executemany(sql, values)


class _Rows:
    def __init__(self, made: list[Talk]) -> None:
        self.made = made
        self.mentions: list[tuple[object, ...]] = []
        self.labels: list[tuple[object, ...]] = []
        self.triage: list[tuple[object, ...]] = []
        self.tags: list[tuple[object, ...]] = []
        self.authors: list[tuple[object, ...]] = []
        """Each conversation is with somebody else."""
        self.actions: list[tuple[object, ...]] = []
        self.events: list[tuple[object, ...]] = []
        for talk in made:
            self._talk(talk)

    def _talk(self, talk: Talk) -> None:
        first = len(self.mentions) + 1
        talk.ids = list(range(first, first + len(talk.asked)))
        self.authors.append((first, f"@{first}"))
        joined = first if len(talk.asked) > 1 else None
        answered = format_time(talk.answered) if talk.answered else None
        text = "Where is it?"
        if talk.country is not None:
            text = f"Where is order #{10_000 + COUNTRIES.index(talk.country)}?"
        for place, (id_, at) in enumerate(zip(talk.ids, talk.asked, strict=True)):
            said = text if not place else "And?"
            last = id_ == talk.ids[-1]
            waits = int(talk.status == "open" and talk.needs and last)
            due = format_time(_due(talk))
            self.mentions.append(
                (id_, str(id_), talk.channel, said, format_time(at), joined, talk.automated, first)
            )
            topics = json.dumps([talk.topic] if talk.topic else [])
            self.labels.append((id_, talk.label, topics, talk.needs, talk.priority, due))
            rank = RANKS.index(talk.priority)
            since = format_time(talk.asked[0]) if waits else None
            state = (talk.status, talk.needs, talk.label, rank, due, talk.owner, answered)
            self.triage.append((id_, *state, talk.reason, waits, since))
            if talk.tag:
                self.tags.append((id_, talk.tag))
        self._history(talk)

    def _history(self, talk: Talk) -> None:
        if talk.put_off:
            self._did(talk.put_off[0], "leo", talk, "status", "open", "snoozed")
            self._did(talk.put_off[1], "fetch", talk, "status", "snoozed", "open")
        if talk.answered and talk.by:
            after = "closed" if talk.closed == talk.answered else "pending"
            at = format_time(talk.answered)
            self._did(talk.answered, talk.by, talk, "first_answer_at", None, at)
            self._did(talk.answered, talk.by, talk, "status", "open", after, "answered from here")
        if talk.closed and talk.closed != talk.answered:
            before = "pending" if talk.answered else "open"
            self._did(talk.closed, "leo", talk, "status", before, "closed", talk.reason)

    def _did(
        self,
        at: datetime,
        who: str,
        talk: Talk,
        name: str,
        before: str | None,
        after: str,
        why: str | None = None,
    ) -> None:
        action = len(self.actions) + 1
        self.actions.append((action, format_time(at), who, "set"))
        told = (name, json.dumps(before), json.dumps(after), why)
        self.events += [(action, id_, *told) for id_ in talk.ids]

    def tables(self) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
        yield (
            "insert into author (id, source, external_id, handle) values (?1, 's', ?2, ?2)",
            self.authors,
        )
        yield (
            (
                "insert into mention (id, source, external_id, channel, kind, role, author_id, text,"
                " created_at, fetched_at, conversation, automated)"
                " values (?1, 's', ?2, ?3, 'post', 'mention', ?8, ?4, ?5, ?5, ?6, ?7)"
            ),
            self.mentions,
        )
        yield (
            (
                "insert into label (mention_id, label, confidence, scores, sentiment,"
                " sentiment_score, topics, urgent, needs_answer, reasons, classifier, priority,"
                " points, why, due_at) values (?1, ?2, 0.9, '{}', 'neutral', 0, ?3, 0, ?4, '[]', '',"
                " ?5, 20, '[]', ?6)"
            ),
            self.labels,
        )
        yield (
            (
                "insert into triage (mention_id, status, needs_answer, label, priority_rank, due_at,"
                " owner, first_answer_at, close_reason, waits, waiting_since, due_for)"
                " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'first')"
            ),
            self.triage,
        )
        yield "insert into tag values (?, ?)", self.tags
        yield "insert into action (id, at, actor, command) values (?, ?, ?, ?)", self.actions
        yield (
            (
                "insert into event (action_id, mention_id, field, before, after, why)"
                " values (?, ?, ?, ?, ?, ?)"
            ),
            self.events,
        )


def _due(talk: Talk) -> datetime:
    return talk.asked[0] + timedelta(hours=TARGETS[talk.priority])
