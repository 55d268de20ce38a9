"""A channel that somebody else wrote: the whole of what a new channel needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

import msgspec

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.channels.decode import decode_items
from socialcare.clock import from_epoch
from socialcare.models import Author, Mention


class Postcard(msgspec.Struct):
    number: int
    written: int
    sender: str
    words: str


class Postcards(msgspec.Struct):
    cards: list[msgspec.Raw]
    last: int


def to_mention(card: Postcard, channel: str) -> Mention:
    return Mention(
        channel=channel,
        source="toy",
        external_id=str(card.number),
        author=Author(card.sender, card.sender),
        text=card.words,
        created_at=from_epoch(card.written),
    )


class Toy(Channel):
    """Postcards are numbered: the checkpoint is the number of the last one that was read."""

    type: ClassVar[str] = "toy"

    def __init__(self, setup: Setup) -> None:
        self._name = setup.name
        self._http = setup.connect(base_url=str(setup.options["base_url"]))

    @property
    def source(self) -> str:
        return self.type

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        after = checkpoint["after"] if checkpoint else 0
        oldest = int(since.timestamp())
        while True:
            answer = self._http.get("/cards", {"after": after, "since": oldest})
            found = answer.decode(Postcards)
            cards, broken = decode_items(found.cards, Postcard, where="$.cards")
            again = found.last == after
            after = found.last
            yield Page(
                [to_mention(card, self._name) for card in cards],
                {"after": after},
                broken,
                possibly_missed="the same cards came twice" if again and found.cards else None,
            )
            if again:
                return
