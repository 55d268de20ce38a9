"""Mentions on their way from the inbox to the screen, for every command that lists some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from socialcare.cli.piped import named_words
from socialcare.inbox.query import Choice, Reader
from socialcare.inbox.reading import Header, Record, chosen_ids, header, known_channels, stream
from socialcare.inbox.search import all_ids
from socialcare.output.records import View

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.inbox.database import Database

NO_HEADER = Header(
    open=0,
    late=0,
    late_capped=False,
    last_fetch=None,
    channels_ok=0,
    channels=0,
    usual_interval=None,
    demo=False,
)
"""The state of an inbox that has no database yet."""


class Found(NamedTuple):
    """What a choice of mentions led to. ``records`` can be walked once."""

    header: Header
    records: Iterator[Record]
    asked: bool
    """Whether words narrowed it: an empty list then says something else."""


def view_of(app: App) -> View:
    return View(app.clock.now(), app.zone, app.me, hours=bool(app.settings.answer_by.hours))


def choose(app: App, db: Database | None, words: Sequence[str]) -> Choice:
    """Read words that choose mentions. Raises UsageError like the query language does."""
    channels = frozenset(app.settings.channels)
    if db is not None:
        channels |= known_channels(db)
    saved = {name: query.words for name, query in app.settings.queries.items()}
    return Reader(app.clock.now(), app.zone, channels, saved).choose(words)


def find(app: App, words: Sequence[str], limit: int | None) -> Found:
    """The mentions that the words mean, at most ``limit``. Without a database there are none."""
    words, piped = named_words(app, words)
    db = app.read()
    choice = choose(app, db, words)
    if db is None:
        return Found(NO_HEADER, iter(()), asked=piped or bool(words))
    now = app.clock.now()
    ids: Iterator[int]
    if piped and not words:
        ids = iter(())
    elif choice.query is not None:
        ids = islice(all_ids(db, choice.query, now, app.me, size=_page(limit)), limit)
    else:
        ids = islice(chosen_ids(db, choice, now, app.me), limit)
    return Found(header(db, now, _asked(app)), stream(db, ids, now), asked=piped or bool(words))


def state_of(app: App, db: Database | None) -> Header:
    """How the inbox stands as a whole; an empty one where there is no database."""
    return NO_HEADER if db is None else header(db, app.clock.now(), _asked(app))


def _page(limit: int | None) -> int:
    return 500 if limit is None else max(1, min(limit, 500))


def _asked(app: App) -> list[str] | None:
    """The channels that a fetch asks; None where there is no config."""
    if app.settings.path is None or app.is_demo:
        return None
    return [channel.name for channel in app.settings.channels.values() if channel.enabled]
