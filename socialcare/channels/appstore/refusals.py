"""What App Store Connect refuses, and what to do about it.

https://developer.apple.com/documentation/appstoreconnectapi/identifying-rate-limits
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from socialcare.channels.answer import Answer
from socialcare.channels.appstore.wire import Refusal
from socialcare.channels.decode import decode_or_empty
from socialcare.channels.limits import asked_wait, rest
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    GoneError,
    RateLimitError,
    RefusedError,
)
from socialcare.text import for_screen

REFUSING = frozenset({400, 401, 403, 404, 409, 422, 429})
"""Statuses whose body has the reason."""
REST = timedelta(minutes=1)
"""There is a limit of the moment beside that of the hour, and it does not say how long it lasts."""
HOUR = timedelta(hours=1)
KEYS = "https://appstoreconnect.apple.com/access/integrations/api"
_LIMIT = re.compile(r"user-hour-(lim|rem):(\d{1,9})(?:;|$)", re.ASCII)


def left_of(answer: Answer) -> tuple[int, int] | None:
    """Requests that are left of those of a rolling hour; None where it is not told."""
    found = dict(_LIMIT.findall(answer.headers.get("x-rate-limit", "").replace(" ", "")))
    return (int(found["rem"]), int(found["lim"])) if len(found) == 2 else None


def is_short(answer: Answer) -> bool:
    """Less than a tenth of the hour is left: what can wait, waits."""
    left = left_of(answer)
    return left is not None and left[0] * 10 < left[1]


def refused(channel: str, answer: Answer, what: str, now: datetime) -> ChannelError:
    """The error for an answer that refuses to ``what`` (read the reviews)."""
    name = for_screen(channel, one_line=True, limit=60)
    refusal = decode_or_empty(answer.body, Refusal)
    if answer.status == 429 or "RATE_LIMIT_EXCEEDED" in refusal.codes:
        return _slow_down(name, answer, now)
    return _by_status(name, refusal, answer.status, what)


def _slow_down(name: str, answer: Answer, now: datetime) -> RateLimitError:
    left, wait = left_of(answer), asked_wait(answer.headers, now)
    spent = left is not None and left[0] == 0
    pause = timedelta(seconds=wait) if wait is not None else HOUR if spent else REST
    used = f" (all {left[1]:,} requests of this hour are used)" if left and spent else ""
    return rest(f"{name}: App Store Connect asks us to slow down{used}.", now + pause)


def _by_status(name: str, refusal: Refusal, status: int, what: str) -> ChannelError:
    said = _said(refusal)
    if status == 401:
        return AuthError(
            f"{name}: App Store Connect refused the key (401){said}.",
            f"check key_id and issuer at {KEYS}, and the clock of this machine; then: "
            f"socialcare channel login {name}",
        )
    if status == 403:
        hint = f"give the key the role Customer Support at {KEYS}"
        if any("AGREEMENTS" in code for code in refusal.codes):
            hint = "somebody has to accept the new agreement at https://appstoreconnect.apple.com"
        return AuthError(
            f"{name}: App Store Connect does not let this key {what} (403){said}.", hint
        )
    if status == 404:
        return GoneError(
            f"{name}: App Store Connect knows nothing there: {what} (404){said}.",
            f"check app of [channels.{name}]: socialcare config edit",
        )
    if what.startswith("answer"):
        return RefusedError(
            f"{name}: App Store Connect does not take it ({status}){said}.",
            "change it, or answer there",
        )
    return BadAnswerError(
        f"{name}: App Store Connect refused to {what} ({status}){said}.",
        f"try it alone: socialcare channel test {name}",
    )


def _said(refusal: Refusal) -> str:
    words = for_screen(refusal.words, one_line=True, limit=200)
    return f": {words}" if words else ""
