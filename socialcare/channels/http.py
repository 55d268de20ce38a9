"""The only way to the network (the transport is being built; the interface stands)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from socialcare.channels.decode import decode

T = TypeVar("T")
Params = Mapping[str, str | int | Sequence[str]]


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

    def decode(self, into: type[T], *, what: str = "the answer") -> T:
        return decode(self.body, into, what=what)


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
