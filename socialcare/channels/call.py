"""One call to a service: what is asked, what goes with it, and whether it may be repeated."""

from __future__ import annotations

import json as json_text
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx

from socialcare.channels.addresses import parse_url
from socialcare.channels.failures import Asked
from socialcare.errors import RefusedError

DONE = frozenset({200, 201, 202, 204})
"""How services say that something was made, changed or taken away."""


@dataclass(frozen=True, slots=True)
class Call:
    """``own`` headers are secret: where there are any, no redirect is followed."""

    target: httpx.URL
    own: Mapping[str, str]
    more: Mapping[str, str]
    allow: Collection[int]
    method: str = "GET"
    body: bytes | None = None
    once: bool = False
    """It may do something: when no answer comes it is not repeated."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is written to a service: ``json``, or the fields of a ``form``."""

    method: str = "GET"
    json: object = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes | None:
        if self.form is not None:
            return urlencode(dict(self.form)).encode()
        return None if self.json is None else json_text.dumps(self.json, allow_nan=False).encode()

    @property
    def type(self) -> Mapping[str, str]:
        if self.form is not None:
            return {"Content-Type": "application/x-www-form-urlencoded"}
        return {} if self.json is None else {"Content-Type": "application/json"}


def next_url(url: httpx.URL, response: httpx.Response, asked: Asked) -> httpx.URL:
    """Where a redirect leads."""
    location = response.headers.get("location", "").strip()
    try:
        return parse_url(str(url.join(location)) if location else "")
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedError(
            f"{asked.channel}: {asked.url} redirects, but not to a web address: {error}.",
            f"check the address in the config, then: socialcare channel test {asked.channel}",
        ) from None
