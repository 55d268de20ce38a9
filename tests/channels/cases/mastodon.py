"""Mastodon: the timeline of a hashtag, without a token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from socialcare.channels.mastodon import Mastodon
from socialcare.clock import format_time
from socialcare.errors import AuthError, GoneError, RateLimitError
from socialcare.testing import NOW, Case, Fault, Item, Params, Refusal, Service

LIMIT = {
    "X-RateLimit-Limit": "300",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": format_time(NOW + timedelta(minutes=5)),
}


class Timelines(Service):
    """Lists that page by ``max_id`` and ``min_id``, newest first.

    ``order`` is the order of the ids, which only the server knows.
    """

    refusals: ClassVar[Mapping[str, Refusal]] = {
        "401": Refusal(Fault(401, b'{"error": "The access token was revoked"}'), (AuthError,)),
        "429": Refusal(Fault(429, b'{"error": "Throttled"}', LIMIT), (RateLimitError,)),
        "410": Refusal(Fault(410, b'{"error": "This server is closed"}'), (GoneError,)),
    }

    def __init__(self) -> None:
        super().__init__()
        self.order: Callable[[Item], Any] = lambda item: item.at
        self.ranks: dict[str, Any] = {}

    def answer(self, path: str, params: Params) -> object:
        if path == "/api/v1/accounts/verify_credentials":
            return account("brand")
        assert "since_id" not in params, "since_id leaves holes"
        if path == "/api/v1/notifications":
            assert params["types[]"] == ["mention"]
            return [notification(item) for item in self.page(params)]
        if path == "/api/v2/search":
            return {"statuses": [status(item) for item in self.found(params)]}
        if path == "/api/v1/statuses":
            return [status(item) for item in self.items if item.id in params["id[]"]]
        if path.startswith("/api/v1/accounts/"):
            return []
        if path == "/api/v1/timelines/tag/Acme":
            return [status(item) for item in self.page(params)]
        raise Fault(404, b'{"error": "Record not found"}')

    def aside(self, url: str) -> bool:
        return "/accounts/" in url

    def page(self, params: Params) -> list[Item]:
        items, limit = sorted(self.items, key=self.order), int(params["limit"][0])
        if "max_id" in params:
            below = self.rank(params["max_id"][0])
            items = [item for item in items if self.order(item) < below]
        if "min_id" not in params:
            return self.cut(items[::-1], limit)
        above = self.rank(params["min_id"][0])
        return self.cut([item for item in items if self.order(item) > above], limit)[::-1]

    def rank(self, post: str) -> Any:
        """Also of what was deleted since: a server compares ids and does not look for them."""
        for item in self.items:
            self.ranks[item.id] = self.order(item)
        return self.ranks[post]

    def delete(self, item: Item) -> None:
        self.ranks[item.id] = self.order(item)
        super().delete(item)

    def found(self, params: Params) -> list[Item]:
        newest_first = sorted(self.items, key=self.order, reverse=True)
        return self.cut(newest_first[int(params["offset"][0]) :], int(params["limit"][0]))


def account(acct: str) -> dict[str, Any]:
    return {"id": f"9{len(acct)}", "acct": acct, "display_name": acct.title(), "url": None}


def status(item: Item) -> dict[str, Any]:
    post: dict[str, Any] = {
        "id": item.id,
        "uri": f"https://mas.to/users/ana/statuses/{item.id}",
        "url": None,
        "created_at": item.at.isoformat(),
        "account": account("ana@far.example"),
        "visibility": "public",
        "content": f"<p>{item.text}</p>",
    }
    if item.broken:
        post["account"] = {"id": "1"}
    return post


def notification(item: Item) -> dict[str, Any]:
    return {
        "id": f"{item.id}",
        "type": "mention",
        "created_at": item.at.isoformat(),
        "account": account("ana@far.example"),
        "status": status(item),
    }


def case() -> Case:
    return Case(Mastodon, Timelines(), {"server": "https://mas.to", "hashtags": ["Acme"]})
