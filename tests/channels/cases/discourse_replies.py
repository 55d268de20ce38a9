"""Discourse: a forum as one of its users sees it, and the posts that this user writes."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from socialcare.channels.discourse import Discourse
from socialcare.testing import NOW, Asked, Case, Fault, Item, Params, PostingService
from tests.channels.cases.discourse import NOT_FOUND, SERVER
from tests.channels.cases.discourse_posts import Window

US = "acme_care"
FIRST = Item("999", NOW - timedelta(hours=1), "Acme is late again")
"""The first post of its topic."""
A_POST = re.compile(r"/posts/(\d+)\.json")


class Forum(PostingService, Window):
    answered = FIRST

    def answer(self, path: str, params: Params) -> object:
        topic, _ = self.place(FIRST)
        if path == f"/t/{topic}.json" and "username_filters" in params:
            ids = [int(FIRST.id), *(int(one.id) for one in self.replies)]
            return {"id": topic, "title": "A topic", "post_stream": {"posts": [], "stream": ids}}
        if path == f"/t/{topic}/posts.json":
            asked = [self.by_id(one) for one in params["post_ids[]"]]
            return {"post_stream": {"posts": asked}}
        return super().answer(path, params)

    def by_id(self, wanted: str) -> object:
        for one in self.replies:
            if one.id == wanted:
                return self.made(one.id, one.text)
        return super().by_id(wanted)

    def write(self, asked: Asked) -> object:
        if match := A_POST.fullmatch(asked.url):
            assert asked.method == "DELETE"
            if self.remove_reply(match[1]):
                return {}
            raise Fault(404, NOT_FOUND)
        said = json.loads(asked.body)
        topic, number = self.place(FIRST)
        assert (said["topic_id"], said["reply_to_post_number"]) == (topic, number)
        kept = self.put_reply(said["raw"])
        return self.made(kept.id, kept.text)

    def made(self, id_: str, text: str) -> dict[str, Any]:
        topic, number = self.place(FIRST)
        post = self.post(Item(id_, NOW, text))
        own = {"username": US, "topic_id": topic, "post_number": 7, "raw": text}
        return {**post, **own, "reply_to_post_number": number}


def case() -> Case:
    return Case(Discourse, Forum(), {**SERVER, "posts": True, "user": US}, token="key-of-acme")
