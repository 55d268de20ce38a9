"""Routing: what the rules of the config do to new mentions, first to last, each an action."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from socialcare.clock import format_time
from socialcare.errors import ConfigError, UsageError
from socialcare.inbox.actions import BY_PEOPLE
from socialcare.inbox.calendar import zone_of
from socialcare.inbox.changes import Changer, Rehearsed, Wish, follow_up, moving_along
from socialcare.inbox.database import Database
from socialcare.inbox.events import Change, record
from socialcare.inbox.fields import Hand
from socialcare.inbox.judgement import rerank
from socialcare.inbox.query import Query, Reader
from socialcare.inbox.search import find_among
from socialcare.inbox.settling import settle
from socialcare.settings import RoutingRule, Settings
from socialcare.settings.document import fault

ACTOR = "rule"
MOST_TRIED = 5_000
"""The newest mentions are enough to see what a rule does."""
_PAGE = 500
_EXAMPLES = 3

_DECIDED = f"e.field = 'owner' and {BY_PEOPLE}"
# The owner is that of the conversation: whoever has it keeps it, and who let go of it is asked
# no more.
_TAKEN = f"""
select m.id from mention m join triage t on t.mention_id = m.id
where m.id in (select value from json_each(:ids)) and (t.owner is not null
  or exists (select 1 from event e join action a on a.id = e.action_id
    where e.mention_id = m.id and {_DECIDED})
  or exists (select 1 from mention o join triage w on w.mention_id = o.id
    where o.conversation = m.conversation and (w.owner is not null
      or exists (select 1 from event e join action a on a.id = e.action_id
        where e.mention_id = o.id and {_DECIDED}))))
