"""Bluesky: what the notifications of the account are about, and its answers."""

from __future__ import annotations

import json

from socialcare.channels.bluesky import Bluesky
from socialcare.clock import format_time
from socialcare.testing import NOW, Asked, Case, Fault, Params, PostingService
from tests.channels.cases.bluesky import ANA, BRAND, PASSWORD, XRPC, Network

CHAT = f"{XRPC}chat.bsky.convo."
SEND = "chat.bsky.convo.sendMessage"
WRITES = ("com.atproto.repo.putRecord", "com.atproto.repo.deleteRecord", SEND)


class Repository(PostingService, Network):
    """Records by their keys, and one conversation; taking away what is not there is fine."""

    def writes(self, asked: Asked) -> bool:
        return asked.url.endswith(WRITES)

    def answer(self, path: str, params: Params) -> object:
        if path.startswith(CHAT):
            return self.chat(path.removeprefix(CHAT), params)
        if path != f"{XRPC}com.atproto.repo.getRecord":
            return super().answer(path, params)
        if any(one.id == params["rkey"][0] and not one.private for one in self.replies):
            return written(params["rkey"][0])
        raise Fault(400, b'{"error": "RecordNotFound", "message": "Could not locate record"}')

    def chat(self, call: str, params: Params) -> object:
        if call == "getMessages":
            private = [one for one in self.replies if one.private]
            return {"messages": [message(one.id, one.text) for one in private]}
        assert params["members"] == [ANA]
        return {"canChat": True, "convo": {"id": "c1"}}

    def write(self, asked: Asked) -> object:
        said = json.loads(asked.body)
        if asked.url.endswith("deleteRecord"):
            self.remove_reply(said["rkey"])
            return {}
        if asked.url.endswith(SEND):
            assert said["convoId"] == "c1"
            kept = self.put_reply(said["message"]["text"], private=True)
            return message(kept.id, kept.text)
        assert said["record"]["reply"]["parent"]["uri"].endswith(self.answered.id)
        return written(self.put_reply(said["record"]["text"], said["rkey"]).id)


def message(id_: str, text: str) -> dict[str, object]:
    return {"id": id_, "text": text, "sentAt": format_time(NOW), "sender": {"did": BRAND}}


def written(key: str) -> dict[str, str]:
    return {"uri": f"at://{BRAND}/app.bsky.feed.post/{key}", "cid": f"c{key}"}


def case() -> Case:
    options = {"identifier": "brand.test", "query": []}
    return Case(Bluesky, Repository(), options, secrets=PASSWORD, account="@brand.test")
