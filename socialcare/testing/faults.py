"""What a service says instead of an answer, and which error that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    GoneError,
    RateLimitError,
    UnavailableError,
)


class Fault(Exception):  # noqa: N818 - an answer, which only travels as an exception
    """An answer other than 200, or one that is no JSON."""

    def __init__(self, status: int, body: bytes = b"", headers: Mapping[str, str] = {}) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers


@dataclass(frozen=True)
class Asked:
    """A request as it came. ``url`` is path and query, as on the wire."""

    url: str
    method: str = "GET"
    body: bytes = b""


class Refusal(NamedTuple):
    """A fault of a service in its own words, and the errors that may come of it."""

    fault: Fault
    errors: tuple[type[ChannelError], ...]


REFUSALS: Mapping[str, Refusal] = {
    "401": Refusal(Fault(401, b"{}"), (AuthError,)),
    "403": Refusal(Fault(403, b"{}"), (AuthError, ChannelError)),
    "404": Refusal(Fault(404, b"{}"), (GoneError,)),
    "429": Refusal(Fault(429, b"{}", {"Retry-After": "300"}), (RateLimitError,)),
    "500": Refusal(Fault(500, b"{}"), (UnavailableError,)),
    "503": Refusal(Fault(503, b"{}"), (UnavailableError,)),
    "half of an answer": Refusal(Fault(200, b'{"hits": [{"obj'), (BadAnswerError,)),
    "a page for people": Refusal(Fault(200, b"<html>a login page</html>"), (BadAnswerError,)),
    "something else": Refusal(Fault(200, b'"a text"'), (BadAnswerError,)),
}
"""How most services say it; ``Service.refusals`` says otherwise, and more."""
