"""YouTube: the comments below our videos as their owner, and the replies that we write."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialcare.channels.youtube import YouTube
from socialcare.testing import NOW, Asked, Case, Fault, Item, Params, PostingService
from tests.channels.cases.youtube import KEY, OWN, Comments, comment, owner, refusal


class Owned(PostingService, Comments):
    def answer(self, path: str, params: Params) -> object:
        if path.endswith("/channels") and "mine" in params:
            return {"kind": "youtube#channelListResponse", "items": [owner(OWN)]}
        if path.endswith("/comments"):
            asked = params.get("id", [""])[0].split(",")
            found = [self.made(one.id, one.text) for one in self.replies]
            found += [] if "parentId" in params else [comment(one) for one in self.items]
            items = [one for one in found if "parentId" in params or one["id"] in asked]
            return {"kind": "youtube#commentListResponse", "items": items}
        return super().answer(path, params)

    def write(self, asked: Asked) -> object:
        if asked.method == "DELETE":
            if self.remove_reply(parse_qs(urlsplit(asked.url).query)["id"][0]):
                raise Fault(204)
            raise Fault(404, refusal(404, "commentNotFound"))
        snippet = json.loads(asked.body)["snippet"]
        assert snippet["parentId"] == self.answered.id
        kept = self.put_reply(snippet["textOriginal"], f"{self.answered.id}.9001")
        return self.made(kept.id, kept.text)

    def made(self, id_: str, text: str) -> dict[str, Any]:
        found = comment(Item(id_, NOW, text), self.answered.id)
        found["snippet"] |= {"textOriginal": text, "authorChannelId": {"value": OWN}}
        return found


def case() -> Case:
    return Case(
        YouTube, Owned(), {"channel": "@acme"}, "of-acme", account="@acme", secrets={"key": KEY}
    )
