"""What YouTube refuses, by its reason, and what to do about it.

https://developers.google.com/youtube/v3/docs/errors
"""

from __future__ import annotations

from datetime import datetime, timedelta

from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode_or_empty
from socialcare.channels.google import next_day
from socialcare.channels.limits import asked_wait, rest
from socialcare.channels.youtube.wire import Refusal
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    GoneError,
    RefusedError,
    UnavailableError,
)
from socialcare.text import for_screen

REST = timedelta(minutes=1)
"""How long YouTube is left alone that asks to slow down and does not say for how long."""
CONSOLE = "https://console.cloud.google.com/apis/credentials"
COMMENTS_OFF = "commentsDisabled"
BAD_TOKEN = "invalidPageToken"  # noqa: S105 - the name of an error
GONE = frozenset({
    "channelNotFound", "videoNotFound", "commentNotFound", "commentThreadNotFound",
    "parentCommentNotFound", "notFound",
})  # fmt: skip
_BAD_KEY = frozenset({"API_KEY_INVALID", "keyInvalid", "keyExpired"})
_LIMITED_KEY = frozenset({
    "API_KEY_SERVICE_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED",
    "ipRefererBlocked",
})  # fmt: skip
_API_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_TEXT = {
    "commentTextTooLong": "it is too long",
    "commentTextRequired": "it is empty",
    "invalidCommentText": "its text is not allowed",
    "operationNotSupported": "this comment takes no replies",
    "ineligibleAccount": "this account has no channel to write with",
}


def refused(name: str, answer: Answer, what: str, now: datetime) -> ChannelError:
    """The error for an answer that refuses ``what``."""
    name = for_screen(name, one_line=True, limit=60)
    refusal = decode_or_empty(answer.body, Refusal)
    if refusal.is_daily:
        return rest(f"{name}: the quota of the day is used up.", next_day(now))
    if answer.status == 429 or refusal.reasons & _TOO_FAST:
        wait = asked_wait(answer.headers, now)
        pause = REST if wait is None else timedelta(seconds=wait)
        return rest(f"{name}: YouTube asks us to slow down.", now + pause)
    return _by_reason(name, refusal, answer.status, what)


def _by_reason(name: str, refusal: Refusal, status: int, what: str) -> ChannelError:
    reasons, said = refusal.reasons, refusal.said
    login = f"socialcare channel login {name}"
    if reasons & _BAD_KEY:
        return AuthError(
            f"{name}: YouTube refused the key{said}.", f"make one at {CONSOLE}, then: {login}"
        )
    if reasons & _API_OFF:
        return AuthError(
            f"{name}: the YouTube Data API is not switched on for this key{said}.",
            "switch on YouTube Data API v3 at https://console.cloud.google.com/apis/library",
        )
    if reasons & _LIMITED_KEY:
        return AuthError(
            f"{name}: the key may not be used from here, or not for YouTube{said}.",
            f"look at its restrictions at {CONSOLE}, then: {login}",
        )
    if COMMENTS_OFF in reasons:
        return RefusedError(
            f"{name}: comments are switched off there ({COMMENTS_OFF}).",
            "nothing to do, unless it is your video",
        )
    if reasons & GONE or status == 404:
        return GoneError(
            f"{name}: YouTube knows nothing there: {what}{said}.",
            f"check channel and videos of [channels.{name}]: socialcare config edit",
        )
    if reasons & _TEXT.keys():
        why = next(words for reason, words in _TEXT.items() if reason in reasons)
        return RefusedError(f"{name}: YouTube does not take it: {why}{said}.", "change it")
    if status == 403 and reasons:
        return AuthError(
            f"{name}: YouTube does not let us {what}{said}.",
            f"sign in with a key or token that may: {login}",
        )
    if status == 403:
        return ChannelError(
            f"{name}: something in front of YouTube keeps us out (403).",
            f"try it alone: socialcare channel test {name}",
            code="forbidden",
        )
    if "processingFailure" in reasons:
        return UnavailableError(
            f"{name}: YouTube could not {what} this time{said}.",
            f"try again later: socialcare fetch {name}",
        )
    return BadAnswerError(
        f"{name}: YouTube refused to {what} ({status}){said}.",
        f"try it alone: socialcare channel test {name}",
    )
