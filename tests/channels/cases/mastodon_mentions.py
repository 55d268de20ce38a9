"""Mastodon: the mentions among the notifications of a token's account, and its answers."""

from __future__ import annotations

from urllib.parse import parse_qs

from socialcare.channels.mastodon import Mastodon
from socialcare.testing import NOW, Asked, Case, Fault, Item, Kept, Params, PostingService
from tests.channels.cases.mastodon import Timelines, account, status

OWN = "/api/v1/accounts/95/statuses"
STATUSES = "/api/v1/statuses"


class Server(PostingService, Timelines):
    def answer(self, path: str, params: Params) -> object:
        if path == "/api/v2/instance":
            return {"version": "4.4.1"}
        if path == OWN:
            return [self.made(one) for one in reversed(self.replies)]
        return super().answer(path, params)

    def write(self, asked: Asked) -> object:
        if asked.method == "DELETE":
            if self.remove_reply(asked.url.rpartition("/")[2]):
                return {}
            raise Fault(404, b'{"error": "Record not found"}')
        form = parse_qs(asked.body.decode())
        assert (asked.url, form["in_reply_to_id"]) == (STATUSES, [self.answered.id])
        private = form["visibility"] == ["direct"]
        return self.made(self.put_reply(form["status"][0], private=private))

    def made(self, kept: Kept) -> object:
        own = {"account": account("brand"), "in_reply_to_id": self.answered.id}
        post = {**status(Item(kept.id, NOW, kept.text)), **own}
        return {**post, "visibility": "direct"} if kept.private else post


def case() -> Case:
    return Case(Mastodon, Server(), {"server": "mas.to"}, token="of-brand", account="@brand@mas.to")
