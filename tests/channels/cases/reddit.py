"""Reddit: the newest posts of a subreddit, by names of items, of which some are deleted."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from socialcare.channels.reddit import Reddit
from socialcare.errors import ChannelError, RateLimitError
from socialcare.testing import (
    Asked,
    Case,
    Fault,
    Item,
    Kept,
    Params,
    PostingService,
    Refusal,
)

SECRETS = {"client_secret": "secret-of-the-app-1234", "password": "password-of-acme-1234"}
ACCOUNT = {"client_id": "id-of-the-app", "user": "u/acme_care"}
SIGN_IN = "/api/v1/access_token"
UNASKED = {
    "a_private_reply_is_private_by_the_record_of_the_service": "Reddit forbids messages that nobody "
    "asked for: who wrote one is answered in reddit_messages"
}
PRIVATE = json.dumps({"reason": "private", "message": "Forbidden", "error": 403}).encode()


class Listings(PostingService):
    """One list holds the items, and every other one is empty."""

    path = "/r/CampingGear/new"
    kind = "t3"
    has_cursors = True
    refusals: ClassVar[dict[str, Refusal]] = {
        "private": Refusal(Fault(403, PRIVATE), (ChannelError,)),
        "window": Refusal(
            Fault(429, b"{}", {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "137"}),
            (RateLimitError,),
        ),
    }

    def answer(self, path: str, params: Params) -> object:
        if path == SIGN_IN:
            return {
                "access_token": "token-of-acme-1234",
                "token_type": "bearer",
                "expires_in": 3600,
            }
        assert params["raw_json"] == ["1"]
        if path == "/api/v1/me":
            return {"name": "acme_care"}
        if path == "/api/info":
            wanted = params["id"][0].split(",")
            things = [self.thing(one) for one in self.items if self.name(one) in wanted]
            things += [one.made for one in self.replies if f"t1_{one.id}" in wanted]
            return listing(things)
        if path == "/user/acme_care/comments":
            return listing([one.made for one in reversed(self.replies)])
        return self.page(params) if path == self.path else listing([])

    def aside(self, url: str) -> bool:
        return urlsplit(url).path != self.path

    def writes(self, asked: Asked) -> bool:
        return asked.method != "GET" and asked.url != SIGN_IN

    def name(self, item: Item) -> str:
        return f"{self.kind}_{item.id}"

    def item_id(self, external_id: str) -> str:
        return external_id.partition("_")[2]

    def page(self, params: Params) -> object:
        """Nothing comes after a name that is not in the list any more."""
        newest = sorted(self.items, key=lambda item: (item.at, item.id), reverse=True)
        names, start = [self.name(item) for item in newest], 0
        if "after" in params:
            [after] = params["after"]
            start = names.index(after) + 1 if after in names else len(names)
        covered = self.covered(newest[start:], int(params["limit"][0]))
        more = start + len(covered) < len(newest)
        following = self.name(covered[-1]) if covered and more else None
        return listing([self.thing(item) for item in self.shown(covered)], following)

    def thing(self, item: Item) -> dict[str, Any]:
        return post(item)

    def write(self, asked: Asked) -> object:
        path, form = urlsplit(asked.url).path, parse_qs(asked.body.decode())
        if path == "/api/del":
            self.replies = [one for one in self.replies if f"t1_{one.id}" not in form["id"]]
            return {}
        assert (path, form["api_type"]) == ("/api/comment", ["json"])
        [text], [parent] = form["text"], form["thing_id"]
        kept = f"r{len(self.replies)}"
        made = comment(Item(kept, self.answered.at, text), parent=parent, author="acme_care")
        self.replies.append(Kept(kept, text, made))
        return {"json": {"errors": [], "data": {"things": [made]}}}


def listing(things: list[dict[str, Any]], after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": things, "after": after, "before": None}}


def said(item: Item, author: str | None = "ana_k", **more: object) -> dict[str, Any]:
    by = {"author": author, "author_fullname": author and f"t2_{author.replace('_', '')}"}
    at = {} if item.broken else {"created_utc": item.at.timestamp()}
    return {**at, **by, "subreddit": "CampingGear", "edited": False, "score": 3, **more}


def post(item: Item, **more: object) -> dict[str, Any]:
    data = said(
        item,
        name=f"t3_{item.id}",
        title=item.text,
        selftext="",
        is_self=True,
        permalink=f"/r/CampingGear/comments/{item.id}/late/",
        url=f"https://www.reddit.com/r/CampingGear/comments/{item.id}/late/",
        num_comments=2,
        subreddit_subscribers=12_345,
    )
    return {"kind": "t3", "data": {**data, **more}}


def comment(item: Item, parent: str = "t3_9a", author: str | None = "ana_k", **more: object) -> dict[str, Any]:  # fmt: skip
    data = said(
        item,
        author,
        name=f"t1_{item.id}",
        body=item.text,
        parent_id=parent,
        link_id="t3_9a",
        permalink=f"/r/CampingGear/comments/9a/late/{item.id}/",
    )
    return {"kind": "t1", "data": {**data, **more}}


def message(item: Item, author: str | None = "ana_k", **more: object) -> dict[str, Any]:
    data = said(item, author, name=f"t4_{item.id}", body=item.text, subject="My order")
    data |= {"dest": "acme_care", "parent_id": None, "first_message_name": None}
    return {"kind": "t4", "data": {**data, **more}}


def case() -> Case:
    options = {**ACCOUNT, "subreddits": ["r/CampingGear"], "inbox": False}
    return Case(
        Reddit, Listings(), options, secrets=SECRETS, account="u/acme_care", excuses=UNASKED
    )
