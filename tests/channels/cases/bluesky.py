"""Bluesky: search by windows of time, signed in with an app password."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from socialcare.channels.bluesky import Bluesky
from socialcare.clock import format_time, parse_time
from socialcare.errors import AuthError, BadAnswerError, RateLimitError
from socialcare.testing import NOW, Case, Fault, Item, Params, Refusal, Service

XRPC = "/xrpc/"
PAGES = ("app.bsky.feed.searchPosts", "app.bsky.notification.listNotifications")
BRAND, ANA = "did:plc:brand", "did:plc:ana"


LIMIT = {"ratelimit-remaining": "0", "ratelimit-reset": str(int(NOW.timestamp()) + 300)}


class Network(Service):
    """Posts by one person: found by search, or told as mentions.

    ``knows_time`` off: search gives everything, by cursor alone, as small servers do.
    """

    has_cursors = True
    refusals: ClassVar[Mapping[str, Refusal]] = {
        "401": Refusal(
            Fault(401, b'{"error": "AuthMissing", "message": "Authentication Required"}'),
            (AuthError,),
        ),
        "429": Refusal(Fault(429, b'{"error": "RateLimitExceeded"}', LIMIT), (RateLimitError,)),
        "taken down": Refusal(
            Fault(400, b'{"error": "AccountTakedown", "message": "Account has been taken down"}'),
            (AuthError,),
        ),
        "not on this server": Refusal(
            Fault(400, b'{"error": "InvalidRequest", "message": "No"}'), (BadAnswerError,)
        ),
    }

    def __init__(self) -> None:
        super().__init__()
        self.knows_time = True

    def answer(self, path: str, params: Params) -> object:
        answers: dict[str, Callable[[Params], object]] = {
            "com.atproto.server.createSession": lambda _: session(),
            "com.atproto.server.getSession": lambda _: author(BRAND),
            "app.bsky.feed.searchPosts": self.search,
            "app.bsky.notification.listNotifications": self.notifications,
            "app.bsky.feed.getAuthorFeed": lambda _: {"feed": []},
            "app.bsky.feed.getPosts": self.posts,
            "app.bsky.feed.getPostThread": self.thread,
            "app.bsky.actor.getProfiles": profiles,
        }
        answer = answers.get(path.removeprefix(XRPC))
        if answer is None:
            raise Fault(404, b'{"error": "MethodNotImplemented"}')
        return answer(params)

    def item_id(self, external_id: str) -> str:
        return external_id.rpartition("/")[2]

    def aside(self, url: str) -> bool:
        return not any(page in url for page in PAGES)

    def search(self, params: Params) -> object:
        assert params["sort"] == ["latest"]
        since, until = _moment(params, "since"), _moment(params, "until")
        found = [
            item
            for item in self._newest_first()
            if not self.knows_time
            or ((since is None or item.at >= since) and (until is None or item.at < until))
        ]
        start = int(params.get("cursor", ["0"])[0])
        page = self.covered(found[start:], int(params["limit"][0]))
        end = start + len(page)
        cursor = {"cursor": str(end)} if end < len(found) else {}
        return {"posts": [post(item) for item in self.shown(page)], **cursor}

    def notifications(self, params: Params) -> object:
        """Newest first; a page is cut before reasons are looked at, so every second one is empty."""
        assert params["priority"] == ["false"]
        assert params["reasons"] == ["mention", "reply", "quote"]
        items, limit = self._newest_first(), int(params["limit"][0])
        below = params.get("cursor", [""])[0]
        if below.startswith("after "):
            return {"notifications": [], "cursor": below.removeprefix("after ")}
        if below:
            items = [item for item in items if item.at < parse_time(below)]
        page = self.covered(items, limit)
        cursor = {"cursor": f"after {format_time(page[-1].at)}"} if page else {}
        return {"notifications": [notification(item) for item in self.shown(page)], **cursor}

    def posts(self, params: Params) -> object:
        assert len(params["uris"]) <= 25
        return {"posts": [post(item) for item in self.items if uri(item) in params["uris"]]}

    def thread(self, params: Params) -> object:
        for item in self.items:
            if uri(item) == params["uri"][0]:
                return {"thread": {"post": post(item)}}
        raise Fault(400, b'{"error": "NotFound", "message": "Post not found"}')

    def _newest_first(self) -> list[Item]:
        return sorted(self.items, key=lambda item: item.at, reverse=True)


def _moment(params: Params, key: str) -> datetime | None:
    return parse_time(params[key][0]) if key in params else None


def session() -> dict[str, str]:
    return {"accessJwt": "a", "refreshJwt": "r", "did": BRAND, "handle": "brand.test"}


def profiles(params: Params) -> object:
    assert len(params["actors"]) <= 25
    known = [{**author(did), "followersCount": 12} for did in params["actors"]]
    return {"profiles": known}


def author(did: str = ANA) -> dict[str, Any]:
    return {"did": did, "handle": f"{did.rpartition(':')[2]}.test", "displayName": "Ana"}


def uri(item: Item) -> str:
    return item.id if item.id.startswith("at:") else f"at://{ANA}/app.bsky.feed.post/{item.id}"


def post(item: Item) -> dict[str, Any]:
    view: dict[str, Any] = {
        "uri": uri(item),
        "cid": f"c{item.id}",
        "author": author(),
        "record": {"text": item.text, "createdAt": item.at.isoformat()},
        "indexedAt": item.at.isoformat(),
    }
    if item.broken:
        view["author"] = {"handle": "ana.test"}
    return view


def notification(item: Item) -> dict[str, Any]:
    return {**post(replace(item, broken=False)), "reason": "mention"}


PASSWORD = {"password": "app-password"}


def case() -> Case:
    options = {"identifier": "brand.test", "query": ["acme"], "notifications": False}
    return Case(Bluesky, Network(), options, secrets=PASSWORD, account="@brand.test")
