"""Who is meant by a handle: for what concerns a whole person it must be beyond doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from socialcare.errors import NotFoundError, UsageError
from socialcare.inbox.doomed import Account, accounts_called, same_people
from socialcare.inbox.tombstones import folded, is_worldwide
from socialcare.text import for_screen

if TYPE_CHECKING:
    from socialcare.inbox.database import Database


def names_person(words: Sequence[str]) -> bool:
    return len(words) == 1 and words[0].startswith("@") and len(words[0]) > 1


def find_person(
    db: Database | None, handle: str, command: str, channel: str | None = None
) -> list[Account]:
    """All accounts of one person, those that somebody joined to it too; the named one first.

    Raises
    ------
    NotFoundError
        Nobody has that handle.
    UsageError
        Several people may be meant, or it is ourselves.

    """
    found = [] if db is None else accounts_called(db, handle)
    if db is not None and channel is not None:
        found = [account for account in found if channel in channels_of(db, account)]
    if db is None or not found:
        raise NotFoundError(
            f"nobody here is called {shown(handle)}.",
            'see who wrote: socialcare sql "select handle, mentions from people"',
        )
    _check_one_person(db, found, command)
    everybody = same_people(db, found)
    if any(account.is_us for account in everybody):
        raise UsageError(
            f"{shown(handle)} is you: what you wrote belongs to what you answered.",
            f"name the person: socialcare {command} @HANDLE",
        )
    return sorted(everybody, key=lambda account: account.id != found[0].id)


def _check_one_person(db: Database, found: Sequence[Account], command: str) -> None:
    handles = sorted({account.handle for account in found}, key=folded)
    if len({folded(handle) for handle in handles}) > 1:
        raise UsageError(
            f"that can be {', '.join(map(shown, handles[:5]))}.",
            f"name one whole handle: socialcare {command} @HANDLE",
        )
    customers = {
        row[0] or -row[1]
        for account in found
        for row in db.rows("select customer_id, id from author where id = ?", (account.id,))
    }
    kinds = {account.source.partition(":")[0] for account in found}
    if len(customers) > 1 and len(kinds) > 1 and not is_worldwide(handles[0]):
        channels = sorted({name for account in found for name in channels_of(db, account)})
        raise UsageError(
            f"{shown(handles[0])} is on {', '.join(channels)}: these may be different people.",
            f"say which: socialcare {command} {shown('@' + folded(handles[0]))}"
            f" --channel {channels[0]}",
        )


def channels_of(db: Database, account: Account) -> list[str]:
    rows = db.rows(
        "select distinct channel from mention where author_id = ? order by channel", (account.id,)
    )
    return [row[0] for row in rows]


def shown(text: object) -> str:
    return for_screen(str(text), one_line=True, limit=200)
