"""X: posts that mention our account, and the answers that it gives."""

from __future__ import annotations

import json
from typing import Any

from socialcare.channels.x import X
from socialcare.testing import NOW, Asked, Case, Fault, Item, Kept, Params, PostingService
from tests.channels.cases.x import ANA, EXCUSES, OPTIONS, OWN, TOKEN, Timeline, post, post_id, user

TWEETS = "/2/tweets"
TALK = f"dm_conversations/with/{ANA}"


class Account(PostingService, Timeline):
    def answer(self, path: str, params: Params) -> object:
        if path == f"/2/users/{ANA}":
            return {"data": {**user(ANA), "receives_your_dm": True}}
        if path == f"/2/{TALK}/dm_events":
            return {"data": [event(one) for one in self.replies if one.private]}
        if path == f"/2/users/{OWN}/tweets":
            data = [self.made(one.id, one.text) for one in self.replies if not one.private]
            return {"data": data, "meta": {"result_count": len(data)}}
        return super().answer(path, params)

    def write(self, asked: Asked) -> object:
        if asked.method == "DELETE":
            if self.remove_reply(self.item_id(asked.url.rpartition("/")[2])):
                return {"data": {"deleted": True}}
            raise Fault(404, b'{"title": "Not Found"}')
        said = json.loads(asked.body)
        if asked.url == f"/2/{TALK}/messages":
            kept = self.put_reply(said["text"], private=True)
            return {"data": {"dm_conversation_id": "1", "dm_event_id": event(kept)["id"]}}
        assert (asked.url, said["reply"]) == (TWEETS, {"in_reply_to_tweet_id": self.parent})
        kept = self.put_reply(said["text"])
        return {"data": {"id": str(post_id(Item(kept.id, NOW))), "text": kept.text}}

    def reply_id(self, external_id: str) -> str:
        return self.item_id(external_id.removeprefix("dm:"))

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


def event(kept: Kept) -> dict[str, str]:
    number = str(post_id(Item(kept.id, NOW)))
    return {"id": number, "event_type": "MessageCreate", "sender_id": OWN, "text": kept.text}


def case() -> Case:
    return Case(X, Account(), OPTIONS, TOKEN, account="@acme", excuses=EXCUSES)
