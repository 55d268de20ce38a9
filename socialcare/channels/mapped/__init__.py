"""Any service that answers in JSON, by a mapping in the config: the channel type ``http``.

The keys are described in ``examples/http``. Not to be taken for ``channels/http.py``, the
way to the network of all channels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, NoReturn

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.channels.mapped.calls import Calls, Told, since_values
from socialcare.channels.mapped.config import EXAMPLES, read_plan
from socialcare.channels.mapped.items import Found, Reader
from socialcare.channels.mapped.plan import Request
from socialcare.channels.mapped.turning import ADDRESSES, Place, Turner
from socialcare.channels.mapped.walks import (
    ForwardWalk,
    Way,
    WindowWalk,
    forward_from,
    window_from,
)
from socialcare.errors import UsageError
from socialcare.models import KINDS, Kind

EXPIRED = frozenset({400, 404, 410, 422})
"""How services refuse a cursor that is too old."""
GONE = frozenset({404, 410})
MOST_RECHECKED = 40


class Mapped(Channel):
    type: ClassVar[str] = "http"
    matches: ClassVar[bool] = False
    kinds: ClassVar[tuple[Kind, ...]] = KINDS

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._plan = read_plan(setup)
        self._calls = Calls(setup, self._plan)
        self._reader = Reader(setup.name, self.source, self._plan, setup.clock)
        if self._plan.recheck is not None:
            self.recheck = partial(self._looked_at_again, self._plan.recheck)

    @classmethod
    def from_spec(cls, kind: str, what: str) -> NoReturn:  # noqa: ARG003
        raise UsageError(
            "a channel of the type http cannot be added in one word: it is a mapping, and is "
            "written in the config file.",
            f"{EXAMPLES}; paste one: socialcare config edit",
        )

    @property
    def source(self) -> str:
        """By the name in the config: two lists of one service may count their items alike."""
        return f"{self.type}:{self._setup.name}"

    def pages(self, checkpoint: Checkpoint | None, since: datetime) -> Iterator[Page]:
        """The checkpoint holds how far the walk of each query got, and how pages were turned."""
        paging = self._plan.paging
        turned = f"{paging.style} {paging.order}"
        same = checkpoint is not None and checkpoint["turned"] == turned
        states: Mapping[str, Any] = checkpoint["queries"] if checkpoint and same else {}
        for query in self._plan.queries:
            walk = self._walk(query, states.get(query), since)
            for page in walk.pages():
                states = {**states, query: walk.state.to_json()}
                yield replace(page, checkpoint={"turned": turned, "queries": states})

    def check_access(self) -> str:
        """Ask once for the list; nothing is confirmed by that."""
        now = self._setup.clock.now()
        for query in self._plan.queries[:1]:
            next(self._walk(query, None, now).pages())
        return self._plan.base

    def _looked_at_again(self, request: Request, external_ids: Sequence[str]) -> Page:
        """Known posts one by one, as the config says."""
        found = Found(())
        for external_id in external_ids[:MOST_RECHECKED]:
            told = self._calls.ask(request, {"id": external_id}, allow=GONE)
            if told is None:
                found.gone.append(external_id)
                continue
            path = self._plan.recheck_item
            one = self._reader.read_one(path.find(told.data) if path else told.data)
            found.mentions += one.mentions
            found.broken += one.broken
            found.gone += one.gone
        return Page(found.mentions, broken=found.broken, gone=found.gone)

    def _walk(
        self, query: str, state: Mapping[str, Any] | None, since: datetime
    ) -> ForwardWalk | WindowWalk:
        paging = self._plan.paging
        turner = Turner(paging, self._calls)

        def ask(
            since: datetime, place: Place | None, *, resuming: bool
        ) -> tuple[Told, Found] | None:
            values = {**since_values(since), "query": query}
            at = str(place) if place is not None and paging.style in ADDRESSES else None
            allow = EXPIRED if resuming and place is not None else ()
            more = turner.said(place, values)
            told = self._calls.ask(self._plan.request, values, more, at=at, allow=allow)
            return None if told is None else (told, self._reader.read(told.data))

        way = Way(self._setup.name, paging, turner, ask, self._setup.clock.now())
        if paging.is_forward:
            return ForwardWalk(forward_from(state, since), way)
        return WindowWalk(window_from(state, since), way)
