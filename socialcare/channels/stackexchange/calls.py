"""Asking the API, its quota and its rests.

https://api.stackexchange.com/docs/throttle

Every answer tells what is left of the day's requests: 300 for an address, 10,000 with a
key. Whoever is ahead of an even share of the day rests until the share has caught up, so
that the evening is heard as well as the morning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec

from socialcare.channels import answer as answers
from socialcare.channels.decode import decode_or_empty
from socialcare.channels.http import Session
from socialcare.channels.words import fit_to_show
from socialcare.clock import format_time
from socialcare.errors import AuthError, ChannelError, RateLimitError, UnavailableError
from socialcare.text import for_screen

VERSION = "2.3"
ERRORS = frozenset({400, 401, 402, 403, 404, 405, 502})
"""Statuses whose body names the error; mostly it is 400, whatever the error."""
THROTTLED = 502
UNAVAILABLE = frozenset({500, 503})
SIGN_IN = frozenset({401, 402, 403, 405, 406})
"""https://api.stackexchange.com/docs/error-handling"""
DAY = timedelta(days=1)
REST = timedelta(hours=1)
"""After a violation that does not say how long it lasts."""
_SECONDS = re.compile(r"\bin (\d{1,6}) second")


class Wrapper(msgspec.Struct):
    """https://api.stackexchange.com/docs/wrapper"""

    items: list[msgspec.Raw]
    has_more: bool = False
    quota_max: int | None = None
    quota_remaining: int | None = None
    backoff: int | None = None


class Refusal(msgspec.Struct):
    error_id: int = 0
    error_name: str = ""
    error_message: str = ""


class Calls:
    """The calls of one run. ``key`` travels in the address, as the API wants it."""

    def __init__(
        self, channel: str, http: Session, base: str, now: Callable[[], datetime], key: str | None
    ) -> None:
        self._name = for_screen(channel, one_line=True, limit=60)
        self._http = http
        self._base = base
        self._now = now
        self._key = key
        self._rests: dict[str, datetime] = {}
        self._even: datetime | None = None
        self.quota_max: int | None = None

    def get(self, method: str, path: str, params: Mapping[str, str | int]) -> Wrapper:
        """Ask; ``method`` is what a rest is asked for.

        Raises
        ------
        RateLimitError
            It is to rest first, or the quota is used up.
        ChannelError
            By cause.

        """
        rest = self._rests.get(method)
        if rest is not None and rest > self._now():
            raise self._later(rest)
        secret = {"key": self._key} if self._key else {}
        url = f"{self._base}/{VERSION}/{path}"
        answer = self._http.get(url, {**params, **secret}, allow=ERRORS)
        if answer.status != 200:
            raise self._refused(answer)
        found = answer.decode(Wrapper, what="the answer of Stack Exchange")
        self._note(method, found)
        return found

    @property
    def rests_until(self) -> datetime | None:
        """When the next run may ask: after what was asked for, and in its share of the day."""
        moments = [*self._rests.values(), *([self._even] if self._even else [])]
        latest = max(moments, default=None)
        return latest if latest is not None and latest > self._now() else None

    def _note(self, method: str, found: Wrapper) -> None:
        now = self._now()
        if found.backoff and found.backoff > 0:
            self._rests[method] = now + min(timedelta(seconds=found.backoff), DAY)
        self.quota_max = found.quota_max
        if not found.quota_max or found.quota_max < 0 or found.quota_remaining is None:
            return
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        share = min(max(found.quota_remaining, 0) / found.quota_max, 1.0)
        self._even = midnight - share * DAY

    def _later(self, rest: datetime) -> RateLimitError:
        key = "" if self._key else f"; a free key raises 300 requests a day to 10,000: socialcare channel login {self._name}"  # fmt: skip
        return RateLimitError(
            f"{self._name}: Stack Exchange is to be left alone until {format_time(rest)}.",
            f"nothing to do: the first fetch after that goes on where this one stopped{key}",
            not_before=rest,
        )

    def _refused(self, answer: answers.Answer) -> ChannelError:
        error = self._error(decode_or_empty(answer.body, Refusal), answer.status)
        fit_to_show(error, (self._key,) if self._key else ())
        return error

    def _error(self, refusal: Refusal, status: int) -> ChannelError:
        said = (
            f": {refusal.error_message.strip().rstrip('.')[:300]}" if refusal.error_message else ""
        )
        code = refusal.error_id
        if code == THROTTLED:
            told = _SECONDS.search(refusal.error_message)
            wait = timedelta(seconds=int(told[1])) if told else REST
            return self._later(self._now() + min(max(wait, timedelta(seconds=1)), DAY))
        if code in UNAVAILABLE or (not code and status == THROTTLED):
            return UnavailableError(
                f"{self._name}: Stack Exchange is out of order ({code or status}){said}.",
                f"try again later: socialcare fetch {self._name}",
            )
        if code in SIGN_IN or (not code and status in SIGN_IN):
            return AuthError(
                f"{self._name}: Stack Exchange does not let us in ({code or status}){said}.",
                "get a key at https://stackapps.com/apps/oauth/register, then: "
                f"socialcare channel login {self._name}",
            )
        return ChannelError(
            f"{self._name}: Stack Exchange does not take the question ({code or status}){said}.",
            f"look at site, query, tags and key of [channels.{self._name}]: socialcare config edit",
            code="refused",
        )
