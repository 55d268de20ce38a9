"""From "answer 41" to an answer that is posted by hand and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from socialcare.channels import REGISTRY, load
from socialcare.channels.base import ReplyLimits
from socialcare.errors import InputError
from socialcare.settings import Settings
from socialcare.text import MAX_TEXT, at_door, for_screen

SCISSORS = "# ------------------------ >8 ------------------------"
"""Everything from this line on is thrown away. Not "lines that start with #": a reply may
start with a hashtag."""
KEEP = "Everything below this line is thrown away. Keep the line."
_NAMES = ("channel", "author")


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is for its channel. ``most`` None: the channel sets no limit we know."""

    count: int
    most: int | None

    @property
    def fits(self) -> bool:
        return self.most is None or self.count <= self.most

    def __str__(self) -> str:
        return (
            f"{self.count} characters"
            if self.most is None
            else f"{self.count} of {self.most} characters"
        )


def limits_of(channel: str, settings: Settings) -> ReplyLimits:
    """What a reply on this channel may be; a channel that is only a name has no limits."""
    configured = settings.channels.get(channel)
    type_name = configured.type if configured else channel
    return load(type_name).limits if configured or type_name in REGISTRY else ReplyLimits()


def measure(text: str, limits: ReplyLimits) -> Length:
    return Length(len(text), limits.max_length)


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


def sheet(record: Mapping[str, Any], draft: str | None, limits: ReplyLimits) -> str:
    """The text for the editor: the draft above the scissors, what one needs to know below."""
    most = f", {limits.max_length} characters" if limits.max_length else ""
    channel, author = (for_screen(str(record[name]), one_line=True) for name in _NAMES)
    lines = [
        draft if draft is not None else greeting(record),
        "",
        SCISSORS,
        KEEP,
        f"Empty text above = cancel.        {channel}, public{most}",
        "",
        f"{author} wrote:",
        "",
        for_screen(str(record["text"]), limit=MAX_TEXT),
    ]
    return "\n".join(lines) + "\n"


def greeting(record: Mapping[str, Any]) -> str:
    """Where a reply does not name the person by itself, it starts with the handle."""
    author = for_screen(str(record["author"] or ""), one_line=True)
    return f"{author} " if author.startswith("@") else ""


def above_scissors(text: str) -> str:
    """What is meant for the person: also where the scissors were deleted by mistake."""
    return text.partition(SCISSORS)[0].partition(KEEP)[0].strip()
