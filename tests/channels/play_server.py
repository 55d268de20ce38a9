"""A Google Play on loopback for tests that say themselves what it answers."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from socialcare.channels.base import Setup, TokensInMemory
from socialcare.channels.googleplay import GooglePlay
from socialcare.channels.http import Http
from socialcare.clock import FixedClock
from socialcare.settings import Brand
from socialcare.testing import SINCE
from tests.channels.cases.googleplay import PACKAGE, REVIEWS, TOKEN, service_account
from tests.channels.servers import Server


class Play:
    """The server, and channels that read it."""

    def __init__(self, server: Server, http: Http, clock: FixedClock) -> None:
        self.server, self._http, self._clock = server, http, clock
        self.grants()
        self.gives()

    def grants(self, token: str = TOKEN) -> None:
        body = json.dumps({"access_token": token, "expires_in": 3599}).encode()
        self.server["/token"] = lambda line: line.answer(body)

    def gives(self, *reviews: Any) -> None:
        body = json.dumps({"reviews": reviews}).encode()
        self.server[REVIEWS] = lambda line: line.answer(body)

    def channel(
        self, tokens: TokensInMemory | None = None, secret: str | None = None, **options: Any
    ) -> GooglePlay:
        return GooglePlay(
            Setup(
                name="play",
                options={"package": PACKAGE, "base_url": self.server.url, **options},
                connect=partial(self._http.session, "play"),
                clock=self._clock,
                brand=Brand(name="Acme"),
                secret={"service_account": secret or service_account()}.get,
                tokens=tokens or TokensInMemory(),
            )
        )

    def read(self, *given: Any, **options: Any) -> list[Any]:
        """The mentions of a first run."""
        pages = self.channel(*given, **options).pages(None, SINCE)
        return [one for page in pages for one in page.mentions]
