"""X: posts that mention our account, and the answers that it gives."""

from __future__ import annotations

import json
from typing import Any

from socialcare.channels.x import X
from socialcare.testing import NOW, Asked, Case, Fault, Item, Params, PostingService
from tests.channels.cases.x import EXCUSES, OWN, TOKEN, Timeline, post, post_id, user

TWEETS = "/2/tweets"


class Account(PostingService, Timeline):
    def answer(self, path: str, params: Params) -> object:
        if path == "/2/users/me":
            return {"data": user(OWN)}
        if path == f"/2/users/{OWN}/tweets":
            data = [self.made(one.id, one.text) for one in self.replies]
            return {"data": data, "meta": {"result_count": len(data)}}
        return super().answer(path, params)

    def write(self, asked: Asked) -> object:
        if asked.method == "DELETE":
            if self.remove_reply(self.item_id(asked.url.rpartition("/")[2])):
                return {"data": {"deleted": True}}
            raise Fault(404, b'{"title": "Not Found"}')
        said = json.loads(asked.body)
        assert (asked.url, said["reply"]) == (TWEETS, {"in_reply_to_tweet_id": self.parent})
        kept = self.put_reply(said["text"])
        return {"data": {"id": str(post_id(Item(kept.id, NOW))), "text": kept.text}}

    @property
    def parent(self) -> str:
        return str(post_id(self.answered))

    def made(self, id_: str, text: str) -> dict[str, Any]:
        found = post(Item(id_, NOW, text))
        return {
            **found,
            "author_id": OWN,
            "referenced_tweets": [{"type": "replied_to", "id": self.parent}],
        }


def case() -> Case:
    options = {"user": "@acme", "budget_per_day": 100}
    return Case(X, Account(), options, TOKEN, excuses=EXCUSES)
