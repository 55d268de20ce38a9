"""The toy channel: numbered postcards, oldest first."""

from __future__ import annotations

from typing import Any

from socialcare.testing import Case, Item, Params, Service
from tests.channels.toy import Toy


class Letterbox(Service):
    has_cursors = True

    def answer(self, path: str, params: Params) -> object:
        after, since = int(params["after"][0]), int(params["since"][0])
        left = [item for item in self.items if int(item.id) > after]
        page = self.covered([item for item in left if item.at.timestamp() >= since], 20)
        last = int(page[-1].id) if page else after
        return {"cards": [card(item) for item in self.shown(page)], "last": last}


def card(item: Item) -> dict[str, Any]:
    postcard: dict[str, Any] = {
        "number": int(item.id),
        "written": int(item.at.timestamp()),
        "sender": "ana",
        "words": item.text,
    }
    return {**postcard, "written": "yesterday"} if item.broken else postcard


def case() -> Case:
    return Case(Toy, Letterbox())
