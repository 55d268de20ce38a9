"""Two feeds of one site, in JSON: a site gives all it has in one answer, and no pages."""

from __future__ import annotations

from dataclasses import replace

from socialcare.channels.feed import Feed
from tests.channels.contract import Case, Item, Params, Service


class Site(Service):
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


class OneScope(Feed):
    """Numbers are ids of one feed only; the laws look for them as they are."""

    def pages(self, checkpoint, since):
        for page in super().pages(checkpoint, since):
            plain = [
                replace(mention, external_id=mention.external_id.rpartition("#")[2])
                for mention in page.mentions
            ]
            yield replace(page, mentions=plain)


def case() -> Case:
    return Case(
        channel=OneScope,
        service=Site(),
        options={"preset": "discourse", "what": ["even", "odd"]},
        loops=False,
    )
