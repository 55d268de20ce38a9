"""The text of an answer: what the editor is given, and what of it is meant for the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcare.channels.base import ReplyLimits
from socialcare.errors import InputError
from socialcare.models import Visibility
from socialcare.text import MAX_TEXT, at_door, for_screen

SCISSORS = "# ------------------------ >8 ------------------------"
"""Everything from this line on is thrown away. Not "lines that start with #": a reply may
start with a hashtag."""
KEEP = "Everything below this line is thrown away. Keep the line."


def read_body(text: str) -> str:
    """A reply as it will be kept.

    Raises
    ------
    InputError
        There is nothing in it, or more than is ever kept.

    """
    body = text.strip()
    if not body:
        raise InputError("the reply is empty.", 'socialcare reply 41 --body "Thank you for ..."')
    if len(body) > MAX_TEXT:
        raise InputError(
            f"the reply has {len(body):,} characters; up to {MAX_TEXT:,} are kept.", "shorten it"
        )
    return at_door(body, MAX_TEXT)


def sheet(
    record: Mapping[str, Any],
    draft: str | None,
    limits: ReplyLimits,
    visibility: Visibility,
    snippets: Sequence[str] = (),
) -> str:
    """The text for the editor: the draft above the scissors, what one needs to know below."""
    most = f", {limits.max_length} characters" if limits.max_length else ""
    channel = for_screen(str(record["channel"]), one_line=True)
    lines = [
        draft if draft is not None else greeting(record),
        "",
        SCISSORS,
        KEEP,
        f"Empty text above = cancel.        {channel}, {visibility}{most}",
        "",
        *_about(record),
        *([f"Snippets: {' | '.join(snippets)}"] if snippets else []),
    ]
    return "\n".join(lines) + "\n"


def _about(record: Mapping[str, Any]) -> Sequence[str]:
    if record["author"] is None:
        return ("A post of our own: it answers nobody.",)
    author = for_screen(str(record["author"]), one_line=True)
    return f"{author} wrote:", "", for_screen(str(record["text"]), limit=MAX_TEXT)


def greeting(record: Mapping[str, Any]) -> str:
    """Where a reply does not name the person by itself, it starts with the handle."""
    author = for_screen(str(record["author"] or ""), one_line=True)
    return f"{author} " if author.startswith("@") else ""


def above_scissors(text: str) -> str:
    """What is meant for the person: also where the scissors were deleted by mistake."""
    return text.partition(SCISSORS)[0].partition(KEEP)[0].strip()
