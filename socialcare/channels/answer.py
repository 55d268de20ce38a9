"""What a channel sees of the network: a session that reads and writes, and answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeVar

from socialcare.channels.addresses import Params
from socialcare.channels.decode import decode
from socialcare.errors import BadAnswerError, OutcomeUnknownError

T = TypeVar("T")


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

    wrote: bool = False
    """It answers a call that was made once: something is there, whatever the body says."""
    ahead: timedelta = timedelta()
    """By how much the clock of the service is ahead of ours."""

    def decode(self, into: type[T], *, what: str = "the answer") -> T:
        """Read the body.

        Raises
        ------
        BadAnswerError
            It is not what it should be; with ``wrote`` an OutcomeUnknownError.

        """
        try:
            return self._decoded(into, what)
        except BadAnswerError as error:
            if self.wrote:
                raise OutcomeUnknownError(
                    error.message, "look there before it is sent again"
                ) from None
            raise

    def _decoded(self, into: type[T], what: str) -> T:
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
        """Write: ``content`` as JSON, or a form. Tried once, unless it may be done ``again``.

        Statuses other than 200, 201, 202 and 204 raise, except those in ``allow``.

        Raises
        ------
        OutcomeUnknownError
            It left, and no answer came, or one that says nothing (5xx): it may be done.
        ChannelError
            As with :meth:`get`: it is not done.

        """
