"""``socialcare show @HANDLE``: one person's history, through all of their accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from socialcare.cli.context import App
from socialcare.cli.listing import view_of
from socialcare.inbox.contacts import accounts_of, mentions_of_accounts
from socialcare.inbox.customers import nobody
from socialcare.inbox.reading import Record, stream
from socialcare.output.accessible import spoken_mentions
from socialcare.output.columns import MENTION_COLUMNS, mention_table
from socialcare.output.formats import write_object, write_records
from socialcare.output.layout import wrap
from socialcare.output.records import MENTION_FIELDS, View
from socialcare.output.words import count, day, moment

ACCOUNT_FIELDS = (
    *("handle", "name", "url", "followers", "source", "channels", "mentions", "complaints"),
    *("first_seen", "last_seen", "muted_at", "muted_by", "muted_why"),
)


def show_person(run: App, handle: str, *, as_json: bool) -> int:
    """Everything by whoever is called so.

    Raises
    ------
    NotFoundError
        Nobody is.

    """
    db = run.read()
    if db is None:
        raise nobody(handle)
    accounts = accounts_of(db, handle)
    ids = mentions_of_accounts(db, [account["id"] for account in accounts])
    found = list(stream(db, ids, run.clock.now()))
    if as_json:
        write_object(run.screen, _customer(accounts, found))
        return 0
    if not run.streams.stdout_tty:
        write_records(run.screen, found, "tsv", fields=("id", "created_at", "label", "text"))
        return 0
    view, width = view_of(run), run.screen.streams.width
    for line in (_introduction(found, view), *_accounts(accounts, view)):
        run.screen.data(*wrap(line, width))
    if run.accessible:
        run.screen.data(*spoken_mentions(found, view, width))
    else:
        run.screen.data(*mention_table(found, view, width, MENTION_COLUMNS))
    return 0


def _customer(accounts: Sequence[Record], found: Sequence[Record]) -> dict[str, Any]:
    customers = {account["customer"] for account in accounts}
    return {
        "v": 1,
        "author": found[0]["author"],
        "author_name": found[0]["author_name"],
        "channels": sorted({record["channel"] for record in found}),
        "customer": customers.pop() if len(customers) == 1 else None,
        "accounts": [{name: account[name] for name in ACCOUNT_FIELDS} for account in accounts],
        "mentions": [{name: record[name] for name in MENTION_FIELDS} for record in found],
    }


def _introduction(found: Sequence[Record], view: View) -> str:
    """``@mia@mas.to (Mia) on mastodon: 5 mentions, 2 complaints, first on 3 Nov``."""
    handles = sorted({record["author"] for record in found})
    name = found[0]["author_name"]
    who = f"{handles[0]} ({name})" if len(handles) == 1 and name else ", ".join(handles)
    complaints = sum(record["label"] == "complaint" for record in found)
    parts = [count(len(found), "mention")]
    if complaints:
        parts.append(count(complaints, "complaint"))
    first = moment(found[-1]["created_at"])
    assert first is not None, "every mention has its time"
    parts.append(f"first on {day(first, view.zone, view.now)}")
    channels = ", ".join(sorted({record["channel"] for record in found}))
    return f"{who} on {channels}: {', '.join(parts)}"


def _accounts(accounts: Sequence[Record], view: View) -> Iterator[str]:
    """What was done by hand: which accounts are one customer, and who is muted."""
    joined: dict[int, list[str]] = {}
    for account in accounts:
        if account["customer"] is not None:
            told = f"{account['handle']} on {', '.join(account['channels']) or account['source']}"
            joined.setdefault(account["customer"], []).append(told)
    for own in joined.values():
        yield f"One customer, linked by hand: {'; '.join(own)}"
    for account in accounts:
        if when := moment(account["muted_at"]):
            why = f": {account['muted_why']}" if account["muted_why"] else ""
            at = day(when, view.zone, view.now)
            yield f"{account['handle']} is muted since {at} by {account['muted_by']}{why}"
