"""Instagram: the comments below one media object of ours, with their replies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from socialcare.channels.meta.instagram import Instagram
from socialcare.testing import NOW, Case, Fault, Item, Kept, Params
from tests.channels.cases.facebook import ANA, TOKEN, Graph, refusal, written

ACCOUNT = "17841400000000001"
MEDIA = "17900000000000001"
SHOWN = NOW - timedelta(days=9)


class Account(Graph):
    """``below`` are replies by comment, of which ``inline`` come along with it."""

    def __init__(self) -> None:
        super().__init__()
        self.below: dict[str, list[Item]] = {}
        self.inline = 50
        self.named: dict[str, Any] = {}
        """By the field that asks for it."""

    def node(self, path: str, params: Params) -> Any:
        lists = {
            f"{ACCOUNT}/tags": {"data": []},
            f"{ACCOUNT}/media": {"data": [self.own_media()]},
            "me/conversations": {"data": [{"id": "t_1", "messages": {"data": self.messages}}]},
        }
        if path in lists:
            return lists[path]
        if path == ACCOUNT:
            return self.account(params)
        if path == f"{MEDIA}/comments":
            return self.listed(self.newest(), params, self.with_replies, 50)
        own_id, _, edge = path.partition("/")
        if edge == "replies" and own_id in self.below:
            return self.listed(self.below[own_id], params, remark, 50)
        if edge == "replies":
            return {"data": [own_remark(one) for one in self.replies if one.made == own_id]}
        if found := self.kept(path):
            return own_remark(found)
        return remark(self.find_item(path))

    def post(self, parent: str, edge: str, form: Mapping[str, str], body: bytes) -> object:
        if edge in {"replies", "mentions"}:
            return self.keep(form["message"], parent)
        assert (parent, edge) == (ACCOUNT, "messages")
        return self.tell(json.loads(body)["message"]["text"], ACCOUNT)

    def account(self, params: Params) -> Any:
        field = params["fields"][0]
        asked = field.partition("{")[0]
        if not asked.startswith("mentioned_"):
            return {"id": ACCOUNT, "username": "acme"}
        if asked not in self.named:
            raise Fault(400, refusal(100, 33, "Unsupported get request."))
        return {asked.partition(".")[0]: self.named[asked], "id": ACCOUNT}

    def aside(self, url: str) -> bool:
        return f"/{MEDIA}/comments?" not in url

    def own_media(self) -> dict[str, Any]:
        newest = [{"id": item.id} for item in self.newest()[:1]]
        count = len(self.items) + sum(len(some) for some in self.below.values())
        return {
            "id": MEDIA,
            "timestamp": written(SHOWN),
            "permalink": "https://www.instagram.com/p/Acme1/",
            "comments_count": count,
            **({"comments": {"data": newest}} if newest else {}),
        }

    def with_replies(self, item: Item) -> dict[str, Any]:
        found = remark(item)
        if replies := self.below.get(item.id):
            found["replies"] = self.listed(replies, {"limit": [str(self.inline)]}, remark, 50)
        return found


def own_remark(kept: Kept) -> dict[str, Any]:
    found = remark(Item(kept.id, NOW, kept.text))
    return {**found, "username": "acme", "from": {"id": ACCOUNT, "username": "acme"}}


def remark(item: Item) -> dict[str, Any]:
    found = {
        "id": item.id,
        "text": item.text,
        "timestamp": written(item.at),
        "username": "ana.lima",
        "from": {"id": ANA, "username": "ana.lima"},
        "like_count": 1,
    }
    if item.broken:
        found["timestamp"] = "yesterday"
    return found


def case() -> Case:
    return Case(Instagram, Account(), {"account": ACCOUNT}, TOKEN, account="@acme")
