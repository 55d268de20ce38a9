"""A session that asks a fake service without a network, for laws that need many runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from itertools import islice
from urllib.parse import urlencode, urlsplit

from socialcare.channels.base import Channel, Checkpoint, Page, Setup
from socialcare.channels.http import Answer, Params
from socialcare.clock import Clock, FixedClock
from socialcare.errors import UnavailableError
from socialcare.testing import SINCE, Case, Fault, Service

Stored = tuple[list[Page], Checkpoint | None]


class Direct:
    def __init__(self, service: Service) -> None:
        self._service = service

    def get(
        self,
        url: str,
        params: Params | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Answer:
        query = urlencode(params or {}, doseq=True)
        try:
            body = self._service.respond(f"{urlsplit(url).path}?{query}")
        except Fault as fault:
            if fault.status not in allow:
                raise UnavailableError(f"{fault.status}", "none") from None
            return Answer(fault.status, {}, fault.body, url)
        return Answer(200, {}, body, url)

    def send(self, method: str, url: str, content: object = None, **_: object) -> Answer:
        raise AssertionError(f"reading writes nothing: {method} {url} {content}")


def channel(case: Case, clock: Clock) -> Channel:
    """A fresh channel of a case, as every run of the program makes one."""
    connect: Callable[..., Direct] = lambda **_: Direct(case.service)  # noqa: E731
    secret = {"token": case.token, **case.secrets}.get
    return case.channel(Setup("c", case.options, connect, clock, case.brand, secret))


def run(case: Case, now: datetime, checkpoint: Checkpoint | None, stop: int | None) -> Stored:
    """One run of at most ``stop`` pages, and the checkpoint that is stored by then."""
    got = list(islice(channel(case, FixedClock(now)).pages(checkpoint, SINCE), stop))
    for page in got:
        checkpoint = json.loads(json.dumps(page.checkpoint))
    return got, checkpoint
