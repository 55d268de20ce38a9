"""The checkpoint: how far each list got, what was spent, and which videos are watched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from socialcare.clock import format_time, parse_time

WATCHED = timedelta(days=30)
"""How long the comments below a video that was found are read."""
MOST_WATCHED = 100


class Book:
    """``lists`` by name, ``searches`` by query, ``videos`` that were found, by when."""

    def __init__(self, checkpoint: Mapping[str, Any] | None) -> None:
        data = deepcopy(dict(checkpoint or {}))
        self.own: dict[str, str] = data.get("own", {})
        """What the config calls our channel, and its id."""
        self.lists: dict[str, Any] = data.get("lists", {})
        self.searches: dict[str, dict[str, Any]] = data.get("searches", {})
        self.videos: dict[str, str] = data.get("videos", {})
        self.counts: dict[str, int] = data.get("counts", {})
        """Comments that a video had when they were read."""
        self.day: str = data.get("day", "")
        self.spent: int = data.get("spent", 0)
        """Searches of that day."""

    def to_json(self) -> dict[str, Any]:
        return deepcopy(
            {
                "own": self.own,
                "lists": self.lists,
                "searches": self.searches,
                "videos": self.videos,
                "counts": self.counts,
                "day": self.day,
                "spent": self.spent,
            }
        )

    def begin(self, day: str) -> None:
        """Count anew where a day has begun."""
        if self.day != day:
            self.day, self.spent = day, 0

    def watch(self, video: str, published: datetime, now: datetime) -> None:
        if now - published < WATCHED:
            self.videos[video] = format_time(published)

    def forget(self, now: datetime, others: Collection[str]) -> None:
        """Leave alone what is old, and all but the newest; ``others`` are in the config."""
        newest = sorted(self.videos.items(), key=lambda item: item[1], reverse=True)
        self.videos = {
            video: at for video, at in newest[:MOST_WATCHED] if now - parse_time(at) < WATCHED
        }
        kept = {*self.videos, *others}
        self.counts = {video: count for video, count in self.counts.items() if video in kept}
        names = {list_of(video) for video in kept}
        self.lists = {
            name: state
            for name, state in self.lists.items()
            if name in names or not name.startswith(list_of(""))
        }


def list_of(video: str) -> str:
    """The name of the list of comments below a video."""
    return f"video:{video}"
