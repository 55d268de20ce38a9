"""YouTube: search of videos, by windows of time and with a count of questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from socialcare.channels.youtube import YouTube
from socialcare.clock import parse_time
from socialcare.testing import Case, Item, Params, Refusal
from tests.channels.cases.youtube import ANA, KEY, Comments

OPTIONS = {"query": "acme", "searches": 100_000}


class Videos(Comments):
    """Newest first, between two times; nobody has commented on them.

    A day whose searches are used up is told, and is no failure: comments are still read.
    """

    refusals: ClassVar[Mapping[str, Refusal]] = {
        why: refusal for why, refusal in Comments.refusals.items() if why != "the day is used up"
    }

    def answer(self, path: str, params: Params) -> object:
        of = path.removeprefix("/youtube/v3/")
        if of == "search":
            return self.listed("search", self.between(params), params, hit)
        if of == "videos":
            known = {video_id(item): item for item in self.items}
            found = [known[one] for one in params["id"][0].split(",") if one in known]
            return {"kind": "youtube#videoListResponse", "items": [video(one) for one in found]}
        return super().answer(path, params)

    def aside(self, url: str) -> bool:
        return not url.startswith("/youtube/v3/search")

    def between(self, params: Params) -> list[Item]:
        after = parse_time(params["publishedAfter"][0])
        before = parse_time(params["publishedBefore"][0]) if "publishedBefore" in params else None
        found = [one for one in self.items if one.at >= after and (not before or one.at < before)]
        return sorted(found, key=lambda item: (item.at, item.id), reverse=True)


def video_id(item: Item) -> str:
    return item.id


def hit(item: Item) -> dict[str, Any]:
    return {
        "kind": "youtube#searchResult",
        "id": {"kind": "youtube#video", "videoId": video_id(item)},
        "snippet": {"publishedAt": item.at.isoformat(), "title": item.text},
    }


def video(item: Item) -> dict[str, Any]:
    return {
        "kind": "youtube#video",
        "id": video_id(item),
        "snippet": {
            "publishedAt": "yesterday" if item.broken else item.at.isoformat(),
            "channelId": ANA,
            "title": item.text,
            "description": "See for yourself.",
            "channelTitle": "Ana",
        },
        "statistics": {"likeCount": "3"},
    }


def case() -> Case:
    return Case(YouTube, Videos(), OPTIONS, secrets={"key": KEY}, account="a key")
