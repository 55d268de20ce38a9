"""Two feeds of one site, in JSON: a site gives all it has in one answer, and no pages."""

from __future__ import annotations

from socialcare.channels.feed import Feed
from socialcare.testing import Case, Item, Params, Service


class Site(Service):
    def item_id(self, external_id: str) -> str:
        return external_id.rpartition("#")[2]

    def answer(self, path: str, _params: Params) -> object:
        odd = path == "/odd.rss"
        items = [item for item in self.items if int(item.id) % 2 == odd]
        if self.repeats:
            items = [one for item in items for one in (item, item)]
        return {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Forum",
            "items": [entry(item) for item in items],
        }


def entry(item: Item) -> object:
    if item.broken:
        return {"id": item.id, "title": ["lost"]}
    return {"id": item.id, "content_text": item.text, "date_published": item.at.isoformat()}


def case() -> Case:
    return Case(
        channel=Feed,
        service=Site(),
        options={"preset": "discourse", "what": ["even", "odd"]},
        excuses={"a_cursor_that_comes_twice_is_told": "a site has no pages, and so no cursors"},
    )
