"""Hacker News: a search of ``search_by_date``, as Algolia does it."""

from __future__ import annotations

import re
from typing import Any

from socialcare.channels.hackernews import HackerNews
from socialcare.testing import Case, Item, Params, Service

COMPARE = {">=": int.__ge__, "<=": int.__le__}


class Algolia(Service):
    """Newest first; a window by ``numericFilters``; at most 1,000 hits over all pages."""

    most = 1_000

    def answer(self, path: str, params: Params) -> object:
        assert path == "/api/v1/search_by_date"
        size = min(int(params["hitsPerPage"][0]), self.page_size or 1_000)
        found = [item for item in self.items if inside(item, params["numericFilters"][0])]
        found.sort(key=lambda item: int(item.at.timestamp()), reverse=True)
        start = int(params["page"][0]) * size
        answer = {"nbHits": len(found), "hitsPerPage": size, "page": int(params["page"][0])}
        if start >= self.most:
            return {**answer, "hits": [], "message": "you can only fetch the 1000 hits"}
        page = self.cut(found[start : self.most], size)
        return {**answer, "hits": [hit(item) for item in page]}


def inside(item: Item, filters: str) -> bool:
    moment = int(item.at.timestamp())
    for one in filters.split(","):
        match = re.fullmatch(r"created_at_i(>=|<=)(\d+)", one)
        assert match, filters
        if not COMPARE[match[1]](moment, int(match[2])):
            return False
    return True


def hit(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "objectID": item.id,
        "author": "ana",
        "created_at_i": int(item.at.timestamp()),
        "comment_text": f"<p>{item.text}</p>",
        "story_id": 7,
        "parent_id": 8,
    }
    if item.broken:
        del found["author"]
        found["created_at_i"] = "yesterday"
    return found


def case() -> Case:
    return Case(HackerNews, Algolia())
