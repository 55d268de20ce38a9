"""Reddit: a search for posts, with a refresh token."""

from __future__ import annotations

from socialcare.channels.reddit import Reddit
from socialcare.testing import Case, Params
from tests.channels.cases.reddit import ACCOUNT, SECRETS, UNASKED, Listings


class Hits(Listings):
    path = "/search"

    def answer(self, path: str, params: Params) -> object:
        if path == self.path:
            assert (params["q"], params["sort"]) == (['"Acme"'], ["new"])
        return super().answer(path, params)


def case() -> Case:
    secrets = {"client_secret": SECRETS["client_secret"], "refresh_token": "refresh-of-acme-1234"}
    options = {"client_id": ACCOUNT["client_id"], "query": '"Acme"', "inbox": False}
    return Case(Reddit, Hits(), options, secrets=secrets, account="u/acme_care", excuses=UNASKED)
