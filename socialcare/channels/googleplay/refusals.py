"""What Google Play refuses, by its reason, and what to do about it.

https://developers.google.com/android-publisher/quotas
"""

from __future__ import annotations

from datetime import datetime, timedelta

from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode_or_empty
from socialcare.channels.google import Refusal, next_day
from socialcare.channels.limits import asked_wait, rest
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    GoneError,
    RefusedError,
)
from socialcare.text import for_screen

REFUSING = frozenset({400, 401, 403, 404, 409, 429})
"""Statuses whose body has the reason."""
REST = timedelta(minutes=1)
HOUR = timedelta(hours=1)
"""An app may be asked for reviews 200 times an hour.

https://support.google.com/googleplay/android-developer/contact/review_apiqr
"""
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
_API_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})


def refused(channel: str, answer: Answer, what: str, now: datetime) -> ChannelError:
    """The error for an answer that refuses to ``what`` (read the reviews)."""
    name = for_screen(channel, one_line=True, limit=60)
    refusal = decode_or_empty(answer.body, Refusal)
    until = _until(refusal, answer, now)
    if until:
        return rest(f"{name}: Google Play asks us to slow down{refusal.said}.", until)
    return _by_reason(name, refusal, answer.status, what)


def _until(refusal: Refusal, answer: Answer, now: datetime) -> datetime | None:
    wait = asked_wait(answer.headers, now)
    limited = answer.status == 429 or bool(refusal.reasons & {*_TOO_FAST, "quotaExceeded"})
    if refusal.is_of_the_day:
        return next_day(now)
    if not limited:
        return None
    if wait is not None:
        return now + timedelta(seconds=wait)
    return now + (HOUR if "quotaExceeded" in refusal.reasons else REST)


def _by_reason(name: str, refusal: Refusal, status: int, what: str) -> ChannelError:
    said, login = _words(refusal), f"socialcare channel login {name}"
    if status == 401:
        return AuthError(
            f"{name}: Google Play refused the token (401){said}.", f"sign in again: {login}"
        )
    if refusal.reasons & _API_OFF:
        return AuthError(
            f"{name}: the Google Play Developer API is not switched on{said}.",
            "switch on Google Play Android Developer API at "
            "https://console.cloud.google.com/apis/library",
        )
    if status == 403:
        return AuthError(
            f"{name}: Google Play does not let this service account {what} (403){said}.",
            "invite it at https://play.google.com/console (Users and permissions) with the "
            f"permission Reply to reviews, then: {login}",
        )
    if status == 404:
        return GoneError(
            f"{name}: Google Play knows nothing there: {what} (404){said}.",
            f"check package of [channels.{name}]: socialcare config edit",
        )
    if what.startswith("reply"):
        return RefusedError(
            f"{name}: Google Play does not take it ({status}){said}.", "change it, or answer there"
        )
    return BadAnswerError(
        f"{name}: Google Play refused to {what} ({status}){said}.",
        f"try it alone: socialcare channel test {name}",
    )


def _words(refusal: Refusal) -> str:
    said = for_screen(refusal.message, one_line=True, limit=200).rstrip(". ")
    return f": {said}" if said else refusal.said
