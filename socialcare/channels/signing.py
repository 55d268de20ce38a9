"""Tokens that are signed with a private key, and the tokens that are got for those.

The library that signs comes with the extra ``stores``, and is imported when something is
signed: not for reading what an earlier run has kept.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from socialcare.channels.addresses import is_loopback
from socialcare.channels.answer import Answer
from socialcare.channels.base import TokenCache
from socialcare.channels.options import Options
from socialcare.clock import Clock, format_time, parse_time
from socialcare.errors import AuthError, ConfigError
from socialcare.text import for_screen

SPARE = timedelta(minutes=1)
"""How long before its end a token is not used any more."""
_PEM = re.compile(r"-----BEGIN ([A-Z ]{1,40})-----([A-Za-z0-9+/=\s]+)-----END \1-----")

Algorithm = Literal["RS256", "ES256"]


@dataclass(frozen=True, slots=True)
class Key:
    """A private key as PEM; ``id`` is what the service calls it."""

    pem: str = field(repr=False)
    id: str
    algorithm: Algorithm
    where: str
    """The option it comes from, for messages."""


class Fresh(NamedTuple):
    token: str
    until: datetime


def pem_of(text: str) -> str | None:
    """A key in PEM with its lines as they have to be; secrets are kept in one line."""
    match = _PEM.search(text.replace("\\n", "\n"))
    if match is None:
        return None
    lines = textwrap.wrap("".join(match[2].split()), 64)
    return "\n".join((f"-----BEGIN {match[1]}-----", *lines, f"-----END {match[1]}-----", ""))


def sign(channel: str, claims: Mapping[str, object], key: Key) -> str:
    """A signed JWT.

    Raises
    ------
    ConfigError
        The extra is not installed.
    AuthError
        The key is none of that kind.

    """
    try:
        import jwt

        return jwt.encode(dict(claims), key.pem, key.algorithm, headers={"kid": key.id})
    except (ImportError, NotImplementedError):  # without cryptography it knows no such algorithm
        raise ConfigError(
            f"{_name(channel)}: signing in there needs a library that is not installed.",
            "pip install 'socialcare[stores]'",
        ) from None
    except Exception:  # noqa: BLE001 - readers of keys raise what they like, and may quote the key
        raise AuthError(
            f"{_name(channel)}: the {key.where} cannot be used to sign ({key.algorithm}).",
            f"download it again, then: socialcare channel login {_name(channel)}",
        ) from None


def _name(channel: str) -> str:
    return for_screen(channel, one_line=True, limit=60)


class Access:
    """The token of one account, made when it is needed and kept between runs.

    ``whose`` tells one account and key from another: what was kept for others is not used.
    """

    def __init__(
        self, cache: TokenCache, clock: Clock, whose: str, make: Callable[[], Fresh]
    ) -> None:
        self._cache, self._clock, self._make = cache, clock, make
        self._whose = hashlib.sha256(whose.encode()).hexdigest()
        self._token: str | None = None

    def unquoted(self, answer: Answer) -> Answer:
        """An answer that does not quote the token: messages cut texts, and half of one is no less."""
        if not self._token:
            return answer
        return replace(answer, body=answer.body.replace(self._token.encode(), b"***"))

    def asked(self, ask: Callable[[Mapping[str, str]], Answer]) -> Answer:
        """Ask with the headers of the token; once more with a new one where it is refused."""
        token = self._kept() or self._renewed(None)
        answer = ask(self._headers(token))
        if answer.status == 401:
            answer = ask(self._headers(self._renewed(token)))
        return answer

    def _headers(self, token: str) -> dict[str, str]:
        self._token = token
        return {"Authorization": f"Bearer {token}"}

    def _renewed(self, spent: str | None) -> str:
        with self._cache.locked():
            kept = self._kept()
            if kept and kept != spent:
                return kept  # somebody else was faster
            token, until = self._make()
            self._cache.write({"access": token, "until": format_time(until), "for": self._whose})
            return token

    def _kept(self) -> str | None:
        kept = self._cache.read()
        if kept.get("for") != self._whose or not kept.get("access"):
            return None
        until = _moment(kept.get("until", ""))
        return kept["access"] if until and until - SPARE > self._clock.now() else None


def _moment(text: str) -> datetime | None:
    try:
        return parse_time(text)
    except ValueError:
        return None


def refuse_plain_http(base_url: str | None, options: Options) -> None:
    """What is signed is as good as a password for an hour: it goes out encrypted, or not at all.

    Raises
    ------
    ConfigError
        ``base_url`` is plain http, and not on this machine.

    """
    if base_url and base_url.lower().startswith("http:") and not is_loopback(_host(base_url)):
        raise options.error("base_url", "has to begin with https://")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
