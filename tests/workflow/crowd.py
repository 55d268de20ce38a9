"""A Mastodon-like server with a crowd on it: complaints, questions, our answers, boosts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from socialcare.testing import Fault, Params, Service

SAID = (
    "Third email about my order and still no parcel. #acme do you even read these?",
    "Does #acme ship to Norway?",
    "Thank you #acme, the new boots are great!",
    "#acme opens a shop in Oslo",
    "I want my money back, #acme",
)


class Crowd(Service):
    """``#acme`` has ``count`` posts, one in ``every`` apart, the newest first, 40 a page.

    ``on_request`` is called with the number of each request before it is answered.
    """

    def __init__(self, count: int, every: timedelta = timedelta(minutes=10)) -> None:
        super().__init__()
        self.on_request: Callable[[int], None] = lambda _number: None
        newest = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
        self.statuses = [status(n, newest - every * (count - n)) for n in range(count)]
        self._ids = [post["id"] for post in self.statuses]

    def respond(self, url: str) -> bytes:
        self.on_request(len(self.asked))
        return super().respond(url)

    def answer(self, path: str, params: Params) -> object:
        if path == "/api/v1/timelines/tag/acme":
            return self.timeline(params)
        if path == "/api/v1/statuses":
            return [
                self.statuses[n] for one in params["id[]"] if (n := self.place(one)) is not None
            ]
        raise Fault(404, b'{"error": "Record not found"}')

    def timeline(self, params: Params) -> list[dict[str, Any]]:
        limit = int(params["limit"][0])
        if "min_id" in params:
            start = bisect_right(self._ids, params["min_id"][0])
            return self.statuses[start : start + limit][::-1]
        end = len(self._ids)
        if "max_id" in params:
            end = bisect_left(self._ids, params["max_id"][0])
        return self.statuses[max(0, end - limit) : end][::-1]

    def place(self, post: str) -> int | None:
        place = bisect_left(self._ids, post)
        return place if place < len(self._ids) and self._ids[place] == post else None


def status(number: int, at: datetime) -> dict[str, Any]:
    """Every tenth post is our answer to the one before it, every fifteenth a boost."""
    ours, boost = number % 10 == 9, number % 15 == 14
    post = {
        "id": f"{number:08d}",
        "uri": f"https://mas.to/statuses/{number}",
        "url": f"https://mas.to/@p/{number}",
        "created_at": at.isoformat(),
        "account": account("acme" if ours and not boost else f"p{number % 37}@far.example"),
        "visibility": "public",
        "content": f"<p>{SAID[number % len(SAID)]}</p>",
        "in_reply_to_id": f"{number - 1:08d}" if ours else None,
        "reblogs_count": number % 7,
        "favourites_count": number % 3,
    }
    if boost:
        passed_on = status(number - 3, at - timedelta(minutes=30))
        return {**post, "content": passed_on["content"], "reblog": passed_on}
    return post


def account(acct: str) -> dict[str, Any]:
    return {"id": f"9-{acct}", "acct": acct, "display_name": acct.title(), "url": None}


CONFIG = """\
[brand]
name = "Acme"
handles = ["@acme@mas.to"]

[channels.mastodon]
server = "https://mas.to"
hashtags = ["acme"]
base_url = "{url}"
pages = 100
"""
