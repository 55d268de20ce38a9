"""Reddit: answers to our comments, in the inbox of our account."""

from __future__ import annotations

from typing import Any

from socialcare.channels.reddit import Reddit
from socialcare.testing import Case, Item, Params
from tests.channels.cases.reddit import ACCOUNT, SECRETS, UNASKED, Listings, comment, listing


class Inbox(Listings):
    path = "/message/inbox"
    kind = "t1"

    def answer(self, path: str, params: Params) -> object:
        assert params.get("mark", ["false"]) == ["false"]
        if path == "/user/acme_care/comments" and "sort" not in params:
            return listing([])  # a law knows one mention and no answers beside it
        return super().answer(path, params)

    def thing(self, item: Item) -> dict[str, Any]:
        context = f"/r/CampingGear/comments/9a/late/{item.id}/?context=3"
        thing = comment(item, "t1_ours1", type="comment_reply", subject="comment reply")
        for key in ("link_id", "permalink"):
            del thing["data"][key]
        thing["data"]["context"] = context
        return thing


def case() -> Case:
    return Case(Reddit, Inbox(), ACCOUNT, secrets=SECRETS, account="u/acme_care", excuses=UNASKED)
