"""Whose turn it is among feeds of a host that wants pauses: the longest unread one's.

One run gets through few of them; the others are read by the next runs, and none starves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from socialcare.channels.feed.presets import Source
from socialcare.clock import format_time, parse_time

EARLY = timedelta(seconds=5)
"""So much before its time a host may be asked: cron is not that exact."""


class Turns:
    """``feeds`` is the state of every feed, as the checkpoint keeps it."""

    def __init__(self, sources: Sequence[Source], feeds: Mapping[str, Mapping[str, Any]]) -> None:
        self.order = sorted(
            sources, key=lambda one: (feeds.get(one.key, {}).get("polled", ""), sources.index(one))
        )
        self._asked: dict[str, datetime] = {}
        self._waiting: list[Source] = []
        for source in sources:
            if polled := feeds.get(source.key, {}).get("polled"):
                self.ask(source, parse_time(polled))

    def ask(self, source: Source, at: datetime) -> None:
        """Note that its host was asked, if that wants pauses."""
        host = _host(source)
        if source.spacing_s:
            self._asked[host] = max(at, self._asked.get(host, at))

    def has_come(self, source: Source, now: datetime) -> bool:
        """Whether its host may be asked; if not, it is among those that wait."""
        asked, pause = self._asked.get(_host(source)), timedelta(seconds=source.spacing_s)
        if not pause or asked is None or not timedelta() <= now - asked < pause - EARLY:
            return True
        self._waiting.append(source)
        return False

    def notice(self) -> str | None:
        """Which feeds were not read for want of a turn, for people."""
        if not self._waiting:
            return None
        source = self._waiting[0]
        several = len(self._waiting) > 1
        first = format_time(self._asked[_host(source)] + timedelta(seconds=source.spacing_s))
        return (
            f"{len(self._waiting)} of {len(self.order)} feeds {'wait' if several else 'waits'} for "
            f"a later fetch, from {first} on: {_host(source)} answers about one a minute. Those "
            "unread for longest come first"
        )


def _host(source: Source) -> str:
    return urlsplit(source.asked).netloc.lower()
