"""A service that nobody wrote a channel for: a list in JSON, turned in one of several ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcare.channels.mapped import Mapped
from socialcare.testing import Case, Fault, Item, Params, Service

FIELDS = {
    "id": "id",
    "text": "content.plain",
    "created_at": "posted",
    "edited_at": "edited",
    "author": "who.name",
    "author_id": "who.id",
    "url": "https://forum.example/posts/{id}",
}


class List(Service):
    """``turned`` is the style of ``paging``."""

    def __init__(self, turned: str, *, newest: bool = True) -> None:
        super().__init__()
        self.turned, self.newest = turned, newest

    def answer(self, path: str, params: Params) -> object:
        if path != "/api/posts":
            return {"post": self._one(path.removeprefix("/api/posts/"))}
        found = sorted(self.items, key=lambda one: (one.at, one.id), reverse=self.newest)
        if "since" in params:
            found = [one for one in found if one.at.timestamp() >= float(params["since"][0])]
        size = min(int(params.get("limit", ["50"])[0]), self.page_size or 100)
        if self.turned == "after":
            last = int(params["after"][0]) if "after" in params else -1
            rest = sorted(
                (one for one in self.items if int(one.id) > last), key=lambda o: int(o.id)
            )
            return {"data": {"posts": [post(one) for one in reversed(self.cut(rest, size))]}}
        if self.turned == "cursor":
            return self._by_cursor(found, params, size)
        start = self._start(params, size)
        answer: dict[str, Any] = {
            "data": {"posts": [post(one) for one in self.cut(found[start:], size)]}
        }
        if start + size < len(found):
            answer["next"] = f"/api/posts?token=c{start + size}&limit=50"
        return answer

    def _by_cursor(self, found: list[Item], params: Params, size: int) -> object:
        """A cursor is a place among the items: the last that was given."""
        if "token" in params:
            last = params["token"][0].split("_")
            given = {"at": float(last[0]), "id": last[1]}
            rank = lambda one: (one.at.timestamp(), one.id)  # noqa: E731
            mark = (given["at"], given["id"])
            found = [
                one for one in found if (rank(one) < mark) == self.newest and rank(one) != mark
            ]
        page = self.covered(found, size)
        answer: dict[str, Any] = {"data": {"posts": [post(one) for one in self.shown(page)]}}
        if len(found) > len(page):
            answer["cursor"] = f"{page[-1].at.timestamp()}_{page[-1].id}"
        return answer

    def aside(self, url: str) -> bool:
        return url.startswith("/api/posts/")

    def _one(self, id_: str) -> dict[str, Any]:
        for item in self.items:
            if item.id == id_:
                return post(item)
        raise Fault(404, b'{"message": "no such post"}')

    def _start(self, params: Params, size: int) -> int:
        if self.turned == "page":
            return (int(params["page"][0]) - 1) * size
        if self.turned == "offset":
            return int(params["offset"][0])
        return int(params["token"][0].removeprefix("c")) if "token" in params else 0


class Led(List):
    """Its answers lead to the next one."""

    has_cursors = True


def post(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": int(item.id),
        "content": {"plain": item.text},
        "posted": item.at.isoformat(),
        "edited": None,
        "who": {"id": 7, "name": "ana"},
    }
    if item.broken:
        found["posted"] = "yesterday"
    return found


def options(paging: Mapping[str, object], **more: object) -> dict[str, object]:
    return {
        "url": "/api/posts",
        "params": {"limit": 50},
        "items": "data.posts",
        "fields": FIELDS,
        "paging": paging,
        "recheck": {"url": "/api/posts/{id}", "item": "post"},
        **more,
    }


def case(style: str, **paging: object) -> Case:
    make = Led if style in {"cursor", "next"} else List
    return Case(Mapped, make(style), options({"style": style, **paging}))
