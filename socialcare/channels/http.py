"""The only way to the network.

One :class:`Http` a process, one :class:`Session` a channel. A session asks, waits,
tries again and gives up within its budget; whatever goes wrong comes out as a
``ChannelError`` that is fit to be shown: cleaned, without queries, without secrets.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Collection, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpx

from socialcare import __version__
from socialcare.channels.addresses import Params, host_and_port, origin, parse_url
from socialcare.channels.answer import Answer, Session
from socialcare.channels.limits import HostTurns
from socialcare.channels.session import Budget, HttpSession, Wire
from socialcare.channels.transport import GuardedBackend, GuardedTransport
from socialcare.clock import Clock
from socialcare.errors import ConfigError
from socialcare.text import for_screen

__all__ = ["Answer", "Budget", "Http", "Params", "Session", "host_and_port"]

REQUEST_S = 20.0


class Http:
    """The process's connections: one client, one TLS context, usable from many threads.

    ``allowed`` are the (host, port) pairs written in the config: they may be inner
    addresses, all others must be public. ``proxy`` is an ``http://`` address.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        allowed: Collection[tuple[str, int]] = (),
        proxy: str | None = None,
        request_s: float = REQUEST_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        through = _proxy_url(proxy)
        by_proxy = () if through is None else (origin(through)[1:],)
        backend = GuardedBackend({(host.lower(), port) for host, port in (*allowed, *by_proxy)})
        tls = tls or httpx.create_ssl_context(trust_env=False)
        self._client = httpx.Client(
            transport=GuardedTransport(backend, tls, through),
            trust_env=False,
            timeout=None,  # noqa: S113 - the backend caps every step with what is left
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": f"socialcare/{__version__}", "Accept-Encoding": "gzip"},
        )
        self._wire = Wire(clock, self._client, backend, HostTurns(clock), request_s)
        for name in ("httpx", "httpcore"):  # their lines show addresses with their queries
            logging.getLogger(name).setLevel(logging.WARNING)

    def session(
        self,
        name: str,
        *,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        credentials: Mapping[str, str] | None = None,
        follow: bool = False,
        allow_hosts: Collection[str] = (),
        budget: Budget | None = None,
        spacing_s: float = 0.0,
        hidden: Collection[str] = (),
    ) -> Session:
        """Build a channel's session; nothing is sent yet.

        ``token`` is a bearer token, ``credentials`` are headers that are secret; both
        stay with the origin of ``base_url``. ``allow_hosts`` are further hosts that a
        session with credentials may ask, without them. ``follow`` allows redirects,
        only without credentials. ``spacing_s`` is the pause between requests to a host.
        ``hidden`` are secrets that stand in the addresses themselves: they stay with the
        origin of ``base_url`` as well, and out of every message.

        Raises
        ------
        ConfigError
            ``base_url`` is no address.

        """
        secret = {"Authorization": f"Bearer {token.strip()}"} if token else {}
        secret |= {key: value.strip() for key, value in (credentials or {}).items()}
        return HttpSession(
            name=for_screen(name, one_line=True),
            wire=self._wire,
            base=_base(name, base_url),
            headers=headers or {},
            credentials=secret,
            follow=follow,
            allow_hosts=frozenset(host.lower() for host in allow_hosts),
            budget=budget or Budget(self._wire.clock),
            spacing_s=spacing_s,
            hidden=tuple(hidden),
        )

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _base(name: str, base_url: str) -> httpx.URL:
    try:
        return parse_url(base_url)
    except ValueError as error:
        raise ConfigError(
            f"[channels.{name}] base_url is no address that can be read: {error}.",
            'write it like base_url = "https://mastodon.example"',
        ) from None


def _proxy_url(proxy: str | None) -> httpx.URL | None:
    """The one place where an address may carry user and password."""
    if proxy is None:
        return None
    try:
        url = httpx.URL(proxy)
        is_plain = parse_url(str(url.copy_with(userinfo=b""))).scheme == "http"
    except (httpx.InvalidURL, ValueError):
        is_plain = False
    if not is_plain:
        raise ConfigError(
            "[network] proxy is not an http:// address.",
            'write it like proxy = "http://proxy.example:3128"',
        )
    return url