"""
_LATELY = """
select m.id from mention m join triage t on t.mention_id = m.id
where m.created_at >= ? and m.role = 'mention' and m.erased_at is null and t.status <> 'filtered'
order by m.created_at desc, m.id desc limit ?
"""
_AS_IT_CAME = (
    """
    update triage set status = 'open', owner = null, seen_at = null, close_reason = null,
      snoozed_until = null
    where status <> 'filtered' and mention_id in (select value from json_each(:ids))
    """,
    "delete from tag where mention_id in (select value from json_each(:ids))",
)


class Ready(NamedTuple):
    """A rule whose words are understood."""

    rule: RoutingRule
    query: Query

    @property
    def command(self) -> str:
        return f"rule {self.rule.name}"

    def wish(self, *, owner: bool) -> Wish:
        rule = self.rule
        return Wish(
            owner=rule.owner if owner else None,
            priority=rule.priority,
            topics=rule.topics or None,
            tag=rule.tags,
        )


@dataclass(slots=True)
class Tried:
    """What a rule would have done: to how many, and to the first of them."""

    rule: RoutingRule
    mentions: int = 0
    examples: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Trial:
    """``mentions`` were looked at; ``capped`` where there are more of that time."""

    rules: list[Tried]
    mentions: int
    capped: bool


def read_rules(
    settings: Settings, now: datetime, channels: Collection[str] = ()
) -> tuple[list[Ready], list[ConfigError]]:
    """The rules in their order, and what is wrong with those that cannot be read.

    Without ``channels`` any name of a channel is accepted.
    """
    ready, broken = list[Ready](), list[ConfigError]()
    for rule in settings.rules:
        try:
            query = _reader(settings, now, channels).read_line(rule.when)
            _nobody_asks(query)
        except UsageError as error:
            message = f"rule {rule.name}: {error.message}"
            broken.append(_fault(settings, rule.line, message, error.hint))
        else:
            ready.append(Ready(rule, query))
    return ready, broken


def broken_queries(
    settings: Settings, now: datetime, channels: Collection[str] = ()
) -> Iterator[ConfigError]:
    """What is wrong with the saved queries of the config."""
    for name, query in settings.queries.items():
        try:
            _reader(settings, now, channels).read_line(f"@{name}")
        except UsageError as error:
            yield _fault(settings, query.line, f"[queries] {error.message}", error.hint)


def _reader(settings: Settings, now: datetime, channels: Collection[str]) -> Reader:
    saved = {name: query.words for name, query in settings.queries.items()}
    return Reader(now, zone_of(settings.answer_by.timezone), frozenset(channels), saved)


def _nobody_asks(query: Query) -> None:
    asked = {(f.name, value) for f in query.filters for value in f.values}
    if asked & {("is", "mine"), ("owner", "me")}:
        raise UsageError("a rule has no me.", "name the person: owner:mia")


def _fault(settings: Settings, line: int | None, message: str, hint: str) -> ConfigError:
    assert settings.path is not None, "rules come from a file"
    return fault(settings.path, line, message, hint)


def route(tx: sqlite3.Connection, new: Sequence[int], settings: Settings, now: datetime) -> None:
    """Apply the rules to mentions that were just stored. A broken rule is left out."""
    if not settings.rules or not new:
        return
    ready, _ = read_rules(settings, now)
    taken = {row[0] for row in tx.execute(_TAKEN, {"ids": json.dumps(list(new))})}
    for rule in ready:
        changes = _applied(tx, rule, new, taken, now)
        record(tx, changes, actor=ACTOR, command=rule.command, at=format_time(now))
        follow_up(tx, changes, settings)


def _applied(
    tx: sqlite3.Connection,
    rule: Ready,
    ids: Sequence[int],
    taken: Collection[int],
    now: datetime,
) -> list[Change]:
    """What one rule changes; the owner of a conversation is changed in all of it."""
    hand = Hand(ACTOR, now, rule.command)
    changes: list[Change] = []
    meant = find_among(tx, rule.query, ids, now)
    for id_ in meant:
        wish = rule.wish(owner=id_ not in taken)
        changes += Changer(tx, id_, wish, hand, rule.command).run(named=True)
    free, wish = [id_ for id_ in meant if id_ not in taken], rule.wish(owner=True)
    for id_ in moving_along(tx, free, wish):
        changes += Changer(tx, id_, wish, hand, rule.command).run(named=False)
    return changes


def try_rules(
    db: Database, settings: Settings, since: datetime, now: datetime, channels: Collection[str]
) -> Trial:
    """What the rules would have done to what was written since then. Nothing is changed.

    Each mention is taken as it came: without an owner, tags and corrections, and open.

    Raises
    ------
    ConfigError
        A rule cannot be read.

    """
    ready, broken = read_rules(settings, now, channels)
    if broken:
        raise broken[0]
    found = [Tried(rule.rule) for rule in ready]
    ids: list[int] = []
    with suppress(Rehearsed), db.write() as tx:
        rows = tx.execute(_LATELY, (format_time(since), MOST_TRIED + 1)).fetchall()
        ids = sorted(row[0] for row in rows[:MOST_TRIED])
        for start in range(0, len(ids), _PAGE):
            page = ids[start : start + _PAGE]
            _as_it_came(tx, page, settings)
            for rule, tried in zip(ready, found, strict=True):
                changes = _applied(tx, rule, page, (), now)
                follow_up(tx, changes, settings)
                _count(tried, changes, page)
        raise Rehearsed
    return Trial(found, len(ids), capped=len(rows) > MOST_TRIED)


def _as_it_came(tx: sqlite3.Connection, ids: Sequence[int], settings: Settings) -> None:
    listed = {"ids": json.dumps(list(ids))}
    for statement in _AS_IT_CAME:
        tx.execute(statement, listed)
    rows = tx.execute(
        "delete from correction where mention_id in (select value from json_each(:ids))"
        " returning mention_id",
        listed,
    ).fetchall()
    rerank(tx, {row[0] for row in rows}, settings)
    settle(tx, ids, settings)


def _count(tried: Tried, changes: Sequence[Change], page: Sequence[int]) -> None:
    touched = {change.mention_id for change in changes}.intersection(page)
    tried.mentions += len(touched)
    tried.examples += sorted(touched)[: _EXAMPLES - len(tried.examples)]
