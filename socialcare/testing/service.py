"""A service on loopback that speaks the dialect of one channel."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from socialcare.testing.faults import REFUSALS, Asked, Fault, Refusal
from socialcare.testing.server import Given, Wire, serving

Params = Mapping[str, list[str]]


@dataclass(frozen=True)
class Item:
    """A post of the service."""

    id: str
    at: datetime
    text: str = "Acme is late again"
    broken: bool = False
    """It has lost something that is needed."""
    hidden: bool = False
    """It takes its place on a page and does not show: deleted, private, in another language."""


class Service:
    """Subclasses answer in the dialect of their channel; the laws turn what is below.

    ``page_size`` caps a page below what is asked for; ``repeats`` gives every item twice;
    ``disordered`` mixes up the items of a page; ``stuck`` gives the answer to the first
    question again and again. ``faults`` are given, one a request, before any answer;
    ``refused`` is given to every question for a page, and ``wire`` is how those are sent.
    """

    refusals: ClassVar[Mapping[str, Refusal]] = {}
    """What this service says in its own way, on top of :data:`REFUSALS` or in their place."""
    has_cursors: ClassVar[bool] = False
    """Whether an answer tells where the next page begins, so that a page may also be empty."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.page_size: int | None = None
        self.repeats = False
        self.disordered = False
        self.stuck = False
        self.faults: list[Fault] = []
        self.refused: Fault | None = None
        self.wire = Wire.WHOLE
        self.asked: list[str] = []
        self.headers: Mapping[str, str] = {}
        self._first: tuple[bytes, Mapping[str, str]] | None = None

    def answer(self, path: str, params: Params) -> object:
        """The JSON of an answer; ``self.headers`` go with it. A :class:`Fault` is raised."""
        raise NotImplementedError

    def aside(self, url: str) -> bool:  # noqa: ARG002 - a service without such requests
        """Whether a request is not for a page: who am I, and the like."""
        return False

    def item_id(self, external_id: str) -> str:
        """The item behind an id of the channel, where the channel does not take it as it is."""
        return external_id

    def covered(self, items: Sequence[Item], limit: int) -> list[Item]:
        """The items that a page is made of, as many as this service looks at for one."""
        return list(items[: min(limit, self.page_size or limit)])

    def shown(self, page: Sequence[Item]) -> list[Item]:
        """What comes out of them: some hidden, some twice, in another order."""
        seen = [one for one in page if not one.hidden]
        if self.disordered:
            seen = seen[1::2] + seen[::2]
        return [one for item in seen for one in (item, item)] if self.repeats else seen

    def cut(self, items: Sequence[Item], limit: int) -> list[Item]:
        """The first page of ``items``, for a service whose pages do not point to the next."""
        return self.shown(self.covered(items, limit))

    def edit(self, item: Item, text: str) -> None:
        self.items = [replace(one, text=text) if one.id == item.id else one for one in self.items]

    def delete(self, item: Item) -> None:
        self.items = [one for one in self.items if one.id != item.id]

    def all_refusals(self) -> Mapping[str, Refusal]:
        return {**REFUSALS, **self.refusals}

    def respond(self, url: str) -> bytes:
        self.asked.append(url)
        if self.faults:
            raise self.faults.pop(0)
        aside = self.aside(url)
        if self.refused and not aside:
            raise self.refused
        if self.stuck and self._first is not None and not aside:
            body, self.headers = self._first
            return body
        self.headers = {}
        body = json.dumps(self.answer(urlsplit(url).path, parse_qs(urlsplit(url).query))).encode()
        if not aside:
            self._first = body, self.headers
        return body

    def handle(self, asked: Asked) -> Given:
        wire = Wire.WHOLE if self.aside(asked.url) else self.wire
        try:
            body = self.respond(asked.url)
            return Given(200, body, self.headers, wire)
        except Fault as fault:
            return Given(fault.status, fault.body, fault.headers, wire)

    @contextmanager
    def running(self) -> Iterator[str]:
        with serving(self.handle) as url:
            yield url
