"""GitHub: issues and comments as an account sees them, and the comments that it writes."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from socialcare.channels.github import GitHub
from socialcare.testing import NOW, Asked, Case, Fault, Item, Params, PostingService
from tests.channels.cases.github import REPO, Hub, comment, user

BELOW = re.compile(rf"/repos/{REPO}/issues/(\d+)/comments")


class SignedIn(PostingService, Hub):
    def aside(self, url: str) -> bool:
        return url == "/user"

    def answer(self, path: str, params: Params) -> object:
        if path == "/user":
            return user("acme-care")
        if BELOW.fullmatch(path):
            return [made(one.id, one.text, NOW) for one in self.replies]
        return super().answer(path, params)

    def write(self, asked: Asked) -> object:
        if asked.method == "DELETE":
            if self.remove_reply(asked.url.rpartition("/")[2]):
                raise Fault(204)
            raise Fault(404, b'{"message": "Not Found"}')
        assert BELOW.fullmatch(asked.url)
        kept = self.put_reply(json.loads(asked.body)["body"])
        return made(kept.id, kept.text, NOW)


def made(id_: str, text: str, at: datetime) -> dict[str, Any]:
    return {**comment(Item(id_, at, text), at), "user": user("acme-care")}


def case() -> Case:
    return Case(GitHub, SignedIn(), {"repos": [REPO]}, token="of-acme-care", account="@acme-care")
