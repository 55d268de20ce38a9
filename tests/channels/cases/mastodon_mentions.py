"""Mastodon: the mentions among the notifications of a token's account."""

from __future__ import annotations

from socialcare.channels.mastodon import Mastodon
from tests.channels.cases.mastodon import Timelines
from tests.channels.contract import Case


def case() -> Case:
    return Case(Mastodon, Timelines(), {"server": "mas.to"}, token="of-brand")
