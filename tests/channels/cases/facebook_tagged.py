"""Facebook: posts that tag our Page, whose authors it does not name."""

from __future__ import annotations

from typing import Any

from socialcare.channels.meta.facebook import Facebook
from socialcare.testing import Case, Item, Params
from tests.channels.cases.facebook import OWN, PRIVATE, TOKEN, PageGraph, visitor_post


class Tags(PageGraph):
    def node(self, path: str, params: Params) -> Any:
        if path == f"{OWN}/tagged":
            return self.listed(self.newest(), params, tag, 100)
        if path == f"{OWN}/feed":
            return {"data": []}
        if path.isdecimal() and not self.kept(path) and params["fields"] != [PRIVATE]:
            return tag(self.find_item(path))
        return super().node(path, params)

    def aside(self, url: str) -> bool:
        return f"/{OWN}/tagged?" not in url


def tag(item: Item) -> dict[str, Any]:
    post = visitor_post(item.id, item.at, item.text, None)
    if item.broken:
        post["created_time"] = "yesterday"
    return post


def case() -> Case:
    excuses = {
        "a_private_reply_is_private_by_the_record_of_the_service": "who tags a Page is not named, so "
        "no conversation with them can be looked into",
    }
    return Case(Facebook, Tags(), {"page": "acme"}, TOKEN, account="Acme", excuses=excuses)
