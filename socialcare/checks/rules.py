"""The checks in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable

from socialcare.checks.house import house_words
from socialcare.checks.links import links
from socialcare.checks.model import Context, Finding, Told
from socialcare.checks.placeholders import placeholders
from socialcare.checks.private import private_data
from socialcare.checks.tone import next_step, not_defensive, shouting, thanks

SAME_TEXT_FROM = 2
"""Other people who were sent the same words: one more looks like a machine."""


def check(text: str, context: Context) -> list[Finding]:
    """One finding a check, in a fixed order.

    Raises
    ------
    ConfigError
        A word list of the user's own cannot be read.

    """
    return [Finding(name, *_CHECKS[name](text, context)) for name in NAMES]


def name_of(text: str) -> str | None:
    """The check that somebody means: ``private-data`` is ``private data``."""
    wanted = " ".join(text.casefold().replace("-", " ").replace("_", " ").split())
    return wanted if wanted in NAMES else None


def _length(_text: str, context: Context) -> Told:
    limit = context.max_length
    told = (
        f"{context.length:,} characters"
        if limit is None
        else (f"{context.length:,} of {limit:,} characters")
    )
    if limit is not None and context.length > limit:
        return "stop", told
    return ("stop", context.refused) if context.refused else ("ok", told)


def _answered(_text: str, context: Context) -> Told:
    if context.answered_by is None:
        return "ok", "nobody else has answered"
    return "stop", f"{context.answered_by} sent an answer since you opened it"


def _same_text(_text: str, context: Context) -> Told:
    if context.statement:
        return "ok", "an approved statement"
    others = context.same_to
    if others < SAME_TEXT_FROM:
        return "ok", "not sent to others" if not others else "sent to 1 other in 24 hours"
    return "stop", f"the same words went to {others} others in 24 hours"


_CHECKS: dict[str, Callable[[str, Context], Told]] = {
    "length": _length,
    "private data": private_data,
    "placeholders": placeholders,
    "already answered": _answered,
    "same text": _same_text,
    "thanks": thanks,
    "not defensive": not_defensive,
    "next step": next_step,
    "shouting": shouting,
    "links": links,
    "house words": house_words,
}
NAMES = tuple(_CHECKS)
