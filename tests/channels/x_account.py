"""X as an account sees it: tokens that rotate, and a sign-in that ends when one comes twice."""

from __future__ import annotations

from functools import partial
from urllib.parse import parse_qs

from socialcare.channels.base import Setup
from socialcare.channels.x import X
from socialcare.settings import Brand
from socialcare.testing import NOW, Item
from tests.channels.cases.x import OWN, user
from tests.channels.x_service import MENTIONS, listing, says

TOKEN_PATH = "/2/oauth2/token"
ANSWERS = f"/2/users/{OWN}/tweets"
GIVEN = "refresh-token-given-0"


class Account:
    """The account ``@acme`` on a server; ``refresh`` is the token that counts."""

    def __init__(self, server, http=None, clock=None):
        self.server, self._http, self._clock = server, http, clock
        self.refresh: str | None = GIVEN
        self.access: set[str] = set()
        self.given_out: set[str] = set()
        self.renewed = 0
        self.forms: list[dict[str, str]] = []
        self.lose = False
        """The next answer to a renewal never comes."""
        server[TOKEN_PATH] = self.renew
        server["/2/users/by/username/acme"] = self.guarded(lambda: {"data": user(OWN)})
        server["/2/users/me"] = self.guarded(lambda: {"data": user(OWN)})
        server[MENTIONS] = self.guarded(lambda: listing(Item("1", NOW)))
        server["/2/tweets"] = self.guarded(lambda: listing(Item("1", NOW)))
        server[ANSWERS] = self.guarded(listing)

    def renew(self, line):
        self.forms.append({k: v[0] for k, v in parse_qs(line.request.body.decode()).items()})
        if self.forms[-1].get("refresh_token") != self.refresh:
            self.refresh, self.access = None, set()
            said = "Value passed for the token was invalid."
            body = {"error": "invalid_request", "error_description": said}
            says(body, status="400 Bad Request")(line)
            return
        self.renewed += 1
        access, self.refresh = f"access-token-{self.renewed}", f"refresh-token-{self.renewed}"
        self.access = {access}
        self.given_out |= {access, self.refresh}
        if self.lose:
            self.lose = False
            line.close()
            return
        pair = {"access_token": access, "refresh_token": self.refresh}
        says({"token_type": "bearer", "expires_in": 7200, "scope": "tweet.read", **pair})(line)

    def guarded(self, answer):
        def answered(line):
            token = line.request.headers.get("authorization", "").removeprefix("Bearer ")
            if token in self.access:
                says(answer())(line)
            else:
                says({"title": "Unauthorized", "detail": token}, status="401 Unauthorized")(line)

        return answered

    def channel(
        self,
        tokens,
        *,
        client="client-of-acme",
        secret=None,
        token=None,
        given=GIVEN,
        base_url=None,
    ):
        return X(
            Setup(
                name="x",
                options={
                    "user": "@acme",
                    "budget_per_day": 10,
                    "base_url": base_url or self.server.url,
                    **({"client_id": client} if client else {}),
                },
                connect=partial(self._http.session, "x"),
                clock=self._clock,
                brand=Brand(name="Acme"),
                secret={"refresh_token": given, "client_secret": secret, "token": token}.get,
                tokens=tokens,
            )
        )
