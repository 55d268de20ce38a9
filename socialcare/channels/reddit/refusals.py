"""What Reddit refuses, by its status or its own code, and what to do about it.

https://github.com/reddit-archive/reddit/blob/master/r2/r2/lib/errors.py has most codes.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode_or_empty
from socialcare.channels.reddit.wire import Refusal, Verdict
from socialcare.clock import format_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    GoneError,
    RateLimitError,
    RefusedError,
)
from socialcare.text import for_screen

REFUSING = frozenset({302, 400, 401, 403, 404})
REST = timedelta(minutes=10)
"""The window of every limit; how long nothing is written where Reddit does not say."""
LONGEST = timedelta(days=1)
APPS = "https://www.reddit.com/prefs/apps"
_CLOSED = {
    "private": "it is private",
    "banned": "Reddit closed it",
    "quarantined": "it is quarantined, and the account has not agreed to see it",
    "gold_only": "it is for paying members",
    "restricted": "it is restricted",
}
_GONE = frozenset({
    "DELETED_COMMENT", "DELETED_LINK", "NO_THING_ID", "COMMENT_NOT_ACCESSIBLE",
    "NO_SUCH_THING", "THING_NOT_FOUND",
})  # fmt: skip
_REASONS = {
    "THREAD_LOCKED": "moderators have locked this thread",
    "COMMENT_LOCKED": "moderators have locked this comment",
    "TOO_OLD": "the thread is archived: it is too old for answers",
    "TOO_LONG": "it is too long",
    "NO_TEXT": "it is empty",
    "USER_BLOCKED": "its author has blocked this account",
    "USER_BLOCKED_MESSAGE": "its author has blocked this account",
    "BANNED_FROM_SUBREDDIT": "this account is banned from that subreddit",
    "SUBREDDIT_NOTALLOWED": "that subreddit takes nothing from this account",
    "SUBREDDIT_OUTBOUND_LINKING_DISALLOWED": "that subreddit takes no such links",
    "NOT_WHITELISTED_BY_USER_MESSAGE": "they take messages only from people they chose",
    "USER_DOESNT_EXIST": "that account is gone",
    "SOMETHING_IS_BROKEN": "something is broken at Reddit",
}
_SIGN_IN = frozenset({"USER_REQUIRED", "INVALID_SCOPE", "OAUTH2_INVALID_SCOPE"})
_WAIT = re.compile(r"\b(\d{1,4})\s+(millisecond|second|minute|hour)", re.ASCII)
_UNITS = {
    "millisecond": timedelta(milliseconds=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
}


def refusal_of(answer: Answer) -> Refusal:
    return decode_or_empty(answer.body, Refusal)


def refused(name: str, answer: Answer, what: str) -> ChannelError:
    """The error for a status that refuses ``what`` ("read r/hiking", "answer there")."""
    refusal, login = refusal_of(answer), f"socialcare channel login {name}"
    reason, said = _word(refusal.reason), _said(refusal.explanation or refusal.reason)
    if answer.status == 401:
        return AuthError(f"{name}: Reddit refuses the token it gave (401).", f"sign in: {login}")
    if reason in _CLOSED and answer.status in {403, 404}:
        return ChannelError(
            f"{name}: Reddit does not let us {what} ({answer.status}): {_CLOSED[reason]}.",
            f"take it out of [channels.{name}]: socialcare config edit",
            code="forbidden",
        )
    if answer.status == 403 and "insufficient_scope" in answer.headers.get("www-authenticate", ""):
        return AuthError(
            f"{name}: the token may not {what}: it was given without that scope (403).",
            "make a refresh token with read, identity, history, privatemessages, submit and edit; "
            f"then: {login}",
        )
    if answer.status == 403:
        return AuthError(
            f"{name}: Reddit does not let this account {what} (403){said}.",
            f"sign in with one that may: {login}",
        )
    if answer.status in {302, 404}:
        return GoneError(
            f"{name}: there is nothing at Reddit to {what} ({answer.status}){said}.",
            f"check [channels.{name}]: socialcare config edit",
        )
    if reason or said:
        return _by_code(name, str(refusal.reason), refusal.explanation, what)
    return BadAnswerError(
        f"{name}: Reddit refused to {what} ({answer.status}), and does not say why.",
        f"try it alone: socialcare channel test {name}",
    )


def turned_down(name: str, verdict: Verdict, what: str, now: datetime) -> ChannelError | None:
    """The error in an answer with status 200; None: it was taken."""
    if not verdict.errors:
        return None
    code, words, *_ = [*verdict.errors[0], None, None]
    if _word(code) == "ratelimit":
        wait = _wait(words, verdict.ratelimit)
        return too_fast(name, now + wait, "it takes no more from this account for now")
    return _by_code(name, str(code), words, what)


def too_fast(name: str, not_before: datetime, why: str) -> RateLimitError:
    return RateLimitError(
        f"{name}: Reddit asks us to slow down: {why}; again from {format_time(not_before)} on.",
        "nothing to do but wait: the first fetch after that goes on",
        not_before=not_before,
    )


def _by_code(name: str, code: str, words: object, what: str) -> ChannelError:
    code = for_screen(code.upper(), one_line=True, limit=60)
    if code in _SIGN_IN:
        return AuthError(
            f"{name}: to {what}, Reddit wants an account, and this is an app alone ({code}).",
            f"sign in with a refresh token or password: socialcare channel login {name}",
        )
    if code in _GONE:
        return GoneError(
            f"{name}: what this answers is gone at Reddit ({code}).",
            f"look at it again: socialcare fetch {name}",
        )
    why = _REASONS.get(code) or _plain(words) or f"it does not {what}, and does not say why"
    return RefusedError(
        f"{name}: Reddit does not take it: {why} ({code}).", "change it, or answer on its page"
    )


def _wait(words: object, seconds: float | None) -> timedelta:
    """``Take a break for 6 minutes``; the whole minutes that it names, and one more."""
    if seconds is not None and 0 < seconds < LONGEST.total_seconds():
        return timedelta(seconds=seconds)
    found = _WAIT.search(words if isinstance(words, str) else "")
    if found is None:
        return REST
    return min((int(found[1]) + 1) * _UNITS[found[2]], LONGEST)


def _word(value: object) -> str:
    return value.strip().casefold() if isinstance(value, str) else ""


def _plain(value: object) -> str:
    text = value.strip().rstrip(".") if isinstance(value, str) else ""
    return for_screen(text, one_line=True, limit=300)


def _said(value: object) -> str:
    return f": {_plain(value)}" if _plain(value) else ""
