"""A shop about whose checkout many complain within two hours, after six quiet weeks."""

from __future__ import annotations

from datetime import timedelta

from socialcare.inbox.database import open_writer
from tests.cli.acme import DAY, HOUR, MINUTE, NOW, Acme
from tests.inbox.history import Said, add, ordinary, watched

_TOLD = ("is down, order {}", "fails for me {}", "took my money, ticket {}")
SPAN = timedelta(minutes=110)


def with_spike(shop: Acme) -> list[int]:
    """The ids of the fourteen; the fifth is the one that was passed on most."""
    db = open_writer(shop.path)
    try:
        add(db, ordinary(NOW - 2 * HOUR, 42, 20))
        ids = add(
            db,
            [
                Said(
                    NOW - SPAN + n * 8 * MINUTE,
                    f"the checkout {_TOLD[n % 3].format(n * 7919)}",
                    reposts=9 if n == 4 else 0,
                )
                for n in range(14)
            ],
        )
        with db.write() as tx:
            tx.execute("update triage set waits = 0, status = 'closed' where due_at < '2026-11-21'")
        watched(db, NOW - 41 * DAY, NOW - 3 * MINUTE)
    finally:
        db.close()
    return ids
