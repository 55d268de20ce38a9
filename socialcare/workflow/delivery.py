"""The outbox is worked through by one process at a time: with every fetch, or when somebody sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from socialcare.errors import BusyError
from socialcare.inbox import outbox
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.settings.paths import outbox_lock_beside
from socialcare.workflow.channels import Workshop
from socialcare.workflow.lock import outbox_lock
from socialcare.workflow.outcome import Outcome
from socialcare.workflow.sending import Sender


def settle(shop: Workshop, db: Database, hand: Hand) -> list[Outcome]:
    """Ask what became of answers that an earlier run left on their way, before a fetch reads on.

    Somebody who is sending right now looks after them.
    """
    with suppress(BusyError):
        return _under_lock(shop, db, hand, Sender.settle)
    return []


def deliver(
    shop: Workshop, db: Database, hand: Hand, ids: Sequence[int] | None = None, *, wait: float = 0
) -> list[Outcome]:
    """Send what is approved, or of it only the answers to ``ids``.

    Raises
    ------
    BusyError
        Somebody else is still sending after ``wait`` seconds.

    """
    return _under_lock(shop, db, hand, lambda sender: sender.send(ids), wait)


def _under_lock(
    shop: Workshop,
    db: Database,
    hand: Hand,
    work: Callable[[Sender], list[Outcome]],
    wait: float = 0,
) -> list[Outcome]:
    if not outbox.ready(db, shop.clock.now()):
        return []
    lock = outbox_lock_beside(db.path)
    with outbox_lock(lock, shop.clock, wait, shared=shop.settings.share == "group"):
        return work(Sender(shop, db, hand))
