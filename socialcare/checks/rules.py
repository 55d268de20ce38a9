"""The checks in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable

from socialcare.checks.model import Context, Finding, Level

SAME_TEXT_FROM = 2
"""Other people who were sent the same words: one more looks like a machine."""


def check(text: str, context: Context) -> list[Finding]:
    """One finding a check, in a fixed order."""
    return [Finding(name, *_CHECKS[name](text, context)) for name in NAMES]


def name_of(text: str) -> str | None:
    """The check that somebody means: ``private-data`` is ``private data``."""
    wanted = " ".join(text.casefold().replace("-", " ").replace("_", " ").split())
    return wanted if wanted in NAMES else None


def _length(_text: str, context: Context) -> tuple[Level, str]:
    limit = context.max_length
    told = (
        f"{context.length:,} characters"
        if limit is None
        else (f"{context.length:,} of {limit:,} characters")
    )
    if limit is not None and context.length > limit:
        return "stop", told
    return ("stop", context.refused) if context.refused else ("ok", told)


def _answered(_text: str, context: Context) -> tuple[Level, str]:
    if context.answered_by is None:
        return "ok", "nobody else has answered"
    return "stop", f"{context.answered_by} sent an answer since you opened it"


def _same_text(_text: str, context: Context) -> tuple[Level, str]:
    if context.statement:
        return "ok", "an approved statement"
    if context.same_to < SAME_TEXT_FROM:
        return "ok", "not sent to others"
    return "stop", f"the same words went to {context.same_to} others in 24 hours"


_CHECKS: dict[str, Callable[[str, Context], tuple[Level, str]]] = {
    "length": _length,
    "already answered": _answered,
    "same text": _same_text,
}
NAMES = tuple(_CHECKS)
