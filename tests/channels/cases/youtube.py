"""YouTube: the comments below our own videos, by page tokens and newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from socialcare.channels.youtube import YouTube
from socialcare.errors import AuthError, GoneError, RateLimitError
from socialcare.testing import Case, Fault, Item, Params, Refusal, Service

OWN = "UC" + "a" * 22
ANA = "UC" + "b" * 22
KEY = "key-of-acme-1234"


def refusal(code: int, reason: str, **more: Any) -> bytes:
    error = {"code": code, "message": "No.", "errors": [{"reason": reason}], **more}
    return json.dumps({"error": error}).encode()


class Comments(Service):
    """Threads without replies, unless a test says otherwise. A page token is a place in the list."""

    refusals: ClassVar[Mapping[str, Refusal]] = {
        "401": Refusal(Fault(401, refusal(401, "authError")), (AuthError,)),
        "403": Refusal(Fault(403, refusal(403, "forbidden")), (AuthError,)),
        "a bad key": Refusal(Fault(400, refusal(400, "keyInvalid")), (AuthError,)),
        "404": Refusal(Fault(404, refusal(404, "channelNotFound")), (GoneError,)),
        "the day is used up": Refusal(Fault(403, refusal(403, "quotaExceeded")), (RateLimitError,)),
        "too fast": Refusal(Fault(403, refusal(403, "rateLimitExceeded")), (RateLimitError,)),
    }

    has_cursors = True

    def __init__(self) -> None:
        super().__init__()
        self.follow_ups: dict[str, list[Item]] = {}
        self.inline = 5

    def answer(self, path: str, params: Params) -> object:
        of = path.removeprefix("/youtube/v3/")
        if of == "commentThreads":
            assert params["order"] == ["time"]
            assert params["textFormat"] == ["plainText"]
            newest = sorted(self.items, key=lambda item: (item.at, item.id), reverse=True)
            return self.listed("commentThread", newest, params, self.thread)
        if of == "comments" and "parentId" in params:
            parent = params["parentId"][0]
            replies = self.follow_ups.get(parent, [])
            return self.listed("comment", replies, params, lambda one: comment(one, parent))
        if of == "comments":
            wanted = params["id"][0].split(",")
            found = [comment(one) for one in self.items if one.id in wanted]
            return {"kind": "youtube#commentListResponse", "items": found}
        if of == "channels":
            ids = params["id"][0].split(",") if "id" in params else [OWN]
            return {"kind": "youtube#channelListResponse", "items": [owner(one) for one in ids]}
        if of == "i18nLanguages":
            return {"kind": "youtube#i18nLanguageListResponse", "items": []}
        raise Fault(404, refusal(404, "notFound"))

    def aside(self, url: str) -> bool:
        return not url.startswith("/youtube/v3/commentThreads")

    def listed(self, of: str, items: list[Item], params: Params, make: Any) -> object:
        size = min(int(params["maxResults"][0]), self.page_size or 100)
        start = int(params["pageToken"][0]) if "pageToken" in params else 0
        answer: dict[str, Any] = {"kind": f"youtube#{of}ListResponse"}
        answer["items"] = [make(item) for item in self.cut(items[start:], size)]
        if start + size < len(items):
            answer["nextPageToken"] = str(start + size)
        return answer

    def thread(self, item: Item) -> dict[str, Any]:
        replies = self.follow_ups.get(item.id, [])
        some = [comment(one, item.id) for one in replies[: self.inline]]
        return {
            "kind": "youtube#commentThread",
            "id": item.id,
            "snippet": {
                "channelId": OWN,
                "videoId": "v" * 11,
                "topLevelComment": comment(item),
                "totalReplyCount": len(replies),
            },
            **({"replies": {"comments": some}} if some else {}),
        }


def comment(item: Item, parent: str | None = None) -> dict[str, Any]:
    snippet: dict[str, Any] = {
        "textDisplay": item.text,
        "authorDisplayName": "@ana",
        "authorChannelId": {"value": ANA},
        "likeCount": 1,
        "publishedAt": item.at.isoformat(),
        "updatedAt": item.at.isoformat(),
    }
    if parent:
        snippet["parentId"] = parent
    if item.broken:
        snippet["publishedAt"] = "yesterday"
    return {"kind": "youtube#comment", "id": item.id, "snippet": snippet}


def owner(channel: str) -> dict[str, Any]:
    return {
        "id": channel,
        "snippet": {"title": "Acme", "customUrl": "@acme" if channel == OWN else "@ana"},
        "statistics": {"subscriberCount": "1234", "hiddenSubscriberCount": False},
    }


def case() -> Case:
    return Case(YouTube, Comments(), {"channel": "@acme"}, secrets={"key": KEY}, account="a key")
