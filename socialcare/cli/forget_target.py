"""Whom or what ``forget`` means: beyond doubt, for it cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from socialcare.cli.choosing import chosen
from socialcare.clock import format_time
from socialcare.errors import NotFoundError, UsageError
from socialcare.inbox.doomed import (
    Account,
    Doomed,
    accounts_called,
    all_of,
    older_than,
    same_people,
    these,
)
from socialcare.inbox.tombstones import folded, is_worldwide
from socialcare.output.words import count
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.cli.context import App
    from socialcare.inbox.database import Database

Choose = Callable[["Database"], Doomed]


class Target(NamedTuple):
    """``named`` is it in words; ``handle`` a person's, None where a number has to be typed."""

    named: str
    handle: str | None
    doomed: Doomed
    again: Choose


def find_target(run: App, what: Sequence[str], older: str | None, channel: str | None) -> Target:
    """What the words of the command mean.

    Raises
    ------
    NotFoundError
        Nobody has that handle, or there is no such mention.
    UsageError
        Several people may be meant, or it is ourselves, or no age.

    """
    person = len(what) == 1 and what[0].startswith("@") and len(what[0]) > 1
    if channel is not None and not person:
        raise UsageError(
            "--channel goes with one @handle.", f"socialcare forget channel:{channel[:40]}"
        )
    if person:
        return _person(run, what[0], channel)
    if older is not None:
        return _old(run, older)
    ids, _ = chosen(run, what)
    db = run.read()
    doomed = Doomed() if db is None else these(db, ids)
    return Target(_numbered(doomed), None, doomed, lambda db: these(db, ids))


def _old(run: App, older: str) -> Target:
    from socialcare.settings.duration import parse_duration

    try:
        age = parse_duration(older)
    except ValueError:
        age = timedelta(0)
    if not timedelta(0) < age < timedelta(days=36_500):
        raise UsageError(
            f'"{older[:40]}" is no age.', "socialcare forget --older-than 400d --dry-run"
        )
    before = format_time(run.clock.now() - age)
    db = run.read()
    doomed = Doomed() if db is None else older_than(db, before)
    named = f"{_numbered(doomed)} older than {older}"
    return Target(named, None, doomed, lambda db: older_than(db, before))


def _person(run: App, handle: str, channel: str | None) -> Target:
    db = run.read()
    found = [] if db is None else accounts_called(db, handle)
    if db is not None and channel is not None:
        found = [a for a in found if channel in _channels_of(db, a)]
    if db is None or not found:
        raise NotFoundError(
            f"nobody here is called {shown(handle)}.",
            'see who wrote: socialcare sql "select handle, mentions from people"',
        )
    _check_one_person(db, found)
    everybody = same_people(db, found)
    if any(account.is_us for account in everybody):
        raise UsageError(
            f"{shown(handle)} is you: what you wrote belongs to what you answered.",
            "name the person: socialcare forget @HANDLE",
        )
    return Target(
        _introduced(db, everybody), found[0].handle, all_of(db, everybody),
        lambda db: all_of(db, everybody),
    )  # fmt: skip


def _check_one_person(db: Database, found: Sequence[Account]) -> None:
    """Whom it takes must be beyond doubt.

    Raises
    ------
    UsageError
        Several people may be meant.

    """
    handles = sorted({account.handle for account in found}, key=folded)
    if len({folded(handle) for handle in handles}) > 1:
        raise UsageError(
            f"that can be {', '.join(map(shown, handles[:5]))}.",
            "name one whole handle: socialcare forget @HANDLE",
        )
    customers = {
        row[0] or -row[1]
        for account in found
        for row in db.rows("select customer_id, id from author where id = ?", (account.id,))
    }
    kinds = {account.source.partition(":")[0] for account in found}
    if len(customers) > 1 and len(kinds) > 1 and not is_worldwide(handles[0]):
        channels = sorted({name for account in found for name in _channels_of(db, account)})
        raise UsageError(
            f"{shown(handles[0])} is on {', '.join(channels)}: these may be different people.",
            f"say which: socialcare forget {shown('@' + folded(handles[0]))}"
            f" --channel {channels[0]}",
        )


def _introduced(db: Database, accounts: Sequence[Account]) -> str:
    """``@mia@mas.to (Mia) on mastodon and kjell on hackernews``."""
    told = []
    for account in accounts:
        name = f" ({shown(account.name)})" if account.name else ""
        channels = ", ".join(_channels_of(db, account))
        told.append(f"{shown(account.handle)}{name}{f' on {channels}' if channels else ''}")
    return " and ".join(dict.fromkeys(told))


def _channels_of(db: Database, account: Account) -> list[str]:
    rows = db.rows(
        "select distinct channel from mention where author_id = ? order by channel", (account.id,)
    )
    return [row[0] for row in rows]


def _numbered(doomed: Doomed) -> str:
    return count(doomed.mentions, "mention")


def shown(text: object) -> str:
    return for_screen(str(text), one_line=True, limit=200)
