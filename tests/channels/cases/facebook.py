"""Facebook: the comments below one post of our Page, newest first, by cursors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from socialcare.channels.meta.facebook import Facebook
from socialcare.clock import format_time
from socialcare.errors import AuthError, BadAnswerError, GoneError, RateLimitError, UnavailableError
from socialcare.testing import (
    NOW,
    Asked,
    Case,
    Fault,
    Item,
    Kept,
    Params,
    PostingService,
    Refusal,
)

TOKEN = "EAAToken-of-acme-1234"
OWN = "100200300"
ANA = "700800900"
POST = f"{OWN}_555"
PRIVATE = "can_reply_privately"
POSTED = NOW - timedelta(days=9)


def refusal(code: int, subcode: int = 0, message: str = "No.", **more: Any) -> bytes:
    error = {"message": message, "type": "OAuthException", "code": code, **more}
    if subcode:
        error["error_subcode"] = subcode
    return json.dumps({"error": error}).encode()


USED_UP = json.dumps({OWN: [{"type": "pages", "estimated_time_to_regain_access": 19}]})


class Graph(PostingService):
    """The parts of the Graph API that both channels ask. A cursor is the id of an item."""

    has_cursors = True
    version: ClassVar[str] = "/v26.0/"
    refusals: ClassVar[Mapping[str, Refusal]] = {
        "the token has expired": Refusal(Fault(400, refusal(190, 463)), (AuthError,)),
        "the token is bad": Refusal(Fault(401, refusal(190)), (AuthError,)),
        "a permission is missing": Refusal(Fault(403, refusal(200)), (AuthError,)),
        "too fast": Refusal(
            Fault(400, refusal(32), {"X-Business-Use-Case-Usage": USED_UP}), (RateLimitError,)
        ),
        "too fast, with 403": Refusal(Fault(403, refusal(4)), (RateLimitError,)),
        "this time": Refusal(Fault(400, refusal(2, is_transient=True)), (UnavailableError,)),
        "a bad parameter": Refusal(Fault(400, refusal(100)), (BadAnswerError,)),
        "no such path": Refusal(Fault(404, refusal(2500)), (BadAnswerError, GoneError)),
    }

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []

    def answer(self, path: str, params: Params) -> object:
        assert "access_token" not in params
        assert path.startswith(self.version), path
        if "ids" in params:
            return {one: self.node(one, params) for one in params["ids"][0].split(",")}
        return self.node(path.removeprefix(self.version), params)

    def node(self, path: str, params: Params) -> Any:
        raise NotImplementedError

    def newest(self) -> list[Item]:
        return sorted(self.items, key=lambda item: (item.at, item.id), reverse=True)

    def listed(
        self, items: Sequence[Item], params: Params, make: Callable[[Item], Any], most: int
    ) -> Any:
        """One page. The address of the next one holds the token, as it does there."""
        asked = int(params["limit"][0])
        assert asked <= most
        start = self.place(items, params["after"][0]) if "after" in params else 0
        page = self.covered(items[start:], asked)
        answer: dict[str, Any] = {"data": [make(item) for item in self.shown(page)]}
        if not page:
            return answer
        answer["paging"] = {"cursors": {"before": f"c{page[0].id}", "after": f"c{page[-1].id}"}}
        if start + len(page) < len(items):
            query = f"access_token={TOKEN}&limit={asked}&after=c{page[-1].id}"
            answer["paging"]["next"] = f"https://graph.facebook.com/v26.0/x?{query}"
        return answer

    def place(self, items: Sequence[Item], cursor: str) -> int:
        """Behind its item; where that is gone, the cursor is too."""
        for n, item in enumerate(items):
            if f"c{item.id}" == cursor:
                return n + 1
        raise Fault(400, refusal(100, message="Invalid cursor."))

    def find_item(self, own_id: str) -> Item:
        for item in self.items:
            if item.id == own_id:
                return item
        raise Fault(400, refusal(100, 33, "Unsupported get request."))

    def keep(self, text: str, parent: str) -> dict[str, Any]:
        made = f"{9000 + len(self.replies)}"
        self.replies.append(Kept(made, text, parent))
        return {"id": made}

    def tell(self, text: str, who: str) -> dict[str, str]:
        """A private reply, which stands in a conversation."""
        self.messages.append(message(f"m_{len(self.messages)}", text, who))
        self.replies.append(Kept(self.messages[-1]["id"], text, private=True))
        return {"recipient_id": ANA, "message_id": self.messages[-1]["id"]}

    def reply_id(self, external_id: str) -> str:
        return external_id.removeprefix("message:")

    def kept(self, own_id: str) -> Kept | None:
        return next((one for one in self.replies if one.id == own_id), None)

    def take_away(self, own_id: str) -> dict[str, bool]:
        self.replies = [one for one in self.replies if one.id != own_id]
        return {"success": True}

    def write(self, asked: Asked) -> object:
        path = urlsplit(asked.url).path.removeprefix(self.version)
        if asked.method == "DELETE":
            return self.take_away(path)
        parent, _, edge = path.partition("/")
        form = {key: values[0] for key, values in parse_qs(asked.body.decode()).items()}
        return self.post(parent, edge, form, asked.body)

    def post(self, parent: str, edge: str, form: Mapping[str, str], body: bytes) -> object:
        raise NotImplementedError


class PageGraph(Graph):
    """A Page with one post. ``posts`` are others in its feed, ``tags`` those that tag it."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[dict[str, Any]] = []
        self.tags: list[dict[str, Any]] = []
        self.changed: datetime | None = None
        self.private: bool | None = True

    def node(self, path: str, params: Params) -> Any:
        lists = {
            "acme": {"id": OWN, "name": "Acme", "username": "acme"},
            "me": {"id": OWN},
            f"{OWN}/feed": {"data": [*self.posts, self.own_post()]},
            f"{OWN}/tagged": {"data": self.tags},
            f"{OWN}/conversations": {"data": [{"id": "t_1", "messages": {"data": self.messages}}]},
        }
        if path in lists:
            return lists[path]
        if path == f"{POST}/comments":
            assert params["filter"] == ["stream"]
            assert params["order"] == ["reverse_chronological"]
            return self.listed(self.newest(), params, comment, 100)
        own_id, _, edge = path.partition("/")
        if edge == "comments":
            return {"data": [own_comment(one) for one in self.replies if one.made == own_id]}
        if params["fields"] == [PRIVATE]:
            may = self.private and not self.messages
            return {"id": path} if self.private is None else {PRIVATE: may}
        if found := self.kept(path):
            return own_comment(found)
        return comment(self.find_item(path))

    def post(self, parent: str, edge: str, form: Mapping[str, str], body: bytes) -> object:
        if edge == "comments":
            made = self.keep(form["message"], parent)
            return {**made, "permalink_url": own_comment(self.replies[-1])["permalink_url"]}
        assert (parent, edge) == (OWN, "messages")
        sent = json.loads(body)
        return self.tell(sent["message"]["text"], OWN)

    def aside(self, url: str) -> bool:
        return f"/{POST}/comments?" not in url

    def own_post(self) -> dict[str, Any]:
        changed = self.changed or max((item.at for item in self.items), default=POSTED)
        post = visitor_post(POST, POSTED, "Our new boots", OWN)
        post["updated_time"] = written(changed)
        post["comments"] = {"data": [], "summary": {"total_count": len(self.items)}}
        return post


