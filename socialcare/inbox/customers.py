"""Customers: accounts joined to one person by hand and taken apart again, muted and unmuted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from socialcare.errors import NotFoundError, UsageError
from socialcare.inbox import people
from socialcare.inbox.database import Database
from socialcare.inbox.events import AuthorChange, Change, record
from socialcare.inbox.fields import Hand, put_author
from socialcare.inbox.search import Compiled, accounts_called
from socialcare.inbox.settling import settle
from socialcare.settings import Settings
from socialcare.text import for_screen

CANDIDATES = 6
"""Accounts that are named where a handle is not clear."""


class Account(NamedTuple):
    """One account of somebody, as its channel knows it. ``muted`` is the reason, "" for none."""

    id: int
    source: str
    handle: str
    customer: int | None
    muted: str | None
    is_us: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """``action`` is None when nothing was different, or when it was only tried.

    ``named`` are the accounts that the words mean, ``accounts`` all of the same people now,
    ``changed`` those that changed; ids of mentions went to the filtered pile or came back.
    """

    action: int | None
    named: tuple[Account, ...]
    accounts: tuple[Account, ...]
    changed: tuple[Account, ...]
    filtered: tuple[int, ...] = ()
    back: tuple[int, ...] = ()


class _Rehearsed(Exception):  # noqa: N818 - no error: it takes a rehearsal back
    """Ends the transaction of a change that was only tried."""


_Deed = Callable[[sqlite3.Connection, Sequence[Account]], list[AuthorChange]]
_ACCOUNT = "select id, source, handle, customer_id, muted_why, is_us from author"


class Register:
    """What people do to customers: one transaction, one action, an event for every field."""

    def __init__(
        self, db: Database, settings: Settings, hand: Hand, *, rehearse: bool = False
    ) -> None:
        self._db, self._settings, self._hand, self._rehearse = db, settings, hand, rehearse

    def link(self, handles: Sequence[str]) -> Outcome:
        """Make one customer of these accounts, and of all that are joined to them already."""
        return self._do(handles, _linked, person=True)

    def unlink(self, handle: str) -> Outcome:
        """Take one account out; what is left of its customer stays together."""
        return self._do([handle], _unlinked, person=False)

    def mute(self, handle: str, reason: str | None = None) -> Outcome:
        """See nothing more of a person. Without a reason one that was given before stays."""

        def muted(tx: sqlite3.Connection, named: Sequence[Account]) -> list[AuthorChange]:
            return [
                AuthorChange(one.id, "muted", one.muted, after)
                for one in _all_of(tx, named)
                if (after := (one.muted or "") if reason is None else reason) != one.muted
            ]

        return self._do([handle], muted, person=True)

    def unmute(self, handle: str) -> Outcome:
        return self._do([handle], _unmuted, person=True)

    def _do(self, handles: Sequence[str], deed: _Deed, *, person: bool) -> Outcome:
        outcome: Outcome | None = None
        with suppress(_Rehearsed), self._db.write() as tx:
            named = [named_account(tx, handle, person=person) for handle in handles]
            wished = deed(tx, named)
            before = people.muted(tx, people.accounts(tx, [one.id for one in named]))
            for change in wished:
                put_author(
                    tx, change.author_id, change.field, change.before, change.after, self._hand
                )
            moved = people.settle_people(tx, before, self._settings) if wished else []
            hand = self._hand
            action = None
            if not self._rehearse:
                changes: list[Change | AuthorChange] = [*wished, *moved]
                action = record(tx, changes, actor=hand.actor, command=hand.command, at=hand.at)
                # The clock of an answer reads what was recorded.
                settle(tx, [change.mention_id for change in moved], self._settings)
            outcome = _outcome(tx, action, named, wished, moved)
            if self._rehearse:
                raise _Rehearsed
        assert outcome is not None, "an error would have left this function"
        return outcome


def _linked(tx: sqlite3.Connection, named: Sequence[Account]) -> list[AuthorChange]:
    if len({one.id for one in named}) < 2:
        raise UsageError(
            f"this is one account: {_shown(named[0].handle)}.",
            "name two accounts of one person: socialcare customer link @mia @mia@mas.to",
        )
    everybody = _all_of(tx, named)
    known = [one.customer for one in everybody if one.customer is not None]
    customer = min(known) if known else _next_customer(tx)
    return [
        AuthorChange(one.id, "customer", one.customer, customer)
        for one in everybody
        if one.customer != customer
    ]


def _next_customer(tx: sqlite3.Connection) -> int:
    """A number that was never given: an old event must not mean somebody else."""
    row = tx.execute("select seq from sqlite_sequence where name = 'customer'").fetchone()
    return (row[0] if row else 0) + 1


def _unlinked(tx: sqlite3.Connection, named: Sequence[Account]) -> list[AuthorChange]:
    """A customer of one account is none."""
    (out,) = named
    if out.customer is None:
        return []
    rest = [one for one in _all_of(tx, named) if one.id != out.id]
    return [
        AuthorChange(one.id, "customer", one.customer, None)
        for one in (out, *(rest if len(rest) == 1 else ()))
    ]


def _unmuted(tx: sqlite3.Connection, named: Sequence[Account]) -> list[AuthorChange]:
    return [
        AuthorChange(one.id, "muted", one.muted, None)
        for one in _all_of(tx, named)
        if one.muted is not None
    ]


def _outcome(
    tx: sqlite3.Connection,
    action: int | None,
    named: Sequence[Account],
    wished: Sequence[AuthorChange],
    moved: Sequence[Change],
) -> Outcome:
    states = [change for change in moved if change.field == "status"]
    return Outcome(
        action,
        tuple(_accounts(tx, [one.id for one in named])),
        tuple(_all_of(tx, named)),
        tuple(_accounts(tx, [change.author_id for change in wished])),
        filtered=tuple(c.mention_id for c in states if c.after == "filtered"),
        back=tuple(c.mention_id for c in states if c.after == "open"),
    )


def _all_of(tx: sqlite3.Connection, named: Sequence[Account]) -> list[Account]:
    return _accounts(tx, people.accounts(tx, [one.id for one in named]))


def _accounts(tx: sqlite3.Connection, ids: Sequence[int]) -> list[Account]:
    found = {
        row[0]: _account(row)
        for id_ in ids
        for row in tx.execute(f"{_ACCOUNT} where id = ?", (id_,))
    }
    return [found[id_] for id_ in dict.fromkeys(ids)]


def _account(row: Sequence[int | str | None]) -> Account:
    id_, source, handle, customer, muted, is_us = row
    return Account(id_, source, handle, customer, muted, bool(is_us))  # type: ignore[arg-type]


def accounts_named(tx: sqlite3.Connection, word: str) -> list[Account]:
    """Accounts that a handle means, as ``author:`` in a query; or ``SOURCE/HANDLE``, exactly."""
    compiled = Compiled()
    sql = f"{_ACCOUNT} where id in ({accounts_called(compiled, word)}) order by handle, source"
    rows = tx.execute(sql, compiled.parameters).fetchall()
    source, slash, handle = word.partition("/")
    if not rows and slash:
        rows = tx.execute(
            f"{_ACCOUNT} where source = ? and handle = ? collate nocase", (source, handle)
        ).fetchall()
    return [_account(row) for row in rows]


def named_account(tx: sqlite3.Connection, word: str, *, person: bool) -> Account:
    """The one account that a handle means; with ``person``, any one of the person's.

    Raises
    ------
    NotFoundError
        Nobody is called so.
    UsageError
        It may mean several; or it is an account of ours.

    """
    found = accounts_named(tx, word)
    others = [one for one in found if not one.is_us]
    exact = [one for one in others if one.handle.casefold() == word.strip().casefold()]
    if len(exact) == 1 or len(others) == 1:
        return (exact if len(exact) == 1 else others)[0]
    if person and len({one.customer or -one.id for one in others}) == 1:
        return others[0]
    if others:
        raise UsageError(
            f'"{_shown(word)}" can be {len(others):,} accounts.',
            f"name one of them: {_candidates(others)}",
            code="ambiguous",
        )
    if found:
        raise UsageError(
            f"{_shown(found[0].handle)} is an account of your own.",
            "see who wrote: socialcare customer list",
        )
    raise nobody(word)


def nobody(word: str) -> NotFoundError:
    return NotFoundError(
        f"nobody here is called {_shown(word)}.", "see who wrote: socialcare customer list"
    )


def _candidates(found: Sequence[Account]) -> str:
    handles = [one.handle.casefold() for one in found]
    names = [
        one.handle if handles.count(one.handle.casefold()) == 1 else f"{one.source}/{one.handle}"
        for one in found[:CANDIDATES]
    ]
    more = f" and {len(found) - CANDIDATES} more" if len(found) > CANDIDATES else ""
    return f"{', '.join(map(_shown, names))}{more}"


def _shown(text: str) -> str:
    return for_screen(text, one_line=True, limit=120)
