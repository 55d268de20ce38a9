"""Stack Exchange: questions by search, in the order of their last activity."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from socialcare.channels.stackexchange import StackExchange
from socialcare.errors import AuthError, ChannelError, RateLimitError, UnavailableError
from socialcare.testing import Case, Fault, Item, Params, Refusal, Service


def refusal(code: int, name: str, message: str) -> Fault:
    """Nearly all of them come with status 400."""
    said = {"error_id": code, "error_name": name, "error_message": message}
    return Fault(400, json.dumps(said).encode())


THROTTLED = "too many requests from this IP, more requests available in 300 seconds"


class Exchange(Service):
    """Questions; an item whose text begins with ``re N`` is an answer to question N."""

    refusals: ClassVar[Mapping[str, Refusal]] = {
        "404": Refusal(refusal(404, "no_method", "no method found"), (ChannelError,)),
        "a bad key": Refusal(refusal(403, "access_denied", "`key` is not known"), (AuthError,)),
        "throttled": Refusal(refusal(502, "throttle_violation", THROTTLED), (RateLimitError,)),
        "out of order": Refusal(
            refusal(503, "temporarily_unavailable", "down for maintenance"), (UnavailableError,)
        ),
    }

    has_cursors = True

    def __init__(self) -> None:
        super().__init__()
        self.wrapper: dict[str, Any] = {"quota_max": 10_000, "quota_remaining": 9_000}

    def item_id(self, external_id: str) -> str:
        return external_id.rpartition("/")[2]

    def answer(self, path: str, params: Params) -> object:
        assert params["filter"] == ["withbody"]
        if path == "/2.3/search/advanced":
            return self.page([one for one in self.items if not parent(one)], params)
        ids = path.split("/")[3].split(";")
        if path.endswith("/comments"):
            return {"items": [], "has_more": False, **self.wrapper}
        if params["sort"] == ["creation"]:
            found = [one for one in self.items if one.id in ids]
            return {"items": [self.post(one) for one in found], "has_more": False, **self.wrapper}
        if path.endswith("/answers"):
            return self.page([one for one in self.items if parent(one) in ids], params)
        raise AssertionError(path)

    def page(self, items: Sequence[Item], params: Params) -> object:
        assert (params["sort"], params["order"]) == (["activity"], ["asc"])
        since, number = int(params["min"][0]), int(params["page"][0])
        found = sorted(
            (one for one in items if self.activity(one) >= since),
            key=self.activity,
        )
        size = min(self.page_size or 100, int(params["pagesize"][0]))
        start = (number - 1) * size
        shown = self.cut(found[start:], size)
        more = start + size < len(found)
        return {"items": [self.post(one) for one in shown], "has_more": more, **self.wrapper}

    def activity(self, item: Item) -> int:
        """Of a question: that of its newest answer."""
        answers = [one.at for one in self.items if parent(one) == item.id]
        return int(max([item.at, *answers]).timestamp())

    def post(self, item: Item) -> dict[str, Any]:
        answers = sum(parent(one) == item.id for one in self.items)
        return post(item, self.activity(item), answers)


def parent(item: Item) -> str | None:
    words = item.text.split()
    return words[1] if words[0] == "re" else None


def post(item: Item, activity: int, answers: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {
        "owner": {"user_id": 7, "display_name": "Ana &amp; Bo", "user_type": "registered"},
        "creation_date": int(item.at.timestamp()),
        "last_activity_date": activity,
        "body": f"<p>{item.text}</p>",
        "score": 2,
    }
    if parent(item):
        found |= {"answer_id": int(item.id), "question_id": int(parent(item) or 0)}
    else:
        link = f"https://stackoverflow.com/questions/{item.id}/acme"
        found |= {"question_id": int(item.id), "title": "Acme &#39;n&#39; me", "link": link}
        found |= {"answer_count": answers, "tags": ["acme"]}
    if item.broken:
        found["owner"] = {"user_id": "nobody"}
    return found


def case() -> Case:
    return Case(StackExchange, Exchange(), {"query": ["acme"]})
