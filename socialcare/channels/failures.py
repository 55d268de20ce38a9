"""What can go wrong with a request, and what it means for a channel: one table.

A failure that may pass is a :class:`TryAgain`; everything else is a ``ChannelError``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpcore
import httpx

from socialcare.channels.addresses import shown
from socialcare.channels.body import BodyBrokenError, BodyRefusedError
from socialcare.channels.limits import MAX_WAIT_S, HostBusyError, TooSoonError, asked_wait, rest
from socialcare.channels.transport import BadCertificateError, InnerAddressError, UnknownHostError
from socialcare.clock import format_time
from socialcare.errors import (
    AuthError,
    BadAnswerError,
    ChannelError,
    GoneError,
    OutcomeUnknownError,
    RateLimitError,
    RefusedError,
    UnavailableError,
)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
DONE_ELSEWHERE = frozenset({302, 303})
"""What may mean that it was done, and where to see it (RFC 9110, 15.4.3 and 15.4.4)."""
NOT_TAKEN = frozenset({413, 422})
"""Of what was written: it breaks a rule of the service, and is not there (RFC 9110, 15.5.14 and .21)."""
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530})
"""Statuses that may be gone on the next try."""
REST_AFTER_429 = timedelta(minutes=1)
"""How long a service is left alone that asks to slow down and does not say for how long."""


class TryAgain(Exception):  # noqa: N818 - a request of the transport, not an error of anybody
    """A try that failed in a way that may pass: ``error`` is what to raise after the last one.

    ``asked`` is how many seconds the service wants us to wait, if it said so.
    """

    def __init__(self, error: ChannelError, asked: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.asked = asked


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as far as messages need it."""

    channel: str
    target: httpx.URL
    signed_in: bool
    now: datetime
    does: str = "read"
    """What we wanted to do there, in words."""

    @property
    def url(self) -> str:
        """Fit to be shown; most requests end well and never need it."""
        return shown(self.target)


def failure(
    asked: Asked, status: int, headers: Mapping[str, str], said: str, *, once: bool = False
) -> ChannelError | TryAgain:
    """What a status other than the wanted ones means. ``said`` is the service's own message.

    ``once``: the call may have done something, and is not repeated.
    """
    if once and (status >= 500 or status in DONE_ELSEWHERE):
        return _unknown(asked, f"it answered {status}")
    if status == 429 or (status == 403 and _is_limit(headers)):
        return _slow_down(asked, status, headers)
    if status in PASSING:
        return _out_of_order(asked, status, headers)
    if 500 <= status < 600:
        return _unavailable(asked, status)
    if status in {401, 403}:
        return _not_let_in(asked, status, said)
    if status in {404, 410}:
        return _gone(asked, status)
    if status in REDIRECTS:
        return RefusedError(
            f"{asked.channel}: {asked.url} redirects elsewhere ({status}), and that is not followed.",
            f"put the new address into the config; look first: socialcare channel test {asked.channel}",
        )
    if once and status in NOT_TAKEN:
        return RefusedError(
            f"{asked.channel} did not take it ({status}){said}.",
            "change what it says, or write it there by hand",
        )
    return BadAnswerError(
        f"{asked.channel} answered {asked.url} with status {status}{said}.",
        f"try it alone: socialcare channel test {asked.channel}",
    )


def _is_limit(headers: Mapping[str, str]) -> bool:
    """GitHub says 403 when it means 429."""
    return "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"


def later(asked: Asked, wait: float) -> RateLimitError:
    """To be asked again in ``wait`` seconds, and not before."""
    not_before = asked.now + timedelta(seconds=wait)
    return RateLimitError(
        f"{asked.channel} is to be left alone until {format_time(not_before)}.",
        "nothing to do: the first fetch after that goes on where this one stopped",
        not_before=not_before,
    )


def _slow_down(asked: Asked, status: int, headers: Mapping[str, str]) -> RateLimitError | TryAgain:
    wait = asked_wait(headers, asked.now)
    if wait is not None and wait > MAX_WAIT_S:
        return later(asked, wait)
    said = f"{asked.channel} asks us to slow down ({status})."
    return TryAgain(rest(said, asked.now + REST_AFTER_429), wait)


def _out_of_order(
    asked: Asked, status: int, headers: Mapping[str, str]
) -> RateLimitError | TryAgain:
    wait = asked_wait(headers, asked.now) if "retry-after" in headers else None
    if wait is not None and wait > MAX_WAIT_S:
        return later(asked, wait)
    return TryAgain(_unavailable(asked, status), wait)


def _unavailable(asked: Asked, status: int) -> UnavailableError:
    return UnavailableError(
        f"{asked.channel} is out of order ({status} from {asked.url}).",
        f"try again later: socialcare fetch {asked.channel}",
    )


