"""Discourse: all newest posts, of which a page is what is public among fifty ids."""

from __future__ import annotations

from socialcare.channels.discourse import Discourse
from socialcare.testing import Case, Params
from tests.channels.cases.discourse import SERVER, Forum


class Window(Forum):
    """``hidden`` ids are those of posts that are not public."""

    def answer(self, path: str, params: Params) -> object:
        if path != "/posts.json":
            return super().answer(path, params)
        last = int(params["before"][0]) if "before" in params else self.last()
        size = min(self.page_size or 50, 50)
        shown = [item for item in self.items if last - size < int(item.id) <= last]
        shown.sort(key=lambda item: (item.at, item.id), reverse=True)
        posts = [self.post(item) for item in self.cut(shown, size)]
        return {"latest_posts": [{**post, "topic_title": "A topic"} for post in posts]}

    def aside(self, url: str) -> bool:
        return not url.startswith("/posts.json")

    def last(self) -> int:
        return max((int(item.id) for item in self.items), default=0)


def case() -> Case:
    return Case(Discourse, Window(), {**SERVER, "posts": True})
