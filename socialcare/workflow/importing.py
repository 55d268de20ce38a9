"""Import: mentions from a file, from standard input, or one by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from socialcare.channels.base import Broken
from socialcare.channels.records import BadRecord, in_pages, mention_from_record
from socialcare.clock import Clock, format_time
from socialcare.errors import ConfigError, InputError
from socialcare.inbox.conversations import wake
from socialcare.inbox.database import Database
from socialcare.inbox.duty import Assigned, assign
from socialcare.inbox.health import is_known
from socialcare.inbox.policy import follow
from socialcare.inbox.rules import read_rules
from socialcare.inbox.store import DeadLetter, Incoming, Stored, store
from socialcare.models import Mention
from socialcare.settings import Settings
from socialcare.workflow.judging import Judge

PAGE = 1_000
"""Rows of one transaction."""


@dataclass(slots=True)
class ImportReport:
    rows: int = 0
    stored: Stored = field(default_factory=Stored)
    broken: list[Broken] = field(default_factory=list)
    """The first ones; all of them are among the dead letters."""
    assigned: list[Assigned] = field(default_factory=list)
    """What went to whoever is on duty."""
    broken_rules: list[ConfigError] = field(default_factory=list)


def import_mentions(
    db: Database,
    items: Iterable[Mention | Broken],
    settings: Settings,
    clock: Clock,
    *,
    channel: str,
    actor: str,
) -> ImportReport:
    """Label and store a stream of mentions, a transaction for each page of it.

    What somebody imports is about the brand: nothing is filtered.
    """
    follow(db, settings)
    judge = Judge(settings)
    report = ImportReport()
    for page in in_pages(items, PAGE):
        incoming = Incoming(
            channel=channel,
            source=channel,
            judged=[judge.judge(mention, match=False) for mention in page.mentions],
            dead=[DeadLetter(b.where, b.reason, b.raw) for b in page.broken],
        )
        stored = store(db, incoming, settings, clock.now(), actor=actor, command="import")
        stored.broken = len(page.broken)
        report.stored.add(stored)
        report.rows += len(page.mentions) + len(page.broken)
        report.broken += page.broken[: 5 - len(report.broken)]
    with db.write() as tx:  # where nothing is fetched, what was put off comes back here
        wake(tx, format_time(clock.now()), settings)
        report.assigned = assign(tx, settings, clock.now())
    report.broken_rules = read_rules(settings, clock.now())[1]
    return report


def try_import(
    db: Database | None, items: Iterable[Mention | Broken], settings: Settings
) -> ImportReport:
    """Read everything and store nothing: the counts say what an import would bring."""
    judge = Judge(settings)
    report = ImportReport()
    seen: set[tuple[str, str]] = set()
    for item in items:
        report.rows += 1
        if isinstance(item, Broken):
            report.stored.broken += 1
            report.broken += [item] if len(report.broken) < 5 else []
            continue
        key = (item.source, item.external_id)
        if key in seen or (db is not None and is_known(db, *key)):
            continue
        seen.add(key)
        role = judge.judge(item, match=False).mention.role
        report.stored.answers += role == "answer"
        report.stored.reposts += role == "repost"
        report.stored.new_ids += [0] if role == "mention" else []
    return report


def mention_by_hand(
    *, text: str, url: str | None, author: str | None, channel: str, now: datetime
) -> Mention:
    """One post found elsewhere, or a phone call.

    With an address it is the same one next time; without one it is another: somebody who
    calls twice and says the same has called twice.

    Raises
    ------
    InputError
        There is no text, or the address is none.

    """
    record = {
        "text": text,
        "url": url,
        "external_id": url,
        "author": author,
        "created_at": None if url else format_time(now),
        "direct": url is None,
    }
    try:
        return mention_from_record(record, channel=channel, now=now)
    except BadRecord as error:
        raise InputError(
            f"this cannot be a mention: {error}.",
            'socialcare import --text "What they said" --url https://example.org/post',
        ) from None
