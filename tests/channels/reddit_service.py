"""Reddit on loopback: its answers, and channels that ask it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialcare.channels.base import Channel, Page, Setup, TokenCache, TokensInMemory
from socialcare.channels.http import Http
from socialcare.channels.reddit import Reddit
from socialcare.clock import Clock
from socialcare.settings import Brand
from socialcare.testing import ENOUGH, SINCE
from tests.channels.cases.reddit import ACCOUNT, SECRETS, SIGN_IN, listing
from tests.channels.servers import Line, Server

TOKEN = "token-of-acme-1234"
NEW = "/r/CampingGear/new"
COMMENTS = "/r/CampingGear/comments"
INBOX = "/message/inbox"
MENTIONS = "/message/mentions"
INFO = "/api/info"
OURS = "/user/acme_care/comments"
SENT = "/message/sent"


def says(body: object, *headers: str, status: str = "200 OK") -> Callable[[Line], None]:
    return lambda line: line.answer(json.dumps(body).encode(), *headers, status=status)


def in_turn(*answers: Callable[[Line], None]) -> Callable[[Line], None]:
    """The first question gets the first answer, and the last one all that follow."""
    return lambda line: answers[min(line.nth, len(answers)) - 1](line)


def granted(token: str = TOKEN, **more: object) -> dict[str, object]:
    return {"access_token": token, "token_type": "bearer", "expires_in": 3600, **more}


def builder(server: Server, http: Http, clock: Clock) -> Callable[..., Reddit]:
    """Make channels of ``u/acme_care``; every list that a test does not fill is empty."""
    server[SIGN_IN] = says(granted())
    server["/api/v1/me"] = says({"name": "acme_care"})
    for path in (NEW, COMMENTS, INBOX, MENTIONS, OURS, SENT, INFO, "/search"):
        server[path] = says(listing([]))

    def build(
        tokens: TokenCache | None = None,
        secrets: Mapping[str, str] = SECRETS,
        brand: Brand | None = None,
        **options: object,
    ) -> Reddit:
        return Reddit(
            Setup(
                name="reddit",
                options={**ACCOUNT, **options, "base_url": server.url},
                connect=partial(http.session, "reddit"),
                clock=clock,
                brand=brand or Brand(name="Acme"),
                secret=dict(secrets).get,
                tokens=tokens or TokensInMemory(),
            )
        )

    return build


def run(channel: Channel, checkpoint: Any = None) -> tuple[list[Page], Any]:
    got = list(islice(channel.pages(checkpoint, SINCE), ENOUGH))
    for page in got:
        checkpoint = json.loads(json.dumps(page.checkpoint))
    return got, checkpoint


def names(pages: list[Page]) -> list[str]:
    return [mention.external_id for page in pages for mention in page.mentions]


def asked(server: Server, path: str) -> list[dict[str, str]]:
    """The questions of that path, each with its parameters or fields."""
    found = [one for one in server.asked if one.path == path]
    queries = [parse_qs(one.body.decode() or urlsplit(one.target).query) for one in found]
    return [{key: value[0] for key, value in query.items()} for query in queries]
