"""The outbox is worked through by one process at a time: with every fetch, or when somebody sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from socialcare.errors import BusyError, SocialcareError
from socialcare.inbox import outbox
from socialcare.inbox.database import Database
from socialcare.inbox.fields import Hand
from socialcare.inbox.outbox import Last
from socialcare.settings.paths import outbox_lock_beside
from socialcare.workflow.channels import Workshop
from socialcare.workflow.lock import outbox_lock
from socialcare.workflow.outcome import Outcome, State
from socialcare.workflow.sending import Sender

_ENDED: Mapping[str, State] = {"sent": "sent", "failed": "failed", "unknown": "unknown"}


def settle(shop: Workshop, db: Database, hand: Hand) -> list[Outcome]:
    """Ask what became of answers that an earlier run left on their way, before a fetch reads on.

    Somebody who is sending right now looks after them.
    """
    now = shop.clock.now()
    if outbox.ready(db, now) or outbox.lost(db, now):
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
    if not outbox.ready(db, shop.clock.now(), ids):
        return []
    return _under_lock(shop, db, hand, lambda sender: sender.send(ids), wait)


def became(db: Database, ids: Sequence[int]) -> list[Outcome]:
    """What others have made of answers that this run found nothing left to do for."""
    made = ((id_, outbox.last(db, id_)) for id_ in ids)
    return [_outcome(id_, last) for id_, last in made if last and last.state in _ENDED]


def _outcome(id_: int, last: Last) -> Outcome:
    state = _ENDED[last.state]
    if state == "sent":
        return Outcome(id_, state, last.url, last.posts)
    error = SocialcareError(
        last.error or "somebody else tried to send it.", f"look at it: socialcare reply {id_}"
    )
    return Outcome(id_, state, error=error)


def _under_lock(
    shop: Workshop,
    db: Database,
    hand: Hand,
    work: Callable[[Sender], list[Outcome]],
    wait: float = 0,
) -> list[Outcome]:
    lock = outbox_lock_beside(db.path)
    with outbox_lock(lock, shop.clock, wait, shared=shop.settings.share == "group"):
        return work(Sender(shop, db, hand))
