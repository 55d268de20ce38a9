"""The checkpoint: how far each list got, who we are there, and what the day cost."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from socialcare.channels.prices import Account
from socialcare.channels.x.posts import raw_ids
from socialcare.channels.x.wire import Listing

MENTION = 1
"""Mills for a post that names our own account; a post of others costs more."""
POST = 5
USER = 10
"""Authors and referenced posts come along, and are counted as if each were charged.

https://docs.x.com/x-api/getting-started/pricing
"""
OWN = 1
"""For a post of our own account, asked for without what it answers or quotes."""


def dearest(price: int) -> int:
    """What a post of a list may cost, with its author; it may answer one post and quote another."""
    return price + USER + 2 * POST


class Book:
    """``users`` are ids by handle; ``lists`` are called ``mentions``, ``answers`` and ``?query``."""

    def __init__(self, checkpoint: Mapping[str, Any] | None, budget: int, now: datetime) -> None:
        data = deepcopy(dict(checkpoint or {}))
        self.users: dict[str, str] = data.get("users", {})
        self.lists: dict[str, dict[str, Any]] = data.get("lists", {})
        self.account = Account(data.get("account"), budget, now)

    def to_json(self) -> dict[str, Any]:
        return deepcopy(
            {"users": self.users, "lists": self.lists, "account": self.account.to_json()}
        )

    def room(self, cost: int, least: int, most: int) -> int | None:
        """How many posts of that cost may be asked for; None where the day has no room for ``least``."""
        size = min(self.account.left // cost, most)
        return size if size >= least else None

    def pay(self, listing: Listing, price: int) -> int:
        """Count a page that came; return what it cost."""
        beside = listing.includes
        account = self.account
        cost = account.pay([f"{price}:{one}" for one in raw_ids(listing.data)], price)
        others = raw_ids([*beside.tweets, *beside.posts])
        cost += account.pay([f"{POST}:{one}" for one in others], POST)
        return cost + account.pay([f"u:{one}" for one in raw_ids(beside.users)], USER)