def _not_let_in(asked: Asked, status: int, said: str) -> ChannelError:
    sign_in = f"socialcare channel login {asked.channel}"
    if asked.signed_in and status == 401:
        return AuthError(
            f"{asked.channel} refused the token (401){said}.", f"sign in again: {sign_in}"
        )
    if asked.signed_in:
        return AuthError(
            f"{asked.channel} does not let this token {asked.does} {asked.url} (403){said}.",
            f"sign in with an account or token that may: {sign_in}",
        )
    if status == 401:
        return AuthError(
            f"{asked.channel} wants a sign-in for {asked.url} (401){said}.", f"sign in: {sign_in}"
        )
    return ChannelError(
        f"{asked.channel} does not let us {asked.does} {asked.url} (403){said}.",
        f"see whether it opens in a browser; then: socialcare channel test {asked.channel}",
        code="forbidden",
    )


def _gone(asked: Asked, status: int) -> GoneError:
    if status == 410:
        return GoneError(
            f"{asked.channel}: {asked.url} is gone for good (410).",
            f"stop asking for it: socialcare channel remove {asked.channel}",
        )
    return GoneError(
        f"{asked.channel}: there is nothing at {asked.url} (404).",
        f"check the address in the config, then: socialcare channel test {asked.channel}",
    )


@contextmanager
def answered(asked: Asked, *, once: bool) -> Iterator[None]:
    """Where a call that may do something has left, losing its answer leaves open what it did.

    Raises
    ------
    OutcomeUnknownError
        The connection stood, and then no whole answer came.

    """
    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.LocalProtocolError):
        raise  # nothing has left
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        if once:
            raise _unknown(asked, _why(error)) from None
        raise
    except (BodyBrokenError, BodyRefusedError) as error:
        if once:
            raise _unknown(asked, f"its answer is {error}") from None
        raise


def _unknown(asked: Asked, why: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"I cannot tell whether {asked.channel} took it ({asked.url}: {why}).",
        "look there before anything is sent again",
    )


@contextmanager
def explained(asked: Asked) -> Iterator[None]:
    """Turn whatever the network does inside the block into ``ChannelError`` or ``TryAgain``.

    Raises
    ------
    TryAgain
        The connection or the body broke: the next try may work.
    ChannelError
        It would fail again.

    """
    try:
        yield
    except TooSoonError as error:
        raise later(asked, error.wait) from None
    except HostBusyError:
        raise out_of_time(asked, "other requests to the same host took all of it") from None
    except httpcore.TimeoutException as error:
        raise _no_answer(asked, error) from None
    except (InnerAddressError, UnknownHostError, BadCertificateError, BodyRefusedError) as error:
        raise _refused(asked, error) from None
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol):
        # The text of these holds the header as it is, and that may be the token.
        raise RefusedError(
            f"{asked.channel}: the request to {asked.url} cannot be sent as it is.",
            f"check address and token: socialcare channel login {asked.channel}",
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        # httpx itself looks at Location, also where redirects are not followed.
        raise RefusedError(
            f"{asked.channel}: {asked.url} sends us to something that is no web address.",
            f"check the address in the config, then: socialcare channel test {asked.channel}",
        ) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
        raise _broken_off(asked, error) from None
    except BodyBrokenError as error:
        raise TryAgain(
            BadAnswerError(
                f"{asked.channel}: the answer of {asked.url} is damaged: {error}.",
                f"try again later: socialcare fetch {asked.channel}",
            )
        ) from None


def out_of_time(asked: Asked, why: str) -> UnavailableError:
    """The time of the channel is used up; what was stored is a good place to go on from."""
    return UnavailableError(
        f"{asked.channel}: the time for this channel is used up; {why}.",
        f"go on: socialcare fetch {asked.channel}",
        code="out_of_time",
    )


def _no_answer(asked: Asked, error: httpcore.TimeoutException) -> UnavailableError:
    what = "cannot be reached" if isinstance(error, httpcore.ConnectTimeout) else "did not finish"
    return UnavailableError(
        f"{asked.channel} is too slow: {asked.url} {what} in time.",
        f"try again later: socialcare fetch {asked.channel}",
    )


def _refused(asked: Asked, error: Exception) -> ChannelError:
    if isinstance(error, UnknownHostError):
        return UnavailableError(
            f"{asked.channel}: {error}.",
            f"check the network and the address: socialcare channel test {asked.channel}",
        )
    if isinstance(error, InnerAddressError):
        return RefusedError(
            f"{asked.channel}: {error}, which the config does not name.",
            f"if that is right, write host and port into base_url of [channels.{asked.channel}]",
        )
    if isinstance(error, BadCertificateError):
        return RefusedError(
            f"{asked.channel}: the certificate of {asked.url} is not valid: {error}.",
            f"check the address in the config, then: socialcare channel test {asked.channel}",
        )
    return RefusedError(
        f"{asked.channel}: the answer of {asked.url} is {error}.",
        f"try it alone: socialcare channel test {asked.channel}",
    )


def _broken_off(asked: Asked, error: Exception) -> TryAgain:
    return TryAgain(
        UnavailableError(
            f"{asked.channel}: no sound answer from {asked.url} ({_why(error)}).",
            f"try again later: socialcare fetch {asked.channel}",
        )
    )


def _why(error: Exception) -> str:
    """Behind a colon stands what the service sent, which may be what we sent before."""
    return str(error).partition(":")[0] or type(error).__name__
