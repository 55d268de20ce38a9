"""One channel's way to the network: ask, wait, try again, give up in time."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import httpx

from socialcare.channels.addresses import (
    Params,
    below,
    is_loopback,
    links,
    origin,
    shown,
)
from socialcare.channels.answer import Answer
from socialcare.channels.body import read_body
from socialcare.channels.call import DONE, Call, Content, next_url
from socialcare.channels.failures import (
    PERMANENT,
    REDIRECTS,
    Asked,
    TryAgain,
    answered,
    explained,
    failure,
    later,
    out_of_time,
)
from socialcare.channels.limits import MAX_WAIT_S, HostTurns, clock_ahead
from socialcare.channels.transport import Deadline, GuardedBackend
from socialcare.channels.words import fit_to_show, own_words, redacted
from socialcare.clock import Clock
from socialcare.errors import ChannelError, RefusedError

CHANNEL_S = 60.0
TRIES = 5
FIRST_WAIT_S = 0.5
"""Doubles with every try; half of it is left to chance."""
MAX_HOPS = 3
NO_BODY = frozenset({204, 304})
"""Their headers may still tell the length and coding of what is not sent."""

_CREDENTIAL = re.compile(r"auth|cookie|token|secret|api-?key", re.IGNORECASE)


class Budget(Deadline):
    """The time of one channel, from now on: all its requests and waits together."""

    def __init__(self, clock: Clock, seconds: float = CHANNEL_S) -> None:
        super().__init__(clock, seconds)


@dataclass(frozen=True, slots=True)
class Wire:
    """What all sessions of a process share."""

    clock: Clock
    client: httpx.Client
    backend: GuardedBackend
    turns: HostTurns
    request_s: float


@dataclass(frozen=True, slots=True)
class HttpSession:
    """A :class:`~socialcare.channels.answer.Session` over real connections; made by :meth:`Http.session`."""

    wire: Wire
    name: str
    base: httpx.URL
    headers: Mapping[str, str]
    credentials: Mapping[str, str]
    follow: bool
    allow_hosts: frozenset[str]
    budget: Budget
    spacing_s: float
    hidden: Collection[str] = ()

    def get(
        self,
        url: str,
        params: Params | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Answer:
        return self._told(url, params, headers or {}, Content(), allow={200, *allow}, once=False)

    def send(
        self,
        method: str,
        url: str,
        content: object = None,
        *,
        form: Mapping[str, str] | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
        again: bool = False,
    ) -> Answer:
        sent = Content(method, content, form)
        return self._told(url, params, headers or {}, sent, allow={*DONE, *allow}, once=not again)

    def _told(
        self,
        url: str,
        params: Params | None,
        headers: Mapping[str, str],
        content: Content,
        *,
        allow: Collection[int],
        once: bool,
    ) -> Answer:
        secrets = [*self.credentials.values(), *self.hidden]
        try:
            target = self._target(url, params)
            own, more = self._headers(target, {**headers, **content.type})
            secrets += own.values()
            call = Call(target, own, more, allow, content.method, content.body, once)
            return self._tries(call)
        except ChannelError as error:
            fit_to_show(error, secrets)
            raise

    def _target(self, url: str, params: Params | None) -> httpx.URL:
        try:
            target = below(self.base, url, params)
        except ValueError as error:
            raise RefusedError(
                f"{self.name}: an address that cannot be asked: {error}.",
                f"try it alone: socialcare channel test {self.name}",
            ) from None
        foreign = origin(target) != origin(self.base)
        secret = self.credentials or self.hidden
        if foreign and secret and target.host.lower() not in self.allow_hosts:
            raise RefusedError(
                f"{self.name}: {self._shown(target)} belongs to somebody else than {shown(self.base)}.",
                f"try it alone: socialcare channel test {self.name}",
            )
        return target

    def _headers(
        self, target: httpx.URL, headers: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """The secret headers for a target, none for another origin, and the others."""
        given = {**self.headers, **headers}
        own = {**self.credentials, **{k: v for k, v in given.items() if _CREDENTIAL.search(k)}}
        more = {k: v for k, v in given.items() if k not in own}
        if origin(target) != origin(self.base):
            return {}, more
        if (own or self.hidden) and target.scheme == "http" and not is_loopback(target.host):
            raise RefusedError(
                f"{self.name}: the token would travel unencrypted to {self._shown(target)}.",
                f"write https:// in base_url of [channels.{self.name}]",
            )
        return own, more

    def _tries(self, call: Call) -> Answer:
        for tried in range(1, TRIES + 1):
            if self.budget.left() <= 0:
                raise out_of_time(self._asked(call.target, call), "nothing more was asked")
            try:
                return self._follow(call)
            except TryAgain as again:
                if call.once:
                    raise again.error from None
                self._pause(tried, again, call)
        raise AssertionError("the last pause raises")

    def _pause(self, tried: int, again: TryAgain, call: Call) -> None:
        """Wait before the next try; raise what went wrong where there is no next one."""
        asked = again.asked or 0.0
        longest = FIRST_WAIT_S * 2 ** (tried - 1)
        wait = max(asked, longest * random.uniform(0.5, 1.0))  # noqa: S311 - a wait, no secret
        last = tried == TRIES or self.spacing_s > MAX_WAIT_S
        if not last and wait < self.budget.left():
            self.wire.clock.sleep(min(wait, MAX_WAIT_S))
            return
        if asked > self.budget.left():
            raise later(self._asked(call.target, call), asked) from None
        raise again.error from None

    def _follow(self, call: Call) -> Answer:
        """One try: a request and, where that is allowed, the redirects that it leads to."""
        url, permanent, deadline = call.target, True, None
        for hop in range(MAX_HOPS + 1):
            asked = self._asked(url, call)
            with explained(asked), self._turn(url, hop), answered(asked, once=call.once):
                deadline = deadline or Deadline(
                    self.wire.clock, min(self.wire.request_s, self.budget.left())
                )
                with self._exchange(url, call, deadline) as response:
                    if not self._is_hop(response, call):
                        return self._answer(response, asked, call, moved=hop > 0 and permanent)
                    permanent = permanent and response.status_code in PERMANENT
                    url = next_url(url, response, asked)
        raise RefusedError(
            f"{self.name}: {self._shown(call.target)} redirects more than {MAX_HOPS} times.",
            f"check the address in the config, then: socialcare channel test {self.name}",
        )

    def _turn(self, url: httpx.URL, hop: int) -> AbstractContextManager[None]:
        _, host, port = origin(url)
        return self.wire.turns.turn(
            (host, port), patience=self.budget.left(), spacing_s=self.spacing_s, hop=hop > 0
        )

    @contextmanager
    def _exchange(self, url: httpx.URL, call: Call, deadline: Deadline) -> Iterator[httpx.Response]:
        """Send one request and hand over its answer before the body is read."""
        headers = {**call.more, **call.own}
        encoded = [
            (key.encode(), value.encode("utf-8", "replace")) for key, value in headers.items()
        ]
        client = self.wire.client
        with self.wire.backend.within(deadline):
            request = client.build_request(call.method, url, headers=encoded, content=call.body)
            response = client.send(request, stream=True)
            try:
                yield response
            finally:
                response.close()

    def _is_hop(self, response: httpx.Response, call: Call) -> bool:
        """With credentials, or with something to post, nothing is followed, wherever it leads."""
        status, follow = response.status_code, self.follow and call.method == "GET"
        return (
            follow
            and not (call.own or self.hidden)
            and status in REDIRECTS
            and status not in call.allow
        )

    def _answer(self, response: httpx.Response, asked: Asked, call: Call, *, moved: bool) -> Answer:
        status, headers, url = response.status_code, dict(response.headers.items()), response.url
        if status not in call.allow:
            said = own_words(response, [*call.own.values(), *self.hidden])
            raise failure(asked, status, headers, said, once=call.once)
        bare = status in NO_BODY
        return Answer(
            status=status,
            headers=headers,
            body=b"" if bare else read_body(response.iter_raw(), headers.get),
            url=str(url),
            moved_to=str(url) if moved and status in {200, 304} else None,
            links=links(headers.get("link", ""), url),
            channel=self.name,
            wrote=call.once,
            ahead=clock_ahead(headers, asked.now),
        )

    def _asked(self, url: httpx.URL, call: Call) -> Asked:
        does = "read" if call.method == "GET" else "post to"
        signed_in = bool(call.own or self.hidden)
        return Asked(self.name, self._bare(url), signed_in, self.wire.clock.now(), does)

    def _shown(self, url: httpx.URL) -> str:
        return shown(self._bare(url))

    def _bare(self, url: httpx.URL) -> httpx.URL:
        """Without what is hidden: messages cut an address, and half a secret is not found again."""
        return httpx.URL(redacted(str(url), self.hidden)) if self.hidden else url
