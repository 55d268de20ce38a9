"""Mastodon: the mentions among the notifications of a token's account."""

from __future__ import annotations

from socialcare.channels.mastodon import Mastodon
from socialcare.testing import Case
from tests.channels.cases.mastodon import Timelines


def case() -> Case:
    return Case(Mastodon, Timelines(), {"server": "mas.to"}, token="of-brand")
