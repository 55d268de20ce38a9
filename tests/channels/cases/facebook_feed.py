"""Facebook: what visitors post on our Page, in a list that pages by time and has no cursors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from socialcare.channels.meta.facebook import Facebook
from socialcare.testing import Case, Item, Params
from tests.channels.cases.facebook import ANA, OWN, PRIVATE, TOKEN, PageGraph, visitor_post


class Visitors(PageGraph):
    def node(self, path: str, params: Params) -> Any:
        if path.isdecimal() and not self.kept(path) and params["fields"] != [PRIVATE]:
            return visit(self.find_item(path))
        if path != f"{OWN}/feed":
            return super().node(path, params)
        until = float(params["until"][0]) if "until" in params else datetime.max.timestamp()
        items = [item for item in self.newest() if item.at.timestamp() <= until]
        page = self.covered(items, int(params["limit"][0]))
        answer: dict[str, Any] = {"data": [visit(item) for item in self.shown(page)]}
        if len(items) > len(page):
            last = int(page[-1].at.timestamp())
            query = f"access_token={TOKEN}&until={last}&__paging_token=enc_{last}"
            answer["paging"] = {"next": f"https://graph.facebook.com/v26.0/x?{query}"}
        return answer

    def aside(self, url: str) -> bool:
        return f"/{OWN}/feed?" not in url


def visit(item: Item) -> dict[str, Any]:
    post = visitor_post(item.id, item.at, item.text, ANA)
    if item.broken:
        post["created_time"] = "yesterday"
    return post


def case() -> Case:
    return Case(Facebook, Visitors(), {"page": "acme"}, TOKEN, account="Acme")
