"""Whom or what ``forget`` means: beyond doubt, for it cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from socialcare.cli.choosing import chosen
from socialcare.cli.person import channels_of, find_person, names_person, shown
from socialcare.clock import format_time
from socialcare.errors import UsageError
from socialcare.inbox.doomed import Account, Doomed, all_of, older_than, these
from socialcare.output.words import count

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
    person = names_person(what)
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
    accounts = find_person(db, handle, "forget", channel)
    assert db is not None, "somebody was found in it"
    return Target(
        _introduced(db, accounts),
        accounts[0].handle,
        all_of(db, accounts),
        lambda db: all_of(db, accounts),
    )


def _introduced(db: Database, accounts: Sequence[Account]) -> str:
    """``@mia@mas.to (Mia) on mastodon and kjell on hackernews``."""
    told = []
    for account in accounts:
        name = f" ({shown(account.name)})" if account.name else ""
        channels = ", ".join(channels_of(db, account))
        told.append(f"{shown(account.handle)}{name}{f' on {channels}' if channels else ''}")
    return " and ".join(dict.fromkeys(told))


def _numbered(doomed: Doomed) -> str:
    return count(doomed.mentions, "mention")
