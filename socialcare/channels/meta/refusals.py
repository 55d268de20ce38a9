"""What Meta refuses, by its code, and what to do about it.

https://developers.facebook.com/docs/graph-api/guides/error-handling
https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode, decode_items
from socialcare.channels.limits import LONGEST, rest
from socialcare.channels.meta.wire import Envelope, Refusal, Usage
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    GoneError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
    SocialcareError,
    UnavailableError,
)
from socialcare.text import for_screen

REST = timedelta(hours=1)
"""How long Meta is left alone that does not say for how long: its limits count by the hour."""
PAUSE = timedelta(minutes=15)
"""How long nothing is read where nearly all is used up."""
BAD_PARAMETER = 100
GONE = frozenset({(100, 33), (803, 0)})
"""Code and subcode; it may also mean that the token may not see it."""
_SLOW_DOWN = frozenset({4, 17, 32, 613, *range(80_000, 80_015)})
_TOKEN = frozenset({102, 190})
_TRANSIENT = frozenset({1, 2})
_TWICE = frozenset({506, 10_900})
"""The same words again; a comment that has had its private reply."""
_WHY_TOKEN = {
    458: "the app was removed from the account",
    459: "Facebook wants its owner to look into the account first",
    460: "the password was changed",
    463: "it has expired",
    464: "the account is not confirmed",
    467: "it was withdrawn, or its owner signed out",
}
_PERMISSION = re.compile(
    r"\b(?:pages|instagram|business|ads|read|catalog)_[a-z]+(?:_[a-z]+){0,4}\b"
)
_USAGE = ("x-business-use-case-usage", "x-app-usage", "x-page-usage")


def bare_refusal(body: bytes) -> Refusal | None:
    """None where the body is something else, such as a page."""
    found, _ = decode_items([msgspec.Raw(body)], Envelope)
    return found[0].error if found else None


def is_gone(answer: Answer) -> bool:
    refusal = bare_refusal(answer.body)
    return refusal is not None and (refusal.code, refusal.error_subcode) in GONE


def is_bad_parameter(answer: Answer) -> bool:
    """A cursor that is too old, or one id among several that is gone; not a field of our own."""
    refusal = bare_refusal(answer.body)
    if refusal is None or refusal.code not in {BAD_PARAMETER, 803}:
        return False
    return not named(refusal) and "nonexisting field" not in refusal.message


def named(refusal: Refusal) -> list[str]:
    """The permissions that the message names."""
    return list(dict.fromkeys(_PERMISSION.findall(refusal.message[:2_000])))


def used(headers: Mapping[str, str]) -> float:
    """Per cent of what is allowed by the hour or day; 0 where Meta does not say."""
    return max(
        (max(one.call_count, one.total_time, one.total_cputime) for one in _usages(headers)),
        default=0.0,
    )


def nearly_used_up(name: str, percent: float, now: datetime) -> RateLimitError:
    """The rest is for answers: those are not held back."""
    said = f"{percent:.0f} % of what Meta allows is used up; the rest is left for answers"
    return rest(f"{name}: {said}.", now + PAUSE)


def refused(
    name: str, answer: Answer, what: str, needs: str, now: datetime, *, wrote: bool = False
) -> ChannelError:
    """The error for an answer that refuses ``what``, for which ``needs`` are the permissions."""
    name = for_screen(name, one_line=True, limit=60)
    refusal = bare_refusal(answer.body)
    if refusal is None:
        return _by_status(name, answer.status, what)
    if refusal.code in _SLOW_DOWN:
        return _slow_down(name, answer.headers, refusal.code, now)
    if refusal.code in _TOKEN:
        return _bad_token(name, refusal)
    if refusal.code in {3, 10} or 200 <= refusal.code <= 299 or named(refusal):
        return _not_permitted(name, refusal, what, needs)
    if (refusal.code, refusal.error_subcode) in GONE:
        return GoneError(
            f"{name}: Meta shows nothing there: {what} ({refusal.code}/{refusal.error_subcode}).",
            "it was deleted, or this token may not see it; "
            f"the token is tried by: socialcare channel test {name}",
        )
    return _otherwise(name, refusal, answer.status, what, wrote=wrote)


def _otherwise(name: str, refusal: Refusal, status: int, what: str, *, wrote: bool) -> ChannelError:
    said = _said(refusal)
    if wrote and (refusal.code in _TRANSIENT or refusal.is_transient or refusal.code in _TWICE):
        return OutcomeUnknownError(
            f"{name}: I cannot tell whether Meta took it{said}.",
            "look there before anything is sent again",
        )
    if refusal.code in _TRANSIENT or refusal.is_transient:
        return UnavailableError(
            f"{name}: Meta could not {what} this time{said}.",
            f"try again later: socialcare fetch {name}",
        )
    if wrote:
        return RefusedError(f"{name}: Meta does not take it{said}.", "change it, or answer by hand")
    return BadAnswerError(
        f"{name}: Meta refused to {what} ({status}){said}.",
        f"try it alone: socialcare channel test {name}",
    )


def _slow_down(name: str, headers: Mapping[str, str], code: int, now: datetime) -> RateLimitError:
    minutes = max((one.estimated_time_to_regain_access for one in _usages(headers)), default=0)
    pause = min(timedelta(minutes=minutes), LONGEST) if 0 < minutes < 1e6 else REST
    return rest(f"{name}: Meta asks us to slow down ({code}).", now + pause)


def _usages(headers: Mapping[str, str]) -> Iterator[Usage]:
    """Of the headers that tell how much is used: one object, or lists of them by account."""
    for header in _USAGE:
        body = headers.get(header, "")[:20_000].encode()
        if not body:
            continue
        try:
            if header == _USAGE[0]:
                by_account = decode(body, dict[str, list[Usage]])
                yield from (one for some in by_account.values() for one in some)
            else:
                yield decode(body, Usage)
        except SocialcareError:
            continue  # the status counts, with or without its numbers


def _bad_token(name: str, refusal: Refusal) -> AuthError:
    why = _WHY_TOKEN.get(refusal.error_subcode)
    return AuthError(
        f"{name}: Meta refused the token ({refusal.code})" + (f": {why}." if why else "."),
        f"make a new one and sign in: socialcare channel login {name}",
    )


def _not_permitted(name: str, refusal: Refusal, what: str, needs: str) -> AuthError:
    missing = ", ".join(named(refusal)) or needs
    return AuthError(
        f"{name}: Meta does not let this token {what} ({refusal.code}): it needs {missing}.",
        f"grant that to your app, make a new token, then: socialcare channel login {name}",
    )


def _by_status(name: str, status: int, what: str) -> ChannelError:
    hint = f"try it alone: socialcare channel test {name}"
    if status == 401:
        return AuthError(
            f"{name}: Meta refused the token (401).",
            f"sign in again: socialcare channel login {name}",
        )
    if status == 403:
        message = f"{name}: something in front of Meta keeps us out (403)."
        return ChannelError(message, hint, code="forbidden")
    if status == 404:
        return GoneError(f"{name}: Meta knows nothing there: {what} (404).", hint)
    return BadAnswerError(f"{name}: Meta refused to {what} ({status}).", hint)


def _said(refusal: Refusal) -> str:
    words = (refusal.error_user_msg or refusal.message).strip().rstrip(".")
    shown = for_screen(words, one_line=True, limit=300)
    return f" ({refusal.code}: {shown})" if shown else f" ({refusal.code})"
