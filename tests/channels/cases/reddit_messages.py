"""Reddit: messages to our account, which are answered where they were written."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from socialcare.channels.reddit import Reddit
from socialcare.testing import NOW, Asked, Case, Item, Kept, Params
from tests.channels.cases.reddit import ACCOUNT, SECRETS, Listings, listing, message


class Messages(Listings):
    path = "/message/inbox"
    kind = "t4"
    public: ClassVar[bool] = False

    def answer(self, path: str, params: Params) -> object:
        if path == "/message/sent":
            return listing([one.made for one in reversed(self.replies)])
        return super().answer(path, params)

    def thing(self, item: Item) -> dict[str, Any]:
        return message(item)

    def write(self, asked: Asked) -> object:
        """A message whose parent is one is private: there is no other way to write it."""
        path, form = urlsplit(asked.url).path, parse_qs(asked.body.decode())
        [text], [parent] = form["text"], form["thing_id"]
        assert (path, parent) == ("/api/comment", self.name(self.answered))
        number = f"r{len(self.replies)}"
        made = message(Item(number, NOW, text), "acme_care", parent_id=parent, dest="ana_k")
        self.replies.append(Kept(number, text, made, private=True))
        return {"json": {"errors": [], "data": {"things": [made]}}}


UNCHANGED = "a message can be neither edited nor deleted, and is not looked at again"


def case() -> Case:
    excuses = {
        "a_recheck_brings_what_was_edited": UNCHANGED,
        "a_recheck_tells_what_is_gone": UNCHANGED,
        "a_reply_is_taken_back_and_may_be_gone_already": "Reddit lets nobody take back a message",
    }
    return Case(
        Reddit, Messages(), ACCOUNT, secrets=SECRETS, account="u/acme_care", excuses=excuses
    )
