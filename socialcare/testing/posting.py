"""A service that also keeps what is posted to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from socialcare.testing.faults import Asked, Fault
from socialcare.testing.server import NOW, Given, Wire
from socialcare.testing.service import Item, Service


@dataclass(frozen=True)
class Kept:
    """A reply as the service has it. ``made`` is for what its dialect still has to know of it."""

    id: str
    text: str
    made: Any = field(default=None, compare=False)
    private: bool = False
    """By the record of the service: only whom it answers can read it."""


ANSWERED = Item("1000", NOW - timedelta(hours=1), "@acme is late again")


class PostingService(Service):
    """Replies are kept in ``replies``.

    ``loses`` keeps what is written and ends the connection before it says so;
    ``stumbles`` keeps it and answers 500. ``refuses`` is the answer to whatever is written.
    """

    answered: ClassVar[Item] = ANSWERED
    """The post that is replied to."""
    public: ClassVar[bool] = True
    """Whether it is replied to where everybody reads it; a message is not."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: list[Kept] = []
        self.loses = False
        self.stumbles = False
        self.refuses: Fault | None = None
        self.written: list[Asked] = []

    def write(self, asked: Asked) -> object:
        """Keep a reply or take one away; the JSON of the answer. A :class:`Fault` is raised."""
        raise NotImplementedError

    def put_reply(self, text: str, id_: str | None = None, *, private: bool = False) -> Kept:
        kept = Kept(id_ or f"{9001 + len(self.written)}", text, private=private)
        self.replies.append(kept)
        return self.replies[-1]

    def remove_reply(self, id_: str) -> bool:
        """Whether it was there."""
        there = len(self.replies)
        self.replies = [one for one in self.replies if one.id != id_]
        return len(self.replies) < there

    def writes(self, asked: Asked) -> bool:
        """Whether a request posts or takes away; a sign-in, for one, does not."""
        return asked.method != "GET"

    def handle(self, asked: Asked) -> Given:
        if not self.writes(asked):
            return super().handle(asked)
        self.written.append(asked)
        if self.refuses:
            return Given(self.refuses.status, self.refuses.body, self.refuses.headers)
        try:
            body = json.dumps(self.write(asked)).encode()
        except Fault as fault:
            return Given(fault.status, fault.body, fault.headers)
        if self.stumbles:
            return Given(500, b"{}", {})
        return Given(200, body, {}, Wire.DEAD if self.loses else Wire.WHOLE)

    def reply_id(self, external_id: str) -> str:
        """The reply behind an id of the channel."""
        return self.item_id(external_id)
