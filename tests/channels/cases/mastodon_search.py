"""Mastodon: full-text search by offset."""

from __future__ import annotations

from socialcare.channels.mastodon import Mastodon
from socialcare.testing import Case
from tests.channels.cases.mastodon import Timelines


def case() -> Case:
    options = {"server": "mas.to", "search": ["acme"], "notifications": False}
    excuses = {
        "a_cursor_that_comes_twice_is_told": "some servers ignore the offset: a short page that "
        "comes again is all they have"
    }
    return Case(
        Mastodon, Timelines(), options, token="of-brand", account="@brand@mas.to", excuses=excuses
    )
