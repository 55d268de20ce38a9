"""X: posts that mention our account, by ids that tell their time, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from socialcare.channels.base import Checkpoint, Page
from socialcare.channels.x import X
from socialcare.channels.x.wire import id_at
from socialcare.models import Mention
from tests.channels.contract import Case, Fault, Item, Params, Service

OWN, ANA = "4711", "815"
TOKEN = "token-of-acme-1234"
_LOW = (1 << 22) - 1
"""The part of an id that does not tell the time."""


class Numbered(X):
    """With ids as the laws know them."""

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        for page in super().pages(checkpoint, since):
            yield replace(page, mentions=[numbered(one) for one in page.mentions])


def numbered(mention: Mention) -> Mention:
    return replace(mention, external_id=str(int(mention.external_id) & _LOW))


def post_id(item: Item) -> int:
    return id_at(item.at) | int(item.id)


class Timeline(Service):
    """Pages between ``since_id`` and ``until_id``, both left out; a token is a place in the list."""

    token = "pagination_token"
    path = f"/2/users/{OWN}/mentions"
    least = 5

    def answer(self, path: str, params: Params) -> object:
        if path == "/2/users/by/username/acme":
            return {"data": user(OWN)}
        if path == "/2/tweets":
            known = {str(post_id(item)): item for item in self.items}
            again = [post(known[one]) for one in params["ids"][0].split(",") if one in known]
            return {"data": again, "includes": {"users": [user(ANA)]}}
        if path != self.path:
            raise Fault(404, b'{"title": "Not Found"}')
        size = int(params["max_results"][0])
        assert self.least <= size <= 100
        found = sorted((item for item in self.items if self.is_asked(item, params)), key=post_id)
        found.reverse()
        start = int(params[self.token][0]) if self.token in params else 0
        page = self.cut(found[start:], size)
        end = start + len({item.id for item in page})
        meta = {"result_count": len(page), **({"next_token": str(end)} if end < len(found) else {})}
        if not page:
            return {"meta": meta}
        return {
            "data": [post(item) for item in page],
            "includes": {"users": [user(ANA)]},
            "meta": meta,
        }

    def is_asked(self, item: Item, params: Params) -> bool:
        since, until = params.get("since_id", ["0"])[0], params.get("until_id", [str(2**63)])[0]
        return int(since) < post_id(item) < int(until)

    def aside(self, url: str) -> bool:
        return not url.startswith(self.path)


def user(user_id: str) -> dict[str, Any]:
    names = {OWN: ("acme", "Acme"), ANA: ("ana", "Ana")}
    username, name = names[user_id]
    metrics = {"followers_count": 12, "following_count": 3}
    return {"id": user_id, "username": username, "name": name, "public_metrics": metrics}


def post(item: Item) -> dict[str, Any]:
    number = str(post_id(item))
    return {
        "id": number,
        "text": item.text,
        "author_id": None if item.broken else ANA,
        "created_at": item.at.isoformat(),
        "conversation_id": number,
        "edit_history_tweet_ids": [number],
        "lang": "en",
        "public_metrics": {"like_count": 1, "reply_count": 2, "retweet_count": 3},
    }


def case() -> Case:
    return Case(Numbered, Timeline(), {"user": "@acme", "budget_per_day": 100}, TOKEN)
