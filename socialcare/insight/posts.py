"""What the detectors of texts read of a mention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Post:
    id: int
    created_at: datetime
    author: str
    text: str
    label: str
    topics: tuple[str, ...] = ()
    reposts: int = 0
    followers: int = 0
