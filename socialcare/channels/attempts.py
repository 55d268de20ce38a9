"""An earlier attempt whose answer was lost: which of our own posts it may have made."""

from __future__ import annotations

from datetime import datetime, timedelta

from socialcare.channels.base import Outgoing
from socialcare.errors import OutcomeUnknownError

CLOCKS_DIFFER = timedelta(minutes=5)
"""By how much clocks may differ from one another, beyond what a service tells of its own."""


def earliest(reply: Outgoing, ahead: timedelta = timedelta()) -> datetime | None:
    """What is older cannot be it, by the clock of the service, which is ``ahead`` of ours.

    None where nothing tells. What is answered may come from a third server with a clock of its
    own, so its time counts only where there is no other.
    """
    if reply.tried_at is not None:
        return reply.tried_at + ahead - CLOCKS_DIFFER
    return None if reply.to is None else reply.to.created_at - CLOCKS_DIFFER


def not_reached(channel: str, where: str) -> OutcomeUnknownError:
    """So much was posted since the attempt that it was not looked through to its beginning."""
    return OutcomeUnknownError(
        f"{channel}: I cannot tell whether the answer is there: too much has been posted {where}.",
        "look there; then record its address, or send it again on purpose",
    )
