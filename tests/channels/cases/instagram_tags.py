"""Instagram: media that tag us, in a list that never tells whether there is more."""

from __future__ import annotations

from typing import Any

from socialcare.channels.meta.instagram import Instagram
from socialcare.testing import Case, Item, Params
from tests.channels.cases.facebook import TOKEN, written
from tests.channels.cases.instagram import ACCOUNT, Account


class Tags(Account):
    def node(self, path: str, params: Params) -> Any:
        if path == f"{ACCOUNT}/tags":
            page = self.listed(self.newest(), params, media, 50)
            page.get("paging", {}).pop("next", None)
            return page
        if path == f"{ACCOUNT}/media":
            return {"data": []}
        return super().node(path, params)

    def aside(self, url: str) -> bool:
        return f"/{ACCOUNT}/tags?" not in url

    def item_id(self, external_id: str) -> str:
        return external_id.removeprefix("media:")


def media(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": item.id,
        "caption": item.text,
        "media_type": "IMAGE",
        "permalink": f"https://www.instagram.com/p/{item.id}/",
        "timestamp": written(item.at),
        "username": "ana.lima",
        "comments_count": 2,
    }
    if item.broken:
        found["timestamp"] = "yesterday"
    return found


NOT_BY_ID = "the media of others cannot be read by their ids"
NOT_SHOWN = "what is written below the media of others is shown to nobody by this API"


def case() -> Case:
    excuses = {
        "a_recheck_brings_what_was_edited": NOT_BY_ID,
        "a_recheck_tells_what_is_gone": NOT_BY_ID,
        "a_private_reply_is_private_by_the_record_of_the_service": "only who comments below our own "
        "media is answered in private",
        "a_reply_is_posted_once_and_found": NOT_SHOWN,
        "a_reply_whose_answer_was_lost_is_found": NOT_SHOWN,
        "a_reply_that_ended_in_a_500_is_found": NOT_SHOWN,
        "a_reply_is_taken_back_and_may_be_gone_already": NOT_SHOWN,
    }
    return Case(Instagram, Tags(), {"account": ACCOUNT}, TOKEN, account="@acme", excuses=excuses)
