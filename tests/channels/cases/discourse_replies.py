"""Discourse: a forum as one of its users sees it, and the posts that this user writes."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from socialcare.channels.discourse import Discourse
from socialcare.testing import NOW, Asked, Case, Fault, Item, Kept, Params, PostingService
from tests.channels.cases.discourse import NOT_FOUND, SERVER
from tests.channels.cases.discourse_posts import Window

US = "acme_care"
FIRST = Item("999", NOW - timedelta(hours=1), "Acme is late again")
"""The first post of its topic."""
MESSAGE = 7_000
"""The topic of a message is this and the id of its post."""
A_POST = re.compile(r"/posts/(\d+)\.json")


class Forum(PostingService, Window):
    answered = FIRST

    def answer(self, path: str, params: Params) -> object:
        topic, _ = self.place(FIRST)
        if path == "/session/current.json":
            return {"current_user": {"id": 4, "username": US}}
        if path == f"/topics/private-messages-sent/{US}.json":
            sent = [{"id": MESSAGE + int(one.id), "title": "Re: A topic"} for one in self.messages]
            return {"topic_list": {"topics": sent}}
        for one in self.messages:
            if path == f"/t/{MESSAGE + int(one.id)}.json":
                posts = {"posts": [self.made(one)], "stream": [int(one.id)]}
                return {"id": MESSAGE + int(one.id), "title": "Re: A topic", "post_stream": posts}
        if path == f"/t/{topic}.json" and "username_filters" in params:
            ids = [int(FIRST.id), *(int(one.id) for one in self.replies if not one.private)]
            return {"id": topic, "title": "A topic", "post_stream": {"posts": [], "stream": ids}}
        if path == f"/t/{topic}/posts.json":
            asked = [self.by_id(one) for one in params["post_ids[]"]]
            return {"post_stream": {"posts": asked}}
        return super().answer(path, params)

    @property
    def messages(self) -> list[Kept]:
        return [one for one in self.replies if one.private]

    def by_id(self, wanted: str) -> object:
        for one in self.replies:
            if one.id == wanted:
                return self.made(one)
        return super().by_id(wanted)

    def write(self, asked: Asked) -> object:
        if match := A_POST.fullmatch(asked.url):
            assert asked.method == "DELETE"
            if self.remove_reply(match[1]):
                return {}
            raise Fault(404, NOT_FOUND)
        said = json.loads(asked.body)
        if said.get("archetype") == "private_message":
            assert (said["target_recipients"], said["title"]) == ("ana", "Re: A topic")
            return self.made(self.put_reply(said["raw"], private=True))
        assert (said["topic_id"], said["reply_to_post_number"]) == self.place(FIRST)
        return self.made(self.put_reply(said["raw"]))

    def made(self, kept: Kept) -> dict[str, Any]:
        topic, number = self.place(FIRST)
        if kept.private:
            topic, above, own_number = MESSAGE + int(kept.id), None, 1
        else:
            above, own_number = number, 7
        post = self.post(Item(kept.id, NOW, kept.text))
        own = {"username": US, "topic_id": topic, "post_number": own_number, "raw": kept.text}
        return {**post, **own, "reply_to_post_number": above}


def case() -> Case:
    options = {**SERVER, "posts": True, "user": US}
    return Case(Discourse, Forum(), options, token="key-of-acme", account=f"@{US}")
