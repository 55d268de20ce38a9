"""Discourse: a search that gives one post a topic, and the topics behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from socialcare.channels.discourse import Discourse
from socialcare.errors import AuthError, RateLimitError
from socialcare.testing import Case, Fault, Item, Params, Refusal, Service

SERVER = {"server": "https://forum.example"}
A_TOPIC = 3
"""Posts of one topic, unless a test says otherwise."""


NOT_FOUND = b'{"errors": ["Nicht gefunden"], "error_type": "not_found"}'
TOO_MANY = b'{"errors": ["Zu oft."], "error_type": "rate_limit", "extras": {"wait_seconds": 300}}'


class Forum(Service):
    """The items in topics of a few, as a forum shows them to who is not signed in.

    The ids of posts are their places among all, and grow with time.
    """

    refusals: ClassVar[Mapping[str, Refusal]] = {
        "429": Refusal(Fault(429, TOO_MANY, {"Retry-After": "300"}), (RateLimitError,)),
        "a closed forum": Refusal(
            Fault(403, b'{"errors": ["No"], "error_type": "not_logged_in"}'), (AuthError,)
        ),
    }
    a_topic = A_TOPIC
    most_pages = 10

    def answer(self, path: str, params: Params) -> object:
        if path == "/search.json":
            return self.found(params)
        if match := re.fullmatch(r"/t/(\d+)(?:/(\d+))?\.json", path):
            return self.topic(int(match[1]), int(match[2] or 1))
        if match := re.fullmatch(r"/posts/(\d+)\.json", path):
            return self.by_id(match[1])
        if match := re.fullmatch(r"/posts/by_number/(\d+)/(\d+)\.json", path):
            return self.by_number(int(match[1]), int(match[2]))
        raise Fault(404, NOT_FOUND)

    def aside(self, url: str) -> bool:
        return not url.startswith("/search.json")

    def ordered(self) -> list[Item]:
        return sorted(self.items, key=lambda item: (item.at, item.id))

    def place(self, item: Item) -> tuple[int, int]:
        """Topic and number of a post: neighbours in time share a topic."""
        at = int(item.id) if item.id.isdecimal() else 0
        return 10 + at // self.a_topic, 1 + at % self.a_topic

    def found(self, params: Params) -> object:
        query, page = params["q"][0], int(params["page"][0])
        assert page <= self.most_pages, "the forum answers 400"
        after, before = day(query, "after"), day(query, "before")
        assert "order:latest" in query
        newest: dict[int, Item] = {}
        for item in self.ordered():
            if item.at.date() >= (after or item.at.date()) and (
                before is None or item.at.date() < before
            ):
                newest[self.place(item)[0]] = item
        hits = sorted(newest.values(), key=lambda item: (item.at, item.id), reverse=True)
        size = self.page_size or 50
        shown = hits[(page - 1) * size : page * size]
        posts = [self.hit(item) for item in self.cut(shown, size)]
        more = len(hits) > page * size
        return {
            "posts": posts,
            "topics": [],
            "grouped_search_result": {"more_full_page_results": more or None, "error": None},
        }

    def hit(self, item: Item) -> dict[str, Any]:
        topic, number = self.place(item)
        return {
            "id": int(item.id),
            "username": "ana",
            "created_at": item.at.isoformat(),
            "blurb": item.text[:10],
            "topic_id": topic,
            "post_number": number,
        }

    def topic(self, topic: int, number: int) -> object:
        posts = sorted(
            (item for item in self.items if self.place(item)[0] == topic),
            key=lambda item: self.place(item)[1],
        )
        if not posts:
            raise Fault(404, NOT_FOUND)
        at = next((n for n, item in enumerate(posts) if self.place(item)[1] >= number), len(posts))
        start = max(min(at - 5, len(posts) - 20), 0)
        shown = [self.post(item) for item in posts[start : start + 20]]
        if self.repeats:
            shown += shown
        stream = {"posts": shown, "stream": [int(item.id) for item in posts]}
        return {"id": topic, "title": "A topic", "slug": "a-topic", "post_stream": stream}

    def by_id(self, wanted: str) -> object:
        for item in self.items:
            if item.id == wanted:
                return self.post(item)
        raise Fault(404, NOT_FOUND)

    def by_number(self, topic: int, number: int) -> object:
        for item in self.items:
            if self.place(item) == (topic, number):
                return self.post(item)
        raise Fault(404, NOT_FOUND)

    def post(self, item: Item) -> dict[str, Any]:
        topic, number = self.place(item)
        post: dict[str, Any] = {
            "id": int(item.id),
            "username": "ana",
            "created_at": item.at.isoformat(),
            "cooked": f"<p>{item.text}</p>",
            "topic_id": topic,
            "topic_slug": "a-topic",
            "post_number": number,
            "reply_to_post_number": number - 1 or None,
            "version": 1,
        }
        if item.broken:
            post["created_at"] = "yesterday"
        return post


def day(query: str, key: str) -> date | None:
    """The day that a search is limited by; the day after ``after:`` and later are meant."""
    match = re.search(rf"{key}:(\d{{4}}-\d\d-\d\d)", query)
    return date.fromisoformat(match[1]) + timedelta(0) if match else None


def case() -> Case:
    return Case(Discourse, Forum(), SERVER)
