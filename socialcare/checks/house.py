"""Words that this house does not use: ``[reply] avoid`` and ``forbid``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from socialcare.checks.model import Context, Told
from socialcare.checks.plain import straight


def house_words(text: str, context: Context) -> Told:
    if not context.forbid and not context.avoid:
        return "ok", "none set"
    plain = " ".join(straight(text).casefold().split())
    if said := _said(context.forbid, plain):
        return "stop", f'"{said}" is a word you forbid'
    if said := _said(context.avoid, plain):
        return "look", f'"{said}" is a word you avoid'
    return "ok", "none found"


def _said(phrases: Sequence[str], plain: str) -> str | None:
    return next((phrase for phrase in phrases if _pattern(phrase).search(plain)), None)


def _pattern(phrase: str) -> re.Pattern[str]:
    """Whole words; ``hiccup*`` is every word that begins so."""
    words = " ".join(straight(phrase).casefold().split())
    stem = words.endswith("*") and len(words) > 1
    words = words.removesuffix("*") if stem else words
    before = r"(?<!\w)" if words[:1].isalnum() else ""
    after = r"(?!\w)" if words[-1:].isalnum() and not stem else ""
    return re.compile(f"{before}{re.escape(words)}{after}")