def written(moment: datetime) -> str:
    """As Meta writes it: seconds, and a zone without a colon."""
    return f"{format_time(moment)[:19]}+0000"


def visitor_post(own_id: str, at: datetime, text: str, who: str | None = ANA) -> dict[str, Any]:
    post: dict[str, Any] = {
        "id": own_id,
        "message": text,
        "created_time": written(at),
        "permalink_url": f"https://www.facebook.com/{own_id.replace('_', '/posts/')}",
    }
    if who:
        post["from"] = {"id": who, "name": "Acme" if who == OWN else "Ana Lima"}
    return post


def comment(item: Item) -> dict[str, Any]:
    found = {
        "id": item.id,
        "message": item.text,
        "created_time": written(item.at),
        "from": {"id": ANA, "name": "Ana Lima"},
        "permalink_url": f"https://www.facebook.com/acme/posts/555?comment_id={item.id}",
        "like_count": 1,
        "comment_count": 0,
    }
    if item.broken:
        found["created_time"] = "yesterday"
    return found


def own_comment(kept: Kept) -> dict[str, Any]:
    found = comment(Item(kept.id, NOW, kept.text))
    return {**found, "from": {"id": OWN, "name": "Acme"}}


def message(own_id: str, text: str, who: str = OWN) -> dict[str, Any]:
    return {"id": own_id, "message": text, "created_time": written(NOW), "from": {"id": who}}


def case() -> Case:
    return Case(Facebook, PageGraph(), {"page": "acme"}, TOKEN, account="Acme")
