"""What the service refuses, and what to do about it.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from socialcare.channels.answer import Answer
from socialcare.channels.decode import decode_items, decode_or_empty
from socialcare.channels.limits import asked_wait
from socialcare.channels.words import fit_to_show
from socialcare.clock import format_time
from socialcare.errors import AuthError, ChannelError, GoneError, RateLimitError, RefusedError
from socialcare.text import for_screen

REFUSING = frozenset({301, 302, 307, 308, 403, 404, 410, 422, 429})
"""Statuses that mean something of their own here; 401 and 5xx are as everywhere."""
MOVED = frozenset({301, 302, 307, 308})
REST = 60.0
"""Seconds of rest after a secondary limit that does not say how long it lasts.

https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""


class Detail(msgspec.Struct):
    message: str = ""
    field: str = ""
    code: str = ""


class Refusal(msgspec.Struct):
    """The body of a failure. ``errors`` holds details, or texts."""

    message: str = ""
    documentation_url: str = ""
    errors: list[msgspec.Raw] = []

    @property
    def words(self) -> str:
        details = [self.message.strip().rstrip(".")]
        found: Sequence[Detail] = decode_items(self.errors, Detail)[0]
        details += [one.message or f"{one.field} {one.code}".strip() for one in found[:3]]
        return ": ".join(part for part in details if part)[:300]

    @property
    def is_limit(self) -> bool:
        """The secondary limit is known by its page, and on older servers by its words alone."""
        return "secondary" in self.documentation_url or "secondary rate" in self.message.lower()


@dataclass(frozen=True, slots=True)
class Refusals:
    """The errors of one channel. ``signed_in``: its token went along."""

    channel: str
    signed_in: bool
    secrets: Sequence[str] = ()

    def error(self, answer: Answer, what: str, now: datetime) -> ChannelError:
        """For an answer with one of :data:`REFUSING`. ``what`` was asked for: ``acme/app``."""
        error = self._error(answer, what, now)
        fit_to_show(error, self.secrets)
        return error

    def is_limit(self, answer: Answer) -> bool:
        """Whether it asks us to slow down; 403 may mean that as well as 429."""
        used_up = answer.headers.get("x-ratelimit-remaining") == "0"
        limited = used_up or "retry-after" in answer.headers or _read(answer).is_limit
        return answer.status == 429 or (answer.status == 403 and limited)

    def _error(self, answer: Answer, what: str, now: datetime) -> ChannelError:
        words = _read(answer).words
        status, said = answer.status, f": {words}" if words else ""
        if self.is_limit(answer):
            return self._slow_down(answer, now)
        if status in MOVED:
            return RefusedError(
                f"{self._name}: {what} has moved on GitHub ({status}).",
                f"open it in a browser and put its new name into [channels.{self._name}]",
            )
        if status == 403:
            return self._not_let_in(what, said)
        if status == 410:
            return GoneError(
                f"{self._name}: {what} is not there any more, or its issues are switched off (410).",
                f"take it out of [channels.{self._name}]: socialcare config edit",
            )
        if status == 404:
            return self._not_found(what)
        return ChannelError(
            f"{self._name}: GitHub does not take {what} ({status}){said}.",
            f"look at [channels.{self._name}]: socialcare config edit",
            code="refused",
        )

    @property
    def _name(self) -> str:
        return for_screen(self.channel, one_line=True, limit=60)

    def _slow_down(self, answer: Answer, now: datetime) -> RateLimitError:
        """A reset is that of the hour's requests: a secondary limit does not wait for it."""
        headers = answer.headers
        told = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
        wait = (asked_wait(headers, now) if told else None) or REST
        not_before = now + timedelta(seconds=wait)
        more = "" if self.signed_in else (
            "; with a token it is 5,000 requests an hour instead of 60:"
            f" socialcare channel login {self._name}"
        )  # fmt: skip
        return RateLimitError(
            f"{self._name}: GitHub is to be left alone until {format_time(not_before)}.",
            f"nothing to do: the first fetch after that goes on where this one stopped{more}",
            not_before=not_before,
        )

    def _not_let_in(self, what: str, said: str) -> ChannelError:
        if self.signed_in:
            return AuthError(
                f"{self._name}: GitHub does not let this token do that with {what} (403){said}.",
                "give it the permission Issues (read; write for answers) for that repository at "
                f"https://github.com/settings/tokens, then: socialcare channel login {self._name}",
            )
        return AuthError(
            f"{self._name}: GitHub does not give {what} without a token (403){said}.",
            f"sign in: socialcare channel login {self._name}",
        )

    def _not_found(self, what: str) -> GoneError:
        """A repository that may not be read is answered as if there were none."""
        whom = "this token may not read it" if self.signed_in else "wants a token"
        return GoneError(
            f"{self._name}: there is no {what} on GitHub, or it is private and {whom} (404).",
            f"check its name; give a token that may read it: socialcare channel login {self._name}",
        )


def _read(answer: Answer) -> Refusal:
    return decode_or_empty(answer.body, Refusal)
