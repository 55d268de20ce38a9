"""Mastodon: full-text search by offset.

Some servers ignore the offset: a short page that comes again is all they have.
"""

from __future__ import annotations

from socialcare.channels.mastodon import Mastodon
from tests.channels.cases.mastodon import Timelines
from tests.channels.contract import Case


def case() -> Case:
    options = {"server": "mas.to", "search": ["acme"], "notifications": False}
    return Case(Mastodon, Timelines(), options, token="of-brand", loops=False)
