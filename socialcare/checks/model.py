"""What a check looks at and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from socialcare.settings.model import ORDER_PATTERN

Level = Literal["ok", "look", "stop"]
Told = tuple[Level, str]
"""A level, and why in a few words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``check`` is the name that is shown, and typed after ``--override``."""

    check: str
    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a reply besides its words."""

    length: int
    """As the channel counts."""
    max_length: int | None = None
    refused: str | None = None
    """Why the channel would not take it, in its own words."""
    private: bool = False
    lang: str | None = None
    """Of the mention."""
    label: str | None = None
    """Of the mention: praise needs no next step, and to a question the answer is one."""
    mention_text: str = ""
    author_handles: Sequence[str] = ()
    """The person's own: naming them gives nothing away."""
    our_handles: Sequence[str] = ()
    ours: Sequence[str] = ()
    """Our own phone numbers, mail and street addresses, which everybody may read."""
    order_pattern: str = ORDER_PATTERN
    same_to: int = 0
    """How many other people were sent the same words in the last 24 hours."""
    answered_by: str | None = None
    """Who sent an answer since this one was begun."""
    statement: bool = False
    """Approved to go to many in the same words."""
    avoid: Sequence[str] = ()
    forbid: Sequence[str] = ()
    links: Sequence[str] = ()
    """Domains that need no second look."""
    own_words: Path | None = None
    """Folder of the user's own word lists."""
