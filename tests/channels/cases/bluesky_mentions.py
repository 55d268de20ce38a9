"""Bluesky: what the notifications of the account are about, and its answers."""

from __future__ import annotations

import json

from socialcare.channels.bluesky import Bluesky
from socialcare.testing import Asked, Case, Fault, Params, PostingService
from tests.channels.cases.bluesky import BRAND, PASSWORD, XRPC, Network

WRITES = ("com.atproto.repo.putRecord", "com.atproto.repo.deleteRecord")


class Repository(PostingService, Network):
    """Records by their keys; taking away what is not there is fine."""

    def writes(self, asked: Asked) -> bool:
        return asked.url.endswith(WRITES)

    def answer(self, path: str, params: Params) -> object:
        if path != f"{XRPC}com.atproto.repo.getRecord":
            return super().answer(path, params)
        if any(one.id == params["rkey"][0] for one in self.replies):
            return written(params["rkey"][0])
        raise Fault(400, b'{"error": "RecordNotFound", "message": "Could not locate record"}')

    def write(self, asked: Asked) -> object:
        said = json.loads(asked.body)
        if asked.url.endswith("deleteRecord"):
            self.remove_reply(said["rkey"])
            return {}
        assert said["record"]["reply"]["parent"]["uri"].endswith(self.answered.id)
        return written(self.put_reply(said["record"]["text"], said["rkey"]).id)


def written(key: str) -> dict[str, str]:
    return {"uri": f"at://{BRAND}/app.bsky.feed.post/{key}", "cid": f"c{key}"}


def case() -> Case:
    options = {"identifier": "brand.test", "query": []}
    return Case(Bluesky, Repository(), options, secrets=PASSWORD)
