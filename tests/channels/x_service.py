"""X on loopback: the answers of the service, and channels that ask it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialcare.channels.base import Channel, Page, Setup
from socialcare.channels.http import Http
from socialcare.channels.x import X
from socialcare.clock import Clock
from socialcare.settings import Brand
from socialcare.testing import ENOUGH, SINCE, Item
from tests.channels.cases.x import ANA, OWN, TOKEN, post, user
from tests.channels.servers import Server

MENTIONS = f"/2/users/{OWN}/mentions"
SEARCH = "/2/tweets/search/recent"


def says(body: object, *headers: str, status: str = "200 OK") -> Any:
    return lambda line: line.answer(json.dumps(body).encode(), *headers, status=status)


def listing(*items: Item, token: str | None = None, **more: object) -> dict[str, Any]:
    meta = {"result_count": len(items), **({"next_token": token} if token else {})}
    data = {"data": [post(item) for item in items]} if items else {}
    return {**data, "includes": {"users": [user(ANA)]}, "meta": meta, **more}


def problem(kind: str, detail: str = "No.", **more: object) -> dict[str, object]:
    return {"type": f"https://api.twitter.com/2/problems/{kind}", "detail": detail, **more}


def builder(server: Server, http: Http, clock: Clock) -> Callable[..., X]:
    """Make channels of ``@acme``; its account can be found."""
    server["/2/users/by/username/acme"] = says({"data": user(OWN)})

    def build(token: str | None = TOKEN, **options: object) -> X:
        options = options or {"user": "@acme", "budget_per_day": 10}
        return X(
            Setup(
                name="x",
                options={**options, "base_url": server.url},
                connect=partial(http.session, "x"),
                clock=clock,
                brand=Brand(name="Acme"),
                secret={"token": token}.get,
            )
        )

    return build


def run(channel: Channel, checkpoint: Any = None) -> tuple[list[Page], Any]:
    got = list(islice(channel.pages(checkpoint, SINCE), ENOUGH))
    for page in got:
        checkpoint = json.loads(json.dumps(page.checkpoint))
    return got, checkpoint


def asked(server: Server, path: str) -> list[Mapping[str, str]]:
    queries = [parse_qs(urlsplit(one.target).query) for one in server.asked if one.path == path]
    return [{key: value[0] for key, value in query.items()} for query in queries]
