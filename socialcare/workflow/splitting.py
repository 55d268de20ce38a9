"""A text that is too long for one post, cut where a reader would pause."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import count

from socialcare.channels.base import CanReply, Outgoing, Preview
from socialcare.errors import SocialcareError
from socialcare.inbox.letters import Words
from socialcare.inbox.own_posts import answered
from socialcare.models import Mention

MOST = 10
"""More posts than that are a letter, not a reply."""
_BREAKS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"(?<=[.!?…。！？])\s+"),
    re.compile(r"\s+"),
)
"""The places to cut at, the best ones first: paragraphs, sentences, words."""


class TooLongError(SocialcareError):
    """The channel takes no post of that length, or not for another reason."""

    code = "refused"


def pieces(to: Mention, words: Words, desk: CanReply) -> list[str]:
    """The text as one post, or as several where ``words.split`` allows it.

    Raises
    ------
    TooLongError
        It does not fit, or the channel refuses it for another reason.

    """
    private = words.visibility == "private"

    def preview(text: str) -> Preview:
        return desk.preview(Outgoing(answered(to), text, "", private))

    whole = preview(words.body)
    if whole.refused is None:
        return [words.body]
    too_long = whole.max_length is not None and whole.length > whole.max_length
    if not (words.split and too_long):
        raise TooLongError(
            f"{to.channel} would not take it: {whole.refused}.",
            "shorten it, or send it as several posts: --split" if too_long else "change the text",
        )
    return split(words.body, lambda text: preview(text).refused is None)


def split(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Parts that fit, each with its number: ``… (1/3)``.

    Raises
    ------
    TooLongError
        One word alone does not fit, or it would be too many.

    """
    for total in count(2):
        if total > MOST:
            break
        parts = _parts(text.strip(), total, fits)
        if parts is not None:
            return parts
    raise TooLongError(f"the text would need more than {MOST} posts.", "shorten it")


def _parts(text: str, total: int, fits: Callable[[str], bool]) -> list[str] | None:
    parts: list[str] = []
    rest = text
    for number in range(1, total + 1):
        tail = f" ({number}/{total})"
        if fits(rest + tail):
            parts.append(rest + tail)
            return parts if number == total else None
        head = _head(rest, lambda part, tail=tail: fits(part + tail))  # type: ignore[misc]
        if head is None:
            return None
        parts.append(head + tail)
        rest = rest[len(head) :].lstrip()
    return None


def _head(text: str, fits: Callable[[str], bool]) -> str | None:
    """As much of the beginning as fits, up to a place to cut at."""
    for breaks in _BREAKS:
        ends = [match.start() for match in breaks.finditer(text)]
        best = _last(ends, lambda end: fits(text[:end].rstrip()))
        # A cut after a few words reads worse than one in the middle of a sentence.
        if best is not None and (best > 0.4 * _most(text, fits) or breaks is _BREAKS[-1]):
            return text[:best].rstrip()
    return None


def _last(ends: Sequence[int], fits: Callable[[int], bool]) -> int | None:
    """The last of these places that still fits; the length grows with them."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if fits(ends[middle]):
            low = middle + 1
        else:
            high = middle
    return ends[low - 1] if low else None


def _most(text: str, fits: Callable[[str], bool]) -> int:
    """How many signs fit at all."""
    return _last(range(1, len(text) + 1), lambda end: fits(text[:end])) or 0
