"""One channel's way to the network: ask, wait, try again, give up in time."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import httpx

from socialcare.channels.addresses import (
    Params,
    below,
    is_loopback,
    links,
    origin,
    parse_url,
    shown,
)
from socialcare.channels.body import read_body
from socialcare.channels.decode import decode
from socialcare.channels.failures import (
    PERMANENT,
    REDIRECTS,
    Asked,
    TryAgain,
    explained,
    failure,
    later,
    out_of_time,
)
from socialcare.channels.limits import MAX_WAIT_S, HostTurns
from socialcare.channels.transport import Deadline, GuardedBackend
from socialcare.channels.words import fit_to_show, own_words
from socialcare.clock import Clock
from socialcare.errors import ChannelError, RefusedError

CHANNEL_S = 60.0
TRIES = 5
FIRST_WAIT_S = 0.5
"""Doubles with every try; half of it is left to chance."""
MAX_HOPS = 3
NO_BODY = frozenset({204, 304})
"""Their headers may still tell the length and coding of what is not sent."""

T = TypeVar("T")
_CREDENTIAL = re.compile(r"auth|cookie|token|secret|api-?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer: header names in lower case, body decoded from its content coding."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    """Where it came from, after redirects."""
    moved_to: str | None = None
    """The new address when every hop of the redirect was permanent."""
    links: Mapping[str, str] = field(default_factory=dict)
    """``Link`` header by ``rel``, absolute, only those of the same origin."""
    channel: str = ""
    """Whose answer it is, for messages."""

    def decode(self, into: type[T], *, what: str = "the answer") -> T:
        return decode(self.body, into, what=f"{self.channel}: {what}" if self.channel else what)


class Session(Protocol):
    """One channel's way to the network: its base address, credentials, deadline and limits."""

    def get(
        self,
        url: str,
        params: Params | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Answer:
        """Fetch, with retries. ``url`` is absolute, or a path below the base address.

        Statuses other than 200 raise, except those in ``allow`` (404 for a post that may
        be gone, 304 for a conditional request).

        Raises
        ------
        ChannelError
            By cause: AuthError, GoneError, RateLimitError, UnavailableError,
            BadAnswerError, RefusedError.

        """


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
    """A :class:`Session` over real connections; made by :meth:`Http.session`."""

    wire: Wire
    name: str
    base: httpx.URL
    headers: Mapping[str, str]
    credentials: Mapping[str, str]
    follow: bool
    allow_hosts: frozenset[str]
    budget: Budget
    spacing_s: float

    def get(
        self,
        url: str,
        params: Params | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Answer:
        secrets = list(self.credentials.values())
        try:
            target = self._target(url, params)
            own, more = self._headers(target, headers or {})
            secrets += own.values()
            return self._tries(_Ask(target, own, more, frozenset(allow)))
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
        if foreign and self.credentials and target.host.lower() not in self.allow_hosts:
            raise RefusedError(
                f"{self.name}: {shown(target)} belongs to somebody else than {shown(self.base)}.",
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
        if own and target.scheme == "http" and not is_loopback(target.host):
            raise RefusedError(
                f"{self.name}: the token would travel unencrypted to {shown(target)}.",
                f"write https:// in base_url of [channels.{self.name}]",
            )
        return own, more

    def _tries(self, ask: _Ask) -> Answer:
        for tried in range(1, TRIES + 1):
            if self.budget.left() <= 0:
                raise out_of_time(self._asked(ask.target, ask), "nothing more was asked")
            try:
                return self._follow(ask)
            except TryAgain as again:
                self._pause(tried, again, ask)
        raise AssertionError("the last pause raises")

    def _pause(self, tried: int, again: TryAgain, ask: _Ask) -> None:
        """Wait before the next try; raise what went wrong where there is no next one."""
        asked = again.asked or 0.0
        longest = FIRST_WAIT_S * 2 ** (tried - 1)
        wait = max(asked, longest * random.uniform(0.5, 1.0))  # noqa: S311 - a wait, no secret
        last = tried == TRIES or self.spacing_s > MAX_WAIT_S
        if not last and wait < self.budget.left():
            self.wire.clock.sleep(min(wait, MAX_WAIT_S))
            return
        if asked > self.budget.left():
            raise later(self._asked(ask.target, ask), asked) from None
        raise again.error from None

    def _follow(self, ask: _Ask) -> Answer:
        """One try: a request and, where that is allowed, the redirects that it leads to."""
        url, permanent, deadline = ask.target, True, None
        for hop in range(MAX_HOPS + 1):
            asked = self._asked(url, ask)
            with explained(asked), self._turn(url, hop):
                deadline = deadline or Deadline(
                    self.wire.clock, min(self.wire.request_s, self.budget.left())
                )
                with self._exchange(url, ask, deadline) as response:
                    if not self._is_hop(response, ask):
                        return self._answer(response, asked, ask, moved=hop > 0 and permanent)
                    permanent = permanent and response.status_code in PERMANENT
                    url = _next_url(url, response, asked)
        raise RefusedError(
            f"{self.name}: {shown(ask.target)} redirects more than {MAX_HOPS} times.",
            f"check the address in the config, then: socialcare channel test {self.name}",
        )

    def _turn(self, url: httpx.URL, hop: int) -> AbstractContextManager[None]:
        _, host, port = origin(url)
        return self.wire.turns.turn(
            (host, port), patience=self.budget.left(), spacing_s=self.spacing_s, hop=hop > 0
        )

    @contextmanager
    def _exchange(self, url: httpx.URL, ask: _Ask, deadline: Deadline) -> Iterator[httpx.Response]:
        """Send one request and hand over its answer before the body is read."""
        headers = {**ask.more, **ask.own}
        encoded = [
            (key.encode(), value.encode("utf-8", "replace")) for key, value in headers.items()
        ]
        client = self.wire.client
        with self.wire.backend.within(deadline):
            response = client.send(client.build_request("GET", url, headers=encoded), stream=True)
            try:
                yield response
            finally:
                response.close()

    def _is_hop(self, response: httpx.Response, ask: _Ask) -> bool:
        """With credentials nothing is followed, wherever it leads."""
        status = response.status_code
        return self.follow and not ask.own and status in REDIRECTS and status not in ask.allow

    def _answer(self, response: httpx.Response, asked: Asked, ask: _Ask, *, moved: bool) -> Answer:
        status, headers, url = response.status_code, dict(response.headers.items()), response.url
        if status != 200 and status not in ask.allow:
            raise failure(asked, status, headers, own_words(response, ask.own.values()))
        bare = status in NO_BODY
        return Answer(
            status=status,
            headers=headers,
            body=b"" if bare else read_body(response.iter_raw(), headers.get),
            url=str(url),
            moved_to=str(url) if moved and status in {200, 304} else None,
            links=links(headers.get("link", ""), url),
            channel=self.name,
        )

    def _asked(self, url: httpx.URL, ask: _Ask) -> Asked:
        return Asked(self.name, url, bool(ask.own), self.wire.clock.now())


@dataclass(frozen=True, slots=True)
class _Ask:
    """What a call wants. ``own`` headers are secret: where there are any, no redirect is followed."""

    target: httpx.URL
    own: Mapping[str, str]
    more: Mapping[str, str]
    allow: frozenset[int]


def _next_url(url: httpx.URL, response: httpx.Response, asked: Asked) -> httpx.URL:
    location = response.headers.get("location", "").strip()
    try:
        return parse_url(str(url.join(location)) if location else "")
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedError(
            f"{asked.channel}: {asked.url} redirects, but not to a web address: {error}.",
            f"check the address in the config, then: socialcare channel test {asked.channel}",
        ) from None
