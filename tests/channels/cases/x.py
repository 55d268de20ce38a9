"""X: posts that mention our account, by ids that tell their time, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from socialcare.channels.x import X
from socialcare.channels.x.wire import id_at
from socialcare.errors import AuthError, ChannelError, RateLimitError
from socialcare.testing import NOW, Case, Fault, Item, Params, Refusal, Service

OWN, ANA = "4711", "815"
OPTIONS = {"user": "@acme", "budget_per_day": 100}
TOKEN = "token-of-acme-1234"
EXCUSES = {
    "a_time_in_the_future_hides_nothing": "ids tell the time of X itself, which is ahead of nobody",
}
_LOW = (1 << 22) - 1
"""The part of an id that does not tell the time."""


def post_id(item: Item) -> int:
    return id_at(item.at) | int(item.id)


LIMIT = {
    "x-rate-limit-limit": "180",
    "x-rate-limit-remaining": "0",
    "x-rate-limit-reset": str(int(NOW.timestamp()) + 900),
}


def problem(kind: str, **more: str) -> bytes:
    url = f"https://api.twitter.com/2/problems/{kind}"
    return json.dumps({"type": url, "title": kind, "detail": "No.", **more}).encode()


class Timeline(Service):
    """Pages between ``since_id`` and ``until_id``, both left out; a token is where one ended."""

    refusals: ClassVar[Mapping[str, Refusal]] = {
        "403": Refusal(Fault(403, problem("client-forbidden")), (AuthError,)),
        "429": Refusal(Fault(429, b"{}", LIMIT), (RateLimitError,)),
        "the cap of the month": Refusal(
            Fault(429, problem("usage-capped", period="Monthly")), (RateLimitError,)
        ),
        "no credits": Refusal(Fault(402, problem("credits")), (ChannelError,)),
    }
    token = "pagination_token"
    path = f"/2/users/{OWN}/mentions"
    least = 5
    has_cursors = True

    def item_id(self, external_id: str) -> str:
        return str(int(external_id) & _LOW)

    def answer(self, path: str, params: Params) -> object:
        if path in {"/2/users/by/username/acme", "/2/users/me"}:
            return {"data": user(OWN)}
        if path == "/2/tweets":
            known = {str(post_id(item)): item for item in self.items}
            again = [post(known[one]) for one in params["ids"][0].split(",") if one in known]
            lost = [one for one in params["ids"][0].split(",") if one not in known]
            answer = {"data": again, "includes": {"users": [user(ANA)]}}
            return {**answer, "errors": [not_found(one) for one in lost]} if lost else answer
        if path != self.path:
            raise Fault(404, b'{"title": "Not Found"}')
        size = int(params["max_results"][0])
        assert self.least <= size <= 100
        found = sorted((item for item in self.items if self.is_asked(item, params)), key=post_id)
        found.reverse()
        if self.token in params:
            found = [item for item in found if post_id(item) < int(params[self.token][0])]
        covered = self.covered(found, size)
        page = self.shown(covered)
        more = {"next_token": str(post_id(covered[-1]))} if len(covered) < len(found) else {}
        meta = {"result_count": len(page), **more}
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


def not_found(post: str) -> dict[str, str]:
    kind = "https://api.twitter.com/2/problems/resource-not-found"
    return {"type": kind, "resource_type": "tweet", "resource_id": post, "value": post}


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
    return Case(X, Timeline(), OPTIONS, TOKEN, account="@acme", excuses=EXCUSES)
