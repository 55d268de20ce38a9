"""Forget: erase in one transaction, then what the file, its copies and the log still hold.

A run that is killed before its transaction ends has erased nothing; one that is killed
later is ended by the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from socialcare.clock import format_time, parse_time
from socialcare.errors import DatabaseError
from socialcare.inbox import compaction, copies
from socialcare.inbox.database import Database
from socialcare.inbox.doomed import Counts, Doomed, counts, older_than
from socialcare.inbox.erasure import erase
from socialcare.inbox.fields import Hand
from socialcare.settings import Settings

KEEPER = "keep"
"""The actor where ``[keep]`` erases."""
_BATCH = 500
_BATCHES = 4
"""So much of ``_BATCH`` in one run: a fetch is not held up by years of old mentions."""
_MERGED_EACH = timedelta(days=1)
_MERGED = "keep_merged_at"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go. ``copies`` are ours and go too; ``not_reached`` may hold the same words."""

    counts: Counts
    people: int
    already: int
    copies: tuple[Path, ...]
    not_reached: tuple[Path, ...]


def plan(db: Database | None, doomed: Doomed) -> Plan:
    if db is None:
        return Plan(Counts(), 0, 0, (), ())
    return Plan(
        counts(db, doomed),
        len(doomed.accounts),
        doomed.already,
        tuple(copies.ours(db.path)),
        tuple(copies.written(db)),
    )


def forget(
    db: Database,
    choose: Callable[[Database], Doomed],
    settings: Settings,
    hand: Hand,
    log: Path,
) -> int | None:
    """Erase what ``choose`` names when it is asked inside the transaction; return the action.

    Raises
    ------
    DatabaseError
        There is no room to write the file anew: nothing was erased.
    BusyError
        All is erased, but the file could not be written anew yet.

    """
    compaction.check_room(db)
    with db.write() as tx:
        action = erase(tx, choose(db), settings, hand)
        compaction.note_due(tx, hand.at)
    finish(db, log)
    return action


def finish(db: Database, log: Path) -> None:
    """Take the erased words out of the index, the free pages, our copies and the log.

    Raises
    ------
    DatabaseError
        A copy or the log cannot be deleted.
    BusyError
        Others keep the file in use.

    """
    compaction.merge_words(db)
    compaction.write_anew(db)
    for path in (*copies.ours(db.path), log):
        _delete(path)
    with db.write() as tx:
        copies.forget_written(tx, copies.written(db))
    compaction.end(db)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"{path} holds what was erased and cannot be deleted: {error.strerror}.",
            "delete it by hand, then: socialcare forget --finish",
        ) from None


def keep(db: Database, settings: Settings, hand: Hand) -> int:
    """Erase some of what is older than ``[keep] days``; return how many mentions that were."""
    if not settings.keep_days:
        return 0
    before = hand.now - timedelta(days=settings.keep_days)
    erased = 0
    for _ in range(_BATCHES):
        with db.write() as tx:
            doomed = older_than(db, format_time(before), limit=_BATCH)
            erase(tx, doomed, settings, hand._replace(actor=KEEPER))
        erased += len(doomed.ids)
        if len(doomed.ids) < _BATCH:
            break
    _merge_daily(db, hand, erased=erased)
    return erased


def _merge_daily(db: Database, hand: Hand, *, erased: int) -> None:
    """Words leave the index once a day: merging it costs more than erasing."""
    stored = db.value("select value from meta where key = ?", (_MERGED,))
    if stored is not None and hand.now - parse_time(stored) < _MERGED_EACH:
        return
    due = db.value("select 1 from mention where erased_at > ? limit 1", (stored or "",))
    if erased or due:
        compaction.merge_words(db)
        with db.write() as tx:
            tx.execute("insert or replace into meta values (?, ?)", (_MERGED, hand.at))
