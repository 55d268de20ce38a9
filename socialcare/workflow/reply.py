"""From "answer 41" to an answer that is posted by hand and recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        There is nothing in it.

    """
    body = at_door(text.strip(), MAX_TEXT)
    if not body:
        raise InputError("the reply is empty.", 'socialcare reply 41 --body "Thank you for ..."')
    return body


def sheet(
    record: Mapping[str, Any], draft: str | None, limits: ReplyLimits, past: Sequence[str]
) -> str:
    """The text for the editor: the draft above the scissors, what one needs to know below."""
    start = draft if draft is not None else f"{greeting(record)}"
    most = f", {limits.max_length} characters" if limits.max_length else ""
    lines = [
        start,
        "",
        SCISSORS,
        "Everything below this line is thrown away. Keep the line.",
        f"Empty text above = cancel.        {record['channel']}, public{most}",
        "",
        f"{record['author']} wrote:",
        "",
        str(record["text"]),
        "",
        *past,
    ]
    return (
        "\n".join(for_screen(line, limit=MAX_TEXT) if n else line for n, line in enumerate(lines))
        + "\n"
    )


def greeting(record: Mapping[str, Any]) -> str:
    """Where a reply does not name the person by itself, it starts with the handle."""
    author = str(record["author"] or "")
    return f"{author} " if author.startswith("@") else ""


def above_scissors(text: str) -> str:
    return text.partition(SCISSORS)[0].strip()
