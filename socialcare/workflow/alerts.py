"""What is not as it should be: one small function for each kind, none of which asks anybody.

A new kind of alert is one more function in ``FINDERS``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from socialcare.clock import format_time, parse_time
from socialcare.inbox import alarms
from socialcare.inbox.alarms import Alarm
from socialcare.inbox.database import Database
from socialcare.inbox.notices import TargetState, states
from socialcare.inbox.query import Filter, Query
from socialcare.inbox.reading import Header, records
from socialcare.inbox.search import count as count_of
from socialcare.inbox.search import find_ids
from socialcare.output.header import INTERVALS_UNTIL_SILENT, LEAST_SILENCE, is_silent
from socialcare.output.words import ago, count, span_spoken
from socialcare.settings import Settings
from socialcare.settings.duration import format_span
from socialcare.settings.paths import Paths
from socialcare.workflow.spikes import Spike, spikes, usual_of
from socialcare.workflow.standing import Standing, standings

Kind = Literal["SPIKE", "LATE", "SOON", "CHANNEL", "SILENT", "NOTIFY"]
NAMED = 20
"""Ids of mentions that an alert names; its number is of all."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Mentions that wait, the one that is due first at the head of ``ids``."""

    count: int = 0
    ids: tuple[int, ...] = ()
    first_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """All that the alerts are made of."""

    now: datetime
    settings: Settings
    header: Header
    late: Waiting
    soon: Waiting
    channels: Sequence[Standing]
    spikes: Sequence[Spike] = ()
    targets: Sequence[TargetState] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One alert. ``wrong``: it makes ``--exit-code`` say so; the others are only told."""

    kind: Kind
    says: str
    fix: str
    wrong: bool = True
    count: int = 1
    ids: tuple[int, ...] = ()
    channel: str | None = None
    since: datetime | None = None
    span: timedelta | None = None
    """What ``says`` ends with."""
    usual: tuple[int, int] | None = None
    """Between what ``count`` lies in 95 of 100 cases."""
    in_words: str | None = None
    """The same without abbreviations, for a voice."""
    begins: bool = False
    """Whether ``since`` is when it began, and is told beside it."""
    about: str | None = None
    """What it is called by, where its kind and channel do not say it."""

    @property
    def name(self) -> str:
        """What stays the same as long as it goes on: ``late``, ``channel-mastodon``."""
        if self.about is not None:
            return self.about
        return "-".join(part for part in (self.kind.lower(), self.channel) if part)

    @property
    def message(self) -> str:
        return self.says if self.span is None else f"{self.says} {format_span(self.span)}"

    @property
    def spoken(self) -> str:
        if self.in_words is not None:
            return self.in_words
        return self.says if self.span is None else f"{self.says} {span_spoken(self.span)}"


def watched(
    db: Database | None,
    settings: Settings,
    header: Header,
    now: datetime,
    paths: Paths,
    environ: Mapping[str, str],
    me: str,
) -> Watch:
    """Read what the alerts are made of. A demo has no channels that could fail."""
    late_, soon_ = (_waiting(db, state, now, me) for state in ("late", "soon"))
    known = [] if header.demo else standings(settings, db, paths, environ, now)
    names = [target.name for target in settings.notify]
    targets = [] if db is None or header.demo else states(db, names)
    return Watch(now, settings, header, late_, soon_, known, spikes(db, settings, now), targets)


def _waiting(db: Database | None, state: str, now: datetime, me: str) -> Waiting:
    if db is None:
        return Waiting()
    query = Query((Filter("is", (state,)),), "due")
    ids, _ = find_ids(db, query, now, me, limit=NAMED)
    first = records(db, ids[:1], now)
    due = parse_time(first[0]["due_at"]) if first else None
    return Waiting(count_of(db, query, now, me), tuple(ids), due)


def findings(watch: Watch) -> list[Finding]:
    return [finding for find in FINDERS for finding in find(watch)]


def unusual(watch: Watch) -> Iterator[Finding]:
    """More than this hour of the week usually brings, and posts that spread."""
    for spike in watch.spikes:
        told, number, usual = _of_spike(spike)
        yield Finding(
            "SPIKE",
            f"{told} in {_length(spike.span)}; usual {_between(usual)}",
            f"socialcare show {' '.join(map(str, spike.ids))}",
            count=number,
            ids=spike.ids,
            since=spike.since,
            usual=usual,
            in_words=f"{told} in {span_spoken(spike.span)}; usual {_between(usual)}",
            begins=True,
            about=_called(spike),
        )


def _called(spike: Spike) -> str:
    """A surge is one incident, however its words and numbers change while it goes on."""
    if spike.counted == "reposts":
        return f"mention-{spike.ids[0]}"
    return "copies" if spike.counted == "copies" else "spike"


def _of_spike(spike: Spike) -> tuple[str, int, tuple[int, int]]:
    """What is said of it, with its number and the usual one."""
    told, number, usual = f"{spike.count:,} {spike.counted}", spike.count, spike.usual
    if spike.counted == "reposts":
        told = f"mention {spike.ids[0]} passed on {count(number, 'time')}"
    elif spike.counted == "copies":
        told = f"the same text {count(number, 'time')}"
    elif spike.copies:
        told = f"{told}, copies of one text,"
    elif spike.word is not None and spike.word.count * 2 > number:
        number, usual = spike.word.count, usual_of(spike.word)
        told = f'"{spike.word.term}" {count(number, "time")}'
    elif spike.topic is not None:
        told = f"{told}, {spike.topic.count:,} about {spike.topic.term},"
    return told, number, usual


def _length(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def _between(usual: tuple[int, int]) -> str:
    low, high = usual
    return f"{low:,} to {high:,}" if high else "0"


def late(watch: Watch) -> Iterator[Finding]:
    """Answers past their time, from ``[alerts] late`` of them on."""
    found = watch.late
    if found.first_due is None or found.count < watch.settings.late_from:
        return
    yield Finding(
        "LATE",
        f"{found.count:,} past answer-by; the oldest",
        "socialcare inbox is:late",
        span=watch.now - found.first_due,
        count=found.count,
        ids=found.ids,
        since=found.first_due,
    )


def soon(watch: Watch) -> Iterator[Finding]:
    found = watch.soon
    if found.first_due is not None:
        yield Finding(
            "SOON",
            f"{found.count:,} due within 30 min; the first in",
            "socialcare inbox is:soon",
            span=found.first_due - watch.now,
            wrong=False,
            count=found.count,
            ids=found.ids,
            since=found.first_due,
        )


def channels(watch: Watch) -> Iterator[Finding]:
    yield from channel_findings(watch.channels, watch.header, watch.now)


def targets(watch: Watch) -> Iterator[Finding]:
    """Those of ``[[notify]]`` that could not be told."""
    for target in watch.targets:
        if target.failures:
            ago_ = target.last_success and f"; last good {ago(watch.now - target.last_success)}"
            yield Finding(
                "NOTIFY",
                f"{target.name} could not be told {count(target.failures, 'time')} in a row:"
                f" {target.error}{ago_ or ''}; {target.waiting:,} wait for it",
                target.hint or "socialcare config edit",
                count=target.waiting,
                since=target.last_success,
                about=f"notify-{target.name}",
            )


FINDERS: tuple[Callable[[Watch], Iterator[Finding]], ...] = (
    unusual,
    late,
    soon,
    channels,
    targets,
)


def on_record(
    tx: sqlite3.Connection, found: Sequence[Finding], settings: Settings, now: datetime
) -> dict[str, Alarm]:
    """Note the alerts that there are; what is known of each, by name."""
    there = {one.name: one.ids for one in found if one.wrong}
    return alarms.update(tx, there, now, settings.cooldown)


def known_of(
    db: Database, found: Sequence[Finding], settings: Settings, now: datetime
) -> dict[str, Alarm]:
    """The same without noting anything."""
    return alarms.standing(db, [one.name for one in found], now, settings.cooldown)


def alert_facts(one: Finding) -> dict[str, object]:
    """An alert for programs, without its mentions."""
    return {
        "alert": one.kind,
        "name": one.name,
        "message": one.message,
        "count": one.count,
        "usual": None if one.usual is None else list(one.usual),
        "channel": one.channel,
        "since": one.since and format_time(one.since),
        "fix": one.fix,
    }


def channel_findings(
    standings: Sequence[Standing], header: Header, now: datetime
) -> Iterator[Finding]:
    """Channels that fail, channels that are not asked any more, and a schedule that stopped."""
    if header.last_fetch is not None and is_silent(header, now) and not header.demo:
        yield Finding(
            "SILENT",
            f"last fetch {ago(now - header.last_fetch)}: is cron running?",
            "socialcare doctor",
            since=header.last_fetch,
        )
    for standing in standings:
        yield from _of_channel(standing, header, now)


def _of_channel(standing: Standing, header: Header, now: datetime) -> Iterator[Finding]:
    name, since = standing.channel.name, standing.last_success
    if standing.state == "off":
        return
    if standing.failures:
        ago_ = f"; last good {ago(now - since)}" if since is not None else ""
        yield Finding(
            "CHANNEL",
            f"{name} failed {count(standing.failures, 'time')} in a row:"
            f" {standing.error or 'no reason was noted'}{ago_}",
            standing.hint or f"socialcare channel test {name}",
            channel=name,
            since=since,
        )
    elif since is not None and _is_behind(since, header, now):
        yield Finding(
            "SILENT",
            f"{name} was last read {ago(now - since)}",
            f"socialcare channel test {name}",
            channel=name,
            since=since,
        )


def _is_behind(since: datetime, header: Header, now: datetime) -> bool:
    """Whether a channel was left out while the others were read."""
    if header.usual_interval is None or header.last_fetch is None or is_silent(header, now):
        return False
    patience: timedelta = max(INTERVALS_UNTIL_SILENT * header.usual_interval, LEAST_SILENCE)
    return header.last_fetch - since > patience
