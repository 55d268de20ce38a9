"""What X refuses, by its status and the type of its problem, and what to do about it.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode_items, decode_or_empty
from socialcare.channels.limits import asked_wait
from socialcare.channels.x.wire import Problem
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

REFUSING = frozenset({400, 402, 403, 404, 429})
REST = timedelta(minutes=15)
"""The window of every limit; how long X is left alone that does not say when it ends."""
CONSOLE = "https://console.x.com"
NOT_FOUND = "resource-not-found"
LONGEST = timedelta(days=1)
"""Nobody is left alone for longer: within it somebody may have bought credits."""


def problem_of(answer: Answer) -> Problem:
    return decode_or_empty(answer.body, Problem)


def problems(raws: Sequence[msgspec.Raw]) -> list[Problem]:
    return decode_items(raws, Problem)[0]


def refused(name: str, answer: Answer, what: str, now: datetime) -> ChannelError:
    """The error for an answer that refuses ``what`` ("read …", "post …")."""
    name, problem = for_screen(name, one_line=True, limit=60), problem_of(answer)
    said, login = words(problem), f"socialcare channel login {name}"
    if problem.kind == "usage-capped":
        return _capped(name, problem, now)
    if answer.status == 429:
        wait = asked_wait(answer.headers, now)
        not_before = now + (REST if wait is None else timedelta(seconds=wait))
        return RateLimitError(
            f"{name}: X is to be left alone until {format_time(not_before)}.",
            "nothing to do: the first fetch after that goes on where this one stopped",
            not_before=not_before,
        )
    if answer.status == 401:
        return AuthError(
            f"{name}: X refused the token, also after it was renewed (401){said}.",
            f"sign in again: {login}",
        )
    if answer.status == 402:
        return ChannelError(
            f"{name}: the credits at X are used up (402){said}.",
            f"buy some at {CONSOLE}, then: socialcare fetch {name}",
            code="payment",
        )
    if answer.status == 403 and "duplicate" in problem.detail.casefold():
        return RefusedError(
            f"{name}: X has these words from this account already (403){said}.",
            "look there; change the words to send them again",
        )
    if answer.status == 403:
        return AuthError(
            f"{name}: X does not let this token {what} (403){said}.",
            f"give the app that permission at {CONSOLE}, make a new token, then: {login}",
        )
    if answer.status == 404:
        return GoneError(
            f"{name}: X knows nothing there: {what} (404){said}.",
            f"check user of [channels.{name}]: socialcare config edit",
        )
    if problem.type or problem.title:
        return ChannelError(
            f"{name}: X does not take it: {what} ({answer.status}){said}.",
            f"look at [channels.{name}]: socialcare config edit",
            code="refused",
        )
    return BadAnswerError(
        f"{name}: X refused to {what} ({answer.status}), and does not say why.",
        f"try it alone: socialcare channel test {name}",
    )


def _capped(name: str, problem: Problem, now: datetime) -> RateLimitError:
    """Up to the end of the period that it names; it names no day itself."""
    end = (now + LONGEST).replace(hour=0, minute=0, second=0, microsecond=0)
    if problem.period.casefold() == "monthly":
        end = (now.replace(day=1) + timedelta(days=32)).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )
    return RateLimitError(
        f"{name}: what X gives within its {problem.period.lower() or 'daily'} cap is used up; "
        f"it begins anew on {end:%Y-%m-%d}.",
        f"wait, or raise the limit at {CONSOLE}; I look again once a day",
        not_before=min(end, now + LONGEST),
    )


def words(problem: Problem) -> str:
    details = [problem.detail or problem.title]
    details += [one.message for one in problems(problem.errors)[:2]]
    said = ": ".join(dict.fromkeys(one.strip().rstrip(".") for one in details if one.strip()))
    return f": {for_screen(said, one_line=True, limit=300)}" if said else ""
