"""GitHub: issues and comments of a repository, without a token."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from socialcare.channels.github import GitHub
from socialcare.clock import parse_time
from socialcare.errors import AuthError, GoneError, RateLimitError
from socialcare.testing import NOW, Case, Fault, Item, Params, Refusal, Service

REPO = "acme/app"


USED_UP = {
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": str(int(NOW.timestamp()) + 900),
}


class Hub(Service):
    """Lists by the time of the last change, oldest first, with ``Link``; a search that is capped.

    Items with an odd id are comments, but a search finds issues only.
    """

    refusals: ClassVar[Mapping[str, Refusal]] = {
        "the hour is used up": Refusal(
            Fault(403, b'{"message": "API rate limit exceeded"}', USED_UP), (RateLimitError,)
        ),
        "the secondary limit": Refusal(
            Fault(
                403, json.dumps({"message": "You have exceeded a secondary rate limit."}).encode()
            ),
            (RateLimitError,),
        ),
        "403": Refusal(
            Fault(403, b'{"message": "Resource not accessible by integration"}'), (AuthError,)
        ),
        "410": Refusal(
            Fault(410, b'{"message": "Issues are disabled for this repo"}'), (GoneError,)
        ),
    }
    most = 1_000
    has_cursors = True

    def __init__(self) -> None:
        super().__init__()
        self.changed: dict[str, datetime] = {}
        """When an item was changed last, where that is not when it was written."""

    def item_id(self, external_id: str) -> str:
        return external_id.rpartition("/")[2]

    def answer(self, path: str, params: Params) -> object:
        if match := re.fullmatch(rf"/repos/{REPO}(/issues/(?:comments/)?(\d+))?", path):
            return self.one(match[2]) if match[1] else {"full_name": REPO}
        assert int(params["per_page"][0]) == 100
        if path == "/search/issues":
            return self.search(path, params)
        since = parse_time(params["since"][0])
        kinds = {f"/repos/{REPO}/issues": 0, f"/repos/{REPO}/issues/comments": 1}
        if path not in kinds:
            raise Fault(404, b'{"message": "Not Found"}')
        assert (params["sort"], params["direction"]) == (["updated"], ["asc"])
        wanted = [one for one in self.items if kind(one) == kinds[path]]
        found = [one for one in self.in_order(wanted) if self.change(one) >= since]
        page = self.page(path, params, found)
        return [issue(one, self.change(one)) if not kind(one) else comment(one, self.change(one)) for one in page]  # fmt: skip

    def one(self, number: str) -> object:
        for item in self.items:
            if item.id == number:
                make = comment if kind(item) else issue
                return make(item, self.change(item))
        raise Fault(404, b'{"message": "Not Found"}')

    def search(self, path: str, params: Params) -> object:
        words = dict(word.split(":>=") for word in params["q"][0].split() if ":>=" in word)
        created, updated = parse_time(words["created"]), parse_time(words["updated"])
        found = [
            one
            for one in self.in_order(self.items)
            if one.at >= created and self.change(one) >= updated
        ]
        page = self.page(path, params, found, self.most)
        items = [issue(one, self.change(one)) for one in page]
        return {"total_count": len(found), "incomplete_results": False, "items": items}

    def in_order(self, items: Sequence[Item]) -> list[Item]:
        return sorted(items, key=self.change)

    def change(self, item: Item) -> datetime:
        return self.changed.get(item.id, item.at).replace(microsecond=0)

    def page(
        self, path: str, params: Params, found: list[Item], most: int | None = None
    ) -> list[Item]:
        size, number = min(self.page_size or 100, 100), int(params.get("page", ["1"])[0])
        start = (number - 1) * size
        if start + size < min(len(found), most or len(found)):
            query = {key: values[0] for key, values in params.items()} | {"page": number + 1}
            link = f'<{path}?{urlencode(query)}>; rel="next", <{path}>; rel="first"'
            self.headers = {"Link": link}
        return self.cut(found[start:most], size)


def kind(item: Item) -> int:
    return int(item.id) % 2


def user(login: str = "ana", **more: Any) -> dict[str, Any]:
    return {"login": login, "id": len(login), "html_url": f"https://github.com/{login}", **more}


def issue(item: Item, changed: datetime) -> dict[str, Any]:
    found = {
        "url": f"https://api.github.com/repos/{REPO}/issues/{item.id}",
        "html_url": f"https://github.com/{REPO}/issues/{item.id}",
        "title": item.text,
        "user": user(),
        "body": None,
        "created_at": item.at.isoformat(),
        "updated_at": changed.isoformat(),
    }
    if item.broken:
        found["user"] = {"id": 3}
    return found


def comment(item: Item, changed: datetime) -> dict[str, Any]:
    found = issue(item, changed)
    found["body"] = item.text
    found["url"] = f"https://api.github.com/repos/{REPO}/issues/comments/{item.id}"
    found["html_url"] = f"https://github.com/{REPO}/issues/7#issuecomment-{item.id}"
    found["issue_url"] = f"https://api.github.com/repos/{REPO}/issues/7"
    return found


def asked(service: Service) -> list[dict[str, str]]:
    return [
        {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        for url in service.asked
    ]


def answer_of(value: object) -> bytes:
    return json.dumps(value).encode()


def case() -> Case:
    return Case(GitHub, Hub(), {"repos": [REPO]})
